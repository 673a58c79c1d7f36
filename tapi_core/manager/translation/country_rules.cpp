// SPDX-License-Identifier: Apache-2.0
#include "country_rules.h"

#include <algorithm>
#include <array>

#include "numbering.h"

namespace tipring::core {
namespace {

struct Exception {
    std::string_view iso;
    const char* sameArea;  // "": as the plan says
    const char* longDistance;
    const char* international;
};

/// Where the numbering plan's data do not say how to dial, or say it of another kind of line.
constexpr std::array<Exception, 31> kExceptions{{
    {"BO", "", "0LFG", "00MEFG"},  // carrier selection at each call
    {"BR", "", "0LFG", "00MEFG"},  // the same
    {"BY", "", "", "8,10EFG"},
    {"CA", "FG", "", ""},          // overlays: ten digits also inside the area
    {"CL", "", "", "1M0EFG"},      // carrier selection; closed numbering since 2016
    {"CO", "FG", "FG", "00MEFG"},  // ten digits everywhere since 2021
    {"DO", "FG", "", ""},
    {"HK", "", "", "001EFG"},
    {"ID", "", "", "007EFG"},
    {"IN", "G", "", ""},   // area codes of 2 to 8 digits hide it in the data
    {"IT", "FG", "", ""},  // the area code belongs to the number since 1998
    {"JM", "FG", "", ""},
    {"KH", "", "", "001EFG"},
    {"KR", "", "", "001EFG"},
    {"KZ", "G", "", "8,10EFG"},
    {"MX", "FG", "FG", ""},  // ten digits everywhere since 2019
    {"PR", "FG", "", ""},
    {"PW", "", "", "011EFG"},
    {"RU", "", "", "8,10EFG"},
    {"SG", "", "", "001EFG"},
    {"SK", "G", "", ""},
    {"TH", "", "", "001EFG"},
    {"TJ", "", "", "8,10EFG"},
    {"TM", "", "", "8,10EFG"},
    {"TW", "", "", "002EFG"},
    {"TZ", "", "", "000EFG"},
    {"UA", "", "", "00EFG"},
    {"UG", "", "", "000EFG"},
    {"US", "FG", "", ""},
    {"VA", "FG", "", ""},
    {"ZA", "0FG", "", ""},  // closed numbering since 2007
}};

void overlay(std::string& rule, std::string_view other) {
    if (!other.empty()) {
        rule = other;
    }
}

}  // namespace

tapi::DialingRules builtInRules(std::string_view iso) {
    const NumberingPlan& plan = planOf(iso);
    tapi::DialingRules rules;
    // The trunk prefix of the North American plan is no part of its national form.
    rules.longDistance = (countryCodeOf(iso) == 1 ? "1" : plan.trunk) + "FG";
    rules.sameArea = plan.localForm ? "G" : rules.longDistance;
    rules.international = (plan.idd.empty() ? "00" : plan.idd) + "EFG";
    const auto* found = std::find_if(kExceptions.begin(), kExceptions.end(),
                                     [iso](const Exception& each) { return each.iso == iso; });
    if (found != kExceptions.end()) {
        overlay(rules.longDistance, found->longDistance);
        overlay(rules.sameArea, found->sameArea);
        overlay(rules.international, found->international);
    }
    return rules;
}

tapi::DialingRules countryRules(std::string_view iso, const RuleBook& book) {
    tapi::DialingRules rules = builtInRules(iso);
    if (const auto own = book.countries.find(iso); own != book.countries.end()) {
        for (const RuleMember& each : ruleMembers()) {
            overlay(rules.*each.member, own->second.*each.member);
        }
    }
    return rules;
}

tapi::CountryId countryIdOf(std::string_view iso) {
    if (iso.size() != 2) {
        return tapi::CountryId{0};
    }
    return tapi::CountryId{static_cast<std::uint32_t>((iso[0] - 'A') * 26 + (iso[1] - 'A') + 1)};
}

std::vector<tapi::Country> allCountries(const RuleBook& book) {
    std::vector<tapi::Country> all;
    for (const std::string& iso : regions()) {
        tapi::Country country;
        country.id = countryIdOf(iso);
        country.iso = iso;
        country.code = countryCodeOf(iso);
        country.name = countryName(iso);
        country.rules = countryRules(iso, book);
        if (!all.empty()) {
            all.back().next = country.id;
        }
        all.push_back(std::move(country));
    }
    return all;
}

}  // namespace tipring::core

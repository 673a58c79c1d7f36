// SPDX-License-Identifier: Apache-2.0
// The way back: from a number as it was received or dialled to its canonical address.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "country_rules.h"
#include "dialing_rule.h"
#include "number_text.h"
#include "numbering.h"
#include "translator.h"

namespace tipring::core {
namespace {

using hal::ErrorCode;
using tapi::Location;
using tapi::Result;

constexpr std::string_view kPunctuation = " -./()";

char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

/// The string without spaces and punctuation, letters in upper case.
std::string bare(std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, text.find_first_of("|^"))) {
        if (kPunctuation.find(c) == std::string_view::npos) {
            out += upper(c);
        }
    }
    return out;
}

bool drop(std::string& text, const std::string& front) {
    const bool there = !front.empty() && text.starts_with(front);
    if (there) {
        text.erase(0, front.size());
    }
    return there;
}

/// Takes off what a location puts before a number: tone letter and call-waiting string.
void dropMode(std::string& text, const Location& location) {
    if (text.starts_with('T') || text.starts_with('P')) {
        text.erase(0, 1);
    }
    drop(text, location.cancelCallWaiting);
}

std::array<const std::string*, 3> accessCodes(const Location& location) {
    return {&location.localAccess, &location.longDistanceAccess, &location.internationalAccess};
}

bool isEmergencyKeys(const Location& location, std::string_view keys) {
    const auto& own = location.emergency;
    return !keys.empty() && (std::find(own.begin(), own.end(), keys) != own.end() ||
                             (isDigits(keys) && isEmergencyNumber(location.country, keys)));
}

/// A rule that holds at a location without a card.
std::string ruleAt(const Location& location, const RuleBook& book,
                   std::string tapi::DialingRules::*which) {
    const std::string& own = location.rules.*which;
    return own.empty() ? countryRules(location.country, book).*which : own;
}

/// What that rule dials before the country code, as digits.
std::string internationalPrefix(const Location& location, const RuleBook& book) {
    const std::string rule = ruleAt(location, book, &tapi::DialingRules::international);
    RuleValues values;
    values.internationalCarrier = location.internationalCarrier;
    const auto before = expandRule(rule.substr(0, rule.find('E')), values);
    return before ? keysOf(before->dialable) : std::string();
}

using Candidates = std::vector<PlanNumber>;

void addInternational(Candidates& found, std::string_view digits) {
    const std::uint32_t code = leadingCountryCode(digits);
    if (code != 0) {
        found.push_back(readNumber(code, digits.substr(std::to_string(code).size())));
    }
}

/// All that the digits may mean at a location, the likeliest first.
Candidates meaningsOf(const std::string& digits, const Location& location, const RuleBook& book) {
    Candidates found;
    if (const std::string abroad = internationalPrefix(location, book);
        !abroad.empty() && digits.starts_with(abroad)) {
        addInternational(found, std::string_view(digits).substr(abroad.size()));
    }
    const std::uint32_t code = countryCodeOf(location.country);
    const std::string& prefix = planOf(location.country).trunk;
    const bool trunk = digits.starts_with('0') || (!prefix.empty() && digits.starts_with(prefix));
    const auto national = readDialled(location.country, digits);
    if (national && trunk) {
        found.push_back(*national);
    }
    const std::string local = ruleAt(location, book, &tapi::DialingRules::sameArea);
    if (!trunk && !location.area.empty() && local.find('F') == std::string::npos) {
        found.push_back(readNumber(code, location.area + digits, location.area.size()));
    }
    if (national && !trunk) {
        found.push_back(*national);
    }
    return found;
}

const PlanNumber* best(const Candidates& candidates) {
    auto found = std::find_if(candidates.begin(), candidates.end(),
                              [](const PlanNumber& each) { return each.valid; });
    if (found == candidates.end()) {
        found = std::find_if(candidates.begin(), candidates.end(),
                             [](const PlanNumber& each) { return each.possible; });
    }
    return found == candidates.end() ? nullptr : &*found;
}

std::string canonicalText(const PlanNumber& number) {
    if (number.area.empty() || number.area + number.subscriber != number.significant) {
        return fmt::format("+{} {}", number.countryCode, number.significant);
    }
    return fmt::format("+{} ({}) {}", number.countryCode, number.area, number.subscriber);
}

auto noNumber(const char* why) {
    return hal::fail(ErrorCode::InvalAddress, why);
}

/// The digits of a number that was dialled here, without what the location and the caller added.
std::string dialledDigits(std::string text, const Location& location, const RuleBook& book) {
    dropMode(text, location);
    for (const std::string* access : accessCodes(location)) {
        if (drop(text, bare(*access))) {
            break;
        }
    }
    // The pause inside an international prefix belongs to it; any other begins what came later.
    const std::string rule = ruleAt(location, book, &tapi::DialingRules::international);
    const std::string prefix = rule.substr(0, rule.find_first_of("EM"));
    if (prefix.find(',') != std::string::npos && text.starts_with(prefix)) {
        text.replace(0, prefix.size(), keysOf(prefix));
    }
    return text.substr(0, text.find_first_not_of("0123456789"));
}

}  // namespace

bool isEmergency(const Location& location, std::string_view dialable) {
    if (dialable.size() > tapi::AddressTranslation::kMaxAddress) {
        return false;
    }
    std::string text = bare(dialable);
    if (text.starts_with('+')) {  // as an address book may have it: "+1 911"
        std::string keys = keysOf(text);
        return drop(keys, std::to_string(countryCodeOf(location.country))) &&
               isEmergencyKeys(location, keys);
    }
    if (isEmergencyKeys(location, keysOf(text))) {
        return true;
    }
    dropMode(text, location);
    if (isEmergencyKeys(location, keysOf(text))) {
        return true;
    }
    const auto codes = accessCodes(location);
    return std::any_of(codes.begin(), codes.end(), [&](const std::string* code) {
        std::string keys = keysOf(text);
        return drop(keys, keysOf(*code)) && isEmergencyKeys(location, keys);
    });
}

Result<std::string> canonicalOf(std::string_view number, tapi::NumberSource source,
                                const Location& location, const RuleBook& book) {
    if (auto checked = readAddress(number); !checked) {
        return tl::unexpected(checked.error());
    } else if (checked->canonical) {
        // The plan says where the area code ends, so that a number has one canonical form.
        return numberOf(checked->parts).map([](const PlanNumber& written) {
            return canonicalText(readNumber(written.countryCode, written.significant));
        });
    }
    std::string text = bare(number);
    if (source == tapi::NumberSource::Dialled) {
        text = dialledDigits(std::move(text), location, book);
    }
    if (!isDigits(text)) {
        return noNumber("the number has no digits, or something else between them");
    }
    if (isEmergency(location, text)) {
        return noNumber("an emergency number has no canonical address");
    }
    const Candidates candidates = meaningsOf(text, location, book);
    const PlanNumber* found = best(candidates);
    if (found == nullptr) {
        return noNumber("the numbering plan of the location's country has no such number");
    }
    return canonicalText(*found);
}

}  // namespace tipring::core

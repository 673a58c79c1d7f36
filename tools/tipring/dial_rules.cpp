// SPDX-License-Identifier: Apache-2.0
#include "dial_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "session.h"

namespace tipring::tools {
namespace {

using hal::ErrorCode;
using hal::Result;

template <class T>
const T* findIn(const std::vector<T>& entries, const std::string& wanted) {
    auto found = std::find_if(entries.begin(), entries.end(),
                              [&](const T& entry) { return entry.name == wanted; });
    if (found == entries.end()) {
        found = std::find_if(entries.begin(), entries.end(), [&](const T& entry) {
            return std::to_string(static_cast<std::uint32_t>(entry.id)) == wanted;
        });
    }
    return found == entries.end() ? nullptr : &*found;
}

template <class T>
std::string namesOf(const std::vector<T>& entries) {
    std::string names;
    for (const T& entry : entries) {
        names += fmt::format("{}{}", names.empty() ? "" : ", ", entry.name);
    }
    return names.empty() ? "none" : names;
}

}  // namespace

Result<std::unique_ptr<core::DialRules>> openDialRules(const CommonOptions& common,
                                                       const std::string& file) {
    auto settings = settingsFor(common);
    if (!settings) {
        return tl::unexpected(settings.error());
    }
    if (!file.empty()) {
        useDialRules(*settings, file);
    }
    const std::string country =
        settings->country.empty() ? core::countryOfEnvironment() : settings->country;
    return core::DialRules::open({settings->dialRules, settings->dialRulesDropIns, country});
}

Result<tapi::Location> findLocation(const tapi::AddressTranslation& rules,
                                    const std::string& wanted) {
    const auto all = rules.locations();
    if (const auto* found = findIn(all, wanted)) {
        return *found;
    }
    return hal::fail(ErrorCode::InvalLocation,
                     fmt::format("there is no location {}; there are: {}", wanted, namesOf(all)));
}

Result<tapi::CardId> findCard(const tapi::AddressTranslation& rules, const std::string& wanted) {
    if (wanted == "0") {
        return tapi::kDirectDial;
    }
    const auto all = rules.cards();
    if (const auto* found = findIn(all, wanted)) {
        return found->id;
    }
    return hal::fail(ErrorCode::InvalCard,
                     fmt::format("there is no card {}; there are: {}", wanted, namesOf(all)));
}

Result<tapi::TranslateOptions> optionsFor(const tapi::AddressTranslation& rules,
                                          const DialPlace& place) {
    tapi::TranslateOptions options;
    if (!place.location.empty()) {
        const auto location = findLocation(rules, place.location);
        if (!location) {
            return tl::unexpected(location.error());
        }
        options.location = location->id;
    }
    if (!place.card.empty()) {
        const auto card = findCard(rules, place.card);
        if (!card) {
            return tl::unexpected(card.error());
        }
        options.card = *card;
    }
    return options;
}

Result<tapi::Translation> translateNumber(const CommonOptions& common, const DialPlace& place,
                                          const std::string& number) {
    if (!number.starts_with('+')) {
        tapi::Translation same;
        same.dialable = tapi::SecretText(number);
        same.displayable = number;
        return same;
    }
    const auto rules = openDialRules(common, place.rules);
    if (!rules) {
        return tl::unexpected(rules.error());
    }
    const auto options = optionsFor(**rules, place);
    return options ? (*rules)->translate(number, *options) : tl::unexpected(options.error());
}

}  // namespace tipring::tools

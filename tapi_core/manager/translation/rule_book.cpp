// SPDX-License-Identifier: Apache-2.0
#include "rule_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dialing_rule.h"
#include "number_text.h"
#include "numbering.h"

namespace tipring::core {
namespace {

using hal::ErrorCode;
using tapi::Location;
using tapi::Result;

constexpr std::size_t kLongestName = 100;
constexpr std::size_t kMostDigits = 15;

/// Only what TOML takes back. Longer forms than needed and surrogates are refused by its parser.
bool isUtf8(std::string_view text) {
    std::size_t following = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0) == 0x80) {
            if (following-- == 0) {
                return false;
            }
            continue;
        }
        if (following != 0 || byte >= 0xF5 || byte == 0xC0 || byte == 0xC1) {
            return false;
        }
        following = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : byte >= 0xC0 ? 1 : 0;
    }
    return following == 0;
}
bool isName(std::string_view text) {
    return !text.empty() && text.size() <= kLongestName && isUtf8(text) &&
           std::none_of(text.begin(), text.end(), [](char c) {
               const auto byte = static_cast<unsigned char>(c);
               return byte < 0x20 || byte == 0x7F || c == '[' || c == ']';
           });
}
bool isCountry(std::string_view text) {
    return text.size() == 2 && countryCodeOf(text) != 0;
}
bool isShortDigits(std::string_view text) {
    return isDigits(text) && text.size() <= kMostDigits;
}
bool isDigitsOrNone(std::string_view text) {
    return text.empty() || isShortDigits(text);
}
bool isKeys(std::string_view text) {
    return !text.empty() && text.size() <= kMostDigits && keysOf(text) == text;
}

constexpr const char* kDialableText =
    "has dialable characters only (0-9 * # , ! W @ $ ? : T P), at most 64";
constexpr const char* kNameText = "is a name of 1 to 100 bytes without control characters and [ ]";
constexpr const char* kDigitsText = "has digits only, at most 15";

constexpr std::array<TextMember<Location>, 9> kLocationTexts{{
    {"name", &Location::name, isName, kNameText},
    {"country", &Location::country, isCountry, "is the ISO code of a country, as \"US\""},
    {"area", &Location::area, isDigitsOrNone, kDigitsText},
    {"local_access", &Location::localAccess, isDialable, kDialableText},
    {"long_distance_access", &Location::longDistanceAccess, isDialable, kDialableText},
    {"international_access", &Location::internationalAccess, isDialable, kDialableText},
    {"long_distance_carrier", &Location::longDistanceCarrier, isDialable, kDialableText},
    {"international_carrier", &Location::internationalCarrier, isDialable, kDialableText},
    {"cancel_call_waiting", &Location::cancelCallWaiting, isDialable, kDialableText},
}};
constexpr std::array<ListMember<Location>, 3> kLocationLists{{
    {"toll_prefixes", &Location::tollPrefixes, isShortDigits, kDigitsText},
    {"local_areas", &Location::localAreas, isShortDigits, kDigitsText},
    {"emergency", &Location::emergency, isKeys, "has 0-9 * # only, at most 15"},
}};
constexpr std::array<TextMember<SecretCard>, 2> kCardTexts{{
    {"name", &SecretCard::name, isName, kNameText},
    {"access", &SecretCard::accessNumber, isDialable, kDialableText},
}};
constexpr std::array<RuleMember, 3> kRuleMembers{{
    {"same_area", &tapi::DialingRules::sameArea},
    {"long_distance", &tapi::DialingRules::longDistance},
    {"international", &tapi::DialingRules::international},
}};

Result<void> wrong(std::string_view key, const char* mustBe) {
    return hal::fail(ErrorCode::InvalParam, fmt::format("{} {}", key, mustBe));
}

Result<void> checkRules(const tapi::DialingRules& rules) {
    for (const RuleMember& each : kRuleMembers) {
        if (auto checked = checkRule(rules.*each.member); !checked) {
            return hal::fail(checked.error().code,
                             fmt::format("{}: {}", each.key, checked.error().cause));
        }
    }
    return {};
}

template <class T>
Result<void> checkTexts(const T& entry, std::span<const TextMember<T>> members) {
    for (const TextMember<T>& each : members) {
        if (!each.allowed(entry.*each.member)) {
            return wrong(each.key, each.mustBe);
        }
    }
    return checkRules(entry.rules);
}

template <class T>
void putInto(std::vector<T>& entries, const T& entry) {
    const auto at = std::find_if(entries.begin(), entries.end(),
                                 [&](const T& each) { return each.id == entry.id; });
    if (at == entries.end()) {
        entries.push_back(entry);
    } else {
        *at = entry;
    }
}

template <class T, class Id>
const T* findIn(const std::vector<T>& entries, Id id) {
    const auto at =
        std::find_if(entries.begin(), entries.end(), [id](const T& each) { return each.id == id; });
    return at == entries.end() ? nullptr : &*at;
}

}  // namespace

std::span<const TextMember<Location>> locationTexts() {
    return kLocationTexts;
}
std::span<const ListMember<Location>> locationLists() {
    return kLocationLists;
}
std::span<const TextMember<SecretCard>> cardTexts() {
    return kCardTexts;
}
std::span<const RuleMember> ruleMembers() {
    return kRuleMembers;
}

const Location* RuleBook::find(tapi::LocationId id) const {
    return findIn(locations, id);
}
const SecretCard* RuleBook::find(tapi::CardId id) const {
    return findIn(cards, id);
}

void put(RuleBook& book, const Location& location) {
    putInto(book.locations, location);
    book.lastId = std::max(book.lastId, static_cast<std::uint32_t>(location.id));
}
void put(RuleBook& book, const SecretCard& card) {
    putInto(book.cards, card);
    book.lastId = std::max(book.lastId, static_cast<std::uint32_t>(card.id));
}
std::uint32_t takeId(RuleBook& book) {
    return ++book.lastId;
}

RuleBook merge(RuleBook base, const RuleBook& over) {
    if (over.current != tapi::LocationId{}) {
        base.current = over.current;
    }
    base.lastId = std::max(base.lastId, over.lastId);
    for (const Location& location : over.locations) {
        put(base, location);
    }
    for (const SecretCard& card : over.cards) {
        put(base, card);
    }
    for (const auto& [iso, rules] : over.countries) {
        base.countries.insert_or_assign(iso, rules);
    }
    return base;
}

Result<void> checkLocation(const Location& location, const RuleBook& book) {
    if (!isCountry(location.country)) {
        return hal::fail(ErrorCode::InvalCountryCode,
                         "country is not the ISO code of a country, as \"US\"");
    }
    if (auto checked = checkTexts(location, locationTexts()); !checked) {
        return checked;
    }
    for (const ListMember<Location>& each : kLocationLists) {
        const auto& list = location.*each.member;
        if (list.size() > kMostEntries || !std::all_of(list.begin(), list.end(), each.allowed)) {
            return wrong(each.key, each.mustBe);
        }
    }
    if (location.area.starts_with('0') && planOf(location.country).trunk == "0") {
        return hal::fail(ErrorCode::InvalParam,
                         "area is written without the trunk prefix 0, as in \"30\"");
    }
    if (location.preferredCard != tapi::CardId{} && book.find(location.preferredCard) == nullptr) {
        return hal::fail(
            ErrorCode::InvalCard,
            fmt::format("card {} of location \"{}\" does not exist",
                        static_cast<std::uint32_t>(location.preferredCard), location.name));
    }
    return {};
}

Result<void> checkCard(const SecretCard& card) {
    if (!isDialable(card.digits.reveal())) {
        return wrong("number", kDialableText);
    }
    return checkTexts(card, cardTexts());
}

Result<void> checkBook(const RuleBook& book) {
    for (const Location& location : book.locations) {
        if (auto checked = checkLocation(location, book); !checked) {
            return hal::fail(checked.error().code, fmt::format("location \"{}\": {}", location.name,
                                                               checked.error().cause));
        }
    }
    if (book.current != tapi::LocationId{} && book.find(book.current) == nullptr) {
        return hal::fail(ErrorCode::InvalLocation,
                         fmt::format("current = {}: there is no such location",
                                     static_cast<std::uint32_t>(book.current)));
    }
    return {};
}

}  // namespace tipring::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/tapi_core/api/translation.h"

namespace tipring::core {

/// A calling card with its digits. Never logged, never in an error text.
struct SecretCard {
    tapi::CardId id{};
    std::string name, accessNumber;
    tapi::SecretText digits;
    tapi::DialingRules rules;
};

/// What one file says, or several together.
struct RuleBook {
    tapi::LocationId current{};  ///< 0: not said
    std::uint32_t lastId = 0;    ///< the highest id ever given to a location or card
    std::vector<tapi::Location> locations;
    std::vector<SecretCard> cards;
    std::map<std::string, tapi::DialingRules, std::less<>> countries;  ///< by ISO code

    [[nodiscard]] const tapi::Location* find(tapi::LocationId id) const;
    [[nodiscard]] const SecretCard* find(tapi::CardId id) const;
};

/// `over` on top of `base`: locations and cards by id, countries by ISO code, each as a whole.
[[nodiscard]] RuleBook merge(RuleBook base, const RuleBook& over);
/// Replaces the one of the same id, or adds it.
void put(RuleBook& book, const tapi::Location& location);
void put(RuleBook& book, const SecretCard& card);
/// The next free id; remembered as given.
[[nodiscard]] std::uint32_t takeId(RuleBook& book);

/// A text of a table in the file: its key, what it may hold, and that in words.
template <class T>
struct TextMember {
    std::string_view key;
    std::string T::*member;
    bool (*allowed)(std::string_view text);
    const char* mustBe;
};
template <class T>
struct ListMember {
    std::string_view key;
    std::vector<std::string> T::*member;
    bool (*allowed)(std::string_view text);
    const char* mustBe;
};
struct RuleMember {
    std::string_view key;
    std::string tapi::DialingRules::*member;
};
[[nodiscard]] std::span<const TextMember<tapi::Location>> locationTexts();
[[nodiscard]] std::span<const ListMember<tapi::Location>> locationLists();
[[nodiscard]] std::span<const TextMember<SecretCard>> cardTexts();
[[nodiscard]] std::span<const RuleMember> ruleMembers();
inline constexpr std::size_t kMostEntries = 1000;  ///< of a list, or locations of a book

/// INVALPARAM names the key that is wrong; INVALCOUNTRYCODE, INVALCARD: none such in `book`.
[[nodiscard]] tapi::Result<void> checkLocation(const tapi::Location& location,
                                               const RuleBook& book);
[[nodiscard]] tapi::Result<void> checkCard(const SecretCard& card);
/// What holds a book together, after merging: cards that locations prefer, the current location.
[[nodiscard]] tapi::Result<void> checkBook(const RuleBook& book);

/// Reads the text of a file. INVALPARAM names `file`, line and key.
[[nodiscard]] tapi::Result<RuleBook> readRuleBook(std::string_view text, const std::string& file);
/// The text of a file that reads back as the same book; card digits obscured.
[[nodiscard]] std::string writeRuleBook(const RuleBook& book);

/// Obscures card digits against a look over the shoulder. This is no encryption: who has the
/// file has the digits. A text that was not obscured comes back from clear as it is.
[[nodiscard]] std::string obscure(const tapi::SecretText& digits, tapi::CardId id);
[[nodiscard]] tapi::Result<tapi::SecretText> clear(std::string_view text, tapi::CardId id);

}  // namespace tipring::core

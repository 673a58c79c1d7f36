// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <limits>

#include "dialing_rule.h"
#include "rule_book.h"

namespace tipring::core {
namespace {

using hal::ErrorCode;
using tapi::Location;
using tapi::Result;

constexpr std::size_t kLongestFile = 4u << 20;

/// The first thing that was wrong; thrown inside this file only. Never has a value in it, since
/// the value may be a card's.
struct Mistake {
    toml::source_region where;
    std::string what;
};

[[noreturn]] void reject(const toml::node& node, std::string what) {
    throw Mistake{node.source(), std::move(what)};
}

std::string textOf(const toml::node& node, std::string_view key) {
    const auto* text = node.as_string();
    if (text == nullptr) {
        reject(node, fmt::format("{} must be a text in quotes", key));
    }
    return text->get();
}

std::uint32_t idOf(const toml::node& node, std::string_view key) {
    const auto* number = node.as_integer();
    if (number == nullptr || number->get() < 0 ||
        number->get() > std::numeric_limits<std::int32_t>::max()) {
        reject(node, fmt::format("{} must be a whole number from 0 to 2147483647", key));
    }
    return static_cast<std::uint32_t>(number->get());
}

const toml::array& listOf(const toml::node& node, std::string_view key) {
    const auto* list = node.as_array();
    if (list == nullptr || list->size() > kMostEntries) {
        reject(node, fmt::format("{} must be a list of at most {} entries", key, kMostEntries));
    }
    return *list;
}

template <class T>
bool takeText(T& entry, std::span<const TextMember<T>> members, std::string_view key,
              const toml::node& node) {
    for (const TextMember<T>& each : members) {
        if (each.key == key) {
            std::string text = textOf(node, key);
            if (!each.allowed(text)) {
                reject(node, fmt::format("{} {}", key, each.mustBe));
            }
            entry.*each.member = std::move(text);
            return true;
        }
    }
    return false;
}

bool takeList(Location& location, std::string_view key, const toml::node& node) {
    for (const ListMember<Location>& each : locationLists()) {
        if (each.key != key) {
            continue;
        }
        for (const toml::node& entry : listOf(node, key)) {
            std::string text = textOf(entry, key);
            if (!each.allowed(text)) {
                reject(entry, fmt::format("{} {}", key, each.mustBe));
            }
            (location.*each.member).push_back(std::move(text));
        }
        return true;
    }
    return false;
}

bool takeRule(tapi::DialingRules& rules, std::string_view key, const toml::node& node) {
    for (const RuleMember& each : ruleMembers()) {
        if (each.key == key) {
            std::string rule = textOf(node, key);
            if (auto checked = checkRule(rule); !checked) {
                reject(node, fmt::format("{}: {}", key, checked.error().cause));
            }
            rules.*each.member = std::move(rule);
            return true;
        }
    }
    return false;
}

[[noreturn]] void rejectKey(const toml::node& node, std::string_view key, std::string_view table) {
    reject(node, fmt::format("there is no key {} in {}", key, table));
}

Location locationOf(const toml::table& table) {
    Location location;
    for (const auto& [name, node] : table) {
        const std::string_view key = name.str();
        if (key == "id") {
            location.id = tapi::LocationId{idOf(node, key)};
        } else if (key == "card") {
            location.preferredCard = tapi::CardId{idOf(node, key)};
        } else if (key == "pulse") {
            if (!node.is_boolean()) {
                reject(node, "pulse must be true or false");
            }
            location.pulse = node.as_boolean()->get();
        } else if (!takeText(location, locationTexts(), key, node) &&
                   !takeList(location, key, node) && !takeRule(location.rules, key, node)) {
            rejectKey(node, key, "[[location]]");
        }
    }
    if (location.id == tapi::LocationId{} || location.name.empty() || location.country.empty()) {
        reject(table, "a [[location]] has an id (1 or more), a name and a country");
    }
    return location;
}

/// The digits come after the id, which they are obscured with, wherever that stands.
void takeDigits(SecretCard& card, const toml::table& table) {
    const toml::node* node = table.get("number");
    if (node == nullptr) {
        return;
    }
    auto digits = clear(textOf(*node, "number"), card.id);
    if (!digits) {
        reject(*node, digits.error().cause);
    }
    card.digits = std::move(*digits);
    if (!isDialable(card.digits.reveal())) {
        reject(*node,
               "number has dialable characters only, at most 64, or was obscured for "
               "another card");
    }
}

SecretCard cardOf(const toml::table& table) {
    SecretCard card;
    for (const auto& [name, node] : table) {
        const std::string_view key = name.str();
        if (key == "id") {
            card.id = tapi::CardId{idOf(node, key)};
        } else if (key != "number" && !takeText(card, cardTexts(), key, node) &&
                   !takeRule(card.rules, key, node)) {
            rejectKey(node, key, "[[card]]");
        }
    }
    if (card.id == tapi::CardId{} || card.name.empty()) {
        reject(table, "a [[card]] has an id (1 or more) and a name");
    }
    takeDigits(card, table);
    return card;
}

std::pair<std::string, tapi::DialingRules> countryOf(const toml::table& table) {
    Location entry;
    for (const auto& [name, node] : table) {
        const std::string_view key = name.str();
        if (key == "iso") {
            takeText(entry, locationTexts(), "country", node);
        } else if (!takeRule(entry.rules, key, node)) {
            rejectKey(node, key, "[[country]]");
        }
    }
    if (entry.country.empty()) {
        reject(table, "a [[country]] has iso, its ISO code");
    }
    return {entry.country, entry.rules};
}

template <class Take>
void eachTable(const toml::node& node, std::string_view key, Take take) {
    for (const toml::node& entry : listOf(node, key)) {
        if (!entry.is_table()) {
            reject(entry, fmt::format("{} must be tables, each headed by [[{}]]", key, key));
        }
        take(*entry.as_table());
    }
}

template <class T>
void putOnce(RuleBook& book, const T& entry, const toml::table& table) {
    if (book.find(entry.id) != nullptr) {
        reject(table, fmt::format("id {} is given twice", static_cast<std::uint32_t>(entry.id)));
    }
    put(book, entry);
}

RuleBook bookOf(const toml::table& top) {
    RuleBook book;
    for (const auto& [name, node] : top) {
        const std::string_view key = name.str();
        if (key == "current") {
            book.current = tapi::LocationId{idOf(node, key)};
        } else if (key == "last_id") {
            book.lastId = std::max(book.lastId, idOf(node, key));
        } else if (key == "location") {
            eachTable(node, key, [&](const auto& t) { putOnce(book, locationOf(t), t); });
        } else if (key == "card") {
            eachTable(node, key, [&](const auto& t) { putOnce(book, cardOf(t), t); });
        } else if (key == "country") {
            eachTable(node, key, [&](const auto& t) { book.countries.insert(countryOf(t)); });
        } else {
            rejectKey(node, key, "the file");
        }
    }
    return book;
}

Result<RuleBook> mistake(const std::string& file, const toml::source_region& where,
                         std::string_view what) {
    return hal::fail(ErrorCode::InvalParam, fmt::format("{}:{}: {}", file, where.begin.line, what));
}

}  // namespace

Result<RuleBook> readRuleBook(std::string_view text, const std::string& file) {
    if (text.size() > kLongestFile) {
        return hal::fail(ErrorCode::InvalParam, fmt::format("{} has over 4 MiB", file));
    }
    try {
        return bookOf(toml::parse(text, std::string_view(file)));
    } catch (const Mistake& found) {
        return mistake(file, found.where, found.what);
    } catch (const toml::parse_error& error) {
        // The rest of the library's description quotes the text, which may be a card's.
        const std::string_view description = error.description();
        return mistake(file, error.source(),
                       fmt::format("not TOML ({})", description.substr(0, description.find(':'))));
    }
}

}  // namespace tipring::core

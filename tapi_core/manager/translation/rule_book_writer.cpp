// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "rule_book.h"

namespace tipring::core {
namespace {

/// A basic string of TOML 1.0.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
        }
        out += c;
    }
    return out + '"';
}

class Writer {
public:
    void line(std::string_view text) { text_ += fmt::format("{}\n", text); }
    void number(std::string_view key, std::uint32_t value) {
        text_ += fmt::format("{} = {}\n", key, value);
    }
    void text(std::string_view key, std::string_view value) {
        if (!value.empty()) {
            text_ += fmt::format("{} = {}\n", key, quoted(value));
        }
    }
    void list(std::string_view key, const std::vector<std::string>& values) {
        if (values.empty()) {
            return;
        }
        text_ += fmt::format("{} = [", key);
        for (std::size_t i = 0; i < values.size(); ++i) {
            text_ += fmt::format("{}{}", i == 0 ? "" : ", ", quoted(values[i]));
        }
        text_ += "]\n";
    }
    void rules(const tapi::DialingRules& rules) {
        for (const RuleMember& each : ruleMembers()) {
            text(each.key, rules.*each.member);
        }
    }
    template <class T>
    void texts(const T& entry, std::span<const TextMember<T>> members) {
        for (const TextMember<T>& each : members) {
            text(each.key, entry.*each.member);
        }
    }

    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

void write(Writer& writer, const tapi::Location& location) {
    writer.line("\n[[location]]");
    writer.number("id", static_cast<std::uint32_t>(location.id));
    writer.texts(location, locationTexts());
    for (const ListMember<tapi::Location>& each : locationLists()) {
        writer.list(each.key, location.*each.member);
    }
    if (location.pulse) {
        writer.line("pulse = true");
    }
    if (location.preferredCard != tapi::CardId{}) {
        writer.number("card", static_cast<std::uint32_t>(location.preferredCard));
    }
    writer.rules(location.rules);
}

void write(Writer& writer, const SecretCard& card) {
    writer.line("\n[[card]]");
    writer.number("id", static_cast<std::uint32_t>(card.id));
    writer.texts(card, cardTexts());
    if (!card.digits.empty()) {
        writer.text("number", obscure(card.digits, card.id));
    }
    writer.rules(card.rules);
}

}  // namespace

std::string writeRuleBook(const RuleBook& book) {
    Writer writer;
    writer.line("# Dial rules of Tipring. Written anew at each change: comments are not kept.");
    if (book.current != tapi::LocationId{}) {
        writer.number("current", static_cast<std::uint32_t>(book.current));
    }
    writer.number("last_id", book.lastId);
    for (const tapi::Location& location : book.locations) {
        write(writer, location);
    }
    for (const SecretCard& card : book.cards) {
        write(writer, card);
    }
    for (const auto& [iso, rules] : book.countries) {
        writer.line("\n[[country]]");
        writer.text("iso", iso);
        writer.rules(rules);
    }
    return writer.take();
}

}  // namespace tipring::core

// SPDX-License-Identifier: Apache-2.0
// Small pure functions over text from a modem; ASCII only, no locale.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

namespace tipring::at_modem {

constexpr bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool isBlank(char c) {
    return c == ' ' || c == '\t';
}
constexpr char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

constexpr std::string_view trim(std::string_view text) {
    while (!text.empty() && isBlank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && isBlank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

/// `prefix` is in capitals.
constexpr bool startsWithNoCase(std::string_view text, std::string_view prefix) {
    if (text.size() < prefix.size()) {
        return false;
    }
    for (std::size_t i = 0; i < prefix.size(); ++i) {
        if (upper(text[i]) != prefix[i]) {
            return false;
        }
    }
    return true;
}

constexpr bool equalsNoCase(std::string_view text, std::string_view capitals) {
    return text.size() == capitals.size() && startsWithNoCase(text, capitals);
}

constexpr bool allDigits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), isDigit);
}

constexpr std::optional<unsigned> hexDigit(char c) {
    if (isDigit(c)) {
        return static_cast<unsigned>(c - '0');
    }
    const char capital = upper(c);
    return capital >= 'A' && capital <= 'F'
               ? std::optional(static_cast<unsigned>(capital - 'A') + 10)
               : std::nullopt;
}

/// The value of 1..4 digits.
constexpr std::optional<unsigned> smallNumber(std::string_view text) {
    if (!allDigits(text) || text.size() > 4) {
        return {};
    }
    unsigned value = 0;
    for (const char digit : text) {
        value = value * 10 + static_cast<unsigned>(digit - '0');
    }
    return value;
}

}  // namespace tipring::at_modem

// SPDX-License-Identifier: Apache-2.0
#include "tel_uri.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace tipring::tools {
namespace {

constexpr std::string_view kScheme = "tel:";
constexpr std::size_t kLongest = 1024;
constexpr std::string_view kSeparators = "-.()";
constexpr std::string_view kGlobal = "0123456789";
constexpr std::string_view kLocal = "0123456789*#ABCDabcd";

tl::unexpected<hal::Error> wrong(std::string cause) {
    return hal::fail(hal::ErrorCode::InvalDestAddress, std::move(cause));
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
bool sameLetters(std::string_view a, std::string_view b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [](char x, char y) { return lower(x) == lower(y); });
}

int hexDigit(char c) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    const auto at = kDigits.find(lower(c));
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

/// %XX of the URI; programs that hand over a URI often escape `+` and `#`.
hal::Result<std::string> unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? hexDigit(text[i + 1]) : -1;
        const int low = high < 0 ? -1 : hexDigit(text[i + 2]);
        if (low < 0) {
            return wrong("% in a tel: URI is followed by two hexadecimal digits");
        }
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

/// Digits without separators; nothing where something else stands among them.
std::optional<std::string> digitsOf(std::string_view text, std::string_view allowed) {
    std::string out;
    for (const char c : text) {
        if (allowed.find(c) != std::string_view::npos) {
            out += c;
        } else if (kSeparators.find(c) == std::string_view::npos) {
            return std::nullopt;
        }
    }
    return out.empty() ? std::nullopt : std::optional(out);
}

std::optional<std::string> globalNumber(std::string_view text) {
    if (!text.starts_with('+')) {
        return std::nullopt;
    }
    auto digits = digitsOf(text.substr(1), kGlobal);
    return digits ? std::optional("+" + *digits) : std::nullopt;
}

/// The value of ";phone-context=": a global prefix, a domain name, or nothing.
std::string_view contextOf(std::string_view parameters) {
    constexpr std::string_view kName = "phone-context=";
    while (!parameters.empty()) {
        parameters.remove_prefix(1);  // the semicolon
        const std::string_view one = parameters.substr(0, parameters.find(';'));
        if (one.size() >= kName.size() && sameLetters(one.substr(0, kName.size()), kName)) {
            return one.substr(kName.size());
        }
        parameters.remove_prefix(one.size());
    }
    return {};
}

}  // namespace

bool isTelUri(std::string_view text) noexcept {
    return text.size() >= kScheme.size() && sameLetters(text.substr(0, kScheme.size()), kScheme);
}

hal::Result<std::string> numberOfTelUri(std::string_view uri) {
    if (!isTelUri(uri)) {
        return wrong("a tel: URI starts with \"tel:\"");
    }
    if (uri.size() > kLongest) {
        return wrong(
            fmt::format("a tel: URI has at most {} characters, this one {}", kLongest, uri.size()));
    }
    auto text = unescaped(uri.substr(kScheme.size()));
    if (!text) {
        return text;
    }
    const std::string_view body = *text;
    const std::string_view number = body.substr(0, body.find(';'));
    if (auto global = globalNumber(number)) {
        return *global;
    }
    const auto local = digitsOf(number, kLocal);
    if (!local) {
        return wrong(
            "the number of a tel: URI is + and digits, or digits, * and #, with - . ( ) "
            "between them");
    }
    const auto prefix = globalNumber(contextOf(body.substr(number.size())));
    const bool plainDigits = local->find_first_not_of(kGlobal) == std::string::npos;
    return prefix && plainDigits ? *prefix + *local : *local;
}

}  // namespace tipring::tools

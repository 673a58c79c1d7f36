// SPDX-License-Identifier: Apache-2.0
#include "command_template.h"

#include <algorithm>
#include <optional>

namespace tipring::at_modem {
namespace {

constexpr std::array<std::string_view, kPlaceholderCount> kNames{
    "number", "country",   "format",   "rate", "bits",   "digit", "low",
    "high",   "frequency", "duration", "raw",  "enable", "verify"};

std::optional<Placeholder> placeholder(std::string_view name) {
    const auto found = std::find(kNames.begin(), kNames.end(), name);
    if (found == kNames.end()) {
        return std::nullopt;
    }
    return static_cast<Placeholder>(found - kNames.begin());
}

/// The next "<name>" of a pattern: what stands before it, its name, what follows.
struct Cut {
    std::string_view before, name, after;
    bool found = false;
};

Cut cut(std::string_view pattern) {
    const std::size_t open = pattern.find('<');
    const std::size_t close = open == pattern.npos ? open : pattern.find('>', open);
    if (close == pattern.npos) {
        return {pattern, {}, {}, false};
    }
    return {pattern.substr(0, open), pattern.substr(open + 1, close - open - 1),
            pattern.substr(close + 1), true};
}

}  // namespace

bool isPlain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

bool CommandLine::append(std::string_view part) {
    if (!isPlain(part) || size_ + part.size() + 1 > kCapacity) {
        return false;
    }
    std::copy(part.begin(), part.end(), text_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += part.size();
    return true;
}

bool CommandLine::fill(std::string_view pattern, const CommandValues& values) {
    size_ = 0;
    Cut next = cut(pattern);
    for (; next.found; next = cut(next.after)) {
        const auto which = placeholder(next.name);
        if (!which || !append(next.before) || !append(values.get(*which))) {
            size_ = 0;
            return false;
        }
    }
    if (!append(next.before)) {
        size_ = 0;
        return false;
    }
    text_[size_++] = '\r';
    return true;
}

bool placeholdersKnown(std::string_view pattern, std::string_view& unknown) {
    for (Cut next = cut(pattern); next.found; next = cut(next.after)) {
        if (!placeholder(next.name)) {
            unknown = next.name;
            return false;
        }
    }
    return true;
}

bool hasPlaceholder(std::string_view pattern, Placeholder which) {
    for (Cut next = cut(pattern); next.found; next = cut(next.after)) {
        if (placeholder(next.name) == which) {
            return true;
        }
    }
    return false;
}

}  // namespace tipring::at_modem

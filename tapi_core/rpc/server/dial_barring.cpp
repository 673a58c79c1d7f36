// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/rpc/dial_barring.h"

#include <fmt/format.h>

#include <algorithm>

namespace tipring::rpc {
namespace {

constexpr std::string_view kKeys = "0123456789*#ABCD";
constexpr std::string_view kDigits = "0123456789";
/// Where a number may begin anew: pause, waits, hook flash.
constexpr std::string_view kBreaks = ",W@$;!";
constexpr std::string_view kAlways[] = {"112", "911"};
/// An access code before an emergency number has no more.
constexpr std::size_t kAccessCode = 3;
constexpr std::size_t kLongestPattern = 64;
constexpr std::size_t kServiceDigits = 3;

char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
bool isKey(char c) {
    return kKeys.find(c) != kKeys.npos;
}

struct Part {
    std::string keys;
    std::size_t before = 0;  ///< keys in front of it
};

/// The whole number's keys, then what follows each break.
std::vector<Part> partsOf(std::string_view number) {
    std::vector<Part> parts(1);
    std::size_t seen = 0;
    bool broken = false;
    for (const char raw : number) {
        const char c = upper(raw);
        if (kBreaks.find(c) != kBreaks.npos) {
            broken = seen != 0;
        } else if (isKey(c) || (c == '+' && seen == 0)) {
            if (broken) {
                parts.push_back({{}, seen});
                broken = false;
            }
            for (Part& part : parts) {
                part.keys += c;
            }
            ++seen;
        }
    }
    return parts;
}

/// Without "*67", "#31#", "*31#" in front; empty: there is none.
std::string_view withoutService(std::string_view keys) {
    if (keys.empty() || (keys[0] != '*' && keys[0] != '#')) {
        return {};
    }
    const auto end = keys.find_first_not_of(kDigits, 1);
    if (end != keys.npos && end - 1 >= 1 && end - 1 <= kServiceDigits) {
        return keys.substr(end + 1);
    }
    return keys.size() > 3 ? keys.substr(3) : std::string_view{};
}

std::string canonicalKeys(const NumberingPlan& plan, std::string_view keys) {
    const auto found = plan.canonicalOf ? plan.canonicalOf(keys) : std::nullopt;
    std::string out = found || keys.starts_with('+') ? "+" : "";
    for (const char c : found ? std::string_view(*found) : keys) {
        if (!out.empty() && kDigits.find(c) != kDigits.npos) {
            out += c;
        }
    }
    return out;
}

/// What a number is compared as.
struct Form {
    std::string keys, canonical;
};

std::vector<Form> formsOf(const std::vector<Part>& parts, const NumberingPlan& plan) {
    std::vector<Form> forms;
    for (const Part& part : parts) {
        forms.push_back({part.keys, canonicalKeys(plan, part.keys)});
        if (const auto rest = withoutService(part.keys); !rest.empty()) {
            forms.push_back({std::string(rest), canonicalKeys(plan, rest)});
        }
    }
    return forms;
}

bool matches(std::string_view pattern, const Form& form) {
    return matchesDialPattern(pattern, pattern.starts_with('+') ? form.canonical : form.keys);
}

const std::string* firstMatch(const std::vector<std::string>& patterns, const Form& form) {
    const auto found = std::find_if(patterns.begin(), patterns.end(),
                                    [&](const std::string& one) { return matches(one, form); });
    return found == patterns.end() ? nullptr : &*found;
}

bool isEmergency(const DialBarring& rules, const std::vector<Part>& parts, std::string_view number,
                 const NumberingPlan& plan) {
    const Part& last = parts.back();
    if (last.before <= kAccessCode &&
        (std::find(std::begin(kAlways), std::end(kAlways), last.keys) != std::end(kAlways) ||
         firstMatch(rules.emergency, {last.keys, canonicalKeys(plan, last.keys)}) != nullptr)) {
        return true;
    }
    // A plan that strips an access code must not be led to the end of a longer number.
    return parts.size() <= 2 && last.before <= kAccessCode && plan.isEmergency &&
           plan.isEmergency(number);
}

}  // namespace

bool matchesDialPattern(std::string_view pattern, std::string_view keys) {
    const bool key = pattern.ends_with("\\*");
    const bool open = !key && pattern.ends_with('*');
    std::string fixed(pattern.substr(0, pattern.size() - (key ? 2 : open ? 1 : 0)));
    fixed += key ? "*" : "";
    if (keys.empty() || keys.size() < fixed.size() || (!open && keys.size() != fixed.size())) {
        return false;
    }
    return std::equal(fixed.begin(), fixed.end(), keys.begin(),
                      [](char a, char b) { return a == '?' ? b != '+' : upper(a) == b; });
}

hal::Result<void> checkDialPattern(std::string_view pattern) {
    std::string_view body = pattern.substr(pattern.starts_with('+') ? 1 : 0);
    body.remove_suffix(body.ends_with("\\*") ? 2 : 0);
    const bool known =
        std::all_of(body.begin(), body.end(), [](char c) { return c == '?' || isKey(upper(c)); });
    if (pattern.empty() || pattern.size() > kLongestPattern || !known) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("\"{}\"", pattern.substr(0, kLongestPattern)) +
                             " is no pattern: keys 0-9 * # A-D, ? for one key, * at the end for "
                             "any rest, + in front for the canonical number");
    }
    return {};
}

std::optional<std::string> barredBy(const DialBarring& rules, std::string_view number,
                                    const NumberingPlan& plan) {
    if (rules.barred.empty()) {
        return std::nullopt;
    }
    const auto parts = partsOf(number);
    if (isEmergency(rules, parts, number, plan)) {
        return std::nullopt;
    }
    for (const Form& form : formsOf(parts, plan)) {
        const std::string* barred = firstMatch(rules.barred, form);
        if (barred != nullptr && firstMatch(rules.allowed, form) == nullptr) {
            return *barred;
        }
    }
    return std::nullopt;
}

}  // namespace tipring::rpc

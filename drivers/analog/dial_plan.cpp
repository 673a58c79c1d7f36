// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/analog/dial_plan.h"

#include <fmt/format.h>

#include <algorithm>

namespace tipring::analog {
namespace {

constexpr std::size_t kMostPatterns = 64, kMostKeys = 32;
constexpr std::string_view kLiterals = "0123456789*#ABCD";

auto wrong(std::size_t at) {
    return hal::fail(hal::ErrorCode::InvalParam,
                     fmt::format("character {} of the dial plan cannot stand there", at + 1));
}

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

hal::Result<DialPlan::Pattern> DialPlan::parseOne(std::string_view text, std::size_t at) {
    Pattern pattern;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (pattern.more || pattern.keys.size() == kMostKeys) {
            return wrong(at + i);
        }
        if (c == 'x' || c == 'X') {
            pattern.keys.push_back({'0', '9'});
        } else if (c == '.') {
            pattern.more = true;
        } else if (c == '[') {
            const std::string_view range = text.substr(i);
            if (range.size() < 5 || range[2] != '-' || range[4] != ']' || !isDigit(range[1]) ||
                !isDigit(range[3]) || range[1] > range[3]) {
                return wrong(at + i);
            }
            pattern.keys.push_back({range[1], range[3]});
            i += 4;
        } else if (kLiterals.find(c) != kLiterals.npos) {
            pattern.keys.push_back({c, c});
        } else {
            return wrong(at + i);
        }
    }
    if (pattern.keys.empty() && !pattern.more) {
        return wrong(at);
    }
    return pattern;
}

hal::Result<DialPlan> DialPlan::parse(std::string_view text) {
    DialPlan plan;
    if (text.empty()) {
        return plan;
    }
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find('|', at), text.size());
        auto pattern = parseOne(text.substr(at, end - at), at);
        if (!pattern) {
            return tl::unexpected(pattern.error());
        }
        if (plan.patterns_.size() == kMostPatterns) {
            return hal::fail(hal::ErrorCode::InvalParam, "the dial plan has too many alternatives");
        }
        plan.patterns_.push_back(std::move(*pattern));
        at = end + 1;
    }
    plan.hashEnds_ = text.find('#') == text.npos;
    return plan;
}

DialPlan::Match DialPlan::match(const Pattern& pattern, std::string_view keys) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (i == pattern.keys.size()) {
            const std::string_view rest = keys.substr(i);
            return pattern.more && std::all_of(rest.begin(), rest.end(), isDigit) ? Match::Possible
                                                                                  : Match::None;
        }
        if (keys[i] < pattern.keys[i].first || keys[i] > pattern.keys[i].last) {
            return Match::None;
        }
    }
    if (keys.size() < pattern.keys.size()) {
        return Match::Partial;
    }
    return pattern.more ? Match::Possible : Match::Complete;
}

DialPlan::Match DialPlan::match(std::string_view keys) const {
    if (patterns_.empty()) {
        return keys.empty() ? Match::Partial : Match::Possible;
    }
    bool complete = false, more = false;
    for (const Pattern& pattern : patterns_) {
        const Match one = match(pattern, keys);
        complete |= one == Match::Complete || one == Match::Possible;
        more |= one == Match::Partial || one == Match::Possible;
    }
    if (complete) {
        return more ? Match::Possible : Match::Complete;
    }
    return more ? Match::Partial : Match::None;
}

}  // namespace tipring::analog

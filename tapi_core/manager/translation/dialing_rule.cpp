// SPDX-License-Identifier: Apache-2.0
#include "dialing_rule.h"

#include <fmt/format.h>

#include <algorithm>

namespace tipring::core {
namespace {

using hal::ErrorCode;
using tapi::Result;

constexpr std::size_t kLongest = 64;
constexpr std::string_view kDialed = "0123456789*#,!W@$?:TP";
constexpr std::string_view kLetters = "EFGHJLM";

bool isOneOf(char c, std::string_view set) {
    return set.find(c) != std::string_view::npos;
}

struct Letter {
    char letter;
    std::string RuleValues::*dialed;
    ErrorCode missing;
    const char* cause;  // nullptr: may be empty
};
constexpr Letter kMeaning[] = {
    {'E', &RuleValues::countryCode, ErrorCode::InvalCountryCode, nullptr},
    {'F', &RuleValues::area, ErrorCode::InvalAddress, nullptr},
    {'G', &RuleValues::subscriber, ErrorCode::InvalAddress, nullptr},
    {'H', &RuleValues::cardSecret, ErrorCode::InvalCard,
     "the dialing rule needs the digits of a card (H), and there are none"},
    {'J', &RuleValues::cardAccess, ErrorCode::InvalCard,
     "the dialing rule needs a card's access number (J), and there is none"},
    {'L', &RuleValues::longDistanceCarrier, ErrorCode::InvalLocation,
     "the dialing rule needs the carrier for long-distance calls (L), and the location has none"},
    {'M', &RuleValues::internationalCarrier, ErrorCode::InvalLocation,
     "the dialing rule needs the carrier for international calls (M), and the location has none"},
};

/// What people see in place of a letter.
std::string shown(char letter, const std::string& dialed, const RuleValues& values) {
    switch (letter) {
    case 'F': return fmt::format("({})", dialed);
    case 'G': return values.shownSubscriber;
    case 'H': return fmt::format("[{}]", values.cardName);
    default: return dialed;
    }
}

}  // namespace

Result<void> checkRule(std::string_view rule) {
    if (rule.size() > kLongest) {
        return hal::fail(ErrorCode::InvalParam,
                         fmt::format("a dialing rule has at most {} characters", kLongest));
    }
    for (std::size_t i = 0; i < rule.size(); ++i) {
        if (!isOneOf(rule[i], kDialed) && !isOneOf(rule[i], kLetters)) {
            return hal::fail(ErrorCode::InvalParam,
                             fmt::format("character {} of the dialing rule is none of 0-9 * # , ! "
                                         "W @ $ ? : T P E F G H J L M",
                                         i + 1));
        }
    }
    if (!rule.empty() && rule.find('G') == std::string_view::npos) {
        return hal::fail(ErrorCode::InvalParam,
                         "a dialing rule has G, the subscriber number, in it");
    }
    return {};
}

bool isDialable(std::string_view text) {
    return text.size() <= kLongest &&
           std::all_of(text.begin(), text.end(), [](char c) { return isOneOf(c, kDialed); });
}

void showPart(std::string& displayable, std::string_view part) {
    if (!displayable.empty() && !part.empty()) {
        displayable += ' ';
    }
    displayable += part;
}

Result<RuleText> expandRule(std::string_view rule, const RuleValues& values) {
    RuleText text;
    std::string literal;
    for (const char c : rule) {
        const auto* letter = std::find_if(std::begin(kMeaning), std::end(kMeaning),
                                          [c](const Letter& each) { return each.letter == c; });
        if (letter == std::end(kMeaning)) {
            text.dialable += c;
            literal += c;
            continue;
        }
        const std::string& dialed = values.*(letter->dialed);
        if (dialed.empty() && letter->cause != nullptr) {
            return hal::fail(letter->missing, letter->cause);
        }
        showPart(text.displayable, literal);
        literal.clear();
        text.dialable += dialed;
        if (!dialed.empty()) {
            showPart(text.displayable, shown(c, dialed, values));
        }
    }
    showPart(text.displayable, literal);
    return text;
}

}  // namespace tipring::core

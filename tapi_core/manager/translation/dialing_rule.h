// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "tipring/tapi_core/api/translation.h"

namespace tipring::core {

/// What the letters of a rule stand for in one translation.
struct RuleValues {
    std::string countryCode, area, subscriber;
    std::string shownSubscriber;  ///< with its punctuation
    std::string longDistanceCarrier, internationalCarrier;
    std::string cardName, cardAccess, cardSecret;
};

struct RuleText {
    std::string dialable;
    std::string displayable;
};

/// Whether a rule has only letters and characters that mean something, and is of bounded length.
/// The cause says which is wrong.
[[nodiscard]] tapi::Result<void> checkRule(std::string_view rule);
/// Whether `text` may be dialled as it is (access codes, call-waiting string, secret digits):
/// 0-9 * # and the modifiers, at most 64.
[[nodiscard]] bool isDialable(std::string_view text);

/// Puts the values in. INVALLOCATION: the rule needs a carrier and there is none; INVALCARD: it
/// needs a card. `rule` has passed checkRule.
[[nodiscard]] tapi::Result<RuleText> expandRule(std::string_view rule, const RuleValues& values);

/// Adds a part to a displayable string, set off by one space.
void showPart(std::string& displayable, std::string_view part);

}  // namespace tipring::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "profile.h"
#include "tipring/hal/base/result.h"

namespace tipring::at_modem {

inline constexpr std::size_t kMaxDialString = 128;

/// A dialable address, checked as a whole before anything happens.
struct DialString {
    std::string keys;         ///< 0-9 A-D * # , ! W @ $ T P: what the modem gets
    bool incomplete = false;  ///< ended with `;`: more digits will follow
};

/// Drops punctuation, and what follows `|` (subaddress) or `^` (name). Fails at the first thing
/// that this modem cannot do: DialPrompt `?`, DialVoiceDetect `:`, DialBilling `$`, DialQuiet `@`,
/// DialDialtone `W`; InvalAddress for control characters, other letters and too many keys.
hal::Result<DialString> readDialString(std::string_view address, const Profile& profile);

/// Cuts the keys into pieces for command lines of `room` keys each (at least 4). A piece begins
/// with T or P, the way of dialling in force there; `mode` is the one at the start.
[[nodiscard]] std::vector<std::string> cutDialString(std::string_view keys, std::size_t room,
                                                     char mode);

/// How long a modem is busy sending these keys; an estimate from V.250 defaults (S6, S8, S11).
[[nodiscard]] std::chrono::milliseconds dialTime(std::string_view keys);

}  // namespace tipring::at_modem

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "reply.h"

namespace tipring::at_modem {

/// Without blanks at its ends.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

/// The final result that a whole line is; None for any other line. A result inside a line
/// ("NAME = OK") is none.
[[nodiscard]] Reply replyOf(std::string_view line) noexcept;

/// 1.. for a ring ("RING", "RING 2", "RING B", "RINGING", "RING;5551234;5550000"), else 0.
[[nodiscard]] unsigned ringMode(std::string_view line) noexcept;

/// A line of caller ID: a known tag at its start.
[[nodiscard]] bool isCallerIdLine(std::string_view line) noexcept;

}  // namespace tipring::at_modem

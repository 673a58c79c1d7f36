// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>

#include "tipring/hal/sim/exchange.h"

namespace tipring::sim {

/// One setting of `line` or `copper` by its word; gives what is wrong, or nothing.
[[nodiscard]] std::string setLineSetting(LineSettings& to, std::string_view name,
                                         std::string_view text);
[[nodiscard]] std::string setCopperSetting(CopperSettings& to, std::string_view name,
                                           std::string_view text);
/// The control commands about a line and its wires: line, copper, flash, forward, messages, number,
/// line?, copper?, electrics?. Nothing when the first word is none of them; otherwise the reply.
[[nodiscard]] std::optional<std::string> runLineCommand(Exchange& exchange, Line& line,
                                                        std::span<const std::string> words);

}  // namespace tipring::sim

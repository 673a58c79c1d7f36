// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>

#include "tipring/hal/sim/exchange.h"

namespace tipring::sim {

/// The control commands about a line and its wires: line, copper, flash, forward, messages, number,
/// line?, copper?, electrics?. Nothing when the first word is none of them; otherwise the reply.
[[nodiscard]] std::optional<std::string> runLineCommand(Exchange& exchange, Line& line,
                                                        std::span<const std::string> words);

}  // namespace tipring::sim

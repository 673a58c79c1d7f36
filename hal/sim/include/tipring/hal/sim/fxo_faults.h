// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace tipring::sim {

/// What is broken in the line interface of an FXO adapter. The defaults: nothing.
struct FxoFaults {
    bool missing = false;                          ///< no DAA is there: every register reads 0xFF
    bool linkNeverUp = false;                      ///< the line side never answers: r11 has no id
    std::optional<std::uint8_t> silentRegister{};  ///< reading it is never answered
    bool wrongRegister = false;  ///< replies name another register than was asked for
};

}  // namespace tipring::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace tipring::sim {

/// What is broken in the line interface of an FXS adapter. The defaults: nothing.
struct FxsFaults {
    bool converterFails = false;    ///< DC-DC: the battery never comes up
    bool converterLeaks = false;    ///< the battery is gone at once when the converter is off
    bool calibrationFails = false;  ///< never ends
    bool transistorsFail = false;   ///< Q5 and Q6 never find their balance
    bool indirectStuck = false;     ///< DR31 stays busy, no indirect access ever ends
    std::optional<std::uint8_t> silentRegister{};  ///< reading or writing it is never answered
};

}  // namespace tipring::sim

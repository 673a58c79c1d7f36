// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tipring/tapi_core/tspi/interface.h"

namespace tipring::at_modem {

/// org.tipring.AtModem, version 1, on addresses: what a modem has beyond a telephone line.
extern const TspiInterface kModemInterface;

/// Methods and events by their numbers in it.
enum class ModemMethod : std::uint32_t {
    Command,
    Identify,
    LineInUse,
    SpeakerLevel,
    SetSpeakerLevel,
};
enum class ModemEvent : std::uint32_t { Unsolicited, LineInUseChanged };

inline constexpr std::uint32_t kMaxSpeakerLevel = 3;  ///< V.250 6.3.13, 6.3.14: M and L

/// A modem's line as text: bytes that are not printable ASCII become "\xNN".
[[nodiscard]] std::string printable(std::string_view line);

}  // namespace tipring::at_modem

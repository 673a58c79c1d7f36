// SPDX-License-Identifier: Apache-2.0
// Caller-ID messages as they are on the wire: SDMF and MDMF (GR-30, EN 300 659-3, SIN227).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "tipring/drivers/at_modem/caller_id.h"

namespace tipring::at_modem {

enum class FrameCheck : std::uint8_t {
    NoFrame,  ///< not a message of a known type, or it is cut off
    Valid,
    NoChecksum,   ///< complete but for the checksum byte, which some modems keep
    BadChecksum,  ///< its fields are not used
};

/// Bytes that the message at the start of `bytes` has, checksum included; 0: its type is unknown or
/// its length is not there yet.
[[nodiscard]] std::size_t frameSize(std::span<const std::uint8_t> bytes);

/// Reads one whole message; what it says goes into `id`, and checksumValid with it.
FrameCheck readFrame(std::span<const std::uint8_t> bytes, CallerId& id);

/// Reads parameters without a message around them (MESG= in formatted mode: type, length, data, and
/// perhaps a checksum of them). Unknown ones are skipped. True when something was used.
bool readParameters(std::span<const std::uint8_t> bytes, CallerId& id);

/// Bytes from hexadecimal text, blanks allowed; empty for an odd digit or anything else. `out`
/// takes as many as it has room for.
[[nodiscard]] std::span<const std::uint8_t> bytesFromHex(std::string_view text,
                                                         std::span<std::uint8_t> out);

/// What follows MESG=, or a bare line: a message or parameters, whichever it is. True when used.
bool readHex(std::string_view hex, CallerId& id);

}  // namespace tipring::at_modem

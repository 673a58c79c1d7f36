// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "tipring/drivers/at_modem/caller_id.h"

namespace tipring::at_modem {

/// What the driver makes of a piece of what a modem sent.
struct DecodedCall {
    unsigned rings = 0;
    CallerId callerId;
    /// Caller ID came before the first ring; empty where there was no ring or no caller ID.
    std::optional<bool> callerIdBeforeRing;
};

/// Reads a capture: everything that a modem sent, commands' echoes and answers included, in the
/// order of arrival. One entry a call; one too for caller ID without a ring and for a
/// message-waiting report. Any bytes may come in. Calls are told apart by content, as a capture has
/// no times.
[[nodiscard]] std::vector<DecodedCall> decodeCapture(std::span<const std::byte> bytes);

/// Reads one caller-ID message as it was on the wire (GR-30, EN 300 659: type, length, data,
/// checksum). What precedes the message (seizure, marks) is skipped. Empty: there is no message.
[[nodiscard]] std::optional<CallerId> decodeFrame(std::span<const std::byte> bytes);

}  // namespace tipring::at_modem

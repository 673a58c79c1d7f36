// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "tipring/hal/base/result.h"
#include "tipring/tapi_core/api/types.h"

namespace tipring::core {

/// What an application asks of a call.
enum class Operation : std::uint8_t {
    Connect,
    Answer,
    Drop,
    Dial,
    GenerateDigits,
    GenerateTone,
    MonitorDigits,
    Play,
    Record,
};

/// True where a call may go from one state to another: states may be skipped, idle is never left,
/// and what was disconnected only becomes idle. A state may follow itself with another mode.
/// `from` is empty for a call without a state yet. Source: TAPI, LINE_CALLSTATE; the moves of an
/// analog line.
[[nodiscard]] bool legalMove(std::optional<tapi::LineCallState> from, tapi::LineCallState to,
                             bool inbound) noexcept;

/// True for a value that is exactly one of LINECALLSTATE_*.
[[nodiscard]] bool isCallState(std::uint64_t value) noexcept;

/// INVALCALLSTATE where the operation makes no sense in that state; `state` is empty for a call
/// that was made and not begun.
[[nodiscard]] hal::Result<void> checkState(Operation operation,
                                           std::optional<tapi::LineCallState> state);
/// NOTOWNER where the operation needs an owner and this is a monitor.
[[nodiscard]] hal::Result<void> checkPrivilege(Operation operation, tapi::CallPrivilege privilege);

[[nodiscard]] const char* name(Operation operation) noexcept;

}  // namespace tipring::core

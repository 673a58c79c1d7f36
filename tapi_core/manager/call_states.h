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
    Accept,
    Answer,
    Drop,
    Dial,
    Secure,
    SetMediaMode,
    SetCallParams,
    SetCallData,
    SetAppSpecific,
    TakeDescriptor,
    Handoff,
    GenerateDigits,
    GenerateTone,
    MonitorDigits,
    MonitorTones,
    MonitorMedia,
    GatherDigits,
    Play,
    Record,
    DevSpecific,
    SetTreatment,
    Hold,
    Unhold,
    SwapHold,
    SetupTransfer,
    CompleteTransfer,
    BlindTransfer,
    SetupConference,
    PrepareAddToConference,
    AddToConference,
    RemoveFromConference,
};
inline constexpr std::size_t kOperations =
    static_cast<std::size_t>(Operation::RemoveFromConference) + 1;

/// True where a call may go from one state to another: states may be skipped, idle is never left,
/// and what was disconnected only becomes idle. A state may follow itself with another mode.
/// `from` is empty for a call without a state yet. Source: TAPI, LINE_CALLSTATE; the moves of an
/// analog line. A call that stands for a conference may begin held.
[[nodiscard]] bool legalMove(std::optional<tapi::LineCallState> from, tapi::LineCallState to,
                             bool inbound, bool conference = false) noexcept;

/// True for a value that is exactly one of LINECALLSTATE_*.
[[nodiscard]] bool isCallState(std::uint64_t value) noexcept;

/// True where `mode` is one of the state's own, or 0, "not told". Connected may be confirmed and
/// one of the others at once. Source: LINECALLSTATUS, dwCallStateMode.
[[nodiscard]] bool isModeOf(tapi::LineCallState state, std::uint64_t mode) noexcept;
/// What stands for a mode that is none: unknown, or where a state has no such mode, its plain one.
[[nodiscard]] std::uint32_t unknownModeOf(tapi::LineCallState state) noexcept;

/// INVALCALLSTATE where the operation makes no sense in that state; `state` is empty for a call
/// that was made and not begun. `mode` of the state: a call that another telephone on the line has
/// (connected, inactive) may be answered, which joins it.
[[nodiscard]] hal::Result<void> checkState(Operation operation,
                                           std::optional<tapi::LineCallState> state,
                                           std::uint32_t mode = 0);
/// What is left of a call whose lineMakeCall the provider has not completed: INVALCALLSTATE.
[[nodiscard]] hal::Result<void> checkEarly(Operation operation);
/// NOTOWNER where the operation needs an owner and this is a monitor.
[[nodiscard]] hal::Result<void> checkPrivilege(Operation operation, tapi::CallPrivilege privilege);

[[nodiscard]] const char* name(Operation operation) noexcept;
/// The bit that stands for it in CallStatus::features; 0 where it has none.
[[nodiscard]] std::uint32_t featureOf(Operation operation) noexcept;

}  // namespace tipring::core

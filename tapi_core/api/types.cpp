// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/api/types.h"

namespace tipring::tapi {

CallState fold(LineCallState state) noexcept {
    switch (state) {
    case LineCallState::Offering:
    case LineCallState::Accepted: return CallState::Offering;
    case LineCallState::DialTone:
    case LineCallState::Dialing:
    case LineCallState::Proceeding:
    case LineCallState::Ringback:
    case LineCallState::SpecialInfo:
    case LineCallState::Unknown: return CallState::InProgress;
    case LineCallState::Connected:
    case LineCallState::Conferenced: return CallState::Connected;
    case LineCallState::OnHold:
    case LineCallState::OnHoldPendConf:
    case LineCallState::OnHoldPendTransfer: return CallState::Hold;
    case LineCallState::Busy:
    case LineCallState::Disconnected:
    case LineCallState::Idle: return CallState::Disconnected;
    }
    return CallState::InProgress;
}

std::string_view name(PartyStatus status) noexcept {
    switch (status) {
    case PartyStatus::Unknown: return "unknown";
    case PartyStatus::Ok: return "ok";
    case PartyStatus::Blocked: return "blocked";
    case PartyStatus::OutOfArea: return "out of area";
    case PartyStatus::Partial: return "partial";
    case PartyStatus::Unavail: return "unavailable";
    }
    return "?";
}

std::string_view name(LineCallState state) noexcept {
    switch (state) {
    case LineCallState::Idle: return "idle";
    case LineCallState::Offering: return "offering";
    case LineCallState::Accepted: return "accepted";
    case LineCallState::DialTone: return "dial tone";
    case LineCallState::Dialing: return "dialing";
    case LineCallState::Ringback: return "ringback";
    case LineCallState::Busy: return "busy";
    case LineCallState::SpecialInfo: return "special information";
    case LineCallState::Connected: return "connected";
    case LineCallState::Proceeding: return "proceeding";
    case LineCallState::OnHold: return "on hold";
    case LineCallState::Conferenced: return "conferenced";
    case LineCallState::OnHoldPendConf: return "on hold, pending conference";
    case LineCallState::OnHoldPendTransfer: return "on hold, pending transfer";
    case LineCallState::Disconnected: return "disconnected";
    case LineCallState::Unknown: return "unknown";
    }
    return "?";
}

std::string_view name(CallState state) noexcept {
    switch (state) {
    case CallState::Idle: return "idle";
    case CallState::InProgress: return "in progress";
    case CallState::Connected: return "connected";
    case CallState::Disconnected: return "disconnected";
    case CallState::Offering: return "offering";
    case CallState::Hold: return "hold";
    case CallState::Queued: return "queued";
    }
    return "?";
}

std::string_view name(DisconnectMode mode) noexcept {
    switch (mode) {
    case DisconnectMode::None: return "none";
    case DisconnectMode::Normal: return "normal";
    case DisconnectMode::Unknown: return "unknown";
    case DisconnectMode::Reject: return "rejected";
    case DisconnectMode::PickUp: return "picked up elsewhere";
    case DisconnectMode::Forwarded: return "forwarded";
    case DisconnectMode::Busy: return "busy";
    case DisconnectMode::NoAnswer: return "no answer";
    case DisconnectMode::BadAddress: return "bad address";
    case DisconnectMode::Unreachable: return "unreachable";
    case DisconnectMode::Congestion: return "congestion";
    case DisconnectMode::Incompatible: return "incompatible";
    case DisconnectMode::Unavail: return "unavailable";
    case DisconnectMode::NoDialTone: return "no dial tone";
    case DisconnectMode::NumberChanged: return "number changed";
    case DisconnectMode::OutOfOrder: return "out of order";
    case DisconnectMode::TempFailure: return "temporary failure";
    case DisconnectMode::Blocked: return "blocked";
    case DisconnectMode::DoNotDisturb: return "do not disturb";
    case DisconnectMode::Cancelled: return "cancelled";
    }
    return "?";
}

}  // namespace tipring::tapi

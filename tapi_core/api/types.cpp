// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/api/types.h"

#include <algorithm>

namespace tipring::tapi {
namespace {

struct BitName {
    std::uint32_t bit;
    std::string_view name;
};
template <std::size_t N>
std::string_view nameOf(const BitName (&names)[N], std::uint32_t bit) {
    const auto* found = std::find_if(std::begin(names), std::end(names),
                                     [bit](const BitName& each) { return each.bit == bit; });
    return found == std::end(names) ? std::string_view("?") : found->name;
}

constexpr BitName kMediaModes[] = {
    {0x2, "unknown"},     {0x4, "interactive voice"}, {0x8, "automated voice"},
    {0x10, "data modem"}, {0x20, "G3 fax"},           {0x40, "TDD"},
};
constexpr BitName kReasons[] = {
    {0x1, "direct"},           {0x2, "forwarded on busy"}, {0x4, "forwarded on no answer"},
    {0x8, "forwarded always"}, {0x10, "picked up"},        {0x20, "unparked"},
    {0x40, "redirected"},      {0x80, "call completion"},  {0x100, "transfer"},
    {0x200, "reminder"},       {0x400, "unknown"},         {0x800, "unavailable"},
    {0x2000, "parked"},
};
constexpr BitName kGatherEnds[] = {
    {0x1, "buffer full"},          {0x2, "termination digit"}, {0x4, "first digit time-out"},
    {0x8, "inter-digit time-out"}, {0x10, "cancelled"},
};
constexpr BitName kBusyModes[] = {
    {0x1, "station"}, {0x2, "trunk"}, {0x4, "unknown"}, {0x8, "unavailable"}};
constexpr BitName kDialToneModes[] = {
    {0x1, "normal"},   {0x2, "stutter"},  {0x4, "internal"},
    {0x8, "external"}, {0x10, "unknown"}, {0x20, "unavailable"},
};
constexpr BitName kSpecialInfoModes[] = {
    {0x1, "no circuit"}, {0x2, "customer irregularity"}, {0x4, "reorder"},
    {0x8, "unknown"},    {0x10, "unavailable"},
};
constexpr BitName kConnectedModes[] = {
    {0x1, "presumed"},       {0x2, "on another telephone"}, {0x4, "active, held"},
    {0x8, "inactive, held"}, {0x10, "confirmed"},
};
constexpr BitName kOfferingModes[] = {{0x1, "active"}, {0x2, "inactive"}};

}  // namespace

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

std::string_view name(MediaMode mode) noexcept {
    return nameOf(kMediaModes, static_cast<std::uint32_t>(mode));
}

std::string_view name(CallReason reason) noexcept {
    return nameOf(kReasons, static_cast<std::uint32_t>(reason));
}

std::string_view name(CallPrivilege rights) noexcept {
    switch (rights) {
    case CallPrivilege::None: return "none";
    case CallPrivilege::Monitor: return "monitor";
    case CallPrivilege::Owner: return "owner";
    }
    return "?";
}

std::string_view name(GatherEnd end) noexcept {
    return nameOf(kGatherEnds, static_cast<std::uint32_t>(end));
}

std::string_view modeName(LineCallState state, std::uint32_t mode) noexcept {
    if (mode == 0) {
        return {};
    }
    switch (state) {
    case LineCallState::Disconnected: return name(static_cast<DisconnectMode>(mode));
    case LineCallState::Busy: return nameOf(kBusyModes, mode);
    case LineCallState::DialTone: return nameOf(kDialToneModes, mode);
    case LineCallState::SpecialInfo: return nameOf(kSpecialInfoModes, mode);
    case LineCallState::Connected: return nameOf(kConnectedModes, mode);
    case LineCallState::Offering: return nameOf(kOfferingModes, mode);
    default: return {};
    }
}

}  // namespace tipring::tapi

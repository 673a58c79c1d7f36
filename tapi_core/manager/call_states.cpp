// SPDX-License-Identifier: Apache-2.0
#include "call_states.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "tipring/tapi_core/tspi/constants.h"

namespace tipring::core {
namespace {

using tapi::LineCallState;

constexpr std::uint32_t kEnd = LINECALLSTATE_DISCONNECTED | LINECALLSTATE_IDLE;
constexpr std::uint32_t kAnyTime = kEnd | LINECALLSTATE_UNKNOWN;
constexpr std::uint32_t kHolds =
    LINECALLSTATE_ONHOLD | LINECALLSTATE_ONHOLDPENDCONF | LINECALLSTATE_ONHOLDPENDTRANSFER;
constexpr std::uint32_t kTalk = LINECALLSTATE_CONNECTED | LINECALLSTATE_CONFERENCED | kHolds;
constexpr std::uint32_t kFailure = LINECALLSTATE_BUSY | LINECALLSTATE_SPECIALINFO;
constexpr std::uint32_t kAfterDigits = LINECALLSTATE_PROCEEDING | LINECALLSTATE_RINGBACK |
                                       LINECALLSTATE_CONNECTED | kFailure | kAnyTime;
constexpr std::uint32_t kAll = 0xFFFF;

struct Moves {
    std::uint32_t from;
    std::uint32_t to;
};
/// The moves to another state; a state may always follow itself, but idle.
constexpr Moves kMoves[] = {
    {LINECALLSTATE_IDLE, 0},
    {LINECALLSTATE_OFFERING, LINECALLSTATE_ACCEPTED | LINECALLSTATE_CONNECTED | kAnyTime},
    {LINECALLSTATE_ACCEPTED, LINECALLSTATE_CONNECTED | kAnyTime},
    {LINECALLSTATE_DIALTONE, LINECALLSTATE_DIALING | kAfterDigits},
    {LINECALLSTATE_DIALING, LINECALLSTATE_DIALTONE | kAfterDigits},  // a second dial tone (`W`)
    {LINECALLSTATE_PROCEEDING, LINECALLSTATE_DIALING | kAfterDigits},
    {LINECALLSTATE_RINGBACK, LINECALLSTATE_CONNECTED | kFailure | kAnyTime},
    {LINECALLSTATE_BUSY, kEnd},
    {LINECALLSTATE_SPECIALINFO, kEnd},
    {LINECALLSTATE_CONNECTED, kTalk | kAnyTime},
    {LINECALLSTATE_CONFERENCED, kTalk | kAnyTime},
    {LINECALLSTATE_ONHOLD, kTalk | kAnyTime},
    {LINECALLSTATE_ONHOLDPENDCONF, kTalk | kAnyTime},
    {LINECALLSTATE_ONHOLDPENDTRANSFER, kTalk | kAnyTime},
    {LINECALLSTATE_DISCONNECTED, LINECALLSTATE_IDLE},
    {LINECALLSTATE_UNKNOWN, kAll},
};
constexpr std::uint32_t kFirstInbound = kAll & ~(kHolds | LINECALLSTATE_CONFERENCED);
constexpr std::uint32_t kFirstOutbound =
    kFirstInbound & ~(LINECALLSTATE_OFFERING | LINECALLSTATE_ACCEPTED);

struct Rule {
    Operation operation;
    const char* name;
    std::uint32_t states;  // in which it is allowed
    bool notBegun;         // allowed for a call that was made and not begun
    bool owner;            // needs an owner
};
constexpr std::uint32_t kAlive = kAll & ~LINECALLSTATE_IDLE;
constexpr std::uint32_t kReachable = kAlive & ~LINECALLSTATE_DISCONNECTED;
constexpr Rule kRules[] = {
    {Operation::Connect, "connect", 0, true, true},
    {Operation::Answer, "answer", LINECALLSTATE_OFFERING | LINECALLSTATE_ACCEPTED, false, true},
    {Operation::Drop, "disconnect", kAlive, false, true},
    {Operation::Dial, "dial", kReachable, false, true},
    {Operation::GenerateDigits, "generate digits", kAlive, false, true},
    {Operation::GenerateTone, "generate a tone", kAlive, false, true},
    {Operation::MonitorDigits, "monitor digits", kReachable, false, false},
    {Operation::Play, "play", LINECALLSTATE_CONNECTED, false, true},
    {Operation::Record, "record", LINECALLSTATE_CONNECTED, false, true},
};

const Rule& ruleOf(Operation operation) {
    return *std::find_if(std::begin(kRules), std::end(kRules),
                         [&](const Rule& rule) { return rule.operation == operation; });
}

}  // namespace

bool legalMove(std::optional<LineCallState> from, LineCallState to, bool inbound) noexcept {
    const auto target = static_cast<std::uint32_t>(to);
    if (!from) {
        return ((inbound ? kFirstInbound : kFirstOutbound) & target) != 0;
    }
    if (*from == to) {
        return to != LineCallState::Idle;
    }
    return std::any_of(std::begin(kMoves), std::end(kMoves), [&](const Moves& moves) {
        return moves.from == static_cast<std::uint32_t>(*from) && (moves.to & target) != 0;
    });
}

bool isCallState(std::uint64_t value) noexcept {
    return std::has_single_bit(value) && value <= LINECALLSTATE_UNKNOWN;
}

hal::Result<void> checkState(Operation operation, std::optional<LineCallState> state) {
    const Rule& rule = ruleOf(operation);
    const bool allowed =
        state ? (rule.states & static_cast<std::uint32_t>(*state)) != 0 : rule.notBegun;
    if (allowed) {
        return {};
    }
    return hal::fail(hal::ErrorCode::InvalCallState,
                     fmt::format("cannot {}: the call is {}", rule.name,
                                 state ? tapi::name(*state) : "not begun"));
}

hal::Result<void> checkPrivilege(Operation operation, tapi::CallPrivilege privilege) {
    const Rule& rule = ruleOf(operation);
    if (!rule.owner || privilege == tapi::CallPrivilege::Owner) {
        return {};
    }
    return hal::fail(hal::ErrorCode::NotOwner,
                     fmt::format("cannot {}: this application only monitors the call", rule.name));
}

const char* name(Operation operation) noexcept {
    return ruleOf(operation).name;
}

}  // namespace tipring::core

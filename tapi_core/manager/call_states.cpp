// SPDX-License-Identifier: Apache-2.0
#include "call_states.h"

#include <fmt/format.h>

#include <array>
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
/// A consultation may be joined before it is answered.
constexpr std::uint32_t kAnswered = LINECALLSTATE_CONNECTED | LINECALLSTATE_CONFERENCED;
constexpr std::uint32_t kAfterDigits =
    LINECALLSTATE_PROCEEDING | LINECALLSTATE_RINGBACK | kAnswered | kFailure | kAnyTime;
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
    {LINECALLSTATE_RINGBACK, kAnswered | kFailure | kAnyTime},
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

struct Modes {
    std::uint32_t state;
    std::uint32_t modes;
    std::uint32_t unknown;
};
constexpr Modes kModes[] = {
    {LINECALLSTATE_OFFERING, LINEOFFERINGMODE_ACTIVE | LINEOFFERINGMODE_INACTIVE,
     LINEOFFERINGMODE_ACTIVE},
    {LINECALLSTATE_DIALTONE, 0x3F, LINEDIALTONEMODE_UNKNOWN},
    {LINECALLSTATE_BUSY, 0xF, LINEBUSYMODE_UNKNOWN},
    {LINECALLSTATE_SPECIALINFO, 0x1F, LINESPECIALINFO_UNKNOWN},
    {LINECALLSTATE_CONNECTED, 0x1F, LINECONNECTEDMODE_ACTIVE},
    {LINECALLSTATE_DISCONNECTED, 0xFFFFF, LINEDISCONNECTMODE_UNKNOWN},
};

struct Rule {
    Operation operation;
    const char* name;
    std::uint32_t states;   // in which it is allowed
    std::uint32_t feature;  // LINECALLFEATURE_*
    bool owner;             // needs an owner
    bool early;             // allowed before lineMakeCall is completed
};
constexpr std::uint32_t kAlive = kAll & ~LINECALLSTATE_IDLE;
constexpr std::uint32_t kReachable = kAlive & ~LINECALLSTATE_DISCONNECTED;
constexpr std::uint32_t kRinging = LINECALLSTATE_OFFERING | LINECALLSTATE_ACCEPTED;
constexpr std::uint32_t kConsulting = LINECALLSTATE_ONHOLDPENDCONF | LINECALLSTATE_ONHOLD;
/// In the order of the enumeration.
constexpr Rule kRules[] = {
    {Operation::Connect, "connect", 0, 0, true, false},
    {Operation::Accept, "accept", LINECALLSTATE_OFFERING, LINECALLFEATURE_ACCEPT, true, false},
    {Operation::Answer, "answer", kRinging, LINECALLFEATURE_ANSWER, true, false},
    {Operation::Drop, "disconnect", kAlive, LINECALLFEATURE_DROP, true, true},
    {Operation::Dial, "dial", kReachable, LINECALLFEATURE_DIAL, true, false},
    {Operation::Secure, "secure", kAlive, LINECALLFEATURE_SECURECALL, true, false},
    {Operation::SetMediaMode, "set the media mode", kAlive, 0, true, true},
    {Operation::SetCallParams, "set parameters", kReachable, LINECALLFEATURE_SETCALLPARAMS, true,
     false},
    {Operation::SetCallData, "set call data", kAlive, LINECALLFEATURE_SETCALLDATA, true, true},
    {Operation::SetAppSpecific, "set the application's value", kAlive, 0, true, true},
    {Operation::TakeDescriptor, "take the raw port", kRinging | LINECALLSTATE_CONNECTED, 0, true,
     false},
    {Operation::Handoff, "hand off", kAlive, 0, true, true},
    {Operation::GenerateDigits, "generate digits", kAlive, LINECALLFEATURE_GENERATEDIGITS, true,
     false},
    {Operation::GenerateTone, "generate a tone", kAlive, LINECALLFEATURE_GENERATETONE, true, false},
    {Operation::MonitorDigits, "monitor digits", kReachable, LINECALLFEATURE_MONITORDIGITS, false,
     false},
    {Operation::MonitorTones, "monitor tones", kAlive, LINECALLFEATURE_MONITORTONES, false, false},
    {Operation::MonitorMedia, "monitor media", kAlive, LINECALLFEATURE_MONITORMEDIA, false, false},
    {Operation::GatherDigits, "gather digits", kAlive, LINECALLFEATURE_GATHERDIGITS, true, false},
    {Operation::Play, "play", LINECALLSTATE_CONNECTED, 0, true, false},
    {Operation::Record, "record", LINECALLSTATE_CONNECTED, 0, true, false},
    {Operation::DevSpecific, "ask the provider's own", kAlive, 0, false, false},
    {Operation::SetTreatment, "set the treatment", kTalk, LINECALLFEATURE_SETTREATMENT, true,
     false},
    {Operation::Hold, "hold", LINECALLSTATE_CONNECTED, LINECALLFEATURE_HOLD, true, false},
    {Operation::Unhold, "unhold", kHolds, LINECALLFEATURE_UNHOLD, true, false},
    {Operation::SwapHold, "swap", LINECALLSTATE_CONNECTED, LINECALLFEATURE_SWAPHOLD, true, false},
    {Operation::SetupTransfer, "set up a transfer", LINECALLSTATE_CONNECTED,
     LINECALLFEATURE_SETUPTRANSFER, true, false},
    {Operation::CompleteTransfer, "complete a transfer", LINECALLSTATE_ONHOLDPENDTRANSFER,
     LINECALLFEATURE_COMPLETETRANSF, true, false},
    {Operation::BlindTransfer, "transfer blindly", LINECALLSTATE_CONNECTED,
     LINECALLFEATURE_BLINDTRANSFER, true, false},
    {Operation::SetupConference, "set up a conference", LINECALLSTATE_CONNECTED,
     LINECALLFEATURE_SETUPCONF, true, false},
    {Operation::PrepareAddToConference, "prepare a further party", LINECALLSTATE_CONNECTED,
     LINECALLFEATURE_PREPAREADDCONF, true, false},
    {Operation::AddToConference, "add to the conference", kConsulting, LINECALLFEATURE_ADDTOCONF,
     true, false},
    {Operation::RemoveFromConference, "remove from the conference", LINECALLSTATE_CONFERENCED,
     LINECALLFEATURE_REMOVEFROMCONF, true, false},
};
static_assert(std::size(kRules) == kOperations);

constexpr bool inOrder() {
    for (std::size_t index = 0; index < kOperations; ++index) {
        if (static_cast<std::size_t>(kRules[index].operation) != index) {
            return false;
        }
    }
    return true;
}
static_assert(inOrder());

const Rule& ruleOf(Operation operation) {
    return kRules[static_cast<std::size_t>(operation)];
}

/// Without the call that counting bits is on a plain x86-64.
constexpr bool isOneBit(std::uint64_t value) {
    return value != 0 && (value & (value - 1)) == 0;
}

constexpr std::size_t kStates = 16;  // one bit each
constexpr std::size_t indexOf(LineCallState state) {
    return static_cast<std::size_t>(std::countr_zero(static_cast<std::uint32_t>(state)));
}
/// Both tables by the number of the state's bit, for they are asked at each change of state.
constexpr auto kMovesFrom = [] {
    std::array<std::uint32_t, kStates> to{};
    for (const Moves& each : kMoves) {
        to[static_cast<std::size_t>(std::countr_zero(each.from))] = each.to | each.from;
    }
    to[indexOf(LineCallState::Idle)] = 0;
    return to;
}();
constexpr auto kModesIn = [] {
    std::array<Modes, kStates> modes{};
    for (const Modes& each : kModes) {
        modes[static_cast<std::size_t>(std::countr_zero(each.state))] = each;
    }
    return modes;
}();

}  // namespace

bool legalMove(std::optional<LineCallState> from, LineCallState to, bool inbound,
               bool conference) noexcept {
    const auto target = static_cast<std::uint32_t>(to);
    if (!from) {
        const std::uint32_t first = inbound ? kFirstInbound : kFirstOutbound;
        return ((conference ? first | kHolds : first) & target) != 0;
    }
    return (kMovesFrom[indexOf(*from)] & target) != 0;
}

bool isCallState(std::uint64_t value) noexcept {
    return isOneBit(value) && value <= LINECALLSTATE_UNKNOWN;
}

bool isModeOf(LineCallState state, std::uint64_t mode) noexcept {
    const Modes& known = kModesIn[indexOf(state)];
    if (mode == 0 || known.modes == 0) {
        return true;  // the other states have none: the parameter means nothing
    }
    const bool confirmed = state == LineCallState::Connected;
    const std::uint64_t one = confirmed ? mode & ~std::uint64_t{LINECONNECTEDMODE_CONFIRMED} : mode;
    return (mode & ~std::uint64_t{known.modes}) == 0 && (isOneBit(one) || (confirmed && one == 0));
}

std::uint32_t unknownModeOf(LineCallState state) noexcept {
    return kModesIn[indexOf(state)].unknown;
}

hal::Result<void> checkState(Operation operation, std::optional<LineCallState> state,
                             std::uint32_t mode) {
    const Rule& rule = ruleOf(operation);
    const bool joins = operation == Operation::Answer && state == LineCallState::Connected &&
                       (mode & LINECONNECTEDMODE_INACTIVE) != 0;
    const bool allowed = state ? (rule.states & static_cast<std::uint32_t>(*state)) != 0 || joins
                               : operation == Operation::Connect;
    if (allowed) {
        return {};
    }
    return hal::fail(hal::ErrorCode::InvalCallState,
                     fmt::format("cannot {}: the call is {}", rule.name,
                                 state ? tapi::name(*state) : "not begun"));
}

hal::Result<void> checkEarly(Operation operation) {
    if (ruleOf(operation).early) {
        return {};
    }
    return hal::fail(
        hal::ErrorCode::InvalCallState,
        fmt::format("cannot {}: the provider has not begun the call yet", ruleOf(operation).name));
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

std::uint32_t featureOf(Operation operation) noexcept {
    return ruleOf(operation).feature;
}

}  // namespace tipring::core

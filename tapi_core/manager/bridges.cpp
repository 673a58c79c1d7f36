// SPDX-License-Identifier: Apache-2.0
// Conferences and transfers of the core's own: how they are made, and how they end.
#include "bridges.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "call_features.h"
#include "call_record.h"
#include "core.h"
#include "line_record.h"

namespace tipring::core {
namespace {

using State = tapi::LineCallState;

hal::Result<void> checkSound(const CallRecord& call) {
    return Bridges::canJoin(*call.line)
               ? hal::Result<void>{}
               : hal::fail(hal::ErrorCode::OperationUnavail,
                           fmt::format("line {} has no sound in both directions at once: the core "
                                       "cannot join its calls",
                                       call.line->name));
}

}  // namespace

std::optional<State> deviceStateOf(const CallRecord& call) noexcept {
    return call.beneath ? std::optional(call.beneath->state) : call.state;
}

hal::Result<void> Bridges::checkRoomFor(const Bridge& bridge) {
    return bridge.members.size() < bridge.most
               ? hal::Result<void>{}
               : hal::fail(hal::ErrorCode::ConferenceFull,
                           fmt::format("the conference has its {} members", bridge.most));
}

hal::Result<void> Bridges::checkFree(const CallRecord& call, const Bridge* bridge) {
    if (call.conference) {
        return hal::fail(hal::ErrorCode::InvalConsultCallHandle,
                         "a conference cannot be part of another one");
    }
    const bool elsewhere = (call.bridge && call.bridge.get() != bridge) || !call.room.expired();
    if (elsewhere || (call.bridge && call.role == BridgeRole::Member)) {
        return hal::fail(hal::ErrorCode::InvalCallState,
                         "the call belongs to a conference, transfer or room already");
    }
    return checkSound(call);
}

Bridges::Bridges(Core& core) : core_(core), clock_(core.loop_, [this] { tick(); }) {}

bool Bridges::canJoin(const LineRecord& line) {
    constexpr std::uint32_t kBoth = TSPI_MEDIA_PLAY | TSPI_MEDIA_RECORD;
    return line.caps.media.fullDuplex != 0 && (line.caps.media.directions & kBoth) == kBoth;
}

void Bridges::addCapabilities(LineRecord& line) {
    if (!canJoin(line)) {
        return;
    }
    tapi::AddressCapabilities& caps = line.capabilities;
    caps.devCapFlags |= LINEDEVCAPFLAGS_CROSSADDRCONF;
    caps.callFeatures |=
        possibleFeatures(line) & (LINECALLFEATURE_SETUPCONF | LINECALLFEATURE_SETUPTRANSFER |
                                  LINECALLFEATURE_ADDTOCONF | LINECALLFEATURE_PREPAREADDCONF |
                                  LINECALLFEATURE_REMOVEFROMCONF | LINECALLFEATURE_COMPLETETRANSF);
    if (providerCan(line, Operation::SetupConference)) {
        return;
    }
    caps.addressCapFlags |= LINEADDRCAPFLAGS_SETUPCONFNULL | LINEADDRCAPFLAGS_CONFERENCEMAKE |
                            LINEADDRCAPFLAGS_TRANSFERMAKE | LINEADDRCAPFLAGS_CONFDROP;
    caps.maxConference = caps.maxTransferConference = kMostMembers;
    caps.removeFromConfCaps = LINEREMOVEFROMCONF_ANY;
    caps.removeFromConfState = LINECALLSTATE_CONNECTED;
    caps.transferModes |= LINETRANSFERMODE_TRANSFER | LINETRANSFERMODE_CONFERENCE;
}

void Bridges::leaveLine(LineRecord& line) {
    for (const CallPtr& call : std::vector(line.calls)) {
        if (call->role != BridgeRole::Conference) {
            continue;
        }
        std::vector<CallPtr> others;
        for (const Bridge::Member& member : call->bridge->members) {
            others.push_back(member.call);
        }
        others.push_back(call->bridge->waiting);
        const auto found = std::find_if(others.begin(), others.end(), [&](const CallPtr& other) {
            return other && other->line.get() != &line;
        });
        if (found != others.end()) {
            std::erase(line.calls, call);
            call->line = (*found)->line;
            call->line->calls.push_back(call);
        }
    }
}

bool Bridges::does(const CallRecord& call, Operation operation) {
    switch (operation) {
    case Operation::SetupTransfer:
    case Operation::SetupConference:
        return call.conference || (canJoin(*call.line) && !providerCan(*call.line, operation));
    case Operation::CompleteTransfer: return call.role == BridgeRole::Held;
    case Operation::Unhold:
        return call.role == BridgeRole::Held || call.role == BridgeRole::Conference;
    case Operation::Drop:
    case Operation::PrepareAddToConference:
    case Operation::AddToConference:
    case Operation::Play:
    case Operation::Record: return call.role == BridgeRole::Conference;
    case Operation::RemoveFromConference: return call.role == BridgeRole::Member;
    default: return false;
    }
}

Bridges::BridgePtr Bridges::make(std::size_t most, const std::string& name) {
    media::RoomSettings settings;
    settings.name = name;
    settings.mostParties = std::max<std::size_t>(most, 2);
    settings.tellComings = false;
    auto room = media::ConferenceRoom::create(std::move(settings));
    auto bridge = std::make_shared<Bridge>();
    bridge->most = most;
    bridge->room = room ? std::move(*room) : nullptr;  // these settings are good
    return bridge;
}

/// The conference is there, with `first` in it or without anybody.
Bridges::BridgePtr Bridges::begin(const CallPtr& first, const CallPtr& conference,
                                  std::size_t most) {
    auto bridge = make(most, fmt::format("conference {}", conference->id));
    bridge->conference = conference;
    conference->bridge = bridge;
    conference->role = BridgeRole::Conference;
    conference->phase = CallRecord::Phase::Alive;
    conference->line->calls.push_back(conference);
    bridge->room->listen([this, &loop = core_.loop_, weak = std::weak_ptr(conference),
                          core = core_.weak_from_this()](const media::RoomEvent& event) {
        loop.post([this, weak, core, event] {
            const auto alive = core.lock();
            if (const auto whole = weak.lock(); alive && whole) {
                onRoomEvent(whole, event);
            }
        });
    });
    if (first) {
        core_.hubs_.join(conference, first);
    }
    return bridge;
}

hal::Result<void> Bridges::setUp(const ViewPtr& first, const ViewPtr& conference,
                                 std::uint32_t parties, Done done) {
    if (first && first->call->conference) {
        return hal::fail(hal::ErrorCode::InvalCallHandle, "this call is a conference itself");
    }
    if (first) {
        if (auto free = checkFree(*first->call, nullptr); !free) {
            return free;
        }
    }
    const std::size_t most = parties == 0 ? kMostMembers : parties;
    if (most < 2 || most > kMostMembers) {
        return hal::fail(
            hal::ErrorCode::InvalParam,
            fmt::format("a conference of {} members is not one of 2 to {}", most, kMostMembers));
    }
    const CallPtr whole = conference->call;
    core_.ownership_.begin(conference);
    const auto bridge = begin(first ? first->call : nullptr, whole, most);
    const auto wait = [this, bridge, whole, done](const hal::Result<void>& result) {
        done(result);
        if (whole->phase == CallRecord::Phase::Alive && result) {
            enter(whole, State::OnHoldPendConf);
        } else if (!result) {
            endConference(bridge);
        }
    };
    if (!first) {
        wait({});
        return {};
    }
    if (auto seated = seat(bridge, first->call, wait); !seated) {
        conference->call->views.clear();  // nobody has heard of it
        endConference(bridge);
        return seated;
    }
    return {};
}

hal::Result<void> Bridges::prepareAdd(CallView& conference, Done done) {
    if (auto free = checkRoomFor(*conference.call->bridge); !free) {
        return free;
    }
    done({});
    enter(conference.call, State::OnHoldPendConf);
    return {};
}

hal::Result<void> Bridges::add(CallView& conference, CallView& other, Done done) {
    const auto bridge = conference.call->bridge;
    if (auto free = checkFree(*other.call, bridge.get()); !free) {
        return free;
    }
    if (auto room = checkRoomFor(*bridge); !room) {
        return room;
    }
    const CallPtr call = other.call;
    return seat(bridge, call, [this, bridge, done](const hal::Result<void>& result) {
        done(result);
        if (result && bridge->conference) {
            enter(bridge->conference, State::Connected);
        }
    });
}

hal::Result<void> Bridges::remove(CallView& member, Done done) {
    const CallPtr call = member.call;
    const auto bridge = call->bridge;
    done({});
    unseat(bridge, call);
    core_.hubs_.leave(call);
    release(call);
    settle(bridge);
    return {};
}

hal::Result<void> Bridges::hold(CallView& view, Done done) {
    if (view.call->conference) {
        return hal::fail(hal::ErrorCode::InvalCallHandle, "a conference cannot be transferred");
    }
    if (auto free = checkFree(*view.call, nullptr); !free) {
        return free;
    }
    const auto bridge = make(2, fmt::format("transfer of call {}", view.call->id));
    bridge->waiting = view.call;
    view.call->bridge = bridge;
    view.call->role = BridgeRole::Held;
    done({});
    enter(view.call, State::OnHoldPendTransfer);
    return {};
}

void Bridges::consult(const BridgePtr& bridge, const CallPtr& other) {
    bridge->consultation = other;
    other->bridge = bridge;
    other->role = BridgeRole::Consultation;
    other->consultFor = bridge->conference ? bridge->conference : bridge->waiting;
    other->info.relatedCallId =
        static_cast<std::uint32_t>(other->consultFor.lock() ? other->consultFor.lock()->id : 0);
}

hal::Result<void> Bridges::unhold(CallView& view, Done done) {
    const auto bridge = view.call->bridge;
    const CallPtr consultation = std::exchange(bridge->consultation, nullptr);
    done({});
    if (consultation) {
        consultation->bridge.reset();
        consultation->role = BridgeRole::None;
        core_.dropCall(consultation, "what it was made for was taken back");
    }
    if (view.call->role == BridgeRole::Held) {
        bridge->waiting.reset();
        release(view.call);
    } else if (bridge->members.size() < 2) {
        settle(bridge);
    } else {
        enter(view.call, State::Connected);
    }
    return {};
}

hal::Result<void> Bridges::completeTransfer(CallView& view, CallView& other, Done done) {
    const auto bridge = view.call->bridge;
    if (auto free = checkFree(*other.call, bridge.get()); !free) {
        return free;
    }
    const CallPtr first = view.call;
    const CallPtr second = other.call;
    consult(bridge, second);
    const auto last = [this, bridge, first, done](const hal::Result<void>& result) {
        done(result);
        if (result) {  // after what the stream of the last one is at
            core_.loop_.post([this, bridge, core = core_.weak_from_this()] {
                if (core.lock() && bridge->members.size() == 2) {
                    carry(bridge);
                }
            });
        } else {
            unseat(bridge, first);
        }
    };
    return seat(bridge, first, [this, bridge, second, last](const hal::Result<void>& result) {
        auto seated = result ? seat(bridge, second, last) : result;
        if (!seated) {
            last(seated);
        }
    });
}

hal::Result<void> Bridges::completeAsConference(CallView& view, CallView& other,
                                                const ViewPtr& conference, Done done) {
    const auto old = view.call->bridge;
    if (auto free = checkFree(*other.call, old.get()); !free) {
        return free;
    }
    const CallPtr whole = conference->call;
    core_.ownership_.begin(conference);
    old->waiting.reset();
    old->consultation.reset();
    const auto bridge = begin(view.call, whole, kMostMembers);
    bridge->waiting = view.call;
    view.call->bridge = bridge;
    consult(bridge, other.call);
    const auto last = [this, bridge, done](const hal::Result<void>& result) {
        done(result);
        if (!result) {
            endConference(bridge);
        } else if (bridge->conference) {
            enter(bridge->conference, State::Connected);
        }
    };
    const CallPtr second = other.call;
    return seat(bridge, view.call, [this, bridge, second, last](const hal::Result<void>& result) {
        auto seated = result ? seat(bridge, second, last) : result;
        if (!seated) {
            last(seated);
        }
    });
}

hal::Result<void> Bridges::joinSilently(const ViewPtr& view, const ViewPtr& conference,
                                        CallView& other, const Done& done) {
    if (auto free = checkFree(*other.call, nullptr); !free) {
        return free;
    }
    done({});
    const CallPtr whole = conference->call;
    BridgePtr bridge = whole->bridge;
    if (!bridge) {
        core_.ownership_.begin(conference);
        bridge = begin(view->call, whole, kMostMembers);
        bridge->waiting = view->call;
        view->call->bridge = bridge;
        view->call->role = BridgeRole::First;
        enter(whole, State::Connected);
    }
    consult(bridge, other.call);
    other.call->joinsSilently = true;
    onState(other.call);
    return {};
}

void Bridges::drop(const CallPtr& conference) {
    if (conference->phase == CallRecord::Phase::Alive) {
        core_.endCall(conference);
    }
}

/// The conference alone is over; whoever is left has been released, or is dropped by onGone().
void Bridges::endConference(const BridgePtr& bridge) {
    const CallPtr conference = std::exchange(bridge->conference, nullptr);
    for (const auto& member : std::vector(bridge->members)) {
        unseat(bridge, member.call);
        release(member.call);
    }
    for (const CallPtr& left :
         {std::exchange(bridge->waiting, nullptr), std::exchange(bridge->consultation, nullptr)}) {
        if (left) {
            left->joinsSilently = false;
            release(left);
        }
    }
    if (conference) {
        conference->bridge.reset();
        core_.endCall(conference);
    }
}

/// A transfer is completed: to the applications both calls are over. What is left of them goes on
/// as calls of nobody, until one hangs up.
void Bridges::carry(const BridgePtr& bridge) {
    bridge->carries = true;
    bridge->waiting.reset();
    bridge->consultation.reset();
    CallPtr before;
    for (Bridge::Member& member : bridge->members) {
        member.call = core_.handOver(member.call);
        member.call->bridge = bridge;
        member.call->role = BridgeRole::Member;
        member.joining = false;
        if (before) {
            core_.hubs_.join(member.call, before);
        }
        before = member.call;
    }
    settle(bridge);
}

}  // namespace tipring::core

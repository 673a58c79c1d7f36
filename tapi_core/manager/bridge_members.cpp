// SPDX-License-Identifier: Apache-2.0
// The members of a bridge: their sound, and what becomes of the rest when one goes.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bridges.h"
#include "call_media.h"
#include "call_record.h"
#include "core.h"
#include "line_record.h"
#include "tipring/hal/base/log.h"

namespace tipring::core {
namespace {

const hal::LogCategory kLog{"manager"};
using State = tapi::LineCallState;
/// Lines are two wires: their hybrids send back, within 64 ms of the device's count, what they
/// hear.
constexpr std::uint32_t kLineEcho = 512;

Bridge::Member* memberOf(Bridge& bridge, const CallRecord& call) {
    const auto found = std::find_if(bridge.members.begin(), bridge.members.end(),
                                    [&](const auto& each) { return each.call.get() == &call; });
    return found == bridge.members.end() ? nullptr : &*found;
}

/// The device has sound for the call as it is now.
bool sounds(const CallRecord& call) {
    const auto state = static_cast<std::uint32_t>(deviceStateOf(call).value_or(State::Unknown));
    return (state & (call.line->caps.mediaStates | LINECALLSTATE_CONNECTED)) != 0;
}

bool failed(State state) {
    return state == State::Busy || state == State::SpecialInfo;
}

}  // namespace

media::PartySettings partyOf(const tapi::MemberSettings& settings) {
    media::PartySettings out;
    out.gain = settings.gain;
    out.muted = settings.muted;
    out.delay = settings.delay;
    out.echoTail = settings.echoTail;
    out.comfortNoise = settings.comfortNoise;
    return out;
}

tapi::MemberStatus memberStatusOf(const tapi::MemberSettings& settings,
                                  const media::SeatReport& seat) {
    tapi::MemberStatus out;
    out.settings = settings;
    out.dbm0 = seat.sound.dbm0;
    out.talking = seat.sound.talking;
    out.drift = seat.sound.drift;
    out.reduction = seat.sound.reduction;
    out.concealed = seat.sound.fromParty.concealed;
    out.dropped = seat.sound.fromParty.dropped;
    out.cost = seat.sound.cost;
    return out;
}

hal::Result<void> Bridges::seat(const BridgePtr& bridge, const CallPtr& call, Done done) {
    if (memberOf(*bridge, *call) != nullptr) {
        return hal::fail(hal::ErrorCode::InvalCallState, "the call is on its way in already");
    }
    tapi::MemberSettings settings;
    settings.muted = call->joinsSilently;
    settings.echoTail = kLineEcho;
    bridge->members.push_back({call, settings, {}, {}, true});
    call->seating = true;
    const auto seated = [this, bridge, call, done](const hal::Result<void>& result) {
        call->seating = false;
        if (memberOf(*bridge, *call) == nullptr) {
            return done(hal::fail(hal::ErrorCode::OperationFailed, "the call ended"));
        }
        if (!result) {
            unseat(bridge, call);
            return done(result);
        }
        done(result);
        onSeated(bridge, call);
    };
    if (!sounds(*call)) {
        seated({});
        return {};
    }
    auto listening = listen(bridge, bridge->members.back(), seated);
    if (!listening) {
        unseat(bridge, call);
    }
    return listening;
}

/// Puts the room's terminal on the call. The reply comes when the device runs for it.
hal::Result<void> Bridges::listen(const BridgePtr& bridge, Bridge::Member& member, Done done) {
    const CallPtr call = member.call;
    auto terminal = bridge->room->seat(fmt::format("call {}", call->id), partyOf(member.settings));
    if (!terminal) {
        return tl::unexpected(std::move(terminal.error()));
    }
    member.seat = (*terminal)->seat();
    auto attached = core_.media_.attach(call, std::move(*terminal), std::move(done));
    if (!attached) {
        return tl::unexpected(std::move(attached.error()));
    }
    if (Bridge::Member* still = memberOf(*bridge, *call)) {
        still->terminal = *attached;
    }
    watch(bridge->room);
    return {};
}

/// It is a member now.
void Bridges::onSeated(const BridgePtr& bridge, const CallPtr& call) {
    Bridge::Member* member = memberOf(*bridge, *call);
    if (member == nullptr) {
        return;
    }
    member->joining = false;
    if (!bridge->conference) {
        return;  // a transfer: carry() follows
    }
    if (bridge->consultation == call) {
        bridge->consultation.reset();
    }
    if (bridge->waiting == call) {
        bridge->waiting.reset();
    }
    call->bridge = bridge;
    call->role = BridgeRole::Member;
    core_.hubs_.join(call, bridge->conference);
    enter(call, State::Conferenced);
}

void Bridges::unseat(const BridgePtr& bridge, const CallPtr& call) {
    Bridge::Member* member = memberOf(*bridge, *call);
    if (member == nullptr) {
        return;
    }
    const auto terminal = member->terminal;
    call->seating = false;
    bridge->members.erase(bridge->members.begin() + (member - bridge->members.data()));
    if (terminal) {
        core_.media_.detach(call, *terminal);
    }
}

/// The core's word on a call's state, over the device's.
void Bridges::enter(const CallPtr& call, State state) {
    if (call->phase != CallRecord::Phase::Alive || call->state == state) {
        return;
    }
    if (call->role != BridgeRole::Conference && !call->beneath) {
        call->beneath = CallRecord::Beneath{call->state.value_or(State::Unknown), call->mode};
    }
    call->cause.clear();
    core_.enterState(call, state, state == State::Connected ? LINECONNECTEDMODE_ACTIVE : 0U);
}

/// The call belongs to no bridge any more: it is what the device says.
void Bridges::release(const CallPtr& call) {
    call->bridge.reset();
    call->role = BridgeRole::None;
    call->consultFor.reset();
    if (const auto beneath = std::exchange(call->beneath, std::nullopt);
        beneath && call->phase == CallRecord::Phase::Alive) {
        call->cause.clear();
        core_.enterState(call, beneath->state, beneath->mode);
    }
}

/// Somebody has gone: two are a call, one is nothing.
void Bridges::settle(const BridgePtr& bridge) {
    if (bridge->carries) {
        if (bridge->members.size() < 2) {
            for (const auto& last : std::exchange(bridge->members, {})) {
                last.call->bridge.reset();
                core_.dropCall(last.call, "the other end of the transfer hung up");
            }
        }
        return;
    }
    if (!bridge->conference) {
        if (bridge->waiting && !bridge->consultation) {
            for (const auto& member : std::vector(bridge->members)) {
                unseat(bridge, member.call);
            }
            release(std::exchange(bridge->waiting, nullptr));
        }
        return;
    }
    if (bridge->consultation) {
        if (bridge->members.empty() && !bridge->waiting) {
            endConference(bridge);  // nobody is left for whom it was made
        }
        return;
    }
    if (bridge->waiting || bridge->members.size() < 2) {
        endConference(bridge);
    } else {
        enter(bridge->conference, State::Connected);
    }
}

void Bridges::onDeviceState(const CallPtr& call, State state, std::uint32_t mode) {
    call->beneath = CallRecord::Beneath{state, mode};
    if (failed(state) && call->role == BridgeRole::Member) {
        const bool busy = state == State::Busy;
        call->endedByCore = true;
        core_.enterState(call, State::Disconnected,
                         busy ? LINEDISCONNECTMODE_BUSY : LINEDISCONNECTMODE_UNREACHABLE);
        core_.dropCall(call, "the call was not answered");
        return;
    }
    core_.watchForHangUp(call);
    core_.watchForAnswer(call);
    core_.media_.onChange(call);
    onState(call);
}

void Bridges::onState(const CallPtr& call) {
    const auto bridge = call->bridge;
    if (!bridge || call->phase != CallRecord::Phase::Alive) {
        return;
    }
    const auto state = deviceStateOf(*call);
    if (Bridge::Member* member = memberOf(*bridge, *call);
        member != nullptr && !member->joining && !member->terminal && sounds(*call)) {
        auto listening = listen(bridge, *member, [this, call](const hal::Result<void>& result) {
            if (!result) {
                onSilenced(call, result.error().text());
            }
        });
        if (!listening) {
            onSilenced(call, listening.error().text());
        }
        return;
    }
    if (call->role != BridgeRole::Consultation || !call->joinsSilently ||
        state != State::Connected) {
        return;
    }
    joinNow(bridge, call);
}

/// The consultation of a no-hold conference was answered.
void Bridges::joinNow(const BridgePtr& bridge, const CallPtr& call) {
    const bool under = memberOf(*bridge, *call) != nullptr ||
                       (bridge->waiting && memberOf(*bridge, *bridge->waiting) != nullptr);
    if (under) {
        return;
    }
    const auto last = [bridge, this](const hal::Result<void>& result) {
        if (!result) {
            kLog.info("nobody joins the conference: {}", result.error().text());
            if (const CallPtr left = std::exchange(bridge->consultation, nullptr)) {
                release(left);
            }
            settle(bridge);
        }
    };
    const auto next = [this, bridge, call, last](const hal::Result<void>& result) {
        auto seated = result ? seat(bridge, call, last) : result;
        if (!seated) {
            last(seated);
        }
    };
    if (!bridge->waiting) {
        return next({});
    }
    if (auto seated = seat(bridge, bridge->waiting, next); !seated) {
        last(seated);
    }
}

void Bridges::onGone(const CallPtr& call) {
    const auto bridge = std::exchange(call->bridge, nullptr);
    call->beneath.reset();
    if (!bridge) {
        return;
    }
    const BridgeRole role = std::exchange(call->role, BridgeRole::None);
    if (role == BridgeRole::Conference) {
        bridge->conference.reset();
        for (const auto& member : std::exchange(bridge->members, {})) {
            member.call->bridge.reset();
            core_.dropCall(member.call, "its conference was hung up");
        }
        return endConference(bridge);
    }
    unseat(bridge, call);
    if (bridge->consultation == call) {
        bridge->consultation.reset();
    }
    if (bridge->waiting == call) {
        bridge->waiting.reset();
        if (bridge->consultation && !bridge->conference) {
            release(std::exchange(bridge->consultation, nullptr));  // an ordinary call from now on
            return;
        }
    }
    settle(bridge);
}

void Bridges::onSilenced(const CallPtr& call, const std::string& why) {
    const auto bridge = call->bridge;
    const bool over = call->media && call->media->closing;  // then onGone() follows
    if (!bridge || call->role != BridgeRole::Member || over) {
        return;
    }
    kLog.info("line {}: the call leaves the mix: {}", call->line->name, why);
    unseat(bridge, call);
    if (bridge->carries) {
        call->bridge.reset();
        core_.dropCall(call, why);
    } else {
        core_.hubs_.leave(call);
        release(call);
    }
    settle(bridge);
}

hal::Result<void> Bridges::setMember(CallView& view, const tapi::MemberSettings& settings) {
    const auto bridge = view.call->bridge;
    Bridge::Member* member = bridge ? memberOf(*bridge, *view.call) : nullptr;
    if (member == nullptr) {
        return hal::fail(hal::ErrorCode::InvalCallState,
                         "the call is no member of a conference of the core's own");
    }
    if (auto good = media::Mixer::check(partyOf(settings)); !good) {
        return good;
    }
    if (member->terminal) {
        static_cast<void>(bridge->room->setMuted(member->seat, settings.muted));
        static_cast<void>(bridge->room->setGain(member->seat, settings.gain));
    }
    member->settings = settings;
    return {};
}

hal::Result<tapi::MemberStatus> Bridges::memberStatus(const CallView& view) const {
    const auto bridge = view.call->bridge;
    const Bridge::Member* member = bridge ? memberOf(*bridge, *view.call) : nullptr;
    if (member == nullptr) {
        return hal::fail(hal::ErrorCode::InvalCallState,
                         "the call is no member of a conference of the core's own");
    }
    const auto seats = bridge->room->seats();
    const auto found = std::find_if(seats.begin(), seats.end(),
                                    [&](const auto& each) { return each.seat == member->seat; });
    return memberStatusOf(member->settings, found == seats.end() ? media::SeatReport{} : *found);
}

}  // namespace tipring::core

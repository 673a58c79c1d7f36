// SPDX-License-Identifier: Apache-2.0
// The sound of calls: what applications ask, and what the core concludes from what it hears.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "core.h"
#include "room_view.h"
#include "tipring/hal/base/log.h"

namespace tipring::core {
namespace {

const hal::LogCategory kLog{"manager"};

/// Play or Record, whichever it does; both are allowed to the same.
Operation operationOf(const tapi::TerminalSpec& spec) {
    const auto renders = [](const auto& each) {
        if constexpr (requires { each.direction; }) {
            return each.direction == tapi::TerminalDirection::Render;
        } else {
            return std::is_same_v<std::decay_t<decltype(each)>, tapi::FileRecordTerminal>;
        }
    };
    return std::visit(renders, spec) ? Operation::Record : Operation::Play;
}

tapi::PartyStatus statusOf(dsp::CallerIdStatus status) {
    switch (status) {
    case dsp::CallerIdStatus::Present: return tapi::PartyStatus::Ok;
    case dsp::CallerIdStatus::Private: return tapi::PartyStatus::Blocked;
    case dsp::CallerIdStatus::Absent: return tapi::PartyStatus::Unknown;
    default: return tapi::PartyStatus::OutOfArea;
    }
}

}  // namespace

hal::Result<tapi::RequestId> Core::play(CallView& view, const std::string& path,
                                        tapi::Reply reply) {
    auto allowed = check(view, Operation::Play);
    if (allowed && view.call->role == BridgeRole::Conference) {
        return byCore(bridges_.play(view, path, replyTo(view.application, std::move(reply))));
    }
    return allowed ? media_.play(view, path, std::move(reply))
                   : tl::unexpected(std::move(allowed.error()));
}

hal::Result<tapi::RequestId> Core::record(CallView& view, const std::string& path,
                                          tapi::Reply reply) {
    auto allowed = check(view, Operation::Record);
    if (allowed && view.call->role == BridgeRole::Conference) {
        return byCore(bridges_.record(view, path, replyTo(view.application, std::move(reply))));
    }
    return allowed ? media_.record(view, path, std::move(reply))
                   : tl::unexpected(std::move(allowed.error()));
}

hal::Result<tapi::RequestId> Core::stopPlaying(CallView& view, tapi::StopMode mode,
                                               tapi::Reply reply) {
    auto allowed = checkPrivilege(Operation::Play, view.rights);
    if (allowed && view.call->role == BridgeRole::Conference) {
        return byCore(bridges_.stopPlaying(view, replyTo(view.application, std::move(reply))));
    }
    return allowed ? media_.stopPlaying(view, mode, std::move(reply))
                   : tl::unexpected(std::move(allowed.error()));
}

hal::Result<tapi::RequestId> Core::stopRecording(CallView& view, tapi::Reply reply) {
    auto allowed = checkPrivilege(Operation::Record, view.rights);
    if (allowed && view.call->role == BridgeRole::Conference) {
        return byCore(bridges_.stopRecording(view, replyTo(view.application, std::move(reply))));
    }
    return allowed ? media_.stopRecording(view, std::move(reply))
                   : tl::unexpected(std::move(allowed.error()));
}

hal::Result<tapi::TerminalId> Core::addTerminal(CallView& view, tapi::TerminalSpec spec) {
    auto allowed = check(view, operationOf(spec));
    if (allowed && view.call->role == BridgeRole::Conference) {
        return hal::fail(hal::ErrorCode::OperationUnavail,
                         "a conference plays and records files: other terminals are its members'");
    }
    return allowed ? media_.add(view, std::move(spec)) : tl::unexpected(std::move(allowed.error()));
}

hal::Result<tapi::RequestId> Core::startTerminal(CallView& view, tapi::TerminalId id,
                                                 tapi::Reply reply) {
    auto allowed = check(view, Operation::Play);
    return allowed ? media_.start(view, id, std::move(reply))
                   : tl::unexpected(std::move(allowed.error()));
}

hal::Result<void> Core::pauseTerminal(CallView& view, tapi::TerminalId id) {
    auto allowed = checkPrivilege(Operation::Play, view.rights);
    return allowed ? media_.pause(view, id) : allowed;
}

hal::Result<tapi::RequestId> Core::stopTerminal(CallView& view, tapi::TerminalId id,
                                                tapi::StopMode mode, tapi::Reply reply) {
    auto allowed = checkPrivilege(Operation::Play, view.rights);
    return allowed ? media_.stop(view, id, mode, std::move(reply))
                   : tl::unexpected(std::move(allowed.error()));
}

hal::Result<void> Core::removeTerminal(CallView& view, tapi::TerminalId id) {
    auto allowed = checkPrivilege(Operation::Play, view.rights);
    return allowed ? media_.remove(view, id) : allowed;
}

hal::Result<void> Core::setHangUpWatch(CallView& view, const tapi::HangUpWatch& watch) {
    constexpr std::chrono::seconds kLongest = std::chrono::hours(24);
    if (auto allowed = checkPrivilege(Operation::Drop, view.rights); !allowed) {
        return allowed;
    }
    if (watch.silence.count() < 0 || watch.silence > kLongest) {
        return hal::fail(hal::ErrorCode::InvalTimeout, "a silence lasts at most 24 hours");
    }
    view.call->hangUpWatch = watch;
    if (view.call->judge) {
        view.call->judge->setWatch(watch);
    }
    return {};
}

MediaControl::Ways Core::waysOfMedia() {
    return {asking(), [this](const CallPtr& call, dsp::ToneKind tone) { onProgress(call, tone); },
            [this](const CallPtr& call, const dsp::CallerId& id) { onHeardCaller(call, id); },
            [this](const LineRecord& line) { return countryOf(line); },
            [this](const CallPtr& call, tapi::TerminalId id, const std::string& why) {
                onRoomEnded(call, id, why);
            }};
}

/// Whose tones are on the line: as the provider is configured, else where we are.
std::string Core::countryOf(const LineRecord& line) const {
    const std::string* configured = line.provider->configured("country");
    if (configured != nullptr && dsp::builtinTones().find(*configured) != nullptr) {
        return *configured;
    }
    return dialRules_ ? dialRules_->currentLocation().country : std::string("US");
}

void Core::onHangUpSign(const CallPtr& call, const ProviderItem& item) {
    if (item.p1 < TSPI_HANGUPSIGN_POLARITY || item.p1 > TSPI_HANGUPSIGN_NOCARRIER ||
        item.p2 > 100) {
        call->line->provider->breach(
            ContractRule::BadValue, "LINE_HANGUPSIGN", call->line->name,
            fmt::format("{:#x} is no sign, or {} no per cent", item.p1, item.p2));
        return;
    }
    static_assert(TSPI_HANGUPSIGN_NOCARRIER ==
                  static_cast<unsigned>(media::HangupSign::NoCarrier) + 1);
    if (call->judge) {
        call->judge->vote(static_cast<media::HangupSign>(item.p1 - 1),
                          static_cast<double>(item.p2) / 100, std::chrono::milliseconds(item.p3));
    }
}

/// A call is watched while it is connected; when it is so no more, what was seen are the reasons.
void Core::watchForHangUp(const CallPtr& call) {
    if (call->role == BridgeRole::Conference) {
        return;
    }
    if (deviceStateOf(*call) == tapi::LineCallState::Connected) {
        if (!call->judge) {
            call->judge.emplace(loop_, call->hangUpWatch,
                                [this, weak = std::weak_ptr<CallRecord>(call)] {
                                    if (const CallPtr gone = weak.lock()) {
                                        farEndGone(gone);
                                    }
                                });
        }
        return;
    }
    if (call->state == tapi::LineCallState::Disconnected && call->judge) {
        call->reasons = call->judge->reasons();
    }
    call->judge.reset();
}

/// Nobody is there any more, as far as signs can tell.
void Core::farEndGone(const CallPtr& call) {
    if (call->phase != CallRecord::Phase::Alive ||
        deviceStateOf(*call) != tapi::LineCallState::Connected) {
        return;
    }
    const auto now =
        std::chrono::duration_cast<std::chrono::milliseconds>(loop_.now().time_since_epoch());
    const std::string cause = "the far end hung up: " + reasonsText(call->judge->reasons(), now);
    kLog.info("line {}: {}", call->line->name, cause);
    call->endedByCore = true;
    call->cause = cause;
    enterState(call, tapi::LineCallState::Disconnected, LINEDISCONNECTMODE_NORMAL);
    auto asked = callRequest(call, "lineDrop", call->line->provider->table().lineDrop,
                             [](const hal::Result<void>&) {});
    if (!asked) {
        forceIdle(call, cause);
    }
}

/// What the network says while a call is made, on a device that does not tell.
void Core::onProgress(const CallPtr& call, dsp::ToneKind tone) {
    struct Meaning {
        dsp::ToneKind tone;
        tapi::LineCallState state;
        std::uint32_t mode;
    };
    constexpr Meaning kMeanings[] = {
        {dsp::ToneKind::Dial, tapi::LineCallState::DialTone, LINEDIALTONEMODE_NORMAL},
        {dsp::ToneKind::SpecialDial, tapi::LineCallState::DialTone, LINEDIALTONEMODE_SPECIAL},
        {dsp::ToneKind::Ringback, tapi::LineCallState::Ringback, 0},
        {dsp::ToneKind::Busy, tapi::LineCallState::Busy, LINEBUSYMODE_STATION},
        {dsp::ToneKind::Congestion, tapi::LineCallState::Busy, LINEBUSYMODE_TRUNK},
        {dsp::ToneKind::Information, tapi::LineCallState::SpecialInfo, LINESPECIALINFO_UNKNOWN},
        {dsp::ToneKind::Unobtainable, tapi::LineCallState::SpecialInfo, LINESPECIALINFO_NOCIRCUIT},
    };
    const auto* found = std::find_if(std::begin(kMeanings), std::end(kMeanings),
                                     [&](const Meaning& each) { return each.tone == tone; });
    const auto now = deviceStateOf(*call);
    const bool making = !call->inbound && call->phase == CallRecord::Phase::Alive &&
                        now != tapi::LineCallState::Connected;
    if (!making || found == std::end(kMeanings) || now == found->state ||
        !legalMove(now, found->state, call->inbound)) {
        return;
    }
    call->cause = "as the tones of the line say";
    if (call->beneath) {
        bridges_.onDeviceState(call, found->state, found->mode);
    } else {
        enterState(call, found->state, found->mode);
    }
}

void Core::onRoomEnded(const CallPtr& call, tapi::TerminalId, const std::string& why) {
    if (const auto room = call->room.lock()) {
        room->onEnded(call);
    } else {
        bridges_.onSilenced(call, why);
    }
}

void Core::onHeardCaller(const CallPtr& call, const dsp::CallerId& id) {
    if (!id.checksumValid) {
        return;
    }
    tapi::Party party;
    party.number = std::string(id.number.view());
    party.numberStatus = statusOf(id.numberStatus);
    party.name = std::string(id.name.view());
    party.nameStatus = statusOf(id.nameStatus);
    std::optional<tapi::NetworkTime> time;
    if (id.time) {
        time = tapi::NetworkTime{id.time->month, id.time->day, id.time->hour, id.time->minute};
    }
    call->heardCaller = HeardCaller{std::move(party), time};
    onCallInfo(call, LINECALLINFOSTATE_CALLERID);
}

}  // namespace tipring::core

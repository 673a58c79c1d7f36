// SPDX-License-Identifier: Apache-2.0
// Which directions of a call's sound the device runs, and for whom.
#include "media_control.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "call_record.h"
#include "line_record.h"
#include "provider_record.h"
#include "tipring/hal/base/log.h"

namespace tipring::core {
namespace {

const hal::LogCategory kLog{"manager"};
constexpr hal::Duration kRequestLimit = std::chrono::seconds(30);
constexpr media::StreamDirection kWays[] = {media::StreamDirection::Play,
                                            media::StreamDirection::Record};
constexpr std::uint32_t kRinging = LINECALLSTATE_OFFERING | LINECALLSTATE_ACCEPTED;

std::uint32_t bitOf(media::StreamDirection way) {
    return way == media::StreamDirection::Play ? TSPI_MEDIA_PLAY : TSPI_MEDIA_RECORD;
}

media::StreamDirection otherOf(media::StreamDirection way) {
    return way == media::StreamDirection::Play ? media::StreamDirection::Record
                                               : media::StreamDirection::Play;
}

bool needed(const CallMedia& media, media::StreamDirection way) {
    return std::any_of(media.terminals.begin(), media.terminals.end(),
                       [way](const auto& each) { return each->runs() && each->uses(way); });
}

bool ready(const CallMedia& media, const CallTerminal& terminal) {
    using Way = media::StreamDirection;
    return std::all_of(std::begin(kWays), std::end(kWays), [&](Way way) {
        return !terminal.uses(way) || media.state(way) == CallMedia::State::On;
    });
}

void dropHeldBack(CallMedia& media) {
    if (media.heldBack) {
        std::exchange(media.heldBack, {})(false);
    }
}

/// The application sends digits or tones, which a half-duplex device does in place of sound.
bool sending(const CallRecord& call) {
    return !call.generations.empty();
}

std::uint32_t stateOf(const CallRecord& call) {
    return static_cast<std::uint32_t>(deviceStateOf(call).value_or(tapi::LineCallState::Unknown));
}

}  // namespace

MediaControl::MediaControl(hal::EventLoop& loop, std::shared_ptr<Outbox> outbox,
                           RequestTable& requests, Listening& listening, Ways ways)
    : loop_(loop),
      outbox_(std::move(outbox)),
      requests_(requests),
      listening_(listening),
      ways_(std::move(ways)) {}

hal::Result<void> MediaControl::open(const CallPtr& call) {
    if (call->media) {
        return {};
    }
    ProviderRecord& provider = *call->line->provider;
    auto media = std::make_shared<CallMedia>(call, provider.queue());
    media->handle = CallMedia::handles().add(media);
    media->caps = call->line->caps.media;
    media->caps.size = sizeof media->caps;
    auto opened =
        provider.call("mediaOpen", provider.table().mediaOpen, call->driverCall, media->handle,
                      &CallMedia::callbacks(), &media->caps, &media->driverMedia);
    if (!opened) {
        CallMedia::handles().remove(media->handle);
        return opened;
    }
    if (media->caps.fullDuplex != 0) {
        media->stream.cancelEcho();
    }
    call->media = std::move(media);
    prepareEar(call);
    return {};
}

/// What is heard depends on the state: who calls, how the call gets on, what is said.
void MediaControl::prepareEar(const CallPtr& call) {
    using tapi::Detection;
    CallMedia& media = *call->media;
    const std::uint32_t all = call->line->capabilities.coreDetects.bits();
    const std::uint32_t callerId = static_cast<std::uint32_t>(Detection::CallerId);
    const bool rings = (stateOf(*call) & kRinging) != 0;
    // Signs of a hang-up are heard, whatever the device tells by itself.
    const auto signs = Detection::Progress | Detection::Silence;
    const auto wanted =
        tapi::Detections::fromBits(rings ? all & callerId : (all & ~callerId) | signs.bits());
    if ((media.caps.directions & TSPI_MEDIA_RECORD) == 0) {
        return;
    }
    if (media.ear() && media.ear()->detects() == wanted) {
        return;
    }
    auto ear = CallEar::create(ways_.country(*call->line), wanted, media.earTell());
    if (ear && wanted.has(Detection::Tones)) {
        static_cast<void>((*ear)->setTones(call->listening.tones));  // checked when they were asked
    }
    if (!ear) {
        kLog.warning("line {}: {}", call->line->name, ear.error().text());
        return;
    }
    media.setEar(std::move(*ear));
}

/// True where the device is to record though no terminal wants it.
bool MediaControl::earWanted(const CallRecord& call) const {
    using tapi::Detection;
    const LineRecord& line = *call.line;
    const tapi::Detections detects = line.capabilities.coreDetects;
    const std::uint32_t state = stateOf(call);
    const std::uint32_t sound = line.caps.mediaStates | LINECALLSTATE_CONNECTED;
    if (call.phase != CallRecord::Phase::Alive || (state & sound) == 0 || detects.empty()) {
        return false;
    }
    if (call.media && (call.media->earRefused ||
                       (call.media->interrupted && call.media->state(Way::Record) == State::Off))) {
        return false;
    }
    if (state != LINECALLSTATE_CONNECTED) {
        return detects.has((state & kRinging) != 0 ? Detection::CallerId : Detection::Progress);
    }
    return line.caps.media.fullDuplex != 0 || call.listening.wantsEar(line.caps);
}

/// Starts and stops what the terminals and the ear need, as far as the device can now. An error is
/// the device's refusal to start.
hal::Result<void> MediaControl::arrange(const CallPtr& call) {
    const bool ear = earWanted(*call);
    if (call->media ? call->media->closing : !ear) {
        return {};
    }
    if (auto opened = open(call); !opened) {
        return opened;
    }
    const auto media = call->media;
    const bool duplex = media->caps.fullDuplex != 0;
    const bool play = needed(*media, Way::Play);
    const bool gives = !duplex && (play || sending(*call) || media->heldBack ||
                                   media->state(Way::Play) != State::Off);
    const bool record = needed(*media, Way::Record) || (ear && !gives);
    for (const Way way : {Way::Record, Way::Play}) {
        const bool wanted = way == Way::Play ? play : record;
        if (!wanted && media->state(way) == State::On) {
            static_cast<void>(halt(call, way, TSPI_MEDIASTOP_DISCARD));
        }
    }
    if (media->heldBack && media->state(Way::Record) == State::Off) {
        std::exchange(media->heldBack, {})(true);
    }
    hal::Result<void> outcome;
    for (const Way way : {Way::Play, Way::Record}) {
        const bool wanted = way == Way::Play ? play : record;
        const bool free = duplex || media->state(otherOf(way)) == State::Off;
        if (wanted && free && media->state(way) == State::Off && outcome) {
            outcome = run(call, way);
        }
    }
    return outcome;
}

hal::Result<void> MediaControl::run(const CallPtr& call, Way way) {
    const auto media = call->media;
    ProviderRecord& provider = *call->line->provider;
    const auto function = provider.table().mediaStart;
    if (function == nullptr) {
        return provider.missing("mediaStart");
    }
    PendingRequest pending;
    pending.function = "mediaStart";
    pending.line = call->line;
    pending.call = call;
    pending.limit = kRequestLimit;
    pending.done = [this, call, media, way](const hal::Result<void>& result) {
        onStarted(call, media, way, result);
    };
    media->state(way) = State::Starting;
    media->stream.start(way);
    const auto asked = ways_.ask(provider, std::move(pending), [&](tapi::RequestId id) {
        return function(id, media->driverMedia, bitOf(way));
    });
    if (asked) {
        return {};
    }
    media->state(way) = State::Off;
    media->stream.stop(way);
    media->earRefused = media->earRefused || (way == Way::Record && !needed(*media, way));
    return tl::unexpected(asked.error());
}

void MediaControl::onStarted(const CallPtr& call, const std::shared_ptr<CallMedia>& media, Way way,
                             const hal::Result<void>& result) {
    if (media->state(way) != State::Starting || call->media != media) {
        return;  // the call ended meanwhile
    }
    const auto waiting = [&] {
        std::vector<tapi::TerminalId> ids;
        for (const auto& each : media->terminals) {
            if (each->state == CallTerminal::State::Waiting && each->uses(way)) {
                ids.push_back(each->id);
            }
        }
        return ids;
    }();
    if (!result) {
        media->state(way) = State::Off;
        media->stream.stop(way);
        media->earRefused = media->earRefused || (way == Way::Record && waiting.empty());
        if (waiting.empty()) {
            kLog.info("line {}: {}", call->line->name, result.error().text());
        }
    } else {
        media->state(way) = State::On;
    }
    for (const tapi::TerminalId id : waiting) {
        CallTerminal* terminal = media->find(id);
        if (terminal == nullptr) {
            continue;
        }
        if (!result) {
            fail(call, *terminal, result.error());
        } else if (ready(*media, *terminal) && terminal->started) {
            std::exchange(terminal->started, {})({});  // the reply comes before the events
        }
    }
    if (result) {
        tellMedia(call, tapi::CallMediaEvent::Kind::StreamActive, {});
        for (const tapi::TerminalId id : waiting) {
            if (CallTerminal* terminal = media->find(id)) {
                activate(call, *terminal);
            }
        }
    }
    static_cast<void>(arrange(call));
}

hal::Result<void> MediaControl::halt(const CallPtr& call, Way way, std::uint32_t how) {
    const auto media = call->media;
    ProviderRecord& provider = *call->line->provider;
    const auto function = provider.table().mediaStop;
    if (function == nullptr) {
        return provider.missing("mediaStop");
    }
    PendingRequest pending;
    pending.function = "mediaStop";
    pending.line = call->line;
    pending.call = call;
    pending.limit = kRequestLimit;
    pending.done = [this, call, media, way](const hal::Result<void>& result) {
        onHalted(call, media, way, result);
    };
    const State before = std::exchange(media->state(way), State::Stopping);
    const auto asked = ways_.ask(provider, std::move(pending), [&](tapi::RequestId id) {
        return function(id, media->driverMedia, bitOf(way), how);
    });
    if (asked) {
        return {};
    }
    media->state(way) = before;
    return tl::unexpected(asked.error());
}

void MediaControl::onHalted(const CallPtr& call, const std::shared_ptr<CallMedia>& media, Way way,
                            const hal::Result<void>& result) {
    if (media->state(way) != State::Stopping || call->media != media) {
        return;  // the call ended meanwhile
    }
    for (const auto& each : media->terminals) {
        if (each->stopped && each->state == CallTerminal::State::Ending && each->uses(way)) {
            std::exchange(each->stopped, {})(result);
        }
    }
    switchOff(call, way, result ? std::string() : result.error().text());
    static_cast<void>(arrange(call));
}

/// The device runs it no more: what used it has ended, or waits to begin anew.
void MediaControl::switchOff(const CallPtr& call, Way way, const std::string& cause) {
    const auto media = call->media;
    media->state(way) = State::Off;
    media->stream.stop(way);
    if (way == Way::Record && media->ear()) {
        media->ear()->pause();
    }
    if (way == Way::Record && call->judge) {
        call->judge->deaf();
    }
    finishAll(call, way, cause);
    tellMedia(call, tapi::CallMediaEvent::Kind::StreamInactive, cause);
}

void MediaControl::onChange(const CallPtr& call) {
    if (call->phase != CallRecord::Phase::Alive || call->line->provider == nullptr ||
        call->role == BridgeRole::Conference) {
        return;
    }
    if (call->media) {
        prepareEar(call);
    }
    if (auto arranged = arrange(call); !arranged) {
        kLog.info("line {}: the core cannot listen: {}", call->line->name, arranged.error().text());
    }
}

hal::Result<void> MediaControl::onWishes(const CallPtr& call) {
    if (call->line->capabilities.coreDetects.has(tapi::Detection::Tones)) {
        if (auto known = CallEar::check(call->listening.tones); !known) {
            return known;
        }
        if (call->media && call->media->ear()) {
            static_cast<void>(call->media->ear()->setTones(call->listening.tones));
        }
    }
    if (call->media) {
        call->media->earRefused = false;
    }
    return arrange(call);
}

bool MediaControl::holdBack(const CallPtr& call, std::function<void(bool go)> task) {
    const auto media = call->media;
    if (!media || media->caps.fullDuplex != 0 || media->state(Way::Record) == State::Off ||
        needed(*media, Way::Record) || needed(*media, Way::Play)) {
        return false;
    }
    dropHeldBack(*media);
    media->heldBack = std::move(task);
    static_cast<void>(arrange(call));
    return true;
}

void MediaControl::letGo(const CallPtr& call) {
    if (call->media && call->media->heldBack) {
        dropHeldBack(*call->media);
        onChange(call);
    }
}

void MediaControl::close(const CallPtr& call, const std::string& cause) {
    const auto media = call->media;
    if (!media || media->closing) {
        return;
    }
    media->closing = true;
    ProviderRecord& provider = *call->line->provider;
    if (auto closed = provider.call("mediaClose", provider.table().mediaClose, media->driverMedia);
        !closed) {
        kLog.warning("line {}: {}", call->line->name, closed.error().text());
    }
    dropHeldBack(*media);
    failWaiting(call, {hal::ErrorCode::Disconnected, cause});
    for (const Way way : kWays) {
        if (media->state(way) != State::Off) {
            switchOff(call, way, cause);
        }
    }
    call->mediaStatus = media->status();
    call->mediaStatus.open = false;
    media->setEar(nullptr);
    media->stream.detachAll();
    DeadHandles::instance().add(DeadHandles::Kind::Stream, media->handle,
                                {provider.queue()->source(), call->line->name});
    CallMedia::handles().remove(media->handle);
    call->media.reset();
}

tapi::MediaStatus MediaControl::status(const CallRecord& call) const {
    if (call.media) {
        return call.media->status();
    }
    tapi::MediaStatus out = call.mediaStatus;
    const TspiMediaCaps& caps = call.line->caps.media;
    out.fullDuplex = caps.fullDuplex != 0;
    out.play.possible = (caps.directions & TSPI_MEDIA_PLAY) != 0;
    out.record.possible = (caps.directions & TSPI_MEDIA_RECORD) != 0;
    return out;
}

}  // namespace tipring::core

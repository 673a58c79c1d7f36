// SPDX-License-Identifier: Apache-2.0
// What the device, the terminals and the ear of a call tell, and what applications hear of it.
#include <fmt/format.h>

#include <utility>

#include "call_record.h"
#include "line_record.h"
#include "listening.h"
#include "media_control.h"
#include "provider_record.h"
#include "tipring/hal/base/log.h"

namespace tipring::core {
namespace {

const hal::LogCategory kLog{"manager"};
using FileState = tapi::FileTerminalEvent::State;
using FileCause = tapi::FileTerminalEvent::Cause;

FileCause causeOf(media::TerminalCause cause) {
    switch (cause) {
    case media::TerminalCause::EndOfFile: return FileCause::EndOfFile;
    case media::TerminalCause::ReadError: return FileCause::ReadError;
    case media::TerminalCause::WriteError: return FileCause::WriteError;
    case media::TerminalCause::Normal: break;
    }
    return FileCause::Normal;
}

ProviderItem itemOf(std::uintptr_t p1, std::uintptr_t p2) {
    ProviderItem item;
    item.p1 = p1;
    item.p2 = p2;
    return item;
}

}  // namespace

void MediaControl::onNotice(const ProviderItem& item) {
    const auto media = CallMedia::handles().find(reinterpret_cast<HTAPIMEDIA>(item.p1));
    const CallPtr call = media ? media->call.lock() : nullptr;
    if (!call || call->media != media) {
        return;  // it ended while this was on its way
    }
    if (item.number >= CallMedia::kHeard) {
        return onHeard(call, static_cast<CallEar::Event>(item.number - CallMedia::kHeard),
                       static_cast<std::uint32_t>(item.p2), static_cast<std::uint32_t>(item.p3));
    }
    switch (item.number) {
    case CallMedia::kTerminalEnded: return onTerminalEnded(call, item);
    case CallMedia::kTerminalNote:
        if (CallTerminal* terminal =
                media->find(tapi::TerminalId{static_cast<std::uint32_t>(item.p2)})) {
            if (terminal->kind == CallTerminal::Kind::Room) {  // it was refused, or removed
                return ways_.roomEnded(call, terminal->id, item.text());
            }
            terminal->name = item.text();
            tellFile(call, *terminal, item.text(), FileState::Active, FileCause::Normal, {});
        }
        return;
    case CallMedia::kTick: return media->stream.tick(loop_.now().time_since_epoch());
    case TSPI_MEDIAEVENT_ENDED:
        media->earRefused = media->earRefused || ((item.p2 & TSPI_MEDIA_RECORD) != 0 &&
                                                  media->state(Way::Record) != State::Off);
        return onEnded(call, item);
    case TSPI_MEDIAEVENT_INTERRUPTED: return onInterrupted(call, item);
    case TSPI_MEDIAEVENT_RESUMED:
        media->earRefused = false;
        return static_cast<void>(arrange(call));
    case TSPI_MEDIAEVENT_SILENCE:
        if (call->judge) {  // it does not say for how long; modems are set to about that
            call->judge->silent(std::chrono::milliseconds(CallEar::kSilence));
        }
        return tellMedia(call, tapi::CallMediaEvent::Kind::Silence, item.text());
    case TSPI_MEDIAEVENT_UNDERRUN:
        ++media->alarms[static_cast<std::size_t>(Way::Play)];
        return kLog.debug("line {}: the line heard a gap", call->line->name);
    case TSPI_MEDIAEVENT_OVERRUN:
        ++media->alarms[static_cast<std::size_t>(Way::Record)];
        return kLog.debug("line {}: received sound was lost", call->line->name);
    default:
        call->line->provider->breach(
            ContractRule::UnknownMessage, "the media event routine", call->line->name,
            fmt::format("event {} is not one of the contract", item.number));
    }
}

/// Directions that the device ended by itself.
void MediaControl::onEnded(const CallPtr& call, const ProviderItem& item) {
    const auto media = call->media;
    for (const auto& [bit, way] :
         {std::pair{TSPI_MEDIA_PLAY, Way::Play}, std::pair{TSPI_MEDIA_RECORD, Way::Record}}) {
        if (call->media != media) {
            return;  // the end of the first took the call along
        }
        if ((item.p2 & bit) != 0 && media->state(way) != State::Off) {
            switchOff(call, way, item.text());
        }
    }
    static_cast<void>(arrange(call));
}

void MediaControl::onInterrupted(const CallPtr& call, const ProviderItem& item) {
    if (call->media->ear()) {
        call->media->ear()->pause();
    }
    if (call->judge) {
        call->judge->deaf();
    }
    onEnded(call, item);
}

/// What the device tells by itself is not told twice; as signs of a hang-up all count.
void MediaControl::onHeard(const CallPtr& call, CallEar::Event event, std::uint32_t value,
                           std::uint32_t extra) {
    using Event = CallEar::Event;
    using tapi::Detection;
    const tapi::Detections tells = call->line->capabilities.coreDetects;
    HangUpJudge* judge = call->judge ? &*call->judge : nullptr;
    switch (event) {
    case Event::Digit: return listening_.onDigit(*call, itemOf(value, extra));
    case Event::Tone: return listening_.onTone(*call, itemOf(value, 0));
    case Event::Media: return listening_.onMedia(*call, itemOf(value, 0));
    case Event::Silence:
        if (judge != nullptr) {
            judge->silent(std::chrono::milliseconds(extra));
        }
        if (tells.has(Detection::Silence)) {
            tellMedia(call, tapi::CallMediaEvent::Kind::Silence, {});
        }
        return;
    case Event::Sound: return judge != nullptr ? judge->notSilent() : void();
    case Event::Alive:
        if (tells.has(Detection::Media)) {
            listening_.onMedia(*call, itemOf(LINEMEDIAMODE_INTERACTIVEVOICE, 0));
        }
        return judge != nullptr ? judge->alive() : void();
    case Event::Vote:
        return judge != nullptr ? judge->vote(static_cast<media::HangupSign>(value),
                                              static_cast<double>(extra) / 100)
                                : void();
    case Event::Progress:
        return tells.has(Detection::Progress)
                   ? ways_.progress(call, static_cast<dsp::ToneKind>(value))
                   : void();
    case Event::CallerId:
        if (const auto id = call->media->ear()->takeCallerId()) {
            ways_.callerId(call, *id);
        }
        return;
    }
}

void MediaControl::tellEnd(const CallPtr& call, const CallTerminal& terminal,
                           media::TerminalCause cause, const std::string& text) {
    switch (terminal.kind) {
    case CallTerminal::Kind::File:
    case CallTerminal::Kind::Descriptor:
        return tellFile(call, terminal, terminal.name, FileState::Idle, causeOf(cause), text);
    case CallTerminal::Kind::SoundDevice:
        if (cause != media::TerminalCause::Normal) {
            tellMedia(call, tapi::CallMediaEvent::Kind::TerminalFail, text, terminal.name);
        }
        return;
    case CallTerminal::Kind::Tone:
        for (const auto& view : call->views) {
            outbox_->event(
                view->application,
                tapi::ToneTerminalEvent{view, terminal.id, cause == media::TerminalCause::Normal,
                                        view->callbackInstance},
                view->cookie);
        }
        return;
    case CallTerminal::Kind::Room: return ways_.roomEnded(call, terminal.id, text);
    case CallTerminal::Kind::Null: return;
    }
}

void MediaControl::tellFile(const CallPtr& call, const CallTerminal& terminal,
                            const std::string& path, FileState state, FileCause cause,
                            const std::string& text) {
    if (terminal.kind != CallTerminal::Kind::File &&
        terminal.kind != CallTerminal::Kind::Descriptor) {
        return;
    }
    for (const auto& view : call->views) {
        outbox_->event(view->application,
                       tapi::FileTerminalEvent{view, path, state, cause, text,
                                               view->callbackInstance, terminal.id},
                       view->cookie);
    }
}

void MediaControl::tellMedia(const CallPtr& call, tapi::CallMediaEvent::Kind kind,
                             const std::string& cause, const std::string& terminal) {
    for (const auto& view : call->views) {
        outbox_->event(view->application,
                       tapi::CallMediaEvent{view, kind, cause, 0, view->callbackInstance, terminal},
                       view->cookie);
    }
}

}  // namespace tipring::core

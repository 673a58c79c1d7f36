// SPDX-License-Identifier: Apache-2.0
// The sound of calls: files that are played to the line and recorded from it.
#include <fmt/format.h>

#include <utility>

#include "call_media.h"
#include "core.h"
#include "tipring/hal/base/log.h"

namespace tipring::core {
namespace {

const hal::LogCategory kLog{"manager"};
constexpr hal::Duration kRequestLimit = std::chrono::seconds(30);
using State = CallMedia::State;
using Cause = tapi::FileTerminalEvent::Cause;
using FileState = tapi::FileTerminalEvent::State;

CallMedia::Direction& directionOf(CallMedia& media, std::uint32_t direction) {
    return direction == TSPI_MEDIA_PLAY ? media.play : media.record;
}

hal::Result<void> checkFree(const CallMedia& media, std::uint32_t direction) {
    const bool playing = media.play.state != State::Off;
    const bool recording = media.record.state != State::Off;
    const std::string& busyWith = playing ? media.play.path : media.record.path;
    const bool same = direction == TSPI_MEDIA_PLAY ? playing : recording;
    if (same || ((playing || recording) && media.caps.fullDuplex == 0)) {
        return hal::fail(
            hal::ErrorCode::InUse,
            fmt::format("the call is {} {}{}", playing ? "playing" : "recording", busyWith,
                        same ? "" : ", and the device does one thing at a time"));
    }
    return {};
}

}  // namespace

hal::Result<void> Core::openMedia(const CallPtr& call) {
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
    call->media = std::move(media);
    return {};
}

hal::Result<tapi::RequestId> Core::play(CallView& view, const std::string& path,
                                        tapi::Reply reply) {
    const CallPtr call = view.call;
    if (auto allowed = check(view, Operation::Play); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    if ((call->line->caps.media.directions & TSPI_MEDIA_PLAY) == 0) {
        return hal::fail(hal::ErrorCode::OperationUnavail,
                         fmt::format("line {} cannot play sound", call->line->name));
    }
    if (auto opened = openMedia(call); !opened) {
        return tl::unexpected(std::move(opened.error()));
    }
    if (auto isFree = checkFree(*call->media, TSPI_MEDIA_PLAY); !isFree) {
        return tl::unexpected(std::move(isFree.error()));
    }
    auto file = media::FilePlayback::open(path);
    if (!file) {
        return tl::unexpected(std::move(file.error()));
    }
    call->media->setPlayback(std::move(*file));
    call->media->play.path = path;
    auto asked = startDirection(view, TSPI_MEDIA_PLAY, std::move(reply));
    if (!asked) {
        call->media->setPlayback(std::nullopt);
    }
    return asked;
}

hal::Result<tapi::RequestId> Core::record(CallView& view, const std::string& path,
                                          tapi::Reply reply) {
    const CallPtr call = view.call;
    if (auto allowed = check(view, Operation::Record); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    if ((call->line->caps.media.directions & TSPI_MEDIA_RECORD) == 0) {
        return hal::fail(hal::ErrorCode::OperationUnavail,
                         fmt::format("line {} cannot record sound", call->line->name));
    }
    if (auto opened = openMedia(call); !opened) {
        return tl::unexpected(std::move(opened.error()));
    }
    if (auto isFree = checkFree(*call->media, TSPI_MEDIA_RECORD); !isFree) {
        return tl::unexpected(std::move(isFree.error()));
    }
    auto file = media::FileRecording::create(path);
    if (!file) {
        return tl::unexpected(std::move(file.error()));
    }
    call->media->setRecording(std::move(*file));
    call->media->record.path = path;
    auto asked = startDirection(view, TSPI_MEDIA_RECORD, std::move(reply));
    if (!asked) {
        static_cast<void>(call->media->finishRecording());
    }
    return asked;
}

hal::Result<tapi::RequestId> Core::startDirection(CallView& view, std::uint32_t direction,
                                                  tapi::Reply reply) {
    const CallPtr call = view.call;
    const auto media = call->media;
    ProviderRecord& provider = *call->line->provider;
    const auto function = provider.table().mediaStart;
    if (function == nullptr) {
        return tl::unexpected(provider.missing("mediaStart").error());
    }
    PendingRequest pending;
    pending.function = "mediaStart";
    pending.line = call->line;
    pending.call = call;
    pending.limit = kRequestLimit;
    pending.done =
        [this, call, media, direction,
         answer = replyTo(view.application, std::move(reply))](const hal::Result<void>& result) {
            answer(result);
            auto& state = directionOf(*media, direction);
            if (state.state != State::Starting) {
                return;  // the call ended meanwhile
            }
            if (result) {
                state.state = State::On;
                tellMedia(call, tapi::CallMediaEvent::Kind::StreamActive, {});
                tellFile(call, state.path, FileState::Active, Cause::Normal, {});
                if (std::exchange(media->endedEarly, false)) {
                    endAtEndOfFile(call);
                }
            } else if (direction == TSPI_MEDIA_PLAY) {
                state.state = State::Off;
                media->setPlayback(std::nullopt);
            } else {
                state.state = State::Off;
                static_cast<void>(media->finishRecording());
            }
        };
    directionOf(*media, direction).state = State::Starting;
    auto asked = request(provider, std::move(pending), [&](tapi::RequestId id) {
        return function(id, media->driverMedia, direction);
    });
    if (!asked) {
        directionOf(*media, direction).state = State::Off;
    }
    return asked;
}

hal::Result<tapi::RequestId> Core::stopDirection(const CallPtr& call, std::uint32_t direction,
                                                 std::uint32_t how, PendingRequest::Done done) {
    ProviderRecord& provider = *call->line->provider;
    const auto function = provider.table().mediaStop;
    if (function == nullptr) {
        return tl::unexpected(provider.missing("mediaStop").error());
    }
    auto& state = directionOf(*call->media, direction).state;
    PendingRequest pending;
    pending.function = "mediaStop";
    pending.line = call->line;
    pending.call = call;
    pending.limit = kRequestLimit;
    pending.done = std::move(done);
    const State before = std::exchange(state, State::Stopping);
    auto asked = request(provider, std::move(pending), [&](tapi::RequestId id) {
        return function(id, call->media->driverMedia, direction, how);
    });
    if (!asked) {
        state = before;
    }
    return asked;
}

hal::Result<tapi::RequestId> Core::stopPlaying(CallView& view, tapi::StopMode mode,
                                               tapi::Reply reply) {
    const CallPtr call = view.call;
    if (auto allowed = checkPrivilege(Operation::Play, view.rights); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    if (!call->media || call->media->play.state != State::On) {
        return hal::fail(hal::ErrorCode::InvalCallState, "nothing is being played on the call");
    }
    const auto how = mode == tapi::StopMode::Drain ? TSPI_MEDIASTOP_DRAIN : TSPI_MEDIASTOP_DISCARD;
    return stopDirection(call, TSPI_MEDIA_PLAY, how,
                         [this, call, answer = replyTo(view.application, std::move(reply))](
                             const hal::Result<void>& result) {
                             answer(result);
                             endPlayback(call, Cause::Normal, {});
                         });
}

hal::Result<tapi::RequestId> Core::stopRecording(CallView& view, tapi::Reply reply) {
    const CallPtr call = view.call;
    if (auto allowed = checkPrivilege(Operation::Record, view.rights); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    if (!call->media || call->media->record.state != State::On) {
        return hal::fail(hal::ErrorCode::InvalCallState, "nothing is being recorded on the call");
    }
    return stopDirection(call, TSPI_MEDIA_RECORD, TSPI_MEDIASTOP_DRAIN,
                         [this, call, answer = replyTo(view.application, std::move(reply))](
                             const hal::Result<void>& result) {
                             answer(result);
                             endRecording(call, Cause::Normal, {});
                         });
}

/// The last sample was given to the device: let it be heard.
void Core::endAtEndOfFile(const CallPtr& call) {
    auto asked = stopDirection(
        call, TSPI_MEDIA_PLAY, TSPI_MEDIASTOP_DRAIN, [this, call](const hal::Result<void>& result) {
            endPlayback(call, Cause::EndOfFile, result ? std::string() : result.error().text());
        });
    if (!asked) {
        endPlayback(call, Cause::EndOfFile, asked.error().text());
    }
}

void Core::onMediaNotice(const ProviderItem& item) {
    const auto media = CallMedia::handles().find(reinterpret_cast<HTAPIMEDIA>(item.p1));
    const CallPtr call = media ? media->call.lock() : nullptr;
    if (!call || call->media != media) {
        return;  // it ended while this was on its way
    }
    switch (item.number) {
    case CallMedia::kEndOfFile:
        if (media->play.state == State::Starting) {
            media->endedEarly = true;  // a file so short that it ended before the start was told
        } else if (media->play.state == State::On) {
            endAtEndOfFile(call);
        }
        return;
    case CallMedia::kReadError:
        static_cast<void>(stopDirection(call, TSPI_MEDIA_PLAY, TSPI_MEDIASTOP_DISCARD,
                                        [](const hal::Result<void>&) {}));
        return endPlayback(call, Cause::ReadError, item.text());
    case CallMedia::kWriteError:
        static_cast<void>(stopDirection(call, TSPI_MEDIA_RECORD, TSPI_MEDIASTOP_DISCARD,
                                        [](const hal::Result<void>&) {}));
        return endRecording(call, Cause::WriteError, item.text());
    case TSPI_MEDIAEVENT_ENDED:
        if ((item.p2 & TSPI_MEDIA_PLAY) != 0) {
            endPlayback(call, Cause::Normal, item.text());
        }
        if ((item.p2 & TSPI_MEDIA_RECORD) != 0) {
            endRecording(call, Cause::Normal, item.text());
        }
        return;
    case TSPI_MEDIAEVENT_SILENCE:
        return tellMedia(call, tapi::CallMediaEvent::Kind::Silence, item.text());
    case TSPI_MEDIAEVENT_UNDERRUN:
        return kLog.debug("line {}: the line heard a gap", call->line->name);
    case TSPI_MEDIAEVENT_OVERRUN:
        return kLog.debug("line {}: received sound was lost", call->line->name);
    default:
        call->line->provider->breach(
            ContractRule::UnknownMessage, "the media event routine", call->line->name,
            fmt::format("event {} is not one of the contract", item.number));
    }
}

void Core::endPlayback(const CallPtr& call, Cause cause, const std::string& error) {
    const auto media = call->media;
    if (!media || media->play.state == State::Off) {
        return;
    }
    media->play.state = State::Off;
    media->endedEarly = false;
    media->setPlayback(std::nullopt);
    tellFile(call, media->play.path, FileState::Idle, cause, error);
    tellMedia(call, tapi::CallMediaEvent::Kind::StreamInactive, error);
}

void Core::endRecording(const CallPtr& call, Cause cause, std::string error) {
    const auto media = call->media;
    if (!media || media->record.state == State::Off) {
        return;
    }
    media->record.state = State::Off;
    if (auto closed = media->finishRecording(); !closed && cause == Cause::Normal) {
        cause = Cause::WriteError;
        error = closed.error().text();
    }
    tellFile(call, media->record.path, FileState::Idle, cause, error);
    tellMedia(call, tapi::CallMediaEvent::Kind::StreamInactive, error);
}

void Core::closeMedia(const CallPtr& call, const std::string& cause) {
    if (!call->media) {
        return;
    }
    ProviderRecord& provider = *call->line->provider;
    if (auto closed =
            provider.call("mediaClose", provider.table().mediaClose, call->media->driverMedia);
        !closed) {
        kLog.warning("line {}: {}", call->line->name, closed.error().text());
    }
    endPlayback(call, Cause::Normal, cause);
    endRecording(call, Cause::Normal, cause);
    DeadHandles::instance().add(DeadHandles::Kind::Stream, call->media->handle,
                                {provider.queue()->source(), call->line->name});
    CallMedia::handles().remove(call->media->handle);
    call->media.reset();
}

void Core::tellFile(const CallPtr& call, const std::string& path, FileState state, Cause cause,
                    const std::string& error) {
    for (const auto& view : call->views) {
        outbox_->event(
            view->application,
            tapi::FileTerminalEvent{view, path, state, cause, error, view->callbackInstance},
            view->cookie);
    }
}

void Core::tellMedia(const CallPtr& call, tapi::CallMediaEvent::Kind kind, const std::string& cause,
                     std::uint32_t heard) {
    for (const auto& view : call->views) {
        outbox_->event(view->application,
                       tapi::CallMediaEvent{view, kind, cause, heard, view->callbackInstance},
                       view->cookie);
    }
}

}  // namespace tipring::core

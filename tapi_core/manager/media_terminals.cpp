// SPDX-License-Identifier: Apache-2.0
// The terminals of calls: put on, started, stopped, and what ends them.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "call_record.h"
#include "line_record.h"
#include "media_control.h"
#include "provider_record.h"

namespace tipring::core {
namespace {

using Way = media::StreamDirection;
using TerminalStanding = CallTerminal::State;
using FileState = tapi::FileTerminalEvent::State;
using FileCause = tapi::FileTerminalEvent::Cause;

constexpr Way kWays[] = {Way::Play, Way::Record};

const char* verbOf(Way way) {
    return way == Way::Play ? "playing" : "recording";
}

/// The one of Call::play or Call::record.
CallTerminal* briefOf(const CallRecord& call, Way way) {
    if (!call.media) {
        return nullptr;
    }
    const auto found =
        std::find_if(call.media->terminals.begin(), call.media->terminals.end(),
                     [way](const auto& each) { return each->brief && each->uses(way); });
    return found == call.media->terminals.end() ? nullptr : found->get();
}

}  // namespace

hal::Result<CallTerminal*> MediaControl::put(CallView& view, tapi::TerminalSpec spec) {
    if (auto opened = open(view.call); !opened) {
        return tl::unexpected(std::move(opened.error()));
    }
    auto made = makeTerminal(std::move(spec));
    if (!made) {
        return tl::unexpected(std::move(made.error()));
    }
    return &view.call->media->add(std::move(made->terminal), made->kind, std::move(made->name));
}

hal::Result<tapi::TerminalId> MediaControl::add(CallView& view, tapi::TerminalSpec spec) {
    const auto terminal = put(view, std::move(spec));
    return terminal ? hal::Result<tapi::TerminalId>{(*terminal)->id}
                    : tl::unexpected(terminal.error());
}

hal::Result<CallTerminal*> MediaControl::find(CallView& view, tapi::TerminalId id) const {
    CallTerminal* terminal = view.call->media ? view.call->media->find(id) : nullptr;
    if (terminal == nullptr) {
        return hal::fail(hal::ErrorCode::InvalTerminalId,
                         fmt::format("the call has no terminal {}", static_cast<unsigned>(id)));
    }
    return terminal;
}

MediaControl::Done MediaControl::replyTo(CallView& view, tapi::Reply reply) const {
    return [outbox = outbox_, application = view.application, reply = std::move(reply)](
               const hal::Result<void>& result) { outbox->reply(application, reply, result); };
}

/// A half-duplex device serves one direction, for as many terminals as there are.
hal::Result<void> MediaControl::checkFree(const CallMedia& media,
                                          const CallTerminal& terminal) const {
    const std::uint32_t wanted = (terminal.terminal->captures() ? TSPI_MEDIA_PLAY : 0U) |
                                 (terminal.terminal->renders() ? TSPI_MEDIA_RECORD : 0U);
    if ((media.caps.directions & wanted) != wanted) {
        const bool play = (wanted & ~media.caps.directions & TSPI_MEDIA_PLAY) != 0;
        return hal::fail(hal::ErrorCode::OperationUnavail,
                         fmt::format("the device cannot {} sound", play ? "play" : "record"));
    }
    if (media.caps.fullDuplex != 0) {
        return {};
    }
    if (terminal.uses(Way::Play) && terminal.uses(Way::Record)) {
        return hal::fail(hal::ErrorCode::OperationUnavail,
                         fmt::format("{} needs both directions, and the device does one thing at "
                                     "a time",
                                     terminal.name));
    }
    for (const auto& other : media.terminals) {
        if (other->runs() && other->uses(Way::Play) != terminal.uses(Way::Play)) {
            return hal::fail(
                hal::ErrorCode::InUse,
                fmt::format("the call is {} {}, and the device does one thing at a "
                            "time",
                            verbOf(other->uses(Way::Play) ? Way::Play : Way::Record), other->name));
        }
    }
    return {};
}

hal::Result<tapi::RequestId> MediaControl::start(CallView& view, tapi::TerminalId id,
                                                 tapi::Reply reply) {
    const auto found = find(view, id);
    return found ? begin(view.call, **found, replyTo(view, std::move(reply)))
                 : tl::unexpected(found.error());
}

hal::Result<tapi::RequestId> MediaControl::begin(const CallPtr& call, CallTerminal& terminal,
                                                 Done started) {
    const auto media = call->media;
    if (terminal.state != TerminalStanding::Idle && terminal.state != TerminalStanding::Paused) {
        return hal::fail(hal::ErrorCode::InvalCallState,
                         fmt::format("the terminal {} runs already", terminal.name));
    }
    if (terminal.state == TerminalStanding::Idle) {
        if (auto free = checkFree(*media, terminal); !free) {
            return tl::unexpected(std::move(free.error()));
        }
    }
    const bool paused = terminal.state == TerminalStanding::Paused;
    // It runs before its directions do: a device may be faster than its reply.
    if (auto active = media->stream.startTerminal(*terminal.terminal); !active) {
        return tl::unexpected(std::move(active.error()));
    }
    terminal.state = TerminalStanding::Waiting;
    terminal.started = std::move(started);
    terminal.endedEarly = false;
    const tapi::TerminalId id = terminal.id;
    const auto arranged = arrange(call);
    CallTerminal* left = media->find(id);
    if (!arranged && left != nullptr && left->state == TerminalStanding::Waiting) {
        left->started = {};
        fail(call, *left, arranged.error());
        return tl::unexpected(arranged.error());
    }
    if (left != nullptr && left->state == TerminalStanding::Waiting) {
        const bool runs = std::all_of(std::begin(kWays), std::end(kWays), [&](Way way) {
            return !left->uses(way) || media->state(way) == State::On;
        });
        if (runs || paused) {
            std::exchange(left->started, {})({});
            activate(call, *left);
        }
    }
    return requests_.reserve();
}

/// Its directions run.
void MediaControl::activate(const CallPtr& call, CallTerminal& terminal) {
    if (terminal.state != TerminalStanding::Waiting || terminal.started) {
        return;
    }
    terminal.state = TerminalStanding::Active;
    tellFile(call, terminal, terminal.name, FileState::Active, FileCause::Normal, {});
    if (std::exchange(terminal.endedEarly, false)) {
        finishOrDrain(call, terminal, TSPI_MEDIASTOP_DRAIN);
    }
}

/// It came to nothing, and no events of it.
void MediaControl::fail(const CallPtr& call, CallTerminal& terminal, const hal::Error& why) {
    const Done started = std::exchange(terminal.started, {});
    terminal.state = TerminalStanding::Idle;
    terminal.terminal->abandon();
    static_cast<void>(call->media->stream.stopTerminal(*terminal.terminal));
    if (terminal.brief) {
        call->media->remove(terminal);
    }
    if (started) {
        started(tl::unexpected(why));  // a room takes its terminal away at this
    }
}

void MediaControl::failWaiting(const CallPtr& call, const hal::Error& why) {
    std::vector<tapi::TerminalId> ids;
    for (const auto& each : call->media->terminals) {
        if (each->state == TerminalStanding::Waiting) {
            ids.push_back(each->id);
        }
    }
    for (const tapi::TerminalId id : ids) {
        if (CallTerminal* left = call->media->find(id)) {
            fail(call, *left, why);
        }
    }
}

hal::Result<tapi::TerminalId> MediaControl::attach(const CallPtr& call,
                                                   std::unique_ptr<media::Terminal> terminal,
                                                   Done started) {
    if (auto opened = open(call); !opened) {
        return tl::unexpected(std::move(opened.error()));
    }
    std::string name = terminal->name();
    CallTerminal& added =
        call->media->add(std::move(terminal), CallTerminal::Kind::Room, std::move(name));
    const tapi::TerminalId id = added.id;
    auto asked = begin(call, added, std::move(started));
    if (asked) {
        return id;
    }
    if (CallTerminal* left = call->media ? call->media->find(id) : nullptr) {
        call->media->remove(*left);
    }
    return tl::unexpected(std::move(asked.error()));
}

void MediaControl::detach(const CallPtr& call, tapi::TerminalId id) {
    CallTerminal* terminal = call->media ? call->media->find(id) : nullptr;
    if (terminal == nullptr) {
        return;
    }
    call->media->remove(*terminal);
    onChange(call);
}

void MediaControl::handOver(const CallPtr& from, const CallPtr& to) {
    const auto media = from->media;
    if (!media) {
        return;
    }
    std::vector<tapi::TerminalId> ids;
    for (const auto& each : media->terminals) {
        if (each->kind != CallTerminal::Kind::Room) {
            ids.push_back(each->id);
        }
    }
    failWaiting(from, {hal::ErrorCode::Disconnected, "the call was transferred"});
    for (const tapi::TerminalId id : ids) {
        CallTerminal* terminal = media->find(id);
        if (terminal != nullptr && terminal->state != TerminalStanding::Idle) {
            terminal->cause = media::TerminalCause::Normal;
            terminal->text = "the call was transferred";
            finish(from, *terminal);
        }
        if (CallTerminal* left = media->find(id)) {
            media->remove(*left);
        }
    }
    from->mediaStatus = media->status();
    from->mediaStatus.open = false;
    media->call = to;
    to->media = std::exchange(from->media, nullptr);
}

hal::Result<void> MediaControl::pause(CallView& view, tapi::TerminalId id) {
    const auto found = find(view, id);
    if (!found) {
        return tl::unexpected(found.error());
    }
    CallTerminal& terminal = **found;
    if (terminal.state == TerminalStanding::Paused) {
        return {};
    }
    if (terminal.state != TerminalStanding::Active) {
        return hal::fail(hal::ErrorCode::InvalCallState,
                         fmt::format("the terminal {} does not run", terminal.name));
    }
    auto paused = view.call->media->stream.pauseTerminal(*terminal.terminal);
    if (paused) {
        terminal.state = TerminalStanding::Paused;
        tellFile(view.call, terminal, terminal.name, FileState::Paused, FileCause::Normal, {});
    }
    return paused;  // not where it has just ended by itself
}

hal::Result<tapi::RequestId> MediaControl::stop(CallView& view, tapi::TerminalId id,
                                                tapi::StopMode mode, tapi::Reply reply) {
    const auto found = find(view, id);
    return found ? end(view, **found, mode, std::move(reply)) : tl::unexpected(found.error());
}

hal::Result<tapi::RequestId> MediaControl::end(CallView& view, CallTerminal& terminal,
                                               tapi::StopMode mode, tapi::Reply reply) {
    if (terminal.state != TerminalStanding::Active && terminal.state != TerminalStanding::Paused) {
        return hal::fail(hal::ErrorCode::InvalCallState,
                         fmt::format("the terminal {} does not run", terminal.name));
    }
    if (terminal.uses(Way::Play)) {  // nothing more is given from now on
        static_cast<void>(view.call->media->stream.pauseTerminal(*terminal.terminal));
    }
    terminal.cause = media::TerminalCause::Normal;
    terminal.text.clear();
    terminal.stopped = replyTo(view, std::move(reply));
    const bool drain = mode == tapi::StopMode::Drain || terminal.uses(Way::Record);
    finishOrDrain(view.call, terminal, drain ? TSPI_MEDIASTOP_DRAIN : TSPI_MEDIASTOP_DISCARD);
    return requests_.reserve();
}

hal::Result<void> MediaControl::remove(CallView& view, tapi::TerminalId id) {
    const auto found = find(view, id);
    if (!found) {
        return tl::unexpected(found.error());
    }
    if ((*found)->state != TerminalStanding::Idle) {
        return hal::fail(hal::ErrorCode::InUse,
                         fmt::format("the terminal {} runs: stop it first", (*found)->name));
    }
    view.call->media->remove(**found);
    return {};
}

/// It ends when the device has stopped, where nobody else needs the device; else at once.
void MediaControl::finishOrDrain(const CallPtr& call, CallTerminal& terminal, std::uint32_t how) {
    const auto media = call->media;
    terminal.state = TerminalStanding::Ending;
    const Way way = terminal.uses(Way::Play) ? Way::Play : Way::Record;
    const bool both = terminal.uses(Way::Play) && terminal.uses(Way::Record);
    const bool shared =
        std::any_of(media->terminals.begin(), media->terminals.end(), [&](const auto& each) {
            return each.get() != &terminal && each->runs() && each->uses(way);
        });
    const bool heard = way == Way::Record && earWanted(*call);
    if (!both && !shared && !heard && media->state(way) == State::On && halt(call, way, how)) {
        return;  // finishAll() follows
    }
    if (!both && !shared && media->state(way) == State::Stopping) {
        return;
    }
    finish(call, terminal);
    static_cast<void>(arrange(call));
}

/// Its end is told, and its file is whole.
void MediaControl::finish(const CallPtr& call, CallTerminal& terminal) {
    const auto media = call->media;  // what is told may end the call, or take the terminal away
    const tapi::TerminalId id = terminal.id;
    if (terminal.stopped) {
        std::exchange(terminal.stopped, {})({});
    }
    const auto stopped = media->stream.stopTerminal(*terminal.terminal);
    if (!stopped && terminal.cause == media::TerminalCause::Normal) {
        terminal.cause = terminal.terminal->renders() ? media::TerminalCause::WriteError
                                                      : media::TerminalCause::ReadError;
        terminal.text = stopped.error().text();
    }
    terminal.state = TerminalStanding::Idle;
    const std::string text = terminal.text;
    tellEnd(call, terminal, terminal.cause, text);
    if (CallTerminal* left = media->find(id); left != nullptr && left->brief) {
        media->remove(*left);
    }
}

/// The direction stopped: all that ran in it, or waited for it to drain.
void MediaControl::finishAll(const CallPtr& call, Way way, const std::string& cause) {
    const auto media = call->media;
    std::vector<tapi::TerminalId> ids;
    for (const auto& each : media->terminals) {
        const bool ran = each->state == TerminalStanding::Active ||
                         each->state == TerminalStanding::Paused ||
                         each->state == TerminalStanding::Ending;
        if (ran && each->uses(way)) {
            ids.push_back(each->id);
        }
    }
    for (const tapi::TerminalId id : ids) {
        CallTerminal* terminal = media->find(id);
        if (terminal == nullptr || call->media != media) {
            continue;
        }
        if (terminal->state != TerminalStanding::Ending) {
            terminal->cause = media::TerminalCause::Normal;
            terminal->text = cause;
        } else if (terminal->text.empty()) {
            terminal->text = cause;
        }
        finish(call, *terminal);
    }
}

void MediaControl::onTerminalEnded(const CallPtr& call, const ProviderItem& item) {
    CallTerminal* terminal =
        call->media->find(tapi::TerminalId{static_cast<std::uint32_t>(item.p2)});
    if (terminal == nullptr || (!terminal->runs() && terminal->state != TerminalStanding::Ending)) {
        return;  // it was stopped meanwhile
    }
    terminal->cause = static_cast<media::TerminalCause>(item.p3);
    terminal->text = item.text();
    if (terminal->state == TerminalStanding::Waiting) {
        terminal->endedEarly = true;  // so short that it ended before its start was told
    } else if (terminal->state == TerminalStanding::Ending) {
        return;
    } else if (terminal->cause == media::TerminalCause::EndOfFile) {
        finishOrDrain(call, *terminal, TSPI_MEDIASTOP_DRAIN);  // the last sample is to be heard
    } else {
        finish(call, *terminal);
        static_cast<void>(arrange(call));
    }
}

hal::Result<tapi::RequestId> MediaControl::beginBrief(CallView& view, tapi::TerminalSpec spec,
                                                      Way way, tapi::Reply reply) {
    const CallPtr call = view.call;
    if (const CallTerminal* busy = briefOf(*call, way)) {
        return hal::fail(hal::ErrorCode::InUse,
                         fmt::format("the call is {} {}", verbOf(way), busy->name));
    }
    const TspiMediaCaps& caps = call->line->caps.media;
    const std::uint32_t bit = way == Way::Play ? TSPI_MEDIA_PLAY : TSPI_MEDIA_RECORD;
    if ((caps.directions & bit) == 0) {
        return hal::fail(hal::ErrorCode::OperationUnavail,
                         fmt::format("line {} cannot {} sound", call->line->name,
                                     way == Way::Play ? "play" : "record"));
    }
    const auto terminal = put(view, std::move(spec));
    if (!terminal) {
        return tl::unexpected(terminal.error());
    }
    (*terminal)->brief = true;
    const tapi::TerminalId id = (*terminal)->id;
    auto asked = begin(call, **terminal, replyTo(view, std::move(reply)));
    if (CallTerminal* left = asked ? nullptr : call->media->find(id)) {
        call->media->remove(*left);
    }
    return asked;
}

hal::Result<tapi::RequestId> MediaControl::endBrief(CallView& view, Way way, tapi::StopMode mode,
                                                    tapi::Reply reply) {
    CallTerminal* terminal = briefOf(*view.call, way);
    if (terminal == nullptr || (terminal->state != TerminalStanding::Active &&
                                terminal->state != TerminalStanding::Paused)) {
        return hal::fail(hal::ErrorCode::InvalCallState,
                         fmt::format("nothing is being {} on the call",
                                     way == Way::Play ? "played" : "recorded"));
    }
    return end(view, *terminal, mode, std::move(reply));
}

hal::Result<tapi::RequestId> MediaControl::play(CallView& view, const std::string& path,
                                                tapi::Reply reply) {
    return beginBrief(view, tapi::FilePlayTerminal{{path}}, Way::Play, std::move(reply));
}

hal::Result<tapi::RequestId> MediaControl::record(CallView& view, const std::string& path,
                                                  tapi::Reply reply) {
    return beginBrief(view, tapi::FileRecordTerminal{path, tapi::FileFormat::ByName}, Way::Record,
                      std::move(reply));
}

hal::Result<tapi::RequestId> MediaControl::stopPlaying(CallView& view, tapi::StopMode mode,
                                                       tapi::Reply reply) {
    return endBrief(view, Way::Play, mode, std::move(reply));
}

hal::Result<tapi::RequestId> MediaControl::stopRecording(CallView& view, tapi::Reply reply) {
    return endBrief(view, Way::Record, tapi::StopMode::Drain, std::move(reply));
}

}  // namespace tipring::core

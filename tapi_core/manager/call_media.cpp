// SPDX-License-Identifier: Apache-2.0
#include "call_media.h"

#include <algorithm>
#include <utility>

namespace tipring::core {
namespace {

constexpr std::size_t kSecond = 8000;

std::shared_ptr<CallMedia> find(HTAPIMEDIA stream, const char* routine) {
    auto found = CallMedia::handles().find(stream);
    if (!found) {
        const auto owner = DeadHandles::instance().find(DeadHandles::Kind::Stream, stream);
        if (!owner.source.provider.empty()) {
            owner.source.report(ContractRule::StaleStream, routine, owner.line,
                                "the stream was closed");
        } else if (const ProviderQueue* caller = ProviderScope::current()) {
            caller->source().report(ContractRule::StaleStream, routine, "",
                                    "nobody gave this stream");
        } else {
            ContractChecker::reportUnknown(ContractRule::StaleStream, routine,
                                           "nobody gave this stream");
        }
    }
    return found;
}

}  // namespace

HandleTable<CallMedia, HTAPIMEDIA>& CallMedia::handles() {
    static HandleTable<CallMedia, HTAPIMEDIA> handles;
    return handles;
}

const TspiMediaCallbacks& CallMedia::callbacks() {
    static const TspiMediaCallbacks callbacks{sizeof(TspiMediaCallbacks), &onReceive, &onSend,
                                              &onEvent};
    return callbacks;
}

CallMedia::CallMedia(std::weak_ptr<CallRecord> owner, std::shared_ptr<ProviderQueue> providerQueue)
    : call(std::move(owner)),
      queue_(std::move(providerQueue)),
      loopThread_(std::this_thread::get_id()) {}

CallTerminal& CallMedia::add(std::unique_ptr<media::Terminal> terminal, CallTerminal::Kind kind,
                             std::string name) {
    auto made = std::make_unique<CallTerminal>();
    made->id = tapi::TerminalId{nextId_++};
    made->kind = kind;
    made->name = std::move(name);
    made->terminal = std::move(terminal);
    made->terminal->listen(
        [this, id = made->id](const media::TerminalEvent& event) { onTerminal(id, event); });
    static_cast<void>(stream.attach(made->terminal));  // it is new
    terminals.push_back(std::move(made));
    return *terminals.back();
}

void CallMedia::remove(const CallTerminal& terminal) {
    static_cast<void>(stream.detach(*terminal.terminal));
    std::erase_if(terminals, [&](const auto& each) { return each.get() == &terminal; });
}

CallTerminal* CallMedia::find(tapi::TerminalId id) const {
    const auto found = std::find_if(terminals.begin(), terminals.end(),
                                    [id](const auto& each) { return each->id == id; });
    return found == terminals.end() ? nullptr : found->get();
}

/// What the terminal did by itself; what it was told to do, the loop knows.
void CallMedia::onTerminal(tapi::TerminalId id, const media::TerminalEvent& event) {
    const auto number = static_cast<std::uintptr_t>(id);
    if (event.cause != media::TerminalCause::Normal) {
        notice(kTerminalEnded, number, static_cast<std::uintptr_t>(event.cause), event.text);
    } else if (!event.text.empty()) {
        notice(kTerminalNote, number, 0, event.text);
    }
}

void CallMedia::setEar(std::shared_ptr<CallEar> ear) {
    if (ear) {
        stream.listen(
            [this, ear](std::uint64_t, std::span<const std::int16_t> samples, char playedKey) {
                if (!interrupted) {
                    ear->hear(samples, playedKey);
                }
            });
    } else {
        stream.listen({});
    }
    ear_ = std::move(ear);
}

CallEar::Tell CallMedia::earTell() {
    return [this](CallEar::Event event, std::uint32_t value, std::uint32_t extra) {
        notice(kHeard + static_cast<std::uint32_t>(event), value, extra);
    };
}

tapi::MediaStatus CallMedia::status() const {
    tapi::MediaStatus out;
    out.open = true;
    out.fullDuplex = caps.fullDuplex != 0;
    const auto flow = [&](tapi::MediaFlow& to, Way way, std::uint32_t bit) {
        const media::StreamCounters counters = stream.counters(way);
        to.possible = (caps.directions & bit) != 0;
        to.running = state(way) == State::On || state(way) == State::Stopping;
        to.moved = counters.moved;
        to.lost = counters.lost;
        to.concealed = counters.concealed;
        to.late = counters.late;
        to.silent = counters.silent;
        to.gaps = counters.gaps;
        to.alarms = alarms[static_cast<std::size_t>(way)];
        to.drift = stream.drift(way);
    };
    flow(out.play, Way::Play, TSPI_MEDIA_PLAY);
    flow(out.record, Way::Record, TSPI_MEDIA_RECORD);
    for (const auto& each : terminals) {
        const media::TerminalCounters counters = stream.countersOf(*each->terminal);
        const bool active = each->state == CallTerminal::State::Active ||
                            each->state == CallTerminal::State::Ending;
        const auto shown = active ? tapi::TerminalState::Active
                           : each->state == CallTerminal::State::Paused
                               ? tapi::TerminalState::Paused
                               : tapi::TerminalState::Idle;
        out.terminals.push_back({each->id, each->name,
                                 static_cast<tapi::TerminalDirection>(each->terminal->direction()),
                                 shown, counters.captured, counters.rendered, counters.missing,
                                 counters.dropped});
    }
    if (ear_ && state(Way::Record) == State::On) {
        out.listening = ear_->detects();
    }
    return out;
}

void CallMedia::onReceive(HTAPIMEDIA stream, std::uint64_t position, const std::int16_t* samples,
                          std::size_t count) {
    if (const auto self = core::find(stream, "the receive routine")) {
        self->stream.receive(position, {samples, count});
        self->tick(count);
    }
}

std::size_t CallMedia::onSend(HTAPIMEDIA stream, std::uint64_t position, std::int16_t* samples,
                              std::size_t capacity) {
    const auto self = core::find(stream, "the send routine");
    if (!self) {
        return 0;
    }
    const std::size_t written = self->stream.send(position, {samples, capacity});
    self->tick(capacity);
    return written;
}

/// The clock is the loop's: elsewhere it is asked to look at it, once a second.
void CallMedia::tick(std::size_t samples) {
    if (std::this_thread::get_id() == loopThread_) {
        stream.tick(queue_->loop().now().time_since_epoch());
    } else if ((sinceTick_ += samples) >= kSecond) {
        sinceTick_ = 0;
        notice(kTick, 0, 0);
    }
}

void CallMedia::onEvent(HTAPIMEDIA stream, std::uint32_t event, std::uintptr_t parameter,
                        const char* cause) {
    if (const auto self = core::find(stream, "the media event routine")) {
        // At once: the next samples are not to be heard, or are again.
        if (event == TSPI_MEDIAEVENT_INTERRUPTED || event == TSPI_MEDIAEVENT_RESUMED) {
            self->interrupted = event == TSPI_MEDIAEVENT_INTERRUPTED;
        }
        self->notice(event, parameter, 0, cause == nullptr ? "" : cause);
    }
}

void CallMedia::notice(std::uint32_t event, std::uintptr_t parameter, std::uintptr_t extra,
                       std::string text) {
    ProviderItem item;
    item.kind = ProviderItem::Kind::MediaNotice;
    item.number = event;
    item.p1 = reinterpret_cast<std::uintptr_t>(handle);
    item.p2 = parameter;
    item.p3 = extra;
    item.setText(std::move(text));
    queue_->push(std::move(item));
}

}  // namespace tipring::core

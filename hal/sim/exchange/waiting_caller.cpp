// SPDX-License-Identifier: Apache-2.0
#include "exchange/waiting_caller.h"

#include <algorithm>

#include "exchange/line_audio.h"

namespace tipring::sim {

namespace {

constexpr std::size_t kPerMs = 8;
constexpr std::size_t kBeep = 300 * kPerMs, kPause = 45 * kPerMs;
constexpr double kAlertLow = 2130, kAlertHigh = 2750;  // Hz
// A key is known that much after its end: the receiver's pause, and the block it came in.
constexpr std::size_t kDetection = 160 * kPerMs;
constexpr std::size_t kRoomInWindow = 40 * kPerMs;

bool hasTypeTwo(const CallerIdMessage* message) {
    return message != nullptr && message->standard->callWaiting.key != 0;
}

}  // namespace

std::chrono::milliseconds WaitingCaller::length(const CallerIdMessage* message) {
    constexpr std::chrono::milliseconds kUntilAlert{(kBeep + kPause) / kPerMs};
    if (!hasTypeTwo(message)) {
        return std::chrono::milliseconds{kBeep / kPerMs};
    }
    const dsp::CallWaitingTiming& timing = message->standard->callWaiting;
    return kUntilAlert + message->length +
           std::chrono::milliseconds{timing.alert + timing.within / 2 + timing.keyOn.most +
                                     timing.toData.least + kRoomInWindow / kPerMs};
}

void WaitingCaller::start(const dsp::TonePattern* beep, const CallerIdMessage* message) {
    message_ = hasTypeTwo(message) ? message : nullptr;
    beep_.start(beep, true);
    ear_.reset();
    position_ = 0;
    enter(Step::Beep);
}

void WaitingCaller::enter(Step step) {
    step_ = step;
    const auto* timing = message_ != nullptr ? &message_->standard->callWaiting : nullptr;
    switch (step) {
    case Step::Beep: left_ = kBeep; break;
    case Step::Pause: left_ = kPause; break;
    case Step::Alert:
        left_ = timing->alert * kPerMs;
        alert_.start(kAlertLow, kAlertHigh, LineAudio::kMessageLevel, left_);
        break;
    case Step::Wait: left_ = (timing->within + timing->keyOn.most) * kPerMs + kDetection; break;
    case Step::Data:
        left_ = static_cast<std::size_t>(message_->length.count()) * kPerMs;
        fsk_.start(message_->standard->modulation, message_->frame(), message_->content(),
                   LineAudio::kMessageLevel);
        break;
    case Step::Gap:
    case Step::Idle: break;
    }
}

WaitingCaller::Event WaitingCaller::leave() {
    switch (step_) {
    case Step::Beep: enter(message_ != nullptr ? Step::Pause : Step::Idle); break;
    case Step::Pause: enter(Step::Alert); break;
    case Step::Alert: enter(Step::Wait); break;
    case Step::Gap: enter(Step::Data); break;
    case Step::Wait: enter(Step::Idle); return Event::NotAcknowledged;
    case Step::Data: enter(Step::Idle); return Event::Told;
    case Step::Idle: break;
    }
    return Event::None;
}

/// When the terminal's key has ended, the gap before the message runs.
void WaitingCaller::listen(std::span<const std::int16_t> from) {
    bool acknowledged = false;
    std::uint64_t keyEnd = 0;
    ear_.process(from, [&](const dsp::DtmfEvent& event) {
        if (event.kind == dsp::DtmfEvent::Kind::End &&
            event.key == message_->standard->callWaiting.key) {
            acknowledged = true;
            keyEnd = event.began + event.duration;
        }
    });
    position_ += from.size();
    if (acknowledged && step_ == Step::Wait) {
        // The window counts from the key's end, which is some time ago.
        const std::size_t gap =
            message_->standard->callWaiting.toData.least * kPerMs + kRoomInWindow;
        const std::size_t gone = static_cast<std::size_t>(position_ - std::min(keyEnd, position_));
        enter(Step::Gap);
        left_ = gap > gone ? gap - gone : 1;
    }
}

WaitingCaller::Event WaitingCaller::process(std::span<const std::int16_t> from,
                                            std::span<std::int16_t> to) {
    if (message_ != nullptr && (step_ == Step::Alert || step_ == Step::Wait)) {
        listen(from);
    }
    Event event = Event::None;
    while (active() && !to.empty()) {
        const std::size_t count = std::min(left_, to.size());
        const auto part = to.first(count);
        beep_.mix(step_ == Step::Beep ? part : part.first(0));
        alert_.mix(step_ == Step::Alert ? part : part.first(0));
        fsk_.mix(step_ == Step::Data ? part : part.first(0));
        to = to.subspan(count);
        left_ -= count;
        if (left_ == 0) {
            const Event next = leave();
            event = next != Event::None ? next : event;
        }
    }
    return event;
}

}  // namespace tipring::sim

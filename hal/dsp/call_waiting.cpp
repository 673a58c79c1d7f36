// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/call_waiting.h"

#include <algorithm>

#include "tipring/hal/dsp/modem_tone.h"

namespace tipring::dsp {

namespace {

constexpr std::size_t kPerMillisecond = kSampleRate / 1000;
constexpr double kBeepHertz = 440;
constexpr std::size_t kBeep = 300 * kPerMillisecond;
constexpr std::size_t kPause = 45 * kPerMillisecond;  // between the beep and the alert
constexpr double kAlertLow = 2130, kAlertHigh = 2750;
constexpr std::size_t kStep = 16;  // divides the hop of every detector, at whose ends they tell
constexpr std::size_t kLongestAlert = 140 * kPerMillisecond;
constexpr double kAcknowledgeLevel = -10;
// The key is known some time after its end; the window for its beginning grows by that.
constexpr std::size_t kDetection = 120 * kPerMillisecond;

std::size_t middle(const Window& window) {
    return (window.least + window.most) / 2 * kPerMillisecond;
}

FskSettings settingsOf(const CallerIdStandard& standard) {
    FskSettings settings;
    settings.modulation = standard.modulation;
    settings.framing = standard.framing;
    return settings;
}

}  // namespace

CallWaitingReceiver::CallWaitingReceiver(const CallerIdStandard& standard)
    : standard_(&standard), alert_(modemTones()), fsk_(settingsOf(standard)) {}

void CallWaitingReceiver::reset() {
    alert_.reset();
    fsk_.reset();
    key_.stop();
    state_ = State::Idle;
    position_ = sent_ = 0;
}

void CallWaitingReceiver::alert(SamplePosition ended, Listener<CallWaitingEvent> tell) {
    const CallWaitingTiming& timing = standard_->callWaiting;
    if (state_ != State::Idle || timing.key == 0) {
        return;
    }
    // A third of the time allowed, so that both ends of the window are far; at once if that is
    // past.
    keyAt_ = std::max(ended + timing.within * kPerMillisecond / 3, position_);
    const SamplePosition keyEnd = keyAt_ + middle(timing.keyOn);
    deadline_ = keyEnd + timing.toData.most * kPerMillisecond + timing.abandon * kPerMillisecond;
    state_ = State::Acknowledge;
    started_ = false;
    fsk_.reset();
    fskAt_ = position_;
    const DtmfPair pair = dtmfPair(timing.key).value_or(DtmfPair{});
    key_.start(pair.low, pair.high, kAcknowledgeLevel, middle(timing.keyOn));
    tell(CallWaitingEvent{CallWaitingEvent::Kind::Mute, position_});
}

void CallWaitingReceiver::send(std::span<std::int16_t> samples) noexcept {
    const SamplePosition end = sent_ + samples.size();
    if (state_ == State::Acknowledge && end > keyAt_) {
        const std::size_t skip = keyAt_ > sent_ ? keyAt_ - sent_ : 0;
        key_.mix(samples.subspan(skip));
        state_ = key_.active() ? state_ : State::Listen;
    }
    sent_ = end;
}

void CallWaitingReceiver::finish(CallWaitingEvent event, Listener<CallWaitingEvent> tell) {
    state_ = State::Idle;
    key_.stop();
    tell(event);
}

void CallWaitingReceiver::hear(const FskEvent& event, Listener<CallWaitingEvent> tell) {
    started_ = event.kind == FskEvent::Kind::Started;
    if (event.kind != FskEvent::Kind::Message || state_ == State::Idle) {
        return;
    }
    auto id = decodeCallerId(event.bytes, standard_->characters);
    const SamplePosition position = fskAt_ + event.ended;
    if (!id) {
        finish({CallWaitingEvent::Kind::Unmute, position}, tell);
        return;
    }
    id->checksumValid = event.checksumValid;
    finish({CallWaitingEvent::Kind::Caller, position, *id}, tell);
}

void CallWaitingReceiver::hear(const ToneEvent& event, Listener<CallWaitingEvent> tell) {
    const bool alert = event.tag == static_cast<std::uint32_t>(ModemTone::CallerAlert);
    if (alert && event.kind == ToneEvent::Kind::End && event.duration <= kLongestAlert) {
        this->alert(event.began + event.duration, tell);
    }
}

// In steps that end at the same places whatever the blocks are, and at the deadline.
void CallWaitingReceiver::process(std::span<const std::int16_t> samples,
                                  Listener<CallWaitingEvent> tell) {
    while (!samples.empty()) {
        std::size_t count = std::min(samples.size(), kStep - position_ % kStep);
        if (state_ != State::Idle && deadline_ > position_) {
            count = std::min<std::size_t>(count, deadline_ - position_);
        }
        const std::span<const std::int16_t> step = samples.first(count);
        samples = samples.subspan(count);
        position_ += count;
        if (state_ != State::Idle) {
            fsk_.process(step, [&](const FskEvent& event) { hear(event, tell); });
        }
        alert_.process(step, [&](const ToneEvent& event) { hear(event, tell); });
        if (state_ != State::Idle && position_ >= deadline_) {
            if (started_) {
                deadline_ = position_ + kSampleRate / 4;  // the bytes come, or they break off
            } else {
                finish({CallWaitingEvent::Kind::Unmute, position_}, tell);
            }
        }
    }
}

CallWaitingSender::CallWaitingSender(const CallerIdStandard& standard, double dbm0)
    : standard_(&standard), dbm0_(dbm0), fsk_(standard.modulation, dbm0) {}

bool CallWaitingSender::start(const CallerId& id) noexcept {
    step_ = Step::Idle;
    if (standard_->callWaiting.key == 0 || !standard_->hasFsk()) {
        return false;
    }
    size_ = encodeCallerId(id, bytes_, standard_->characters);
    if (size_ == 0) {
        return false;
    }
    position_ = 0;
    dtmf_.reset();
    enter(Step::Beep, kBeep);
    tone_.start(kBeepHertz, 0, dbm0_, kBeep);
    return true;
}

void CallWaitingSender::enter(Step step, std::size_t samples) {
    step_ = step;
    left_ = samples;
}

void CallWaitingSender::end(CallWaitingProgress::Kind kind, Listener<CallWaitingProgress> tell) {
    step_ = Step::Idle;
    tell(CallWaitingProgress{kind, position_});
}

void CallWaitingSender::stepOver(Listener<CallWaitingProgress> tell) {
    const CallWaitingTiming& timing = standard_->callWaiting;
    switch (step_) {
    case Step::Beep:
        tell(CallWaitingProgress{CallWaitingProgress::Kind::Cut, position_});
        enter(Step::Pause, kPause);
        break;
    case Step::Pause:
        enter(Step::Alert, timing.alert * kPerMillisecond);
        tone_.start(kAlertLow, kAlertHigh, dbm0_, left_);
        break;
    case Step::Alert:
        enter(Step::Wait, (timing.within + timing.keyOn.most) * kPerMillisecond + kDetection);
        break;
    case Step::Wait: end(CallWaitingProgress::Kind::NoAcknowledgement, tell); break;
    case Step::Gap:
        enter(Step::Data, 0);
        (void)fsk_.start({bytes_.data(), size_}, standard_->callWaitingFrame);
        break;
    case Step::Data: end(CallWaitingProgress::Kind::Sent, tell); break;
    case Step::Idle: break;
    }
}

void CallWaitingSender::one(std::int16_t from, std::int16_t& to,
                            Listener<CallWaitingProgress> tell) {
    const char key = standard_->callWaiting.key;
    dtmf_.process({&from, 1}, [&](const DtmfEvent& event) {
        // Both ends of the digit: the message must not begin over the key.
        if (step_ == Step::Wait && event.kind == DtmfEvent::Kind::End && event.key == key) {
            const std::size_t gone = static_cast<std::size_t>(position_ - event.began) -
                                     std::min<std::size_t>(event.duration, position_ - event.began);
            const std::size_t gap = standard_->callWaiting.toData.least * kPerMillisecond + 80;
            enter(Step::Gap, gap > gone ? gap - gone : 1);
        }
    });
    ++position_;
    if (step_ == Step::Data) {
        fsk_.mix({&to, 1});
        if (!fsk_.active()) {
            stepOver(tell);
        }
        return;
    }
    tone_.mix({&to, 1});
    if (step_ != Step::Idle && --left_ == 0) {
        stepOver(tell);
    }
}

void CallWaitingSender::process(std::span<const std::int16_t> from, std::span<std::int16_t> to,
                                Listener<CallWaitingProgress> tell) {
    for (std::size_t i = 0; i < std::min(from.size(), to.size()) && active(); ++i) {
        one(from[i], to[i], tell);
    }
}

}  // namespace tipring::dsp

// SPDX-License-Identifier: Apache-2.0
#include "dialler.h"

#include <algorithm>

namespace tipring::analog {
namespace {

using std::chrono::milliseconds;

constexpr double kLevel = -9;             // dBm0 of each frequency, ETSI ES 201 235-2
constexpr milliseconds kAfterFlash{300};  // the exchange needs a moment

std::size_t samplesOf(milliseconds time) {
    return static_cast<std::size_t>(time.count()) * dsp::kSampleRate / 1000;
}

}  // namespace

Dialler::Dialler(hal::EventLoop& loop, const LineProfile& profile, DiallerClient& client)
    : profile_(profile), client_(client), timer_(loop, [this] { onTimer(); }) {}

void Dialler::start(std::string_view keys, bool pulse, const DialTimes& times) {
    cancel();
    keys_ = keys;
    at_ = 0;
    pulse_ = pulse;
    times_ = times;
    if (times_.toneOn.count() == 0) {
        times_.toneOn = milliseconds{profile_.toneOn};
    }
    if (times_.toneOff.count() == 0) {
        times_.toneOff = milliseconds{profile_.toneOff};
    }
    if (times_.flash.count() == 0) {
        times_.flash = milliseconds{profile_.flash};
    }
    active_ = true;
    enter(Phase::Next, {});
}

void Dialler::cancel() {
    timer_.cancel();
    tone_.stop();
    gapLeft_ = 0;
    active_ = false;
    phase_ = Phase::Next;
}

void Dialler::enter(Phase phase, hal::Duration length) {
    phase_ = phase;
    timer_.arm(length);
}

void Dialler::dialTone() {
    if (phase_ == Phase::Wait) {
        enter(Phase::Next, {});
    }
}

void Dialler::onTimer() {
    switch (phase_) {
    case Phase::Break:
        enter(Phase::Make,
              milliseconds{--pulsesLeft_ > 0 ? profile_.pulseMake : profile_.pulsePause});
        client_.setLoop(true);
        break;
    case Phase::Make:
        if (pulsesLeft_ > 0) {
            enter(Phase::Break, milliseconds{profile_.pulseBreak});
            client_.setLoop(false);
            break;
        }
        next();
        break;
    case Phase::Flash:
        enter(Phase::Pause, kAfterFlash);
        client_.setLoop(true);
        break;
    case Phase::Wait: finish(true); break;
    case Phase::Next:
    case Phase::Pause: next(); break;
    case Phase::Tone:
    case Phase::Gap: break;  // these live by samples
    }
}

void Dialler::next() {
    while (at_ < keys_.size()) {
        if (startKey(keys_[at_++])) {
            return;
        }
    }
    finish(false);
}

/// False when the key takes no time.
bool Dialler::startKey(char key) {
    const unsigned pulses = pulse_ ? pulsesOf(key, profile_.pulses) : 0;
    if (pulses > 0) {
        pulsesLeft_ = pulses;
        enter(Phase::Break, milliseconds{profile_.pulseBreak});
        client_.setLoop(false);
        return true;
    }
    if (const auto pair = dsp::dtmfPair(key)) {
        phase_ = Phase::Tone;
        tone_.start(pair->low, pair->high, kLevel, samplesOf(times_.toneOn));
        return true;
    }
    switch (key) {
    case 'T': pulse_ = false; return false;
    case 'P': pulse_ = true; return false;
    case ',': enter(Phase::Pause, times_.pause); return true;
    case 'W': enter(Phase::Wait, times_.waitForDialTone); return true;
    case '!':
        enter(Phase::Flash, times_.flash);
        client_.setLoop(false);
        return true;
    default: return false;
    }
}

void Dialler::finish(bool dialToneMissing) {
    cancel();
    client_.onDialled(dialToneMissing);
}

void Dialler::mix(std::span<std::int16_t> spoken) {
    while (!spoken.empty()) {
        if (phase_ == Phase::Tone) {
            const std::size_t count = tone_.mix(spoken);
            spoken = spoken.subspan(count);
            if (!tone_.active()) {
                phase_ = Phase::Gap;
                gapLeft_ = samplesOf(times_.toneOff);
            }
        } else if (phase_ == Phase::Gap) {
            const std::size_t count = std::min(gapLeft_, spoken.size());
            spoken = spoken.subspan(count);
            gapLeft_ -= count;
            if (gapLeft_ == 0) {
                next();
            }
        } else {
            return;
        }
    }
}

}  // namespace tipring::analog

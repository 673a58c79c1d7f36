// SPDX-License-Identifier: Apache-2.0
#include "fxo_ear.h"

#include <algorithm>

namespace tipring::analog {
namespace {

// A receiver has told all that it heard after this much silence: the longest is DTMF's gap.
constexpr std::size_t kSilenceNeeded = 5600;
// -54 dBm0 of any sound: below what a message may have, above the noise of most lines.
constexpr double kFloor = 31;  // of 16-bit samples, effective

bool isQuiet(std::span<const std::int16_t> samples) {
    std::int64_t power = 0;
    for (const std::int16_t sample : samples) {
        power += static_cast<std::int64_t>(sample) * sample;
    }
    return static_cast<double>(power) < kFloor * kFloor * static_cast<double>(samples.size());
}

/// One receiver is enough for standards that differ in nothing but the alert.
bool sameSound(const dsp::CallerIdStandard& a, const dsp::CallerIdStandard& b) {
    return a.hasFsk() && a.modulation == b.modulation && a.framing == b.framing && b.dtmf.empty();
}

const dsp::CountryTones* tonesOf(const LineProfile& profile) {
    return dsp::builtinTones().find(profile.code);
}

/// The first sound of the country's call-waiting tone.
dsp::WantedTone beepOf(const dsp::CountryTones* tones) {
    dsp::WantedTone beep;
    beep.minimumOn = 40;
    const dsp::TonePattern* pattern =
        tones != nullptr ? tones->find(dsp::ToneKind::CallWaiting) : nullptr;
    if (pattern != nullptr && pattern->count > 0) {
        beep.hertz = pattern->steps.front().hertz[0];
    }
    return beep;
}

}  // namespace

FxoEar::FxoEar(const LineProfile& profile) : quiet_(kSilenceNeeded) {
    std::string_view names = profile.callerId;
    while (!names.empty()) {
        const std::size_t end = std::min(names.find(' '), names.size());
        const auto* standard = dsp::callerIdStandard(names.substr(0, end));
        const auto covered = [standard](const dsp::CallerIdReceiver& receiver) {
            return sameSound(receiver.standard(), *standard);
        };
        if (standard != nullptr && std::none_of(messages_.begin(), messages_.end(), covered)) {
            messages_.emplace_back(*standard);
        }
        names.remove_prefix(std::min(end + 1, names.size()));
    }
    if (const dsp::CountryTones* tones = tonesOf(profile)) {
        progress_.emplace(*tones);
    }
    if (const dsp::WantedTone beep = beepOf(tonesOf(profile)); beep.hertz > 0) {
        beep_.emplace(std::span(&beep, 1));
    }
    for (const dsp::CallerIdReceiver& receiver : messages_) {
        if (!waiting_ && receiver.standard().callWaiting.key != 0) {
            waiting_.emplace(receiver.standard());
        }
    }
}

void FxoEar::hearWaiting(std::span<const std::int16_t> samples, EarListener& listener) {
    if (waiting_) {
        waiting_->process(samples, [&listener](const dsp::CallWaitingEvent& event) {
            listener.onWaiting(event);
        });
    }
    if (beep_ && beepsExpected_) {
        beep_->process(samples, [&listener](const dsp::ToneEvent& event) {
            if (event.kind == dsp::ToneEvent::Kind::Start) {
                listener.onWaitingBeep();
            }
        });
    }
}

void FxoEar::expectBeeps(bool on) {
    if (beep_ && on && !beepsExpected_) {
        beep_->reset();
    }
    beepsExpected_ = on;
}

void FxoEar::answerWaiting(std::span<std::int16_t> spoken) {
    if (waiting_) {
        if (waiting_->muted()) {
            std::fill(spoken.begin(), spoken.end(), std::int16_t{0});
        }
        waiting_->send(spoken);
    }
}

void FxoEar::resetWaiting() {
    if (waiting_) {
        waiting_->reset();
    }
}

bool FxoEar::hasCallSignal() const {
    return std::any_of(messages_.begin(), messages_.end(), [](const auto& receiver) {
        return receiver.standard().alert == dsp::CallerIdAlert::CallSignal;
    });
}

void FxoEar::hearOnHook(std::span<const std::int16_t> samples, EarListener& listener) {
    if (!isQuiet(samples)) {
        quiet_ = 0;
    } else if (quiet_ >= kSilenceNeeded) {
        return;
    } else {
        quiet_ += samples.size();
    }
    for (dsp::CallerIdReceiver& receiver : messages_) {
        receiver.process(samples, [&listener](const dsp::CallerIdEvent& event) {
            listener.onMessage(event.id);
        });
    }
}

void FxoEar::hearTones(std::span<const std::int16_t> samples, EarListener& listener) {
    if (progress_) {
        progress_->process(
            samples, [&listener](const dsp::ProgressEvent& event) { listener.onTone(event); });
    }
}

void FxoEar::hearAnswer(std::span<const std::int16_t> samples, EarListener& listener) {
    bool there = false;
    voice_.process(samples, [&there](const dsp::VoiceEvent& event) {
        there |= event.kind == dsp::VoiceEventKind::VoiceStarted;
    });
    answerTone_.process(samples, [&there](const dsp::AnswerToneEvent& event) {
        there |= event.kind == dsp::AnswerToneEvent::Kind::Start;
    });
    if (there) {
        listener.onFarEnd();
    }
}

void FxoEar::resetOnHook() {
    for (dsp::CallerIdReceiver& receiver : messages_) {
        receiver.reset();
    }
    quiet_ = kSilenceNeeded;
}

void FxoEar::resetTones() {
    if (progress_) {
        progress_->reset();
    }
}

void FxoEar::resetAnswer() {
    voice_.reset();
    answerTone_.reset();
}

}  // namespace tipring::analog

// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/answering_machine.h"

#include <algorithm>
#include <cmath>

namespace tipring::dsp {

namespace {

struct Evidence {
    std::string_view text;
    float weight;  // log odds of a person
};
constexpr std::array<Evidence, 9> kEvidence{{
    {"the greeting is as short as a person's", 1.8F},
    {"the greeting is longer than most people's", -0.2F},
    {"the greeting is as long as a machine's", -2.2F},
    {"it was followed by a pause for an answer", 0.9F},
    {"it has several sentences", -0.8F},
    {"the voice came late", -0.5F},
    {"nobody spoke", 0},
    {"there is a tone and no voice", 0},
    {"there was a beep", -6},
}};
constexpr float kSure = 0.3F;
constexpr std::size_t kManyPhrases = 3;
constexpr std::size_t kLongTone = 12000;

const Evidence& evidenceOf(AnswerReason reason) {
    return kEvidence[static_cast<std::size_t>(reason)];
}

VoiceDetectorSettings voiceSettings() {
    VoiceDetectorSettings settings;
    settings.silence = 0;
    return settings;
}

}  // namespace

std::string_view reasonText(AnswerReason reason) noexcept {
    return evidenceOf(reason).text;
}

AnsweringMachineDetector::AnsweringMachineDetector(
    const AnsweringMachineSettings& settings) noexcept
    : settings_(settings), voice_(voiceSettings()) {}

void AnsweringMachineDetector::process(std::span<const std::int16_t> samples,
                                       Listener<AnswerEvent> tell) {
    while (!samples.empty()) {
        const std::size_t count = std::min(samples.size(), kStep - phase_);
        const auto part = samples.first(count);
        samples = samples.subspan(count);
        voice_.process(part, [this](const VoiceEvent& event) { hear(event); });
        beep_.process(part, [this, &tell](const BeepEvent& event) { hear(event, tell); });
        now_ += count;
        phase_ += count;
        if (phase_ == kStep) {
            phase_ = 0;
            look(tell);
        }
    }
}

void AnsweringMachineDetector::hear(const VoiceEvent& event) noexcept {
    switch (event.kind) {
    case VoiceEventKind::VoiceStarted:
        firstWord_ = heard_ ? firstWord_ : event.position;
        heard_ = true;
        speaking_ = true;
        ++phrases_;
        break;
    case VoiceEventKind::VoiceEnded:
        speaking_ = false;
        lastWord_ = event.position;
        break;
    case VoiceEventKind::ToneEnded: tone_ += heard_ ? 0 : event.duration; break;
    case VoiceEventKind::ToneStarted:
    case VoiceEventKind::Silence: break;
    }
}

void AnsweringMachineDetector::hear(const BeepEvent& event, Listener<AnswerEvent> tell) {
    if (!heard_) {
        return;  // a tone before anybody spoke is the network's
    }
    if (answerer_ != Answerer::Machine) {
        weigh(AnswerReason::Beep);
        answerer_ = Answerer::Machine;
        decided_ = true;
        tell(verdict());
    }
    AnswerEvent beep = verdict();
    beep.kind = AnswerEventKind::Beep;
    beep.position = event.position + event.duration;
    endTold_ = true;
    tell(beep);
}

void AnsweringMachineDetector::look(Listener<AnswerEvent> tell) {
    if (!decided_) {
        decide(tell);
    }
    const bool over = heard_ && !speaking_ && !voice_.tone() && !beep_.tone() &&
                      now_ - lastWord_ >= settings_.greetingEnd;
    if (answerer_ == Answerer::Machine && over && !endTold_) {
        endTold_ = true;
        AnswerEvent end = verdict();
        end.kind = AnswerEventKind::GreetingEnd;
        end.position = lastWord_;
        tell(end);
    }
}

void AnsweringMachineDetector::decide(Listener<AnswerEvent> tell) {
    const SamplePosition end = speaking_ ? now_ : lastWord_;
    const auto length = static_cast<std::size_t>(heard_ ? end - firstWord_ : 0);
    const bool paused = heard_ && !speaking_ && now_ - lastWord_ >= settings_.pause;
    const bool running = heard_ && length >= settings_.longGreeting;
    const bool nothing = !heard_ && now_ >= settings_.noVoice;
    if (!paused && !running && !nothing) {
        return;
    }
    if (nothing) {
        weigh(tone_ > kLongTone || voice_.tone() ? AnswerReason::Tone : AnswerReason::NoVoice);
    } else {
        weigh(length <= settings_.shortGreeting ? AnswerReason::ShortGreeting
              : length < settings_.longGreeting ? AnswerReason::MediumGreeting
                                                : AnswerReason::LongGreeting);
        if (paused) {
            weigh(AnswerReason::WaitsForAnswer);
        }
        if (phrases_ >= kManyPhrases) {
            weigh(AnswerReason::ManyPhrases);
        }
        if (firstWord_ > settings_.late) {
            weigh(AnswerReason::LateVoice);
        }
    }
    decided_ = true;
    answerer_ = std::abs(score_) < kSure ? Answerer::Unknown
                : score_ > 0             ? Answerer::Human
                                         : Answerer::Machine;
    tell(verdict());
}

void AnsweringMachineDetector::weigh(AnswerReason reason) noexcept {
    score_ += evidenceOf(reason).weight;
    if (reasonCount_ < reasons_.size()) {
        reasons_[reasonCount_++] = reason;
    }
}

AnswerEvent AnsweringMachineDetector::verdict() const noexcept {
    AnswerEvent event;
    event.kind = AnswerEventKind::Verdict;
    event.position = now_;
    event.answerer = answerer_;
    event.confidence = answerer_ == Answerer::Unknown ? 0 : 1 / (1 + std::exp(-std::abs(score_)));
    event.reasons = std::span{reasons_}.first(reasonCount_);
    return event;
}

}  // namespace tipring::dsp

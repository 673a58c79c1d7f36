// SPDX-License-Identifier: Apache-2.0
#include "hal/dsp/progress_sweep.h"

#include <algorithm>

#include "hal/dsp/tone_signals.h"
#include "tipring/hal/dsp/tone_sequence.h"

namespace tipring::test {

namespace {

constexpr std::size_t kLead = 4000;

std::size_t lengthOf(const dsp::TonePattern& pattern) {
    std::size_t milliseconds = 0;
    for (const dsp::ToneStep& step : pattern.all()) {
        milliseconds += step.milliseconds == 0 ? 1000U : step.milliseconds;
    }
    return std::clamp<std::size_t>(4 * milliseconds, 4000, 25000) * 8;
}

}  // namespace

bool ProgressTrial::right() const {
    return !heard.empty() && heard.front().kind == dsp::ProgressEvent::Kind::Heard &&
           (heard.front().tone == sent || heard.front().mayBe(sent));
}

bool ProgressTrial::wrong() const {
    return !heard.empty() && !right();
}

double ProgressTrial::delay() const {
    const dsp::ProgressEvent& first = heard.front();
    return (double(first.began + first.duration) - double(kLead)) / 8000;
}

void ProgressScore::add(const ProgressTrial& trial) {
    ++sent;
    right += trial.right() ? 1 : 0;
    wrong += trial.wrong() ? 1 : 0;
    if (trial.right()) {
        worstDelay = std::max(worstDelay, trial.delay());
        sumOfDelays += trial.delay();
    }
}

ProgressTrial tryTone(const dsp::CountryTones& country, const dsp::CountryTone& tone,
                      const NetworkCondition& condition, std::uint64_t seed) {
    ProgressTrial trial{country.code, tone.kind, {}};
    Samples samples(kLead + lengthOf(tone.pattern));
    dsp::ToneSequence sequence{
        tone.pattern, condition.level, {condition.frequency, condition.time}};
    sequence.mix(std::span(samples).subspan(kLead));
    if (condition.signalToNoise < 40) {
        Random random{seed * 2654435761U + 1};
        addNoise(samples, condition.level - condition.signalToNoise, random);
    }
    dsp::CallProgressDetector detector{country};
    detector.process(samples,
                     [&](const dsp::ProgressEvent& event) { trial.heard.push_back(event); });
    return trial;
}

std::vector<NetworkCondition> networkConditions() {
    return {{"as written", 1, 1, -15, 40},        {"frequency -1 %", 0.99, 1, -15, 40},
            {"frequency +1 %", 1.01, 1, -15, 40}, {"10 % faster", 1, 0.9, -15, 40},
            {"10 % slower", 1, 1.1, -15, 40},     {"-35 dBm0", 1, 1, -35, 40},
            {"S/N 15 dB", 1, 1, -20, 15},         {"S/N 10 dB", 1, 1, -20, 10},
            {"S/N 6 dB", 1, 1, -20, 6},           {"all at once, S/N 15 dB", 1.01, 0.93, -30, 15}};
}

}  // namespace tipring::test

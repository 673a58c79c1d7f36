// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/tone_sequence.h"

#include <algorithm>
#include <cmath>

namespace tipring::dsp {

namespace {

constexpr double kDepth = 0.9;  // of a modulation; where documents name one it is 85 to 100 %

}  // namespace

ToneSequence::ToneSequence(const TonePattern& pattern, double dbm0,
                           const Deviation& deviation) noexcept
    : pattern_(pattern), dbm0_(dbm0), deviation_(deviation) {
    restart();
}

void ToneSequence::restart() noexcept {
    late_ = 0;
    begin(0);
}

void ToneSequence::begin(std::size_t step) noexcept {
    step_ = step;
    sounding_ = 0;
    if (pattern_.count == 0) {
        left_ = 0;
        return;
    }
    const ToneStep& now = pattern_.steps[step];
    for (; sounding_ < ToneStep::kMost && now.hertz[sounding_] > 0; ++sounding_) {
        const double hertz = static_cast<double>(now.hertz[sounding_]) * deviation_.frequency;
        sines_[sounding_] = Oscillator{hertz, amplitudeOf(dbm0_)};
    }
    modulated_ = now.modulation > 0;
    modulation_ = Oscillator{static_cast<double>(now.modulation), kDepth};
    const double length = now.milliseconds * deviation_.time * kSampleRate / 1000 + late_;
    left_ = static_cast<std::size_t>(length);
    late_ = length - static_cast<double>(left_);
}

double ToneSequence::next() noexcept {
    double sum = 0;
    for (std::size_t i = 0; i < sounding_; ++i) {
        sum += sines_[i].next();
    }
    return modulated_ ? sum * (1 + modulation_.next()) / (1 + kDepth) : sum;
}

void ToneSequence::mix(std::span<std::int16_t> samples) noexcept {
    for (std::int16_t& sample : samples) {
        if (sounding_ > 0) {
            const double mixed = std::clamp(sample + next(), -32768.0, 32767.0);
            sample = static_cast<std::int16_t>(std::lrint(mixed));
        }
        if (left_ > 0 && --left_ == 0) {
            begin(step_ + 1 < pattern_.count ? step_ + 1 : pattern_.repeatFrom);
        }
    }
}

}  // namespace tipring::dsp

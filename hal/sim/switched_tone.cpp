// SPDX-License-Identifier: Apache-2.0
#include "switched_tone.h"

#include <algorithm>
#include <numeric>

namespace tipring::sim {

namespace {

constexpr double kLevel = -13;  // dBm0 for each frequency
constexpr std::size_t kSamplesPerMs = dsp::kSampleRate / 1000;

}  // namespace

std::size_t cadenceLength(const Cadence& cadence) noexcept {
    return static_cast<std::size_t>(std::find(cadence.begin(), cadence.end(), 0) - cadence.begin());
}

unsigned cadenceRound(const Cadence& cadence) noexcept {
    return std::accumulate(cadence.begin(),
                           cadence.begin() + std::ptrdiff_t(cadenceLength(cadence)), 0U);
}

void SwitchedTone::start(const ToneRow& row) noexcept {
    row_ = row;
    active_ = true;
    enter(0);
}

void SwitchedTone::enter(std::size_t step) noexcept {
    const std::size_t length = cadenceLength(row_.cadence);
    step_ = length == 0 ? 0 : step % length;
    left_ = length == 0 ? 0 : row_.cadence[step_] * kSamplesPerMs;
    if (step_ % 2 == 0) {
        tone_.start(row_.hertz1, row_.hertz2, kLevel, 0);
    } else {
        tone_.stop();
    }
}

void SwitchedTone::mix(std::span<std::int16_t> samples) noexcept {
    if (!active_) {
        return;
    }
    while (left_ != 0 && samples.size() >= left_) {
        tone_.mix(samples.first(left_));
        samples = samples.subspan(left_);
        enter(step_ + 1);
    }
    tone_.mix(samples);
    left_ -= std::min(left_, samples.size());
}

}  // namespace tipring::sim

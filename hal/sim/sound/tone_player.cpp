// SPDX-License-Identifier: Apache-2.0
#include "sound/tone_player.h"

#include <algorithm>

#include "sound/fixed_math.h"

namespace tipring::sim {

namespace {

constexpr std::size_t kSamplesPerMs = 8;
// A modulated tone swings by 90 %: documents that name a depth have 85 to 100 %.
constexpr double kDepth = 0.9 * 32768;
constexpr std::int64_t kWhole = 32768;
constexpr std::int64_t kLoudest = kWhole + 29491;

}  // namespace

void TonePlayer::start(const dsp::TonePattern* pattern, bool once, double dbm0) noexcept {
    pattern_ = pattern != nullptr && pattern->count > 0 ? pattern : nullptr;
    once_ = once;
    peak_ = peakOf(dbm0);
    if (pattern_ != nullptr) {
        enter(0);
    }
}

void TonePlayer::enter(std::size_t step) noexcept {
    step_ = step;
    const dsp::ToneStep& now = pattern_->steps[step];
    sounding_ = 0;
    for (; sounding_ < dsp::ToneStep::kMost && now.hertz[sounding_] > 0; ++sounding_) {
        sines_[sounding_] = Sine{static_cast<double>(now.hertz[sounding_]), peak_};
    }
    modulated_ = now.modulation > 0;
    modulation_ = Sine{static_cast<double>(now.modulation), kDepth / (1 << Sine::kFraction)};
    left_ = now.milliseconds * kSamplesPerMs;
}

void TonePlayer::leave() noexcept {
    const std::size_t next = step_ + 1;
    const bool last = next >= pattern_->count;
    if (once_ && last) {
        pattern_ = nullptr;
        return;
    }
    enter(last ? pattern_->repeatFrom : next);
}

std::int32_t TonePlayer::next() noexcept {
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < sounding_; ++i) {
        sum += sines_[i].next();
    }
    if (modulated_) {
        const std::int64_t swing = kWhole + modulation_.next();
        sum = static_cast<std::int32_t>(sum * swing / kLoudest);
    }
    return sum;
}

std::size_t TonePlayer::mix(std::span<std::int16_t> samples) noexcept {
    std::size_t done = 0;
    while (pattern_ != nullptr && done < samples.size()) {
        const std::size_t room = samples.size() - done;
        const std::size_t count = left_ == 0 ? room : std::min(left_, room);
        if (sounding_ > 0) {
            for (std::int16_t& sample : samples.subspan(done, count)) {
                addRounded(sample, next());
            }
        }
        done += count;
        if (left_ > 0 && (left_ -= count) == 0) {
            leave();
        }
    }
    return done;
}

unsigned patternLength(const dsp::TonePattern& pattern) noexcept {
    unsigned sum = 0;
    for (const dsp::ToneStep& step : pattern.all()) {
        sum += step.milliseconds;
    }
    return sum;
}

}  // namespace tipring::sim

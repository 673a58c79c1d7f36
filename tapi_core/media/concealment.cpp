// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/concealment.h"

#include <algorithm>
#include <cmath>

namespace tipring::media {
namespace {

constexpr std::size_t kShortest = 40, kLongestPeriod = 160;  // 200 to 50 Hz
constexpr std::size_t kTemplate = 160;
constexpr std::size_t kFull = 80;  // samples before the fading begins
constexpr std::size_t kJoin = 20;

}  // namespace

void Concealment::pass(std::span<std::int16_t> samples) noexcept {
    if (made_ > 0) {
        const std::size_t count = std::min(kJoin, samples.size());
        for (std::size_t i = 0; i < count; ++i) {
            const int made = next();
            const int share = static_cast<int>(i + 1);
            const int total = static_cast<int>(count + 1);
            samples[i] =
                static_cast<std::int16_t>((made * (total - share) + samples[i] * share) / total);
        }
    }
    made_ = samples.empty() ? made_ : 0;
    if (samples.size() >= kHistory) {
        std::copy(samples.end() - kHistory, samples.end(), history_.begin());
        return;
    }
    const auto count = static_cast<std::ptrdiff_t>(samples.size());
    std::copy(history_.begin() + count, history_.end(), history_.begin());
    std::copy(samples.begin(), samples.end(), history_.end() - count);
}

void Concealment::conceal(std::span<std::int16_t> samples) noexcept {
    if (made_ == 0) {
        findPeriod();
    }
    for (std::int16_t& sample : samples) {
        sample = next();
    }
}

/// The lag at which the end of the history looks most like what came before it.
void Concealment::findPeriod() noexcept {
    const std::int16_t* newest = history_.data() + kHistory - kTemplate;
    float best = -1;
    period_ = kLongestPeriod;
    for (std::size_t lag = kShortest; lag <= kLongestPeriod; ++lag) {
        const std::int16_t* older = newest - lag;
        float product = 0, energy = 1;
        for (std::size_t i = 0; i < kTemplate; ++i) {
            product += static_cast<float>(newest[i]) * static_cast<float>(older[i]);
            energy += static_cast<float>(older[i]) * static_cast<float>(older[i]);
        }
        if (const float likeness = product / std::sqrt(energy); likeness > best) {
            best = likeness;
            period_ = lag;
        }
    }
}

std::int16_t Concealment::next() noexcept {
    if (made_ >= kLongest) {
        return 0;
    }
    const int sample = history_[kHistory - period_ + made_ % period_];
    const int gain = made_ < kFull ? int{kLongest - kFull} : static_cast<int>(kLongest - made_);
    ++made_;
    return static_cast<std::int16_t>(sample * gain / int{kLongest - kFull});
}

}  // namespace tipring::media

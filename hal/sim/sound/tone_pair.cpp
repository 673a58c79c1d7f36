// SPDX-License-Identifier: Apache-2.0
#include "sound/tone_pair.h"

#include <algorithm>

#include "sound/fixed_math.h"

namespace tipring::sim {

void TonePair::start(double hertz1, double hertz2, double dbm0, std::size_t samples) noexcept {
    const double peak = peakOf(dbm0);
    first_ = Sine{hertz1, peak};
    second_ = Sine{hertz2, peak};
    left_ = samples;
    endless_ = samples == 0;
    active_ = true;
}

std::size_t TonePair::mix(std::span<std::int16_t> samples) noexcept {
    if (!active_) {
        return 0;
    }
    const std::size_t count = endless_ ? samples.size() : std::min(left_, samples.size());
    for (std::int16_t& sample : samples.first(count)) {
        addRounded(sample, first_.next() + second_.next());
    }
    if (!endless_) {
        left_ -= count;
        active_ = left_ > 0;
    }
    return count;
}

}  // namespace tipring::sim

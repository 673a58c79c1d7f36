// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/echo_delay.h"

#include <algorithm>
#include <numeric>

namespace tipring::media {
namespace {

constexpr float kAlike = 0.3F;  // share of what was received that is an echo, power
constexpr float kQuiet = 100;   // mean square of either: nothing to compare

void thin(std::span<const std::int16_t> samples, std::span<float> out) {
    const std::size_t every = samples.size() / out.size();
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto part = samples.subspan(i * every, every);
        out[i] = static_cast<float>(std::accumulate(part.begin(), part.end(), 0)) /
                 static_cast<float>(every);
    }
}

/// Four sums at once: the compiler may not change the order of one.
float product(const float* left, const float* right, std::size_t count) {
    float sums[4] = {};
    for (std::size_t i = 0; i + 4 <= count; i += 4) {
        for (std::size_t k = 0; k < 4; ++k) {
            sums[k] += left[i + k] * right[i + k];
        }
    }
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace

std::optional<std::size_t> EchoDelay::find(std::span<const std::int16_t> sent,
                                           std::span<const std::int16_t> received) noexcept {
    thin(received, received_);
    thin(sent, sent_);
    const std::size_t count = received_.size();
    const float quiet = kQuiet * static_cast<float>(count);
    const float energy = product(received_.data(), received_.data(), count);
    float best = 0;
    std::optional<std::size_t> found;
    for (std::size_t lag = 0; energy > quiet && lag < sent_.size() - count; ++lag) {
        const float* then = sent_.data() + (sent_.size() - count - lag);
        const float own = product(then, then, count);
        const float common = product(then, received_.data(), count);
        const float share = own > quiet ? common * common / (own * energy) : 0;
        if (share > std::max(best, kAlike)) {
            best = share;
            found = lag * kEvery;
        }
    }
    return found;
}

}  // namespace tipring::media

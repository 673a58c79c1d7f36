// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace tipring::dsp {

/// A sine near the middle between two neighbouring bins of a frame, found from their powers.
struct BinPair {
    float offset = 0;  ///< bins from the middle, -1.4 to 1.4
    float power = 0;   ///< squared amplitude
};

/// Exact for one sine under a Hann window; the power by a series that is good to 0.2 dB.
[[nodiscard]] inline BinPair between(float low, float high) {
    const float ratio = std::sqrt(high / std::max(low, 1e-6F));
    const float place = std::clamp((2 * ratio - 1) / (1 + ratio) - 0.5F, -1.4F, 1.4F);
    const float square = place * place;
    return {place, (low + high) / (1.4409F - 0.76F * square + 0.1F * square * square)};
}

/// The part of a window that a tone fills goes with the amplitude.
[[nodiscard]] inline float filled(float power, float whole) {
    return whole > 0 ? std::sqrt(std::min(power / whole, 1.0F)) : 0.0F;
}

/// dBm0 of a sine with that squared amplitude, good to 0.01 dB: the exponent of the float and a
/// series for the rest, because a logarithm is half the cost of an event.
[[nodiscard]] inline float levelOfPower(float power) {
    constexpr float kDecibels = 3.0103F;            // of a factor of two
    constexpr float kFullScale = 90.3087F - 3.14F;  // dB of 32767 squared
    const auto bits = std::bit_cast<std::uint32_t>(std::max(power, 1e-6F));
    const auto exponent = static_cast<int>(bits >> 23) - 127;
    const float rest = std::bit_cast<float>((bits & 0x7FFFFFU) | 0x3F800000U) - 1;
    const float log2 =
        rest *
        (1.4418251F +
         rest * (-0.7086749F + rest * (0.4153978F + rest * (-0.1943904F + rest * 0.0458708F))));
    return kDecibels * (static_cast<float>(exponent) + log2) - kFullScale;
}

}  // namespace tipring::dsp

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>

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

/// dBm0 of a sine with that squared amplitude.
[[nodiscard]] inline float levelOfPower(float power) {
    constexpr float kFullScale = 32767.0F * 32767.0F;
    return 10 * std::log10(std::max(power, 1e-6F) / kFullScale) + 3.14F;
}

}  // namespace tipring::dsp

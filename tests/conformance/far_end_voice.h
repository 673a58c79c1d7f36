// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace tipring::conformance {

/// A second of something like a voice: pulses of a larynx in noise.
inline std::vector<std::int16_t> farEndVoice() {
    std::vector<std::int16_t> samples(8000);
    std::uint32_t seed = 7;
    int low = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        seed = seed * 1664525U + 1013904223U;
        low += (static_cast<int>(seed >> 17) - 16384 - low) / 4;
        samples[i] = static_cast<std::int16_t>((i % 61 < 12 ? 6000 : -1500) + low / 3);
    }
    return samples;
}

}  // namespace tipring::conformance

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

#include "tipring/hal/dsp/dtmf_detector.h"
#include "tone_frame.h"

namespace tipring::dsp {

/// Settings as the receiver wants them: amplitudes, ratios and frames instead of dB and ms.
struct DtmfLimits {
    explicit DtmfLimits(const DtmfSettings& settings);

    static constexpr std::size_t kHop = 64;

    FrameTable table;
    float floor;                            ///< squared amplitude of each frequency
    float silence;                          ///< mean square below which no digit can be
    float normalTwist, reverseTwist;        ///< ratios of power
    std::array<float, 8> cosine{}, sine{};  ///< of the turn from frame to frame that is due
    std::array<float, 8> tolerance{};       ///< tangent of what it may be off that
    double minimumOn;                       ///< samples
    int leastFrames;                        ///< that a digit of that length has
    int pauseFrames;                        ///< without the digit that end it
    float purity;
    bool overDialTone;
};

/// The power from 250 to 500 Hz, of a receiver that hears over dial tones.
[[nodiscard]] float dialBand(const FrameSums& sums);

}  // namespace tipring::dsp

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "tipring/hal/dsp/level_meter.h"

namespace tipring::dsp {

/// Levels in dBm0, gains in dB, speeds in dB a second.
struct GainControlSettings {
    float target = -16;  ///< of the voice, measured over its louder parts
    float greatestGain = 24;
    float leastGain = -18;
    float gate = -45;  ///< what is quieter is a pause: the gain stays
    float rise = 12;
    float fall = 80;
};

/// Brings voices to one level. The gain moves only while there is a voice, so that pauses do not
/// pump; it never makes the sound clip, since it sees `kDelay` samples ahead and turns down in
/// time.
class GainControl {
public:
    static constexpr std::size_t kDelay = 80;  ///< 10 ms: the sound comes out that much later

    explicit GainControl(const GainControlSettings& settings = {}) noexcept;
    /// In place.
    void process(std::span<std::int16_t> samples) noexcept;
    void reset() noexcept { *this = GainControl{settings_}; }
    /// The gain of the sound that comes out now, dB.
    [[nodiscard]] float gain() const noexcept;

private:
    static constexpr std::size_t kPiece = kDelay / 2;
    using Piece = std::array<std::int16_t, kPiece>;
    void turn() noexcept;
    void steer(float dbm0) noexcept;

    GainControlSettings settings_;
    Piece coming_{}, next_{}, going_{};  ///< being filled, waiting, being given out
    std::size_t at_ = 0;
    float wanted_ = 0;  ///< dB
    float envelope_ = kSilenceDbm0;
    float noise_ = -60;
    float from_ = 1, to_ = 1;  ///< factors at the start and the end of `going_`
    float limit_ = 1e6F;       ///< the largest factor that `next_` can bear
};

}  // namespace tipring::dsp

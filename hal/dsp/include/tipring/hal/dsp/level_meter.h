// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "tipring/hal/dsp/listener.h"

namespace tipring::dsp {

/// The level of digital silence, for want of minus infinity.
inline constexpr float kSilenceDbm0 = -100;

/// Level of a mean square of 16-bit samples; a full-scale sine is +3.14 dBm0 (ITU-T G.711).
[[nodiscard]] float dbm0OfPower(double meanSquare) noexcept;

struct LevelMeterSettings {
    std::size_t interval = 800;   ///< samples from reading to reading, 1 or more
    std::int16_t clipAt = 32000;  ///< a sample this large is clipped: below the peak of G.711
    std::size_t clipRun = 3;      ///< clipped samples in a row that no sound gives by chance
    float dcLimit = 0.01F;        ///< of full scale
};

struct LevelReading {
    SamplePosition position = 0;    ///< of the first sample measured
    std::size_t samples = 0;        ///< measured: the interval
    float dbm0 = kSilenceDbm0;      ///< of what is not DC
    float peakDbm0 = kSilenceDbm0;  ///< of the sine whose peak is the largest sample's
    float dc = 0;                   ///< -1..1 of full scale, smoothed over about a second
    std::size_t clipped = 0;        ///< samples at the limit
    bool clipping = false;          ///< enough of them in a row
    bool hasDc = false;             ///< `dc` is beyond the limit: a fault in hardware or sign
};

/// Level, peak, clipping and DC of a line, a reading for each interval.
class LevelMeter {
public:
    explicit LevelMeter(const LevelMeterSettings& settings = {}) noexcept;
    void process(std::span<const std::int16_t> samples, Listener<LevelReading> tell);
    void reset() noexcept { *this = LevelMeter{settings_}; }

private:
    void add(std::span<const std::int16_t> samples) noexcept;
    [[nodiscard]] LevelReading finish() noexcept;

    LevelMeterSettings settings_;
    SamplePosition start_ = 0;  ///< of the interval
    std::size_t count_ = 0;
    std::int64_t sum_ = 0;
    std::uint64_t squares_ = 0;
    int peak_ = 0;
    std::size_t clipped_ = 0, run_ = 0, longestRun_ = 0;
    float dc_ = 0;
    bool hasReading_ = false;
};

}  // namespace tipring::dsp

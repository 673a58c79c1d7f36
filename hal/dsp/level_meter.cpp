// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/level_meter.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "tipring/hal/dsp/tone.h"

namespace tipring::dsp {

namespace {

constexpr float kFullScale = 32768;

float peakLevel(int peak) {
    return dbm0OfPower(double(peak) * peak / 2);
}

}  // namespace

float dbm0OfPower(double meanSquare) noexcept {
    constexpr double kFullScaleSine = 32767.0 * 32767.0 / 2;
    if (meanSquare <= 0) {
        return kSilenceDbm0;
    }
    return std::max(kSilenceDbm0,
                    static_cast<float>(10 * std::log10(meanSquare / kFullScaleSine) + 3.14));
}

LevelMeter::LevelMeter(const LevelMeterSettings& settings) noexcept : settings_(settings) {
    settings_.interval = std::max<std::size_t>(settings_.interval, 1);
}

void LevelMeter::process(std::span<const std::int16_t> samples, Listener<LevelReading> tell) {
    while (!samples.empty()) {
        const std::size_t count = std::min(samples.size(), settings_.interval - count_);
        add(samples.first(count));
        samples = samples.subspan(count);
        if (count_ == settings_.interval) {
            tell(finish());
        }
    }
}

void LevelMeter::add(std::span<const std::int16_t> samples) noexcept {
    std::int64_t sum = 0;
    std::uint64_t squares = 0;
    int peak = peak_;
    for (const std::int16_t sample : samples) {
        sum += sample;
        squares += static_cast<std::uint64_t>(std::int32_t{sample} * sample);
        peak = std::max(peak, std::abs(int{sample}));
    }
    if (peak >= settings_.clipAt) {  // rare: looked at again, one by one
        for (const std::int16_t sample : samples) {
            const bool clipped = std::abs(int{sample}) >= settings_.clipAt;
            clipped_ += clipped ? 1 : 0;
            run_ = clipped ? run_ + 1 : 0;
            longestRun_ = std::max(longestRun_, run_);
        }
    } else {
        run_ = 0;
    }
    sum_ += sum;
    squares_ += squares;
    peak_ = peak;
    count_ += samples.size();
}

LevelReading LevelMeter::finish() noexcept {
    const double count = double(count_);
    const double mean = double(sum_) / count;
    const auto dc = static_cast<float>(mean / kFullScale);
    // The mean of a short interval holds part of a wave; a second of them does not.
    const float share = std::min(1.0F, static_cast<float>(count / kSampleRate));
    dc_ = hasReading_ ? dc_ + (dc - dc_) * share : dc;
    hasReading_ = true;

    LevelReading reading;
    reading.position = start_;
    reading.samples = count_;
    reading.dbm0 = dbm0OfPower(double(squares_) / count - mean * mean);
    reading.peakDbm0 = peakLevel(peak_);
    reading.dc = dc_;
    reading.clipped = clipped_;
    reading.clipping = longestRun_ >= settings_.clipRun;
    reading.hasDc = std::abs(dc_) > settings_.dcLimit;

    start_ += count_;
    count_ = 0;
    sum_ = 0;
    squares_ = 0;
    peak_ = 0;
    clipped_ = 0;
    longestRun_ = run_;
    return reading;
}

}  // namespace tipring::dsp

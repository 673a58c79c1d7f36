// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "tipring/hal/dsp/tone.h"
#include "tipring/hal/dsp/tone_plan.h"

namespace tipring::dsp {

/// Plays a pattern of tones until it is stopped: dial tone, ringback, special information tones.
class ToneSequence {
public:
    /// How far a generator is off, to try a receiver: factors of frequency and of time.
    struct Deviation {
        double frequency = 1, time = 1;
    };

    /// `dbm0` is the level of each frequency, of a modulated carrier that of its peak.
    explicit ToneSequence(const TonePattern& pattern, double dbm0 = -13,
                          const Deviation& deviation = {1, 1}) noexcept;
    /// Adds the sound to `samples`.
    void mix(std::span<std::int16_t> samples) noexcept;
    void restart() noexcept;

private:
    void begin(std::size_t step) noexcept;
    [[nodiscard]] double next() noexcept;

    TonePattern pattern_;
    double dbm0_;
    Deviation deviation_;
    std::array<Oscillator, ToneStep::kMost> sines_{};
    std::size_t sounding_ = 0;
    Oscillator modulation_;
    bool modulated_ = false;
    std::size_t step_ = 0;
    std::size_t left_ = 0;  ///< samples of this step; 0 of an endless one
    double late_ = 0;       ///< part of a sample that steps were cut short
};

}  // namespace tipring::dsp

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "sound/sine.h"
#include "tipring/hal/dsp/tone_plan.h"

namespace tipring::sim {

/// Plays a pattern of the tone table: dial tone, ringback, special information tones.
class TonePlayer {
public:
    static constexpr double kLevel = -13;  ///< dBm0 of each frequency

    /// From its beginning; `once`: each step, then it is over. The pattern outlives the sound; null
    /// is silence.
    void start(const dsp::TonePattern* pattern, bool once = false, double dbm0 = kLevel) noexcept;
    void stop() noexcept { pattern_ = nullptr; }
    [[nodiscard]] bool active() const noexcept { return pattern_ != nullptr; }
    /// Adds the next samples; gives how many went by until it was over.
    std::size_t mix(std::span<std::int16_t> samples) noexcept;

private:
    void enter(std::size_t step) noexcept;
    void leave() noexcept;
    [[nodiscard]] std::int32_t next() noexcept;

    const dsp::TonePattern* pattern_ = nullptr;
    double peak_ = 0;
    bool once_ = false;
    std::array<Sine, dsp::ToneStep::kMost> sines_{};
    std::size_t sounding_ = 0;
    Sine modulation_;
    bool modulated_ = false;
    std::size_t step_ = 0, left_ = 0;  ///< samples of this step; 0: endless
};

/// Milliseconds from the beginning of a pattern to its first repetition.
[[nodiscard]] unsigned patternLength(const dsp::TonePattern& pattern) noexcept;

}  // namespace tipring::sim

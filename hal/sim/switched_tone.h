// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "tipring/hal/dsp/tone.h"
#include "tipring/hal/sim/country.h"

namespace tipring::sim {

/// A call-progress tone with its cadence, sample by sample.
class SwitchedTone {
public:
    /// From its beginning, on first.
    void start(const ToneRow& row) noexcept;
    void stop() noexcept { active_ = false; }
    /// Adds the next samples of it.
    void mix(std::span<std::int16_t> samples) noexcept;

private:
    void enter(std::size_t step) noexcept;

    ToneRow row_{};
    dsp::ToneGenerator tone_;
    std::size_t step_ = 0;
    std::size_t left_ = 0;  ///< samples until the next step; 0 with a steady tone
    bool active_ = false;
};

/// Entries of a cadence that count.
[[nodiscard]] std::size_t cadenceLength(const Cadence& cadence) noexcept;
/// Milliseconds of one round.
[[nodiscard]] unsigned cadenceRound(const Cadence& cadence) noexcept;

}  // namespace tipring::sim

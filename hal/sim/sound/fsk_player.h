// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "tipring/hal/dsp/fsk.h"

namespace tipring::sim {

/// Bytes as FSK, 8N1, low bit first, without a jump of phase; bits change between samples too.
class FskPlayer {
public:
    static constexpr std::size_t kRoom = 280;
    /// Takes a copy of the bytes, at most kRoom. Level in dBm0.
    void start(const dsp::FskModulation& modulation, const dsp::FskFrame& frame,
               std::span<const std::uint8_t> bytes, double dbm0) noexcept;
    void stop() noexcept { active_ = false; }
    [[nodiscard]] bool active() const noexcept { return active_; }
    /// Adds the sound to `samples` and returns how many of them it reached.
    std::size_t mix(std::span<std::int16_t> samples) noexcept;

    /// Milliseconds that so many bytes last, rounded up.
    [[nodiscard]] static unsigned milliseconds(const dsp::FskModulation& modulation,
                                               const dsp::FskFrame& frame,
                                               std::size_t bytes) noexcept;

private:
    enum class Part : std::uint8_t { Seizure, Mark, Bytes, After };
    bool nextBit() noexcept;
    void advance() noexcept;

    std::uint32_t markStep_ = 0, spaceStep_ = 0, phase_ = 0;
    std::int32_t peak_ = 0;
    std::uint32_t rate_ = 1200;
    std::uint32_t left_ = 0;  ///< of the bit, in 1/rate of a sample
    bool bit_ = true, active_ = false;
    std::array<std::uint8_t, kRoom> bytes_{};
    std::size_t size_ = 0, byte_ = 0;
    unsigned sent_ = 0;  ///< bits of this part or byte
    dsp::FskFrame frame_;
    Part part_ = Part::Seizure;
};

}  // namespace tipring::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace tipring::sim {

/// A sine at 8 kHz out of a table, by a phase that is a whole number: the same samples everywhere,
/// its error 100 dB below it. No jump of phase when the frequency changes.
class Sine {
public:
    /// Samples are told in parts of 1/256, so that several are added before they are rounded.
    static constexpr int kFraction = 8;

    Sine() = default;
    /// `peak` 0..32767 in samples; 0 Hz gives silence.
    Sine(double hertz, double peak) noexcept;

    [[nodiscard]] std::int32_t next() noexcept {
        const std::int32_t value = at(phase_, peak_);
        phase_ += step_;
        return value;
    }
    [[nodiscard]] static std::int32_t at(std::uint32_t phase, std::int32_t peak) noexcept;
    /// Turns for each sample, in 1/2^32.
    [[nodiscard]] static std::uint32_t stepOf(double hertz) noexcept;
    [[nodiscard]] static std::int32_t peakOfSamples(double peak) noexcept;

private:
    std::uint32_t phase_ = 0, step_ = 0;
    std::int32_t peak_ = 0;
};

/// Adds a value in parts of 1/256, rounded; stops at full scale.
void addRounded(std::int16_t& sample, std::int32_t parts) noexcept;
/// Adds sound to sound; stops at full scale. As many samples as the shorter one has.
void addSamples(std::span<std::int16_t> to, std::span<const std::int16_t> more) noexcept;

}  // namespace tipring::sim

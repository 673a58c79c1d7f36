// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tipring::dsp {

/// Changes the sample rate by a ratio of two whole numbers, streaming, with linear phase.
///
/// A polyphase FIR low-pass (Kaiser window, stop band 70 dB down). The output depends on the
/// samples alone, not on how they were cut into blocks. Allocates in the constructor only.
class Resampler {
public:
    struct Progress {
        std::size_t consumed = 0;
        std::size_t produced = 0;
    };

    /// Rates in Hz, both 1..192000; equal rates copy.
    Resampler(std::uint32_t inputRate, std::uint32_t outputRate);

    /// Stops when the input is used up or the output is full; call again with the rest.
    Progress process(std::span<const std::int16_t> input, std::span<std::int16_t> output) noexcept;

    /// The most samples that `input` more samples can give.
    [[nodiscard]] std::size_t outputBound(std::size_t input) const noexcept;
    /// Samples of output by which a sound comes later than it went in.
    [[nodiscard]] std::size_t delay() const noexcept;
    /// Forgets the past, as after construction.
    void reset() noexcept;

private:
    [[nodiscard]] std::int16_t filtered() const noexcept;

    std::size_t up_, down_;       ///< the ratio, reduced: output = input * up / down
    std::size_t taps_;            ///< per phase
    std::size_t phase_ = 0;       ///< of the next output sample after the newest input, in 1/up
    bool due_ = false;            ///< an input sample came
    std::size_t newest_ = 0;      ///< where the next input sample goes in past_
    std::vector<float> filters_;  ///< up_ rows of taps_
    std::vector<float> past_;     ///< twice the taps, so that a row is one run of memory
};

}  // namespace tipring::dsp

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

namespace tipring::dsp {

/// The ADPCM of Rockwell's voice modems (`#VBS`, V.253 compression 140 and 141) with 2, 3 or 4 bits
/// a sample, 7200 or 8000 samples a second. Rockwell published no text; this follows what programs
/// for these modems agree on, bit for bit: 16-bit fixed point, one adaptive step, two poles and six
/// zeros adapted by sign, first-order emphasis. Coder and decoder hold the same state.
class RockwellAdpcm {
public:
    /// `bits` 2, 3 or 4; any other number counts as 4.
    explicit RockwellAdpcm(unsigned bits = 4) noexcept;
    /// 0..2^bits - 1. Samples use the full 16-bit range.
    [[nodiscard]] unsigned encode(std::int16_t sample) noexcept;
    /// Only the lowest bits of `code` count.
    [[nodiscard]] std::int16_t decode(unsigned code) noexcept;

private:
    [[nodiscard]] std::int32_t predict(std::int32_t start) const noexcept;
    [[nodiscard]] std::int16_t difference(unsigned code) const noexcept;
    void adapt(unsigned code, std::int16_t difference) noexcept;
    void remember(std::int16_t value, std::int16_t difference) noexcept;

    unsigned bits_;
    std::int16_t step_;
    std::int16_t emphasis_ = 0;              ///< the sample before
    std::array<std::int16_t, 8> weights_{};  ///< of two poles, then six zeros; Q15
    std::array<std::int16_t, 8> past_{};     ///< two values, then six differences, newest first
};

}  // namespace tipring::dsp

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tipring::dsp {

/// The ADPCM of ZyXEL's voice modems (1496, 2864: compression 2, 3 and 4) with 2, 3 or 4 bits a
/// sample, 9600 samples a second; ISDN answering machines use it at 8000. ZyXEL published no text;
/// this follows what programs for these modems agree on: a leaky sum of differences, one adaptive
/// step. Values have 14 bits inside.
class ZyxelAdpcm {
public:
    /// `bits` 2, 3 or 4; any other number counts as 4.
    explicit ZyxelAdpcm(unsigned bits = 4) noexcept;
    /// 0..2^bits - 1: a sign, then a magnitude. Samples use the full 16-bit range.
    [[nodiscard]] unsigned encode(std::int16_t sample) noexcept;
    /// Only the lowest bits of `code` count.
    [[nodiscard]] std::int16_t decode(unsigned code) noexcept;

private:
    [[nodiscard]] std::int32_t leaked() const noexcept;

    unsigned bits_;
    std::int32_t value_ = 0;
    std::int32_t step_ = 5;
};

}  // namespace tipring::dsp

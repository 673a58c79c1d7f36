// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/zyxel_adpcm.h"

#include <algorithm>
#include <array>

namespace tipring::dsp {

namespace {

constexpr std::int32_t kLeastStep = 5;
constexpr std::int32_t kMostStep = 0xFFFF;  // sound stays far below both, other bytes may not
constexpr std::int32_t kMostValue = 0x7FFFF;

// By magnitude, Q14.
using Factors = std::array<std::int32_t, 8>;
constexpr std::array<Factors, 3> kFactors{
    {{14336, 22016},
     {14746, 15007, 19732, 26119},
     {13654, 13654, 14746, 15007, 16896, 19732, 26119, 26119}}};

}  // namespace

ZyxelAdpcm::ZyxelAdpcm(unsigned bits) noexcept : bits_(bits == 2 || bits == 3 ? bits : 4) {}

std::int32_t ZyxelAdpcm::leaked() const noexcept {
    return (value_ * 4093 + 2048) >> 12;
}

std::int16_t ZyxelAdpcm::decode(unsigned code) noexcept {
    code &= (1U << bits_) - 1;
    const std::uint32_t signBit = 1U << (bits_ - 1);
    const auto magnitude = static_cast<std::int32_t>(code & (signBit - 1));
    if (bits_ == 4 && code == 0) {
        step_ = 4;  // below the least: so silence becomes silent
    }
    const std::int32_t change = (2 * magnitude + 1) * step_;
    value_ = leaked() + (((code & signBit) != 0 ? -change : change) >> 1) + (step_ & 1);
    value_ = std::clamp(value_, -kMostValue, kMostValue);
    const std::int32_t factor = kFactors[bits_ - 2][static_cast<std::size_t>(magnitude)];
    step_ = std::clamp((step_ * factor + 0x2000) >> 14, kLeastStep, kMostStep);
    return static_cast<std::int16_t>(std::clamp(value_ * 4, -32768, 32767));
}

unsigned ZyxelAdpcm::encode(std::int16_t sample) noexcept {
    // The middle of the magnitude's step is nearest to what is missing.
    const std::int32_t missing = (sample >> 2) - leaked();
    const std::int32_t most = (1 << (bits_ - 1)) - 1;
    const std::int32_t magnitude = std::min((missing < 0 ? -missing : missing) / step_, most);
    unsigned code = static_cast<unsigned>(magnitude) | (missing < 0 ? 1U << (bits_ - 1) : 0U);
    if (bits_ == 4 && code == 0 && step_ > 2 * kLeastStep) {
        code = 2 * missing < step_ ? 8 : 1;  // the neighbours: 0 would end the sound
    }
    static_cast<void>(decode(code));
    return code;
}

}  // namespace tipring::dsp

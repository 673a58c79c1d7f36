// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/rockwell_adpcm.h"

#include <algorithm>
#include <cstddef>
#include <span>

namespace tipring::dsp {

namespace {

constexpr std::int16_t kLeak = 32113;       // 0.98
constexpr std::int16_t kPoleMove = 393;     // 0.012
constexpr std::int16_t kZeroMove = 197;     // 0.006
constexpr std::int16_t kEmphasis = 0x3333;  // 0.4
constexpr std::int16_t kSmallestStep = 0x1F;

// What one width needs. Factors are Q13: a product is read two bits up.
struct Width {
    std::int16_t largestStep;
    std::array<std::int16_t, 16> stepFactors;  // by code
    std::array<std::int16_t, 16> levels;       // by code, in steps
    std::array<std::int16_t, 7> limits;        // between the magnitudes, in steps
};

constexpr std::array<Width, 3> kWidths{{
    {0x54C4, {13107, 6554, 6554, 13107}, {-12370, -3709, 3709, 12370}, {8041}},
    {0x3B7A,
     {14336, 10240, 7373, 7373, 7373, 7373, 10240, 14336},
     {-17629, -11010, -6193, -2008, 2008, 6193, 11010, 17629},
     {4101, 8602, 14320}},
    {0x2ED5,
     {19661, 16384, 13107, 9830, 7373, 7373, 7373, 7373, 7373, 7373, 7373, 7373, 9830, 13107, 16384,
      19661},
     {-22389, -16949, -13271, -10289, -7720, -5381, -3179, -1052, 1052, 3179, 5381, 7720, 10289,
      13255, 16949, 22389},
     {2115, 4280, 6550, 9003, 11772, 15106, 19670}},
}};

const Width& widthOf(unsigned bits) {
    return kWidths[bits - 2];
}

std::int16_t clamp16(std::int32_t value) {
    return static_cast<std::int16_t>(std::clamp(value, -32768, 32767));
}

std::int32_t clamp32(std::int64_t value) {
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(value, INT32_MIN, INT32_MAX));
}

/// Q31 product of two Q15 numbers; -1 times -1 wraps round to -1, as on the modem's processor.
std::int32_t product(std::int16_t a, std::int16_t b) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(std::int32_t{a} * b) << 1);
}

/// The upper half, rounded by the lower one; it wraps, too.
std::int16_t rounded(std::int32_t value) {
    const auto bits = static_cast<std::uint32_t>(value);
    return static_cast<std::int16_t>((bits >> 16) + ((bits >> 15) & 1));
}

std::int16_t upper(std::int32_t value) {
    return static_cast<std::int16_t>(value >> 16);
}

/// A factor in Q13 times a step.
std::int16_t scaled(std::int16_t factor, std::int16_t step) {
    return clamp16(rounded(product(factor, step)) * 4);
}

}  // namespace

RockwellAdpcm::RockwellAdpcm(unsigned bits) noexcept
    : bits_(bits == 2 || bits == 3 ? bits : 4), step_(kSmallestStep) {}

std::int32_t RockwellAdpcm::predict(std::int32_t start) const noexcept {
    std::int32_t sum = start;
    for (std::size_t i = 0; i < past_.size(); ++i) {
        sum = clamp32(std::int64_t{sum} + product(weights_[i], past_[i]));
    }
    return sum;
}

std::int16_t RockwellAdpcm::difference(unsigned code) const noexcept {
    return scaled(widthOf(bits_).levels[code], step_);
}

/// The step and the weights move by what this sample was.
void RockwellAdpcm::adapt(unsigned code, std::int16_t difference) noexcept {
    const Width& width = widthOf(bits_);
    step_ = std::clamp(scaled(width.stepFactors[code], step_), kSmallestStep, width.largestStep);
    for (std::size_t i = 0; i < weights_.size(); ++i) {
        const std::int16_t move = i < 2 ? kPoleMove : kZeroMove;
        const bool down = rounded(product(difference, past_[i])) < 0;
        weights_[i] = clamp16(rounded(product(weights_[i], kLeak)) + (down ? -move : move));
    }
}

void RockwellAdpcm::remember(std::int16_t value, std::int16_t difference) noexcept {
    past_[1] = past_[0];
    past_[0] = value;
    std::copy_backward(past_.begin() + 2, past_.end() - 1, past_.end());
    past_[2] = difference;
}

unsigned RockwellAdpcm::encode(std::int16_t sample) noexcept {
    const std::int32_t predicted = predict(0);
    const std::int16_t expected =
        upper(clamp32(std::int64_t{predicted} + product(emphasis_, kEmphasis)));
    emphasis_ = sample;
    // The casts wrap -32768, as they do on the modem: it becomes the smallest magnitude.
    const std::int16_t missing = clamp16(expected - sample);
    const auto magnitude = static_cast<std::int16_t>(missing < 0 ? -missing : missing);
    const auto wanted = static_cast<std::int16_t>(-missing);

    const std::size_t limits = (std::size_t{1} << (bits_ - 1)) - 1;
    std::size_t rank = 0;
    while (rank < limits && magnitude >= scaled(widthOf(bits_).limits[rank], step_)) {
        ++rank;
    }
    const auto code = static_cast<unsigned>(wanted < 0 ? limits - rank : limits + 1 + rank);
    const std::int16_t change = difference(code);
    adapt(code, change);
    remember(clamp16(upper(predicted) + change), change);
    return code;
}

std::int16_t RockwellAdpcm::decode(unsigned code) noexcept {
    code &= (1U << bits_) - 1;
    const std::int16_t change = difference(code);
    const std::int32_t value = predict(std::int32_t{change} * 65536);
    adapt(code, change);
    remember(upper(value), change);
    emphasis_ = upper(clamp32(std::int64_t{value} + product(kEmphasis, emphasis_)));
    return emphasis_;
}

}  // namespace tipring::dsp

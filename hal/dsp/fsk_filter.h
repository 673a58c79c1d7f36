// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "tipring/hal/dsp/fsk.h"

namespace tipring::dsp {

/// Correlators of about one bit at the two frequencies, split in the part that is even around the
/// middle and the part that is odd.
struct FskFilter {
    explicit FskFilter(const FskModulation& modulation);

    static constexpr std::size_t kReach = 3;             ///< samples to each side of the middle
    static constexpr std::size_t kOverlap = 2 * kReach;  ///< samples before the first output
    static constexpr std::size_t kHop = 8;               ///< outputs come in groups of this size
    static constexpr std::size_t kMaxHops = 20;          ///< groups in one call

    std::array<float, kReach + 1> markEven{}, spaceEven{};
    std::array<float, kReach + 1> markOdd{}, spaceOdd{};  ///< the first is 0

    /// The squares of two samples in a row, added: while none of them is greater, no output is as
    /// great as `amplitude`.
    [[nodiscard]] std::uint32_t quietBelow(float amplitude) const;
};

/// No two samples in a row (the first and second, the third and fourth ...) are louder.
[[nodiscard]] bool quiet(std::span<const std::int16_t> samples, std::uint32_t squares) noexcept;

/// Amplitude at mark less amplitude at space, for groups of outputs. Output i is of sample
/// i + kReach. Of each group a byte whose bit i says what output i is.
struct FskOutputs {
    float* line;
    std::uint8_t* spaces;  ///< negative
    std::uint8_t* zeros;   ///< -floor or less
    std::uint8_t* ones;    ///< floor or more
};

using FskFilterFunction = void (*)(const FskFilter& filter, float floor,
                                   const std::int16_t* samples, std::size_t hops,
                                   const FskOutputs& out);
/// The best one for this processor; the same everywhere in one process.
[[nodiscard]] FskFilterFunction fskFilterFunction() noexcept;

}  // namespace tipring::dsp

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace tipring::media {

// The loops over samples of the mixer: compiled for the baseline and for AVX2, chosen at start. All
// spans of one call have the same length. Both give the same results to the bit.

/// The largest absolute value.
[[nodiscard]] std::int32_t mixPeak(std::span<const std::int32_t> sums) noexcept;
/// Adds up.
void mixAdd(std::span<const std::int32_t> own, std::span<std::int32_t> total) noexcept;
/// `total` without `own`.
void mixSubtract(std::span<const std::int32_t> total, std::span<const std::int32_t> own,
                 std::span<std::int32_t> rest) noexcept;
void mixWiden(std::span<const std::int16_t> samples, std::span<std::int32_t> own) noexcept;
/// With a gain that goes from one to the other in a straight line.
void mixWiden(std::span<const std::int16_t> samples, float from, float to,
              std::span<std::int32_t> own) noexcept;
/// What fits already.
void mixNarrow(std::span<const std::int32_t> sums, std::span<std::int16_t> samples) noexcept;
void mixNarrow(std::span<const std::int32_t> sums, float from, float to,
               std::span<std::int16_t> samples) noexcept;
/// Filters that move sound by parts of a sample, blended from row to row.
inline constexpr std::size_t kMixTaps = 16;
inline constexpr unsigned kMixPhaseBits = 7;
using MixRow = std::array<float, kMixTaps>;
using MixRows = std::array<MixRow, (1U << kMixPhaseBits) + 1>;
struct MixPlace {
    std::size_t at = 0;       ///< a sample
    std::uint32_t phase = 0;  ///< after it, in 2^-32
};
/// Reads from `place` on, a sample and `step` 2^-32 further each time, as long as `sound` has half
/// of the taps after it. Returns how many were written.
std::size_t mixInterpolate(const MixRows& rows, std::span<const std::int16_t> sound,
                           MixPlace& place, std::int64_t step,
                           std::span<std::int16_t> samples) noexcept;
/// Sum of squares.
[[nodiscard]] std::uint64_t mixEnergy(std::span<const std::int16_t> samples) noexcept;

}  // namespace tipring::media

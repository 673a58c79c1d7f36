// SPDX-License-Identifier: Apache-2.0
#pragma once

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
/// Sum of squares.
[[nodiscard]] std::uint64_t mixEnergy(std::span<const std::int16_t> samples) noexcept;

}  // namespace tipring::media

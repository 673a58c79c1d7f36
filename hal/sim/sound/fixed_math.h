// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace tipring::sim {

// Functions that give the same bits with every compiler, C library and processor: a fixed order of
// additions and multiplications that is compiled without contraction. What goes into samples is
// computed with these, with whole numbers, or with operations that IEEE 754 defines to the bit.

/// 2 to the power of `x`, -1000..1000.
[[nodiscard]] double powerOfTwo(double x) noexcept;
/// Natural logarithm; `x` above 0.
[[nodiscard]] double naturalLog(double x) noexcept;
/// Of an angle in whole turns, any number of them up to a million.
[[nodiscard]] double sineOf(double turns) noexcept;
[[nodiscard]] double cosineOf(double turns) noexcept;

/// The factor of a gain in dB.
[[nodiscard]] double gainOf(double decibels) noexcept;
/// Peak amplitude of a sine of that level in dBm0; 3.14 is full scale (ITU-T G.711).
[[nodiscard]] double peakOf(double dbm0) noexcept;

}  // namespace tipring::sim

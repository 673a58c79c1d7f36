// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace tipring::dsp {

inline constexpr std::size_t kMostLineSamples = 960;

/// True where the sound is one or two steady sines (each may be modulated a little, as some ringing
/// tones are), with or without white noise 13 dB below them. A vowel has more of them, and bends
/// them. 480 to kMostLineSamples samples at 8 kHz.
[[nodiscard]] bool hasOneOrTwoLines(std::span<const float> sound) noexcept;

}  // namespace tipring::dsp

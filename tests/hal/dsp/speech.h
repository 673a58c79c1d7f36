// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tipring::test {

using Sound = std::vector<std::int16_t>;

/// What espeak-ng says, at 8 kHz, its loudest 20 ms at `dbm0`; without silence at both ends.
Sound speak(const std::string& text, const std::string& voice = "en-us", int wordsPerMinute = 160,
            double dbm0 = -14);

/// Where there is sound in a clean recording: frames of 20 ms within 25 dB of the loudest; pauses
/// up to `bridge` frames count as sound.
std::vector<bool> activeFrames(std::span<const std::int16_t> sound, std::size_t bridge = 10);

Sound silence(std::size_t samples);
/// One or two sines.
Sound tone(double hertz1, double hertz2, double dbm0, std::size_t samples);
/// Adds white noise of that level, the same for the same seed.
void addNoise(Sound& sound, double dbm0, unsigned seed = 1);
void append(Sound& sound, std::span<const std::int16_t> more);

}  // namespace tipring::test

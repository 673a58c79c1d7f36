// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "tipring/hal/base/result.h"

namespace tipring::tools {

/// What a sound file holds.
struct SoundFacts {
    std::chrono::milliseconds length{};
    double peakDbfs = -120.0;  ///< loudest sample against full scale; -120 for digital silence
    double meanDbfs = -120.0;  ///< RMS over the whole file
};
/// Reads the file to its end. NoDevice: not there; InvalParam: no sound file.
hal::Result<SoundFacts> measureSound(const std::string& path);

/// "5.0 s, loudest 9 dB below full scale"; "5.0 s, silent".
[[nodiscard]] std::string soundText(const SoundFacts& facts);

/// Writes 16-bit mono WAV at 8 kHz; replaces the file.
hal::Result<void> writeSound(const std::string& path, const std::vector<std::int16_t>& samples);

/// Path of the built-in greeting in `folder`; made there when it is missing.
hal::Result<std::string> builtInGreeting(const std::string& folder);

/// Sounds for showing without any file at hand; 8 kHz. The greeting is a rising chord, the voice
/// babbles like a person (pitch, formants and syllables of speech, no words).
[[nodiscard]] std::vector<std::int16_t> makeGreeting();
[[nodiscard]] std::vector<std::int16_t> makeVoice(std::chrono::milliseconds length);

}  // namespace tipring::tools

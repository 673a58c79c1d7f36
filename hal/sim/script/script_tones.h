// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "tipring/hal/sim/sound_source.h"

namespace tipring::sim {

/// A tone that a script can play: of a machine, of a network, or frequencies.
[[nodiscard]] bool isPlayedTone(std::string_view name);
/// A tone that it can wait for.
[[nodiscard]] bool isHeardTone(std::string_view name);

/// Plays a tone for a number of samples; 0: as long as such a tone lasts once, or 3 s. Tones of a
/// network as in that country, special information tones that it has not as in North America; else
/// null.
[[nodiscard]] std::unique_ptr<SoundSource> makeTone(std::string_view name, std::string_view country,
                                                    std::size_t samples, std::optional<float> dbm0);
/// Sound like speech, without words. The same seed, the same samples. dBm0 while it sounds.
[[nodiscard]] std::unique_ptr<SoundSource> makeSpeech(std::uint32_t seed, std::size_t samples,
                                                      float dbm0);
/// Keys, see KeyPlayer; `lead` samples of silence come first.
[[nodiscard]] std::unique_ptr<SoundSource> makeKeys(std::string_view keys, std::size_t on,
                                                    std::size_t off, float dbm0,
                                                    std::size_t lead = 0);

/// What came in, sent back.
struct EchoBuffer {
    void hear(std::span<const std::int16_t> block);
    std::int16_t samples[160] = {};
};
/// `samples` 0: without end.
[[nodiscard]] std::unique_ptr<SoundSource> makeEcho(std::shared_ptr<EchoBuffer> buffer,
                                                    std::size_t samples);

}  // namespace tipring::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tipring::sim {

/// A recorded voice of an exchange, as far as a detector can tell: pitch, formants, syllables and
/// pauses of speech, one syllable for each letter or digit. Nobody can make out the words.
class Announcement {
public:
    /// Says a text; a space is a pause. Level: about -16 dBm0 while it sounds.
    void start(std::string_view text);
    void stop() noexcept { at_ = text_.size(); }
    [[nodiscard]] bool active() const noexcept { return at_ < text_.size(); }
    /// Adds the next samples; gives how many went by until it was over.
    std::size_t mix(std::span<std::int16_t> samples) noexcept;

private:
    /// Two poles: a formant.
    struct Resonator {
        double gain = 0, one = 0, two = 0;  ///< coefficients
        double last = 0, before = 0;
        void tune(double hertz, double width) noexcept;
        double step(double input) noexcept;
    };
    void syllable(char letter) noexcept;
    double voice() noexcept;

    std::string text_;
    std::size_t at_ = 0;
    std::size_t left_ = 0, length_ = 0;  ///< samples of this syllable
    bool silent_ = true;
    double pitch_ = 0;   ///< Hz
    double period_ = 0;  ///< part of the period that is over
    std::array<Resonator, 3> formants_{};
};

}  // namespace tipring::sim

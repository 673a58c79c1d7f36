// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tipring/hal/dsp/dtmf_detector.h"
#include "tipring/hal/dsp/echo_canceller.h"
#include "tipring/tapi_core/media/echo_delay.h"

namespace tipring::media {

/// Takes the echo of what a call plays out of what its detectors hear: prompts come back from the
/// line's hybrid, 6 dB down or more, up to 600 ms later, as much as the device keeps in its queues.
///
/// What is left of an echo is made quiet. Until the echo's path is known, or 1.5 s of sound have
/// passed without any, so is everything that is weaker than an echo could be. While nothing is
/// played, and what was played has died away, the sound passes as it is and costs nothing.
/// Allocates in the constructor only. Thread: one at a time.
class LineEcho {
public:
    static constexpr std::size_t kMost = 480;  ///< samples that clean() takes

    LineEcho();

    /// A direction began anew: its count begins anywhere. What is known of the path stays.
    void start() noexcept;
    /// `samples` go to the line; `position` is the device's count of what it sent before them.
    void sent(std::uint64_t position, std::span<const std::int16_t> samples) noexcept;
    /// What came from the line, without the echo; valid until the next call.
    [[nodiscard]] std::span<const std::int16_t> clean(
        std::span<const std::int16_t> received) noexcept;
    /// The DTMF key that is played, or was a moment ago, as the echo brings it; 0: none. A key that
    /// is heard meanwhile and is the same is an echo.
    [[nodiscard]] char playedKey() const noexcept { return key_; }
    /// No echo can come.
    [[nodiscard]] bool idle() const noexcept { return quiet_ >= kQuietAgain; }
    /// The echo's path is known: at least 10 dB are taken away.
    [[nodiscard]] bool known() const noexcept { return known_; }
    /// Samples from the device's pull to the echo.
    [[nodiscard]] std::size_t delay() const noexcept { return delay_; }

private:
    static constexpr std::size_t kRing = 32768;  ///< samples that are kept of each way
    static constexpr std::size_t kQuietAgain = 2 * EchoDelay::kLongest;
    using Ring = std::vector<std::int16_t>;

    void reference(std::span<std::int16_t> out) const noexcept;
    void listenToOwn(std::span<const std::int16_t> own) noexcept;
    void learn(std::span<const std::int16_t> own) noexcept;
    void search() noexcept;

    dsp::EchoCanceller canceller_;
    dsp::DtmfDetector ownKeys_;
    EchoDelay finder_;
    Ring sent_, received_;         ///< by the time of what is received, modulo their size
    std::uint64_t now_ = 0;        ///< samples received
    std::uint64_t sentEnd_ = 0;    ///< time behind the last sample that was sent
    std::uint64_t base_ = 0;       ///< time of the play direction's position 0, modulo 2^64
    bool anchored_ = false;        ///< base_ is known
    std::size_t delay_ = 0;        ///< of the reference
    std::size_t quiet_;            ///< samples since something was sent; stops at kQuietAgain
    std::size_t sounding_ = 0;     ///< samples played since the path was unknown
    std::size_t sinceSearch_ = 0;  ///< of these
    bool known_ = false;
    char key_ = 0;
    std::size_t keyAge_ = 0;  ///< samples since key_ ended
    bool keyOn_ = false;
    std::array<std::int16_t, kMost> own_{}, clean_{};
};

}  // namespace tipring::media

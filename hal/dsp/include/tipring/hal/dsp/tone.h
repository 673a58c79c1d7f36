// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tipring::dsp {

/// Samples a second of everything that is not said to be otherwise.
inline constexpr unsigned kSampleRate = 8000;

/// A sine, sample by sample, without a jump of phase between calls.
class Oscillator {
public:
    Oscillator() = default;
    /// `hertz` 0 gives silence. `amplitude` is the peak, 0..32767.
    Oscillator(double hertz, double amplitude, unsigned rate = kSampleRate) noexcept;
    [[nodiscard]] double next() noexcept;

private:
    double cosine_ = 1, sine_ = 0;  ///< the phasor
    double stepCosine_ = 1, stepSine_ = 0;
    double amplitude_ = 0;
    unsigned untilTrim_ = 0;  ///< samples until the phasor's length is put right again
};

/// Peak amplitude of a sine of that level; 3.14 dBm0 is full scale (ITU-T G.711).
[[nodiscard]] double amplitudeOf(double dbm0) noexcept;

/// One or two sines for a time, or for ever.
class ToneGenerator {
public:
    /// A second frequency of 0 means one sine. `samples` 0 means until stop(). Level for each sine.
    void start(double hertz1, double hertz2, double dbm0, std::size_t samples = 0) noexcept;
    void stop() noexcept { active_ = false; }
    [[nodiscard]] bool active() const noexcept { return active_; }
    /// Adds the tone to `samples` and returns how many of them it reached.
    std::size_t mix(std::span<std::int16_t> samples) noexcept;

private:
    Oscillator first_, second_;
    std::size_t left_ = 0;
    bool endless_ = false, active_ = false;
};

struct DtmfPair {
    double low = 0, high = 0;  ///< Hz
};
/// The two frequencies of a key (ITU-T Q.23): 0-9 * # A-D, small letters too.
[[nodiscard]] std::optional<DtmfPair> dtmfPair(char key) noexcept;

/// Dials: keys one after the other, each a tone and a pause.
class DtmfGenerator {
public:
    /// Times in samples; levels per frequency.
    explicit DtmfGenerator(std::size_t on = 800, std::size_t off = 800, double dbm0 = -10) noexcept
        : on_(on), off_(off), dbm0_(dbm0) {}
    /// Queues keys; a `,` is a pause of 2 s. False when one is no key or 64 are waiting already:
    /// then nothing was queued.
    bool push(std::string_view keys) noexcept;
    [[nodiscard]] bool active() const noexcept {
        return count_ > 0 || tone_.active() || pause_ > 0;
    }
    /// Adds the sound to `samples`.
    void mix(std::span<std::int16_t> samples) noexcept;
    void stop() noexcept;

private:
    void startNext() noexcept;

    static constexpr std::size_t kRoom = 64;
    std::size_t on_, off_;
    double dbm0_;
    ToneGenerator tone_;
    std::size_t pause_ = 0;
    std::array<char, kRoom> keys_{};
    std::size_t head_ = 0, count_ = 0;
};

}  // namespace tipring::dsp

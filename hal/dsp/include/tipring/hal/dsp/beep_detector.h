// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "tipring/hal/dsp/level_meter.h"
#include "tipring/hal/dsp/listener.h"

namespace tipring::dsp {

/// Times in samples.
struct BeepDetectorSettings {
    float lowest = 400, highest = 2100;  ///< Hz
    float level = -38;                   ///< dBm0, the least
    std::size_t shortest = 640;          ///< tones of 80 ms are told; beeps are 100 ms and more
    std::size_t longest = 16800;         ///< longer ones are no beeps
    std::size_t wait = 800;  ///< after a beep, in which another tone makes it part of a signal
};

struct BeepEvent {
    SamplePosition position = 0;  ///< of its start
    std::size_t duration = 0;
    float hertz = 0;
    float dbm0 = kSilenceDbm0;
};

/// The beep of an answering machine: one sine of any frequency for 0.1 to 2 s, told `wait` after
/// its end (that is when the caller may speak anyway).
///
/// Networks use single tones, too. Where a tone has the frequency of one (400 to 450 Hz, and 950,
/// 1100, 1400, 1800 and 2100 Hz), it counts only after at least 0.2 s of other sound in the 4 s
/// before it, and not when it comes for the second time in 6 s. A tone that another one follows or
/// precedes at once (special information tones, multi-frequency signalling, a melody) is none.
class BeepDetector {
public:
    explicit BeepDetector(const BeepDetectorSettings& settings = {}) noexcept;
    void process(std::span<const std::int16_t> samples, Listener<BeepEvent> tell);
    void reset() noexcept { *this = BeepDetector{settings_}; }
    /// A single tone is being heard now, a beep or not.
    [[nodiscard]] bool tone() const noexcept { return frames_ > 0; }

private:
    static constexpr std::size_t kFrame = 80;
    struct Frame {
        float dbm0 = kSilenceDbm0;
        float hertz = 0;  ///< of the one sine heard, or 0
        float pure = 0;   ///< dB over the noise
    };
    struct Sums {
        double count = 0, level = 0, levelSquares = 0, pure = 0;
        void add(const Frame& frame) noexcept;
        [[nodiscard]] bool isSine() const noexcept;
    };
    struct Tone {
        SamplePosition start = 0, end = 0;
        float hertz = 0, dbm0 = kSilenceDbm0;
    };

    [[nodiscard]] Frame measure() noexcept;
    void judge(const Frame& frame, Listener<BeepEvent> tell);
    void finishTone() noexcept;
    [[nodiscard]] bool isBeep(const Tone& tone) const noexcept;
    [[nodiscard]] bool belongs(const Frame& frame) const noexcept;

    BeepDetectorSettings settings_;
    std::array<float, kFrame + 2> window_{};
    std::size_t filled_ = 0;
    SamplePosition frameStart_ = 0;
    float dc_ = 0;

    std::size_t frames_ = 0, misses_ = 0;  ///< of the tone being heard
    SamplePosition toneStart_ = 0;
    double hertzSum_ = 0;
    float loudest_ = kSilenceDbm0;
    Sums sums_;
    Frame newest_;  ///< not in the sums yet

    Tone waiting_;  ///< may become a beep
    bool waits_ = false;
    Tone last_;  ///< the tone before, whatever it was
    bool hasLast_ = false;
    std::size_t otherSound_ = 0;    ///< samples of it, ageing
    SamplePosition lastOther_ = 0;  ///< when it was heard
    bool hasOther_ = false;
};

}  // namespace tipring::dsp

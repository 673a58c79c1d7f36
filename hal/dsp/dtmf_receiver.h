// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "tipring/hal/dsp/dtmf_detector.h"
#include "tone_frame.h"

namespace tipring::dsp {

/// Settings as the receiver wants them: amplitudes, ratios and frames instead of dB and ms.
struct DtmfLimits {
    explicit DtmfLimits(const DtmfSettings& settings);

    FrameTable table;
    float floor;                            ///< squared amplitude of each frequency
    float silence;                          ///< mean square below which no digit can be
    float normalTwist, reverseTwist;        ///< ratios of power
    std::array<float, 8> cosine{}, sine{};  ///< of the turn from frame to frame that is due
    std::array<float, 8> tolerance{};       ///< radians off it
    float minimumOn;                        ///< samples
    unsigned pauseFrames;                   ///< frames without the digit that end it
    float purity;
    bool overDialTone;
};

/// What one frame says, ready for comparison.
struct DtmfFrame {
    std::uint64_t number = 0;  ///< its middle is at number times the hop
    FrameSums sums;
    std::array<float, 8> power{};  ///< squared amplitudes; the four low ones first
    float meanSquare = 0;          ///< without the dial tone, if that was wished
    bool loud = false;             ///< else sums and power are not valid
};

/// Frames in a row that may be one digit.
class DtmfRun {
public:
    [[nodiscard]] bool alive() const noexcept { return alive_; }
    [[nodiscard]] bool accepted() const noexcept { return accepted_; }
    [[nodiscard]] bool sameKey(unsigned low, unsigned high) const noexcept {
        return alive_ && low_ == low && high_ == high;
    }
    void start(const DtmfFrame& frame, const DtmfFrame& before, unsigned low, unsigned high);
    /// Whether the frame, whose strongest frequencies are given, has this digit's tones.
    [[nodiscard]] bool continues(const DtmfFrame& frame, unsigned low, unsigned high) const;
    void add(const DtmfFrame& frame, const DtmfFrame& before, const DtmfLimits& limits);
    void miss(const DtmfFrame& frame);
    /// True once, when the run has become a digit.
    [[nodiscard]] bool accept(const DtmfLimits& limits);
    [[nodiscard]] bool over(const DtmfLimits& limits) const noexcept;
    void stop() noexcept { alive_ = false; }
    [[nodiscard]] DtmfEvent event(DtmfEvent::Kind kind) const;

private:
    /// One of the two frequencies, over the frames that the tone fills.
    struct Tone {
        void addTurn(const float* now, const float* before, float cosine, float sine);
        [[nodiscard]] float turn() const;
        [[nodiscard]] float meanPower(unsigned frames) const;

        float real = 0, imaginary = 0;  ///< sum of the turns from frame to frame
        float lengths = 0;              ///< sum of their lengths
        float power = 0;                ///< sum
        float weakest = 0, strongest = 0;
        float newest = 0;  ///< power of the newest frame, not yet in the sums
    };

    [[nodiscard]] float amplitude(const DtmfFrame& frame) const;
    [[nodiscard]] double begin() const;
    [[nodiscard]] double end() const;
    [[nodiscard]] bool good(const Tone& tone, unsigned index, const DtmfLimits& limits) const;
    [[nodiscard]] bool goodPair(const DtmfLimits& limits) const;
    void count(Tone& tone) const;

    bool alive_ = false, accepted_ = false;
    unsigned low_ = 0, high_ = 0;
    unsigned frames_ = 0;  ///< with the tones
    unsigned inner_ = 0;   ///< of them those with such a frame before and after: wholly filled
    unsigned misses_ = 0;  ///< frames without the tones since the newest with them
    unsigned together_ = 0;
    std::uint64_t first_ = 0, last_ = 0;  ///< numbers of the first and the newest frame with them
    float edge_ = 0, firstAmplitude_ = 0, secondAmplitude_ = 0;
    float beforeLast_ = 0, lastAmplitude_ = 0, afterLast_ = 0;
    float loudest_ = 0;
    Tone lowTone_, highTone_;
    float total_ = 0, newestTotal_ = 0;  ///< mean squares
};

/// The receiver of one channel.
class DtmfReceiver {
public:
    void process(std::span<const std::int16_t> samples, const DtmfLimits& limits,
                 FrameFunction frame, Listener<DtmfEvent> tell);

private:
    void take(const std::int16_t* samples, const DtmfLimits& limits, FrameFunction frame,
              Listener<DtmfEvent> tell);
    void judge(const DtmfFrame& now, const DtmfFrame& before, const DtmfLimits& limits,
               Listener<DtmfEvent> tell);
    void challenge(const DtmfFrame& now, const DtmfFrame& before, const DtmfLimits& limits,
                   unsigned low, unsigned high);
    static bool candidate(const DtmfFrame& frame, const DtmfLimits& limits, unsigned low,
                          unsigned high);
    static float dialBand(const DtmfFrame& frame);

    static constexpr std::size_t kHop = 48;
    std::array<float, kHop> past_{};
    std::array<std::int16_t, kHop> held_{};
    std::size_t fill_ = 0;
    std::uint64_t number_ = 0;           ///< of the next frame
    std::array<DtmfFrame, 2> frames_{};  ///< the newest and the one before it, in turn
    DtmfRun current_, challenger_;
};

}  // namespace tipring::dsp

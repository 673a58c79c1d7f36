// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "frame_feed.h"
#include "tipring/hal/dsp/dtmf_detector.h"
#include "tone_frame.h"

namespace tipring::dsp {

/// Settings as the receiver wants them: amplitudes, ratios and frames instead of dB and ms.
struct DtmfLimits {
    explicit DtmfLimits(const DtmfSettings& settings);

    static constexpr std::size_t kHop = 64;

    FrameTable table;
    float floor;                            ///< squared amplitude of each frequency
    float silence;                          ///< mean square below which no digit can be
    float normalTwist, reverseTwist;        ///< ratios of power
    std::array<float, 8> cosine{}, sine{};  ///< of the turn from frame to frame that is due
    std::array<float, 8> tolerance{};       ///< tangent of what it may be off that
    double minimumOn;                       ///< samples
    unsigned pauseFrames;                   ///< frames without the digit that end it
    float purity;
    bool overDialTone;
};

/// What one frame says, ready for comparison.
struct DtmfFrame {
    std::uint64_t number;   ///< its middle is at number times the hop
    const FrameSums& sums;  ///< the four low frequencies first
    const float* past;      ///< powers of the frame before
    float meanSquare;       ///< without the dial tone, if that was wished
    unsigned low, high;     ///< the strongest of each group
};

/// Frames in a row that may be one digit.
class DtmfRun {
public:
    [[nodiscard]] bool alive() const noexcept { return alive_; }
    [[nodiscard]] bool accepted() const noexcept { return accepted_; }
    [[nodiscard]] bool sameKey(const DtmfFrame& frame) const noexcept {
        return alive_ && low_ == frame.low && high_ == frame.high;
    }
    void start(const DtmfFrame& frame);
    /// Whether the frame has this digit's tones.
    [[nodiscard]] bool continues(const DtmfFrame& frame) const;
    void add(const DtmfFrame& frame);
    /// The power that the digit's tones have in a frame without them.
    void miss(float power);
    [[nodiscard]] float power(const DtmfFrame& frame) const {
        return frame.sums.power[low_] + frame.sums.power[high_];
    }
    /// True once, when the run has become a digit.
    [[nodiscard]] bool accept(const DtmfLimits& limits);
    [[nodiscard]] bool over(const DtmfLimits& limits) const noexcept {
        return misses_ >= (accepted_ ? limits.pauseFrames : 1);
    }
    void stop() noexcept { alive_ = false; }
    [[nodiscard]] DtmfEvent event(DtmfEvent::Kind kind) const;

private:
    /// One frame, reduced to the two frequencies.
    struct Print {
        std::array<float, 4> powers;  ///< low, high, mean square, nothing
        std::array<float, 4> turns;   ///< since the print before: low, high
    };
    struct Sums;

    static constexpr unsigned kPrints = 8;  ///< a digit is judged by the newest ones

    [[nodiscard]] const Print& print(unsigned back) const {
        return prints_[(frames_ - 1 - back) % kPrints];
    }
    [[nodiscard]] double begin() const;
    [[nodiscard]] double end() const;
    void keep(const DtmfFrame& frame);
    [[nodiscard]] bool pure(const DtmfLimits& limits);

    bool alive_ = false, accepted_ = false;
    unsigned low_ = 0, high_ = 0;
    unsigned frames_ = 0;                 ///< with the tones
    unsigned misses_ = 0;                 ///< frames without the tones since the newest with them
    std::uint64_t first_ = 0, last_ = 0;  ///< numbers of the first and the newest frame with them
    // Powers of the frames where the tone begins and where it ends.
    float beforeFirst_ = 0, firstPower_ = 0, secondPower_ = 0;
    float beforeLast_ = 0, lastPower_ = 0, afterLast_ = 0;
    float loudest_ = 0;
    float lowGain_ = 1, highGain_ = 1;  ///< what the window loses of frequencies off their middle
    float lowSum_ = 0, highSum_ = 0;    ///< of the powers of the frames that the tone fills
    unsigned inner_ = 0;                ///< how many those are
    std::array<float, 4> phasors_{};    ///< of the newest print: low, high
    std::array<Print, kPrints> prints_{};
};

/// The receiver of one channel.
class DtmfReceiver {
public:
    bool fill(std::span<const std::int16_t>& samples, FrameJob& job) {
        return hops_.fill(samples, job);
    }
    void hear(const FrameJob& job, const DtmfLimits& limits, Listener<DtmfEvent> tell);

private:
    [[nodiscard]] DtmfRun& current() noexcept { return runs_[which_]; }
    [[nodiscard]] DtmfRun& challenger() noexcept { return runs_[which_ ^ 1]; }
    void hearNothing(const DtmfLimits& limits, Listener<DtmfEvent> tell);
    void conclude(const DtmfLimits& limits, Listener<DtmfEvent> tell);
    void challenge(const DtmfFrame& frame, const DtmfLimits& limits);

    HopBuffer<DtmfLimits::kHop> hops_;
    std::uint64_t number_ = 0;     ///< of the next frame
    std::array<float, 8> past_{};  ///< powers of the frame before
    std::array<DtmfRun, 2> runs_;
    unsigned which_ = 0;  ///< of them is the current one; the other challenges it
};

}  // namespace tipring::dsp

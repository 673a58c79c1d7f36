// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "frame_feed.h"
#include "progress_plan.h"

namespace tipring::dsp {

/// What one frame sounds like.
struct ProgressFrame {
    static constexpr std::size_t kMostProbes = FrameTable::kMaxGroups * FrameTable::kPerGroup / 2;

    std::uint64_t number = 0;  ///< its middle is at number times the hop
    std::uint8_t sound = ProgressPlan::kSilence;
    float meanSquare = 0;
    std::array<float, kMostProbes> power{};  ///< squared amplitude near each probe

    /// Reads the sums of a frame.
    void read(const FrameJob& job, const ProgressPlan& plan);
    [[nodiscard]] float powerOf(std::uint8_t sound, const ProgressPlan& plan) const;
};

/// A sound, or what is between two.
struct ProgressSegment {
    std::uint8_t sound = ProgressPlan::kSilence;
    double begin = 0, end = 0;  ///< samples
    float meanSquare = 0;       ///< of a tone that has ended
    [[nodiscard]] double length() const noexcept { return end - begin; }
};

/// Cuts frames into sounds; where a sound begins and ends is measured by its amplitude.
class ProgressCutter {
public:
    /// Tells each sound and silence when it has ended.
    void take(const ProgressFrame& frame, const ProgressPlan& plan, Listener<ProgressSegment> tell);
    /// What lasts; its end is not set.
    [[nodiscard]] const ProgressSegment& now() const noexcept { return now_; }
    /// Mean square of the newest tone.
    [[nodiscard]] float meanSquare() const noexcept {
        return frames_ > 0 ? squares_ / static_cast<float>(frames_) : 0;
    }

private:
    void hold(const ProgressFrame& frame, const ProgressPlan& plan);
    void finish(Listener<ProgressSegment> tell);
    void startTone(const ProgressFrame& frame, const ProgressPlan& plan);
    [[nodiscard]] bool quiet(const ProgressFrame& frame) const noexcept;
    void change(const ProgressFrame& frame, const ProgressPlan& plan,
                Listener<ProgressSegment> tell);

    ProgressSegment now_;
    double toneEnd_ = 0;  ///< end of the tone before
    std::uint8_t toneBefore_ = ProgressPlan::kSilence;
    unsigned strange_ = 0;    ///< frames in a row that are something else
    std::uint64_t last_ = 0;  ///< number of the newest frame with the tone
    float beforeLast_ = 0, atLast_ = 0, afterLast_ = 0;
    float loudest_ = 0;
    float toneSquare_ = 0;  ///< mean square of the loudest frame of the newest tone
    float squares_ = 0;     ///< sum of the mean squares of its frames
    unsigned frames_ = 0;
    std::array<ProgressFrame, 2> past_{};  ///< the newest two, the newest last
};

/// Follows the tones of a country through their steps.
class ProgressFollower {
public:
    explicit ProgressFollower(const ProgressPlan& plan)
        : matched_(plan.rows.size()),
          standings_(plan.rows.size()),
          recurrences_(plan.rows.size()) {}
    void segment(const ProgressSegment& segment, const ProgressPlan& plan);
    /// Decides, with `now` lasting until `position`.
    void judge(const ProgressSegment& now, double position, float meanSquare,
               const ProgressPlan& plan, Listener<ProgressEvent> tell);

private:
    /// How well a row explains what was heard.
    struct Standing {
        int facts = -1;  ///< -1: it does not
        unsigned steps = 0;
        unsigned complete = 0;  ///< of the steps, those that have ended
        unsigned longest = 0;   ///< most steps that have ended, if it goes on in another way
    };
    [[nodiscard]] Standing standing(const ProgressPlan::Row& row, std::size_t index,
                                    const ProgressSegment& now, double length,
                                    const ProgressPlan& plan) const;
    [[nodiscard]] double beganBack(unsigned segments, double otherwise) const;
    void tellHeard(ProgressEvent::Kind kind, double position, Listener<ProgressEvent> tell);
    /// Bursts that came one period after each other, whatever was between them.
    struct Recurrence {
        double begin = 0;  ///< of the newest; 0: none yet
        double first = 0;  ///< of the oldest
        float meanSquare = 0;
        unsigned times = 0;  ///< that it came again
    };
    void recur(std::size_t index, const ProgressSegment& segment, const ProgressPlan::Row& row);
    [[nodiscard]] bool recurs(std::size_t index, double position,
                              const ProgressPlan::Row& row) const;
    void end(const ProgressSegment& now, double position, const ProgressPlan& plan,
             Listener<ProgressEvent> tell);
    void decide(std::size_t best, const Standing& standing, const ProgressSegment& now,
                const ProgressPlan& plan);

    static constexpr std::size_t kBegins = 64;
    std::vector<std::array<std::uint8_t, ProgressPlan::kMostSteps>> matched_;
    std::vector<Standing> standings_;
    std::vector<Recurrence> recurrences_;
    std::array<double, kBegins> begins_{};  ///< of the newest segments
    std::size_t segments_ = 0;
    double toneEnd_ = 0;
    double ended_ = 0;  ///< of the tone that was told before; the next one begins later
    bool decided_ = false, sure_ = false;
    std::size_t row_ = 0;
    ProgressEvent event_;
};

/// The detector of one channel.
class ProgressListener {
public:
    explicit ProgressListener(const ProgressPlan& plan) : follower_(plan) {}
    [[nodiscard]] HopBuffer<ProgressPlan::kHop>& hops() noexcept { return hops_; }
    void hear(const FrameJob& job, const ProgressPlan& plan, Listener<ProgressEvent> tell);

private:
    HopBuffer<ProgressPlan::kHop> hops_;
    std::uint64_t number_ = 0;  ///< of the next frame
    ProgressCutter cutter_;
    ProgressFollower follower_;
};

}  // namespace tipring::dsp

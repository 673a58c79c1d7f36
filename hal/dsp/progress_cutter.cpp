// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "bin_pair.h"
#include "progress_listener.h"
#include "simd.h"

namespace tipring::dsp {

namespace {

constexpr double kHop = ProgressPlan::kHop;
constexpr float kBin = 25;      // Hz
constexpr float kShare = 0.6F;  // of the power that is the sound's
constexpr float kBeatingShare = 0.35F;
constexpr float kOffCost = 0.2F;        // a sound that is nearer wins over one with as much power
constexpr float kTwist = 10;            // ratio of powers in one sound
constexpr float kHalf = 0.25F;          // of the power: the tone fills half of the window
constexpr float kQuiet = 0.35F;         // of the power of the tone before
constexpr unsigned kChange = 2;         // frames of something else
constexpr unsigned kBeatingChange = 4;  // 80 ms: between the beats of 16 Hz there are 30 ms
constexpr double kShortGap = 480;       // samples; not counted between two different tones

}  // namespace

namespace {

using Probes = std::array<float, ProgressFrame::kMostProbes>;
static_assert(ProgressFrame::kMostProbes % 8 == 0);

/// between() for all pairs of bins, eight at a time.
TIPRING_KERNEL void measure(const float* bins, std::size_t probes, Probes& power, Probes& offset) {
    for (std::size_t first = 0; first < probes; first += 8) {
        for (std::size_t i = first; i < first + 8; ++i) {
            const BinPair sine = between(bins[2 * i], bins[2 * i + 1]);
            power[i] = sine.power;
            offset[i] = std::fabs(sine.offset) * kBin;
        }
    }
}

void measureBaseline(const float* bins, std::size_t probes, Probes& power, Probes& offset) {
    measure(bins, probes, power, offset);
}

TIPRING_AVX2 void measureAvx2(const float* bins, std::size_t probes, Probes& power,
                              Probes& offset) {
    measure(bins, probes, power, offset);
}

const auto kMeasure = hasAvx2() ? measureAvx2 : measureBaseline;

}  // namespace

void ProgressFrame::read(const FrameJob& job, const ProgressPlan& plan) {
    sound = ProgressPlan::kSilence;
    meanSquare = job.sums->meanSquare;
    if (!job.loud) {
        power.fill(0);
        return;
    }
    Probes offset;
    kMeasure(job.sums->power, plan.probes.size(), power, offset);
    sound = ProgressPlan::kOther;
    float best = 0;
    for (std::size_t i = 0; i < plan.sounds.size(); ++i) {
        const ProgressPlan::Sound& candidate = plan.sounds[i];
        const auto parts = std::span(candidate.probes).first(candidate.count);
        float total = 0;
        for (const std::uint8_t probe : parts) {
            total += power[probe];
        }
        // Most sounds are refused here.
        if (total < 2 * meanSquare * (candidate.modulated ? kBeatingShare : kShare)) {
            continue;
        }
        float off = 0, weakest = 1e12F, strongest = 0;
        for (std::size_t part = 0; part < parts.size(); ++part) {
            off = std::max(off, offset[parts[part]] * candidate.perHertz[part]);
            weakest = std::min(weakest, power[parts[part]]);
            strongest = std::max(strongest, power[parts[part]]);
        }
        const float score = total / 2 / meanSquare - kOffCost * off;
        if (off <= 1 && weakest > plan.floor / 2 && strongest <= kTwist * weakest && score > best) {
            best = score;
            sound = static_cast<std::uint8_t>(i + 1);
        }
    }
}

float ProgressFrame::powerOf(std::uint8_t which, const ProgressPlan& plan) const {
    float total = 0;
    if (which != ProgressPlan::kSilence && which != ProgressPlan::kOther) {
        const ProgressPlan::Sound& one = plan.sounds[which - 1U];
        for (const std::uint8_t probe : std::span(one.probes).first(one.count)) {
            total += power[probe];
        }
    }
    return total;
}

namespace {

bool isTone(std::uint8_t sound) {
    return sound != ProgressPlan::kSilence && sound != ProgressPlan::kOther;
}

}  // namespace

bool ProgressCutter::quiet(const ProgressFrame& frame) const noexcept {
    return frame.sound == ProgressPlan::kSilence || frame.meanSquare < kQuiet * toneSquare_;
}

void ProgressCutter::hold(const ProgressFrame& frame, const ProgressPlan& plan) {
    const float power = frame.powerOf(now_.sound, plan);
    strange_ = 0;
    beforeLast_ = atLast_;
    atLast_ = power;
    afterLast_ = 0;
    last_ = frame.number;
    squares_ += frame.meanSquare;
    ++frames_;
    if (power > loudest_) {
        loudest_ = power;
        toneSquare_ = frame.meanSquare;
    }
}

/// The tone was in the frame before as well; now its beginning can be measured.
void ProgressCutter::startTone(const ProgressFrame& frame, const ProgressPlan& plan) {
    now_ = {frame.sound, 0, 0};
    const float second = frame.powerOf(now_.sound, plan);
    const float first = past_[1].powerOf(now_.sound, plan);
    const float before = past_[0].powerOf(now_.sound, plan);
    const float parts = filled(first, second) + filled(before, second);
    now_.begin = std::max(
        0.0, kHop * (static_cast<double>(frame.number) - 0.5 - static_cast<double>(parts)));
    loudest_ = squares_ = 0;
    frames_ = 0;
    atLast_ = first;
    hold(frame, plan);
}

void ProgressCutter::finish(Listener<ProgressSegment> tell) {
    const float parts = filled(atLast_, beforeLast_) + filled(afterLast_, beforeLast_);
    now_.end = kHop * (static_cast<double>(last_) - 0.5 + static_cast<double>(parts));
    toneEnd_ = std::max(now_.end, now_.begin);
    now_.end = toneEnd_;
    now_.meanSquare = meanSquare();
    toneBefore_ = now_.sound;
    tell(now_);
}

void ProgressCutter::change(const ProgressFrame& frame, const ProgressPlan& plan,
                            Listener<ProgressSegment> tell) {
    const bool toTone = isTone(frame.sound) && past_[1].sound == frame.sound;
    if (isTone(now_.sound)) {
        finish(tell);
        now_ = {quiet(frame) ? ProgressPlan::kSilence : ProgressPlan::kOther, toneEnd_, 0};
    }
    if (!toTone) {
        if (strange_ >= kChange && !isTone(frame.sound)) {
            now_.sound = quiet(frame) ? ProgressPlan::kSilence : ProgressPlan::kOther;
        }
        return;
    }
    const ProgressSegment gap = now_;
    startTone(frame, plan);
    ProgressSegment between = gap;
    between.end = std::max(now_.begin, between.begin);
    const bool pause = gap.sound == ProgressPlan::kSilence && now_.sound == toneBefore_;
    if (toneBefore_ == ProgressPlan::kSilence) {
        between.sound = ProgressPlan::kOther;  // a silence that no tone came before is none
    }
    if (between.length() >= kShortGap || pause) {
        tell(between);
    }
}

void ProgressCutter::take(const ProgressFrame& frame, const ProgressPlan& plan,
                          Listener<ProgressSegment> tell) {
    if (isTone(now_.sound)) {
        const bool same =
            frame.sound == now_.sound && frame.powerOf(now_.sound, plan) >= kHalf * loudest_;
        if (same) {
            hold(frame, plan);
        } else {
            if (strange_++ == 0) {
                afterLast_ = frame.powerOf(now_.sound, plan);
            }
            const bool beats = plan.sounds[now_.sound - 1U].modulated;
            if (strange_ >= (beats ? kBeatingChange : kChange) || (quiet(frame) && !beats)) {
                change(frame, plan, tell);
            }
        }
    } else {
        const std::uint8_t here =
            quiet(frame) && !isTone(frame.sound) ? ProgressPlan::kSilence : frame.sound;
        strange_ = here == now_.sound ? 0 : strange_ + 1;
        if (strange_ >= kChange) {
            change(frame, plan, tell);
        }
    }
    past_[0] = past_[1];
    past_[1] = frame;
}

}  // namespace tipring::dsp

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "bin_pair.h"
#include "progress_listener.h"

namespace tipring::dsp {

namespace {

constexpr double kMissedBeginning = 240;  // samples: the tone was on before listening began
constexpr double kMixed = 640;            // samples: one tone going over into another
constexpr float kNearlyDone = 0.6F;       // of a step that has not ended yet
constexpr int kSteadyFacts = 2;           // what a tone counts that does not stop
constexpr float kSure = 0.95F;
constexpr double kPunctual = 0.03;   // of the period that a burst may come early or late
constexpr float kSameLevel = 1.6F;   // ratio of mean squares: 2 dB
constexpr int kRecurrenceFacts = 2;  // the length of a burst, and when it came

float confidenceOf(int facts) {
    return 1 - std::ldexp(1.0F, -facts);
}

}  // namespace

void ProgressFollower::segment(const ProgressSegment& segment, const ProgressPlan& plan) {
    const bool whole = segment.sound == ProgressPlan::kSilence || segment.begin > kMissedBeginning;
    const auto length = static_cast<float>(segment.length());
    for (std::size_t r = 0; r < plan.rows.size(); ++r) {
        const ProgressPlan::Row& row = plan.rows[r];
        auto& matched = matched_[r];
        const auto before = matched;
        for (std::size_t i = 0; i < row.count; ++i) {
            const ProgressPlan::Step& step = row.steps[i];
            const bool fits = (whole || row.melody) && step.sound == segment.sound &&
                              !step.endless && length >= step.least && length <= step.most;
            const std::size_t next = (i + 1) % row.count;
            matched[next] =
                fits ? static_cast<std::uint8_t>(std::min(before[i] + 1, 250)) : std::uint8_t{0};
            if (fits && i == 0 && row.period > 0) {
                recur(r, segment, row);
            }
        }
    }
    if (segment.sound != ProgressPlan::kSilence && segment.sound != ProgressPlan::kOther) {
        toneEnd_ = segment.end;
    }
    begins_[segments_++ % kBegins] = segment.begin;
}

void ProgressFollower::recur(std::size_t index, const ProgressSegment& segment,
                             const ProgressPlan::Row& row) {
    Recurrence& one = recurrences_[index];
    const auto period = static_cast<double>(row.period);
    const float level = segment.meanSquare;
    const bool again = one.begin > 0 &&
                       std::fabs(segment.begin - one.begin - period) < kPunctual * period &&
                       level < kSameLevel * one.meanSquare && one.meanSquare < kSameLevel * level;
    one.times = again ? one.times + 1 : 0;
    one.first = again ? one.first : segment.begin;
    one.begin = segment.begin;
    one.meanSquare = level;
}

bool ProgressFollower::recurs(std::size_t index, double position,
                              const ProgressPlan::Row& row) const {
    const Recurrence& one = recurrences_[index];
    const auto most = static_cast<double>(row.period + row.steps[0].most);
    return one.times > 0 && position < one.begin + (1 + kPunctual) * most;
}

ProgressFollower::Standing ProgressFollower::standing(const ProgressPlan::Row& row,
                                                      std::size_t index, const ProgressSegment& now,
                                                      double length,
                                                      const ProgressPlan& plan) const {
    Standing best;
    unsigned longest = 0;
    const bool fresh = now.sound != ProgressPlan::kSilence && now.begin <= kMissedBeginning;
    for (std::size_t i = 0; i < row.count; ++i) {
        const ProgressPlan::Step& step = row.steps[i];
        const unsigned matched = matched_[index][i];
        const auto lasted = static_cast<float>(length);
        if (step.sound != now.sound || (!step.endless && lasted > step.most)) {
            continue;
        }
        const bool silence = step.sound == ProgressPlan::kSilence;
        if (silence && matched == 0) {
            continue;
        }
        Standing one{static_cast<int>(matched), matched, matched, 0};
        longest = std::max(longest, matched);
        if (step.endless) {
            const bool steady = lasted >= plan.sounds[step.sound - 1U].steadyAfter;
            one.facts += steady ? kSteadyFacts : 0;
            one.steps += steady ? 1 : 0;
        } else if (lasted >= kNearlyDone * step.most && !fresh) {
            ++one.facts;
            ++one.steps;
        }
        if (one.facts > best.facts) {
            best = one;
        }
    }
    best.longest = longest;
    if (recurs(index, now.begin + length, row)) {
        const unsigned times = recurrences_[index].times;
        const int facts = kRecurrenceFacts * static_cast<int>(times);
        if (facts > best.facts) {
            best = {facts, times + 1, 0, longest};
        }
    }
    return best;
}

double ProgressFollower::beganBack(unsigned segments, double otherwise) const {
    if (segments == 0) {
        return otherwise;
    }
    const std::size_t back = std::min<std::size_t>({segments, segments_, kBegins});
    return begins_[(segments_ - back) % kBegins];
}

void ProgressFollower::decide(std::size_t best, const Standing& standing,
                              const ProgressSegment& now, const ProgressPlan& plan) {
    const ProgressPlan::Row& row = plan.rows[best];
    row_ = best;
    event_ = {};
    event_.tone = row.kind;
    event_.same = row.same;
    event_.byFrequency = row.byFrequency;
    const double first = standing.complete > 0 || recurrences_[best].times == 0
                             ? beganBack(standing.complete, now.begin)
                             : recurrences_[best].first;
    event_.began = static_cast<SamplePosition>(std::llround(std::max(ended_, first)));
}

void ProgressFollower::tellHeard(ProgressEvent::Kind kind, double position,
                                 Listener<ProgressEvent> tell) {
    event_.kind = kind;
    event_.duration =
        static_cast<std::uint64_t>(std::max(0.0, position - static_cast<double>(event_.began)));
    tell(event_);
}

void ProgressFollower::end(const ProgressSegment& now, double position, const ProgressPlan& plan,
                           Listener<ProgressEvent> tell) {
    const ProgressPlan::Row& mine = plan.rows[row_];
    const auto steps = std::span(mine.steps).first(mine.count);
    const bool sounds = now.sound != ProgressPlan::kSilence &&
                        std::any_of(steps.begin(), steps.end(),
                                    [&](const auto& step) { return step.sound == now.sound; });
    decided_ = false;
    const bool begun = toneEnd_ > static_cast<double>(event_.began) + 1;
    ended_ = sounds || !begun ? position : toneEnd_;
    tellHeard(ProgressEvent::Kind::Ended, ended_, tell);
    for (std::size_t r = 0; r < plan.rows.size(); ++r) {
        if (plan.rows[r].same == mine.same) {
            matched_[r] = {};
            recurrences_[r].times = 0;
        }
    }
}

void ProgressFollower::judge(const ProgressSegment& now, double position, float meanSquare,
                             const ProgressPlan& plan, Listener<ProgressEvent> tell) {
    if (now.sound == ProgressPlan::kOther && position - now.begin < kMixed) {
        return;
    }
    Standing best, mine;
    std::size_t which = 0;
    for (std::size_t r = 0; r < plan.rows.size(); ++r) {
        standings_[r] = standing(plan.rows[r], r, now, position - now.begin, plan);
        if (standings_[r].facts > best.facts) {
            best = standings_[r];
            which = r;
        }
    }
    // A row that explains as much and may go on otherwise: it is too early.
    bool alone = best.facts > 0;
    for (std::size_t r = 0; alone && r < plan.rows.size(); ++r) {
        const bool twin = plan.rows[r].same == plan.rows[which].same;
        alone = twin || standings_[r].facts < 0 || standings_[r].longest < best.complete;
    }
    if (decided_) {
        mine = standings_[row_];
    }
    const auto confidence = [&](std::size_t r, const Standing& one) {
        return confidenceOf(one.facts + (plan.rows[r].frequencyCounts ? 1 : 0));
    };
    if (decided_ && (mine.facts < 1 || (alone && best.facts > mine.facts))) {
        end(now, position, plan, tell);
        // What the decision was taken on is used up, or the same tone would begin again.
        alone = alone && plan.rows[which].same != plan.rows[row_].same;
    }
    if (!decided_ && alone && confidence(which, best) >= plan.settings.confidence) {
        decide(which, best, now, plan);
        mine = best;
        decided_ = true;
        sure_ = false;
        event_.confidence = 0;
    }
    if (!decided_) {
        return;
    }
    const bool first = event_.confidence == 0;
    event_.confidence = std::max(event_.confidence, confidence(row_, mine));
    event_.steps = std::max(event_.steps, mine.steps);
    event_.level = levelOfPower(2 * meanSquare);
    const bool surer = !sure_ && event_.confidence >= kSure;
    if (first || surer) {
        tellHeard(first ? ProgressEvent::Kind::Heard : ProgressEvent::Kind::Surer, position, tell);
    }
    sure_ = sure_ || surer;
}

}  // namespace tipring::dsp

// SPDX-License-Identifier: Apache-2.0
#pragma once

// No branch for a channel: of speech the processor could not guess it.
#include "dtmf_lanes.h"

#include <algorithm>
#include <bit>
#include <numbers>

namespace tipring::dsp {

namespace {

constexpr float kContinues = 0.25F;  // of the power: the tone fills half of the window
constexpr float kBeside = 0.6F;      // a neighbour that noise has made stronger for one frame
constexpr float kLoose = 0.55F;      // of the purity: a frame that the tone fills in part
constexpr float kLooseTwist = 2;     // 3 dB more for one frame
// A phase that does not turn evenly is no tone. What was no digit when it began has to be a better
// one to be it later: speech offers itself again and again.
struct Demand {
    float coherence, purity;
};
constexpr Demand kAtFirst{0.978F, 0};
constexpr Demand kLater{0.997F, 0.9F};
constexpr int kFirstFrames = 6;
constexpr float kSteady = 5.0F;  // ratio of powers: an echo 8 dB down makes 7 dB
constexpr int kMostInner = DtmfRuns<1>::kPrints - 2;
// What the window loses of a frequency off its middle, in squares of bins.
constexpr float kWindowBend = 1.29F, kMostBend = 0.4F;
constexpr float kMostGain = 1 / (1 - kWindowBend * kMostBend);

/// The prints that the tone fills, added up: of one of the two frequencies.
template <std::size_t kLanes>
struct Tone {
    using Floats = typename Lanes<kLanes>::Floats;
    using Wholes = typename Lanes<kLanes>::Wholes;

    Floats newest, oldest, real, imaginary, power, weakest, strongest;

    /// The turns to the newest two, and the power of the two before them.
    TIPRING_KERNEL Tone(const Floats& now, const Floats& before, const Floats& beforeThat,
                        const Floats* turns, const Floats* turnsBefore)
        : newest(now),
          oldest(beforeThat),
          real(turns[0] + turnsBefore[0]),
          imaginary(turns[1] + turnsBefore[1]),
          power(before + beforeThat),
          weakest(lesser(before, beforeThat)),
          strongest(greater(before, beforeThat)) {}
    /// One more, where there is one: the turn from `before`, which the tone fills.
    TIPRING_KERNEL void add(const Wholes& where, const Floats& before, const Floats* turns) {
        real += masked(where, turns[0]);
        imaginary += masked(where, turns[1]);
        power += masked(where, before);
        oldest = where ? before : oldest;
        weakest = lesser(weakest, oldest);
        strongest = greater(strongest, oldest);
    }
    [[nodiscard]] TIPRING_KERNEL Wholes level() const { return strongest <= kSteady * weakest; }
    /// A turn is no longer than the mean of the two powers.
    [[nodiscard]] TIPRING_KERNEL Wholes even(const Floats& coherence) const {
        const Floats least = coherence * (power + (newest - oldest) / 2.0F);
        return real * real + imaginary * imaginary >= least * least;
    }
    /// Tangent of what the phase turned more than the nominal frequency would have made it; far
    /// from 0 when that is a quarter or more.
    [[nodiscard]] TIPRING_KERNEL Floats turned(const Floats& cosine, const Floats& sine) const {
        const Floats across = imaginary * cosine - real * sine;
        const Floats along = real * cosine + imaginary * sine;
        return along > 0.0F ? across / along : Floats{} + 1e6F;
    }
};

template <std::size_t kLanes>
struct Work {
    using Floats = typename Lanes<kLanes>::Floats;
    using Wholes = typename Lanes<kLanes>::Wholes;
    using Counts = typename Lanes<kLanes>::Counts;
    using Runs = DtmfRuns<kLanes>;
    using Group = DtmfGroup<kLanes>;
    using Sight = DtmfSight<kLanes>;

    /// What one frame of each channel says, ready for comparison.
    struct alignas(kLanes * sizeof(float)) Frame {
        Floats power[8];    ///< 0 where nothing is loud
        Floats phasor[16];  ///< real and imaginary parts in turn
        Floats meanSquare;  ///< without the dial tone, if that was wished
        Wholes low, high;   ///< the strongest of each group
        Floats lowPower, highPower;
    };

    TIPRING_KERNEL static Floats all(float value) { return Floats{} + value; }
    /// The setting for a frequency of a group.
    TIPRING_KERNEL static Floats limitOf(const Choice<Wholes>& key, const float* limits) {
        const Floats each[4] = {all(limits[0]), all(limits[1]), all(limits[2]), all(limits[3])};
        return key.of(each);
    }

    /// Floats that are not negative are in order as whole numbers, too; the place of each stands
    /// in its lowest bits.
    TIPRING_KERNEL static Wholes strongest(const Floats* power) {
        Wholes best{};
        for (std::int32_t i = 0; i < 4; ++i) {
            best = greater(best, (reinterpret_cast<Wholes>(power[i]) & ~3) | i);
        }
        return best & 3;
    }

    TIPRING_KERNEL static void readPowers(Frame& frame, const Sight& sight,
                                          const DtmfLimits& limits) {
        const float* rows[kLanes];
        float squares[kLanes];
        for (std::size_t i = 0; i < kLanes; ++i) {
            rows[i] = sight.sums[i]->power;
            squares[i] = sight.sums[i]->meanSquare;
        }
        for (std::size_t i = 0; limits.overDialTone && i < kLanes; ++i) {
            squares[i] -= dialBand(*sight.sums[i]);
        }
        std::memcpy(&frame.meanSquare, squares, sizeof squares);
        gather(frame.power, rows);
        const Wholes loud = truths<Wholes>(sight.loud);
        for (Floats& power : frame.power) {
            power = masked(loud, power);
        }
        frame.low = strongest(frame.power);
        frame.high = strongest(frame.power + 4);
        frame.lowPower = Choice(frame.low).of(frame.power);
        frame.highPower = Choice(frame.high).of(frame.power + 4);
    }

    TIPRING_KERNEL static void readPhasors(Frame& frame, const Sight& sight) {
        const float* rows[kLanes];
        for (std::size_t half = 0; half < 2; ++half) {
            for (std::size_t i = 0; i < kLanes; ++i) {
                rows[i] = sight.sums[i]->phasor[0].value + 8 * half;
            }
            gather(frame.phasor + 8 * half, rows);
        }
    }

    /// A frame in which a digit may begin; a tone may fill a part of it only.
    TIPRING_KERNEL static Wholes candidates(const Frame& frame, const DtmfLimits& limits) {
        const Floats low = frame.lowPower, high = frame.highPower;
        const float least = 2 * kLoose * limits.purity;
        return (lesser(low, high) > limits.floor / 2) & (low + high > least * frame.meanSquare) &
               (low < kLooseTwist * limits.normalTwist * high) &
               (high < kLooseTwist * limits.reverseTwist * low);
    }

    TIPRING_KERNEL static Wholes sameKey(const Runs& runs, const Frame& frame) {
        return runs.alive & (runs.low == frame.low) & (runs.high == frame.high);
    }

    /// What the frame has of the runs' frequencies, compared with the frame before.
    TIPRING_KERNEL static void keepPrint(Runs& runs, const Wholes& here, const Frame& frame,
                                         typename Runs::Print& print) {
        const Choice low(runs.low), high(runs.high);
        const Floats* p = frame.phasor;
        Floats* old = runs.phasors;
        const Floats now[4] = {low.of(p, 2), low.of(p + 1, 2), high.of(p + 8, 2),
                               high.of(p + 9, 2)};
        // Of the first one it is never asked.
        set(print.turns[0], here, now[0] * old[0] + now[1] * old[1]);
        set(print.turns[1], here, now[1] * old[0] - now[0] * old[1]);
        set(print.turns[2], here, now[2] * old[2] + now[3] * old[3]);
        set(print.turns[3], here, now[3] * old[2] - now[2] * old[3]);
        for (std::size_t i = 0; i < 4; ++i) {
            set(old[i], here, now[i]);
        }
        set(runs.lastLow, here, low.of(frame.power));
        set(runs.lastHigh, here, high.of(frame.power + 4));
        set(print.low, here, runs.lastLow);
        set(print.high, here, runs.lastHigh);
        set(print.meanSquare, here, frame.meanSquare);
    }

    TIPRING_KERNEL static void begin(Runs& runs, const Wholes& start, const Frame& frame,
                                     const Group& group) {
        runs.alive |= start;
        runs.accepted &= ~start;
        runs.frames &= ~start;
        runs.inner &= ~start;
        for (Floats* sum : {&runs.lowSum, &runs.highSum, &runs.lastPower, &runs.loudest}) {
            *sum = masked(~start, *sum);
        }
        set(runs.low, start, frame.low);
        set(runs.high, start, frame.high);
        set(runs.first, start, group.number);
        set(runs.beforeFirst, start,
            Choice(runs.low).of(group.past) + Choice(runs.high).of(group.past + 4));
    }

    /// Runs that begin, and runs that have one frame more.
    TIPRING_KERNEL static void extend(Runs& runs, const Wholes& start, const Wholes& add,
                                      const Frame& frame, const Group& group, unsigned slot) {
        // Called when there is one at least.
        const Wholes here = kLanes == 1 ? ~Wholes{} : start | add;
        const Wholes filled = add & (runs.frames > 1) & (runs.misses == 0);
        runs.inner -= filled;
        runs.lowSum += masked(filled, runs.lastLow);
        runs.highSum += masked(filled, runs.lastHigh);
        if (bits(start) != 0) {
            begin(runs, start, frame, group);
        }
        set(runs.beforeLast, here, runs.lastPower);
        keepPrint(runs, here, frame, runs.prints[slot]);
        const Floats power = runs.lastLow + runs.lastHigh;
        runs.frames -= here;
        set(runs.lastPower, here, power);
        set(runs.firstPower, start, power);
        set(runs.secondPower, add & (runs.frames == 2), power);
        set(runs.loudest, here, greater(runs.loudest, power));
        set(runs.last, here, group.number);
        runs.afterLast = masked(~here, runs.afterLast);
        runs.misses &= ~here;
    }

    /// The window at a frequency off its middle, by its series; the arc by that of its tangent.
    TIPRING_KERNEL static Floats gainAt(const Floats& tangent) {
        const Floats square = tangent * tangent;
        const Floats bins =
            tangent * (1.0F - square / (3.0F + 1.8F * square)) / std::numbers::pi_v<float>;
        return 1.0F / (1.0F - kWindowBend * lesser(bins * bins, all(kMostBend)));
    }

    /// Frequencies and twist, of prints that are tones.
    TIPRING_KERNEL static void judgeTones(Runs& runs, const Wholes& asked, const Tone<kLanes>& low,
                                          const Tone<kLanes>& high, const Floats& least,
                                          const DtmfLimits& limits) {
        const Choice lowKey(runs.low), highKey(runs.high);
        const Floats lowTurn =
            low.turned(limitOf(lowKey, limits.cosine.data()), limitOf(lowKey, limits.sine.data()));
        const Floats highTurn = high.turned(limitOf(highKey, limits.cosine.data() + 4),
                                            limitOf(highKey, limits.sine.data() + 4));
        const Floats lowGain = gainAt(lowTurn), highGain = gainAt(highTurn);
        const Floats lowPower = low.power * lowGain, highPower = high.power * highGain;
        runs.pure |= asked & (magnitude(lowTurn) <= limitOf(lowKey, limits.tolerance.data())) &
                     (magnitude(highTurn) <= limitOf(highKey, limits.tolerance.data() + 4)) &
                     (lowPower <= highPower * limits.normalTwist) &
                     (highPower <= lowPower * limits.reverseTwist) &
                     (lowPower + highPower >= least);
        set(runs.lowGain, asked, lowGain);
        set(runs.highGain, asked, highGain);
    }

    TIPRING_KERNEL static void judge(Runs& runs, const Wholes& which, const DtmfLimits& limits,
                                     unsigned newest) {
        const Wholes asked = kLanes == 1 ? ~Wholes{} : which;
        const Wholes inner = runs.frames - 2;
        const auto& last = runs.print(newest, 0);
        const auto& second = runs.print(newest, 1);
        const auto& third = runs.print(newest, 2);
        Tone<kLanes> low(last.low, second.low, third.low, last.turns, second.turns);
        Tone<kLanes> high(last.high, second.high, third.high, last.turns + 2, second.turns + 2);
        Floats square = second.meanSquare + third.meanSquare;
        for (unsigned back = 2; back < kMostInner; ++back) {
            const Wholes where = inner > static_cast<std::int32_t>(back);
            const auto& now = runs.print(newest, back);
            const auto& before = runs.print(newest, back + 1);
            low.add(where, before.low, now.turns);
            high.add(where, before.high, now.turns + 2);
            square += masked(where, before.meanSquare);
        }
        const Wholes late = runs.frames > kFirstFrames;
        const Floats coherence = late ? all(kLater.coherence) : all(kAtFirst.coherence);
        const Floats purity = late ? all(std::max(limits.purity, kLater.purity))
                                   : all(std::max(limits.purity, kAtFirst.purity));
        const Floats least = 2.0F * purity * square;
        const Wholes counted = lesser(inner, Wholes{} + kMostInner);
        const Wholes tones = asked & (kMostGain * (low.power + high.power) >= least) &
                             low.even(coherence) & high.even(coherence) & low.level() &
                             high.level() &
                             (lesser(low.power, high.power) >=
                              limits.floor * __builtin_convertvector(counted, Floats));
        runs.pure &= ~asked;
        if (bits(tones) != 0) {
            judgeTones(runs, tones, low, high, least, limits);
        }
    }

    TIPRING_KERNEL static void judgeSome(Runs& runs, unsigned channels, const DtmfLimits& limits,
                                         unsigned newest) {
        judge(runs, truths<Wholes>(channels), limits, newest);
    }

    /// Channels whose frames stand in the same place of the prints.
    TIPRING_KERNEL static DtmfNews stepSlot(Group& group, Frame& frame, const Sight& sight,
                                            const Wholes& due, const DtmfLimits& limits,
                                            unsigned slot) {
        Runs& current = group.current;
        Runs& challenger = group.challenger;
        const Wholes alive = current.alive & due;
        const Wholes loud = truths<Wholes>(sight.loud) & due;
        const Wholes candidate = candidates(frame, limits) & loud;
        const Floats low = Choice(current.low).of(frame.power);
        const Floats high = Choice(current.high).of(frame.power + 4);
        const Wholes goesOn = alive & loud & (low >= kBeside * frame.lowPower) &
                              (high >= kBeside * frame.highPower) &
                              (low + high >= kContinues * current.loudest);
        const Wholes miss = alive & ~goesOn;
        set(current.afterLast, miss & (current.misses == 0), low + high);
        current.misses -= miss;
        // Another digit may follow the one that is not yet over.
        const Wholes challenge = candidate & alive & ~sameKey(current, frame);
        const Wholes again = challenge & sameKey(challenger, frame);
        challenger.alive &= ~due | challenge;
        const Wholes start = candidate & ~alive;
        if (bits(start | goesOn | challenge) != 0) {
            readPhasors(frame, sight);
        }
        if (bits(start | goesOn) != 0) {
            extend(current, start, goesOn, frame, group, slot);
        }
        if (bits(challenge) != 0) {
            extend(challenger, challenge & ~again, again, frame, group, slot);
        }
        for (std::size_t i = 0; i < 8; ++i) {
            set(group.past[i], due, frame.power[i]);
        }
        return conclude(group, alive, goesOn, limits, slot);
    }

    TIPRING_KERNEL static DtmfNews conclude(Group& group, const Wholes& alive, const Wholes& goesOn,
                                            const DtmfLimits& limits, unsigned slot) {
        Runs& current = group.current;
        const Wholes lasting = alive & ~current.accepted & (current.frames >= limits.leastFrames);
        if (bits(lasting & goesOn) != 0) {
            judge(current, lasting & goesOn, limits, slot);
        }
        const Wholes accept = lasting & current.pure;
        const Wholes patience = current.accepted ? Wholes{} + limits.pauseFrames : Wholes{} + 1;
        const Wholes over = alive & ~accept & (current.misses >= patience);
        const Wholes special = accept | (over & (current.accepted | group.challenger.alive));
        current.alive &= ~over | special;
        return {bits(accept), bits(special)};
    }

    TIPRING_KERNEL static DtmfNews step(Group& group, const Sight& sight,
                                        const DtmfLimits& limits) {
        const Wholes due = truths<Wholes>(sight.due);
        DtmfNews news;
        if (sight.loud == 0 && bits(group.current.alive & due) == 0) {
            for (Floats& past : group.past) {
                past = masked(~due, past);
            }
        } else {
            Frame frame;
            readPowers(frame, sight, limits);
            // Channels that do not run in step are looked at one after the other.
            for (unsigned left = sight.due; left != 0;) {
                const unsigned slot = group.number[std::countr_zero(left)] % Runs::kPrints;
                const Wholes here = truths<Wholes>(left) & (group.number % Runs::kPrints == slot);
                const DtmfNews some = stepSlot(group, frame, sight, here, limits, slot);
                news.accept |= some.accept;
                news.special |= some.special;
                left &= ~bits(here);
            }
        }
        group.number -= reinterpret_cast<Counts>(due);
        group.rounds -= reinterpret_cast<Counts>(due & (group.number == 0));
        return news;
    }
};

}  // namespace

}  // namespace tipring::dsp

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>

#include "bin_pair.h"
#include "dtmf_receiver.h"

namespace tipring::dsp {

namespace {

constexpr std::string_view kKeys = "123A456B789C*0#D";
constexpr double kHop = DtmfLimits::kHop;
constexpr float kContinues = 0.25F;  // of the power: the tone fills half of the window
constexpr float kBeside = 0.6F;      // a neighbour that noise has made stronger for one frame
// A phase that does not turn evenly is no tone. What was no digit when it began has to be a better
// one to be it later: speech offers itself again and again.
struct Demand {
    float coherence, purity;
};
constexpr Demand kAtFirst{0.978F, 0};
constexpr Demand kLater{0.997F, 0.9F};
constexpr unsigned kFirstFrames = 6;
constexpr float kSteady = 5.0F;  // ratio of powers: an echo 8 dB down makes 7 dB
constexpr unsigned kLeastInner = 2;
// What the window loses of a frequency off its middle, in squares of bins.
constexpr float kWindowBend = 1.29F, kMostBend = 0.4F;
constexpr float kMostGain = 1 / (1 - kWindowBend * kMostBend);

}  // namespace

/// The prints that the tone fills, added up.
struct DtmfRun::Sums {
    std::array<float, 4> turns{}, lengths{}, powers{}, weakest{}, strongest{};

    explicit Sums(const Print& oldest) : weakest(oldest.powers), strongest(oldest.powers) {}
    /// The turn from `before`, which the tone fills, to `now`.
    void add(const Print& now, const Print& before) {
        for (std::size_t i = 0; i < 4; ++i) {
            turns[i] += now.turns[i];
            lengths[i] += (now.powers[i] + before.powers[i]) / 2;  // a turn is no longer
            powers[i] += before.powers[i];
            weakest[i] = before.powers[i] < weakest[i] ? before.powers[i] : weakest[i];
            strongest[i] = before.powers[i] > strongest[i] ? before.powers[i] : strongest[i];
        }
    }
    [[nodiscard]] bool level(std::size_t tone) const {
        return strongest[tone] <= kSteady * weakest[tone];
    }
    [[nodiscard]] bool even(std::size_t tone, float coherence) const {
        const float least = coherence * lengths[tone];
        const float real = turns[2 * tone], imaginary = turns[2 * tone + 1];
        return real * real + imaginary * imaginary >= least * least;
    }
    /// Tangent of what the phase turned more than the nominal frequency would have made it; far
    /// from 0 when that is a quarter or more.
    [[nodiscard]] float turn(std::size_t tone, float cosine, float sine) const {
        const float real = turns[2 * tone], imaginary = turns[2 * tone + 1];
        const float across = imaginary * cosine - real * sine;
        const float along = real * cosine + imaginary * sine;
        return along > 0 ? across / along : 1e6F;
    }
};

void DtmfRun::keep(const DtmfFrame& frame) {
    const float* phasor = frame.sums.phasor[0].value;
    const float low = frame.sums.power[low_], high = frame.sums.power[high_];
    const std::array<float, 4> old = phasors_;
    const std::array<float, 4> now{phasor[2 * low_], phasor[2 * low_ + 1], phasor[2 * high_],
                                   phasor[2 * high_ + 1]};
    Print& print = prints_[frames_ % kPrints];
    print.powers = {low, high, frame.meanSquare, 0};
    // Of the first one it is never asked.
    print.turns = {now[0] * old[0] + now[1] * old[1], now[1] * old[0] - now[0] * old[1],
                   now[2] * old[2] + now[3] * old[3], now[3] * old[2] - now[2] * old[3]};
    phasors_ = now;
    ++frames_;
    lastPower_ = low + high;
    loudest_ = std::max(loudest_, lastPower_);
    last_ = frame.number;
    afterLast_ = 0;
    misses_ = 0;
}

void DtmfRun::start(const DtmfFrame& frame) {
    alive_ = true;
    accepted_ = false;
    low_ = frame.low;
    high_ = frame.high;
    frames_ = inner_ = 0;
    loudest_ = lowSum_ = highSum_ = beforeLast_ = 0;
    first_ = frame.number;
    beforeFirst_ = frame.past[low_] + frame.past[high_];
    keep(frame);
    firstPower_ = lastPower_;
}

bool DtmfRun::continues(const DtmfFrame& frame) const {
    const float* powers = frame.sums.power;
    const bool low = powers[low_] >= kBeside * powers[frame.low];
    const bool high = powers[high_] >= kBeside * powers[frame.high];
    const bool loud = power(frame) >= kContinues * loudest_;
    return (low & high & loud) != 0;
}

void DtmfRun::add(const DtmfFrame& frame) {
    if (frames_ > 1 && misses_ == 0) {
        const Print& inner = print(0);
        ++inner_;
        lowSum_ += inner.powers[0];
        highSum_ += inner.powers[1];
    }
    beforeLast_ = lastPower_;
    keep(frame);
    if (frames_ == 2) {
        secondPower_ = lastPower_;
    }
}

void DtmfRun::miss(float power) {
    if (misses_++ == 0) {
        afterLast_ = power;
    }
}

double DtmfRun::begin() const {
    const float parts = filled(firstPower_, secondPower_) + filled(beforeFirst_, secondPower_);
    return kHop * (static_cast<double>(first_) + 0.5 - static_cast<double>(parts));
}

double DtmfRun::end() const {
    const float parts = filled(lastPower_, beforeLast_) + filled(afterLast_, beforeLast_);
    return kHop * (static_cast<double>(last_) - 0.5 + static_cast<double>(parts));
}

bool DtmfRun::pure(const DtmfLimits& limits) {
    const unsigned inner = std::min(frames_, kPrints) - 2;
    Sums sums(print(1));
    for (unsigned back = 0; back < inner; ++back) {
        sums.add(print(back), print(back + 1));
    }
    const Demand& demand = frames_ > kFirstFrames ? kLater : kAtFirst;
    const float low = sums.powers[0], high = sums.powers[1];
    const float least = 2 * std::max(limits.purity, demand.purity) * sums.powers[2];
    // What costs least and refuses most comes first.
    if (kMostGain * (low + high) < least || !sums.even(0, demand.coherence) ||
        !sums.even(1, demand.coherence) || !sums.level(0) || !sums.level(1) ||
        std::min(low, high) < limits.floor * static_cast<float>(inner)) {
        return false;
    }
    const float lowTurn = sums.turn(0, limits.cosine[low_], limits.sine[low_]);
    const float highTurn = sums.turn(1, limits.cosine[high_], limits.sine[high_]);
    if (std::fabs(lowTurn) > limits.tolerance[low_] ||
        std::fabs(highTurn) > limits.tolerance[high_]) {
        return false;
    }
    // The window at a frequency off its middle, by its series; the arc by that of its tangent.
    const auto gain = [](float tangent) {
        const float square = tangent * tangent;
        const float bins = tangent * (1 - square / (3 + 1.8F * square)) / std::numbers::pi_v<float>;
        return 1 / (1 - kWindowBend * std::min(bins * bins, kMostBend));
    };
    lowGain_ = gain(lowTurn);
    highGain_ = gain(highTurn);
    const float lowPower = low * lowGain_;
    const float highPower = high * highGain_;
    return lowPower <= highPower * limits.normalTwist &&
           highPower <= lowPower * limits.reverseTwist && lowPower + highPower >= least;
}

bool DtmfRun::accept(const DtmfLimits& limits) {
    if (accepted_ || frames_ < kLeastInner + 2 || kHop * (frames_ + 1) < limits.minimumOn) {
        return false;
    }
    accepted_ = pure(limits) && end() - begin() >= limits.minimumOn;
    return accepted_;
}

DtmfEvent DtmfRun::event(DtmfEvent::Kind kind) const {
    const double began = std::max(begin(), 0.0);
    const auto inner = static_cast<float>(inner_);
    DtmfEvent event;
    event.kind = kind;
    event.key = kKeys[low_ * 4 + high_ - 4];
    event.began = static_cast<SamplePosition>(std::llround(began));
    event.duration = static_cast<std::uint32_t>(std::llround(std::max(end() - began, 0.0)));
    event.lowLevel = levelOfPower(lowSum_ / inner * lowGain_);
    event.highLevel = levelOfPower(highSum_ / inner * highGain_);
    return event;
}

}  // namespace tipring::dsp

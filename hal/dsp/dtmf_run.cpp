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

}  // namespace

/// One of the two frequencies, over the frames that it fills.
struct DtmfRun::Tone {
    float real = 0, imaginary = 0;  ///< sum of the turns from frame to frame
    float lengths = 0;              ///< sum of the lengths that they have at most
    float power = 0;                ///< sum
    float weakest = 0, strongest = 0;

    void addTurn(const std::array<float, 2>& now, const std::array<float, 2>& before, float most) {
        real += now[0] * before[0] + now[1] * before[1];
        imaginary += now[1] * before[0] - now[0] * before[1];
        lengths += most;
    }
    void addPower(float more) {
        power += more;
        weakest = weakest > 0 ? std::min(weakest, more) : more;
        strongest = std::max(strongest, more);
    }
    /// Tangent of what the phase turned more than the nominal frequency would have made it; far
    /// from 0 when that is a quarter or more.
    [[nodiscard]] float turn(float cosine, float sine) const {
        const float across = imaginary * cosine - real * sine;
        const float along = real * cosine + imaginary * sine;
        return along > 0 ? across / along : 1e6F;
    }
    [[nodiscard]] bool steady(float coherence) const {
        const float least = coherence * lengths;
        return strongest <= kSteady * weakest &&
               real * real + imaginary * imaginary >= least * least;
    }
};

void DtmfRun::keep(const DtmfFrame& frame) {
    const float* phasor = frame.sums.phasor[0].value;
    prints_[frames_++ % kPrints] = {{phasor[2 * low_], phasor[2 * low_ + 1]},
                                    {phasor[2 * high_], phasor[2 * high_ + 1]},
                                    frame.sums.power[low_],
                                    frame.sums.power[high_],
                                    frame.meanSquare};
    lastPower_ = power(frame);
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
    return powers[low_] >= kBeside * powers[frame.low] &&
           powers[high_] >= kBeside * powers[frame.high] && power(frame) >= kContinues * loudest_;
}

void DtmfRun::add(const DtmfFrame& frame) {
    if (frames_ > 1 && misses_ == 0) {
        const Print& inner = print(0);
        ++inner_;
        lowSum_ += inner.lowPower;
        highSum_ += inner.highPower;
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
    Tone low, high;
    float total = 0;
    const unsigned oldest = std::min(frames_, kPrints) - 1;
    const unsigned inner = oldest - 1;
    for (unsigned back = 0; back < inner; ++back) {
        const Print& now = print(back);
        const Print& before = print(back + 1);
        low.addTurn(now.low, before.low, (now.lowPower + before.lowPower) / 2);
        high.addTurn(now.high, before.high, (now.highPower + before.highPower) / 2);
        low.addPower(before.lowPower);
        high.addPower(before.highPower);
        total += before.meanSquare;
    }
    const Demand& demand = frames_ > kFirstFrames ? kLater : kAtFirst;
    if (!low.steady(demand.coherence) || !high.steady(demand.coherence) ||
        std::min(low.power, high.power) < limits.floor * static_cast<float>(inner)) {
        return false;
    }
    const float lowTurn = low.turn(limits.cosine[low_], limits.sine[low_]);
    const float highTurn = high.turn(limits.cosine[high_], limits.sine[high_]);
    if (std::fabs(lowTurn) > limits.tolerance[low_] ||
        std::fabs(highTurn) > limits.tolerance[high_]) {
        return false;
    }
    // The window at a frequency off its middle, by its series; the arc by that of its tangent.
    const auto gain = [](float tangent) {
        const float square = tangent * tangent;
        const float bins = tangent * (1 - square / (3 + 1.8F * square)) / std::numbers::pi_v<float>;
        return 1 / (1 - 1.29F * std::min(bins * bins, 0.4F));
    };
    lowGain_ = gain(lowTurn);
    highGain_ = gain(highTurn);
    const float lowPower = low.power * lowGain_;
    const float highPower = high.power * highGain_;
    return lowPower <= highPower * limits.normalTwist &&
           highPower <= lowPower * limits.reverseTwist &&
           (lowPower + highPower) / 2 >= std::max(limits.purity, demand.purity) * total;
}

bool DtmfRun::accept(const DtmfLimits& limits) {
    if (accepted_ || frames_ < kLeastInner + 2 || kHop * (frames_ + 1) < limits.minimumOn ||
        end() - begin() < limits.minimumOn) {
        return false;
    }
    accepted_ = pure(limits);
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

// SPDX-License-Identifier: Apache-2.0
#include "dtmf_receiver.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numbers>

#include "tipring/hal/dsp/tone.h"

namespace tipring::dsp {

namespace {

constexpr std::size_t kHop = DtmfLimits::kHop;
constexpr std::array<double, 8> kNominal{697, 770, 852, 941, 1209, 1336, 1477, 1633};
// Bins of the frame from 250 to 500 Hz: what is in them together is the power of that band.
constexpr std::array<double, 5> kDialBand{250, 312.5, 375, 437.5, 500};
constexpr double kMostTurn = 1.5;  // radians; more cannot be told from less
constexpr float kBandBins = 1.5F;  // a sine is seen by several bins of a Hann window
constexpr float kLoose = 0.55F;    // of the purity: a frame that the tone fills in part
constexpr float kLooseTwist = 2;   // 3 dB more for one frame

FrameTable tableOf(bool overDialTone) {
    std::vector<double> hertz(kNominal.begin(), kNominal.end());
    if (overDialTone) {
        hertz.insert(hertz.end(), kDialBand.begin(), kDialBand.end());
    }
    return FrameTable{kHop, hertz};
}

float ratio(float decibels) {
    return std::pow(10.0F, decibels / 10);
}

float squaredAmplitude(float dbm0) {
    const double amplitude = amplitudeOf(static_cast<double>(dbm0));
    return static_cast<float>(amplitude * amplitude);
}

/// Floats that are not negative are in order as whole numbers, too; the place of each stands in its
/// lowest bits, so that there is nothing for the processor to guess.
unsigned strongest(const float* power) {
    std::uint32_t best = 0;
    for (std::uint32_t i = 0; i < 4; ++i) {
        best = std::max(best, (std::bit_cast<std::uint32_t>(power[i]) & ~3U) | i);
    }
    return best & 3;
}

}  // namespace

DtmfLimits::DtmfLimits(const DtmfSettings& settings)
    : table(tableOf(settings.overDialTone)),
      floor(squaredAmplitude(settings.minimumLevel)),
      silence(floor / 4),
      normalTwist(ratio(settings.normalTwist)),
      reverseTwist(ratio(settings.reverseTwist)),
      minimumOn(static_cast<double>(settings.minimumOn) * kSampleRate / 1000),
      pauseFrames(std::max(1U, static_cast<unsigned>(std::lround(settings.minimumPause *
                                                                 kSampleRate / 1000 / kHop)))),
      purity(settings.purity),
      overDialTone(settings.overDialTone) {
    for (std::size_t i = 0; i < kNominal.size(); ++i) {
        const double turn = 2 * std::numbers::pi * kNominal[i] * kHop / kSampleRate;
        cosine[i] = static_cast<float>(std::cos(turn));
        sine[i] = static_cast<float>(std::sin(turn));
        const double most = turn * static_cast<double>(settings.tolerance) / 100;
        tolerance[i] = static_cast<float>(std::tan(std::min(most, kMostTurn)));
    }
}

namespace {

float dialBand(const FrameSums& sums) {
    float sum = 0;
    for (std::size_t i = 0; i < kDialBand.size(); ++i) {
        sum += sums.power[FrameTable::kPerGroup + i];
    }
    return sum / 2 / kBandBins;
}

/// A frame in which a digit may begin; a tone may fill a part of it only.
bool candidate(const DtmfFrame& frame, const DtmfLimits& limits) {
    const float low = frame.sums.power[frame.low];
    const float high = frame.sums.power[frame.high];
    return std::min(low, high) > limits.floor / 2 &&
           low + high > 2 * kLoose * limits.purity * frame.meanSquare &&
           low < kLooseTwist * limits.normalTwist * high &&
           high < kLooseTwist * limits.reverseTwist * low;
}

}  // namespace

void DtmfReceiver::process(std::span<const std::int16_t> samples, const DtmfLimits& limits,
                           FrameFunction frame, Listener<DtmfEvent> tell) {
    while (!samples.empty()) {
        Hop& hop = hops_[number_ & 1];
        if (fill_ == 0 && samples.size() >= kHop) {
            std::memcpy(hop.data(), samples.data(), sizeof hop);
            take(samples.data(), limits, frame, tell);
            samples = samples.subspan(kHop);
            continue;
        }
        const std::size_t count = std::min(kHop - fill_, samples.size());
        std::memcpy(hop.data() + fill_, samples.data(), count * sizeof samples[0]);
        fill_ += count;
        samples = samples.subspan(count);
        if (fill_ == kHop) {
            fill_ = 0;
            take(hop.data(), limits, frame, tell);
        }
    }
}

void DtmfReceiver::take(const std::int16_t* samples, const DtmfLimits& limits, FrameFunction frame,
                        Listener<DtmfEvent> tell) {
    DtmfFrame now;
    const Hop& before = hops_[~number_ & 1];
    if (!frame(limits.table, before.data(), samples, limits.silence, now.sums)) {
        ++number_;
        hearNothing(limits, tell);
        return;
    }
    now.number = number_++;
    now.meanSquare = now.sums.meanSquare;
    if (limits.overDialTone) {
        now.meanSquare -= dialBand(now.sums);
    }
    now.low = strongest(now.sums.power);
    now.high = 4 + strongest(now.sums.power + 4);
    now.past = past_;
    std::memcpy(past_.data(), now.sums.power, sizeof past_);
    hear(now, limits, tell);
}

void DtmfReceiver::hear(const DtmfFrame& frame, const DtmfLimits& limits,
                        Listener<DtmfEvent> tell) {
    if (current_.alive()) {
        if (current_.continues(frame)) {
            current_.add(frame);
        } else {
            current_.miss(current_.power(frame));
        }
    }
    challenge(frame, limits);
    conclude(limits, tell);
}

void DtmfReceiver::hearNothing(const DtmfLimits& limits, Listener<DtmfEvent> tell) {
    past_.fill(0);
    challenger_.stop();
    if (current_.alive()) {
        current_.miss(0);
        conclude(limits, tell);
    }
}

/// Another digit may follow the one that is not yet over.
void DtmfReceiver::challenge(const DtmfFrame& frame, const DtmfLimits& limits) {
    if (current_.sameKey(frame) || !candidate(frame, limits)) {
        challenger_.stop();
    } else if (challenger_.sameKey(frame)) {
        challenger_.add(frame);
    } else {
        challenger_.start(frame);
    }
}

void DtmfReceiver::conclude(const DtmfLimits& limits, Listener<DtmfEvent> tell) {
    if (current_.alive() && current_.accept(limits)) {
        tell(current_.event(DtmfEvent::Kind::Start));
    }
    if (current_.alive() && current_.over(limits)) {
        if (current_.accepted()) {
            tell(current_.event(DtmfEvent::Kind::End));
        }
        current_.stop();
    }
    if (!current_.alive() && challenger_.alive()) {
        current_ = challenger_;
        challenger_.stop();
        if (current_.accept(limits)) {
            tell(current_.event(DtmfEvent::Kind::Start));
        }
    }
}

}  // namespace tipring::dsp

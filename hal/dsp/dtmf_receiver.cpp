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

/// A frame in which a digit may begin; a tone may fill a part of it only. All four are asked
/// without a branch: of speech the processor could not guess them.
bool candidate(const DtmfFrame& frame, const DtmfLimits& limits) {
    const float low = frame.sums.power[frame.low];
    const float high = frame.sums.power[frame.high];
    const bool loud = std::min(low, high) > limits.floor / 2;
    const bool pure = low + high > 2 * kLoose * limits.purity * frame.meanSquare;
    const bool normal = low < kLooseTwist * limits.normalTwist * high;
    const bool reverse = high < kLooseTwist * limits.reverseTwist * low;
    return (loud & pure & normal & reverse) != 0;
}

}  // namespace

void DtmfReceiver::hear(const FrameJob& job, const DtmfLimits& limits, Listener<DtmfEvent> tell) {
    const std::uint64_t number = number_++;
    if (!job.loud) {
        hearNothing(limits, tell);
        return;
    }
    const FrameSums& sums = *job.sums;
    const DtmfFrame frame{number,
                          sums,
                          past_.data(),
                          sums.meanSquare - (limits.overDialTone ? dialBand(sums) : 0),
                          strongest(sums.power),
                          4 + strongest(sums.power + 4)};
    if (current().alive()) {
        if (current().continues(frame)) {
            current().add(frame);
        } else {
            current().miss(current().power(frame));
        }
    }
    challenge(frame, limits);
    std::memcpy(past_.data(), sums.power, sizeof past_);
    conclude(limits, tell);
}

void DtmfReceiver::hearNothing(const DtmfLimits& limits, Listener<DtmfEvent> tell) {
    past_.fill(0);
    challenger().stop();
    if (current().alive()) {
        current().miss(0);
        conclude(limits, tell);
    }
}

/// Another digit may follow the one that is not yet over.
void DtmfReceiver::challenge(const DtmfFrame& frame, const DtmfLimits& limits) {
    if (current().sameKey(frame) || !candidate(frame, limits)) {
        challenger().stop();
    } else if (challenger().sameKey(frame)) {
        challenger().add(frame);
    } else {
        challenger().start(frame);
    }
}

void DtmfReceiver::conclude(const DtmfLimits& limits, Listener<DtmfEvent> tell) {
    if (current().alive() && current().accept(limits)) {
        tell(current().event(DtmfEvent::Kind::Start));
    }
    if (current().alive() && current().over(limits)) {
        if (current().accepted()) {
            tell(current().event(DtmfEvent::Kind::End));
        }
        current().stop();
    }
    if (!current().alive() && challenger().alive()) {
        which_ ^= 1;
        if (current().accept(limits)) {
            tell(current().event(DtmfEvent::Kind::Start));
        }
    }
}

}  // namespace tipring::dsp

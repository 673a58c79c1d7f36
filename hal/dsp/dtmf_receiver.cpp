// SPDX-License-Identifier: Apache-2.0
#include "dtmf_receiver.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

#include "tipring/hal/dsp/tone.h"

namespace tipring::dsp {

namespace {

constexpr std::size_t kHop = 48;
constexpr std::array<double, 8> kNominal{697, 770, 852, 941, 1209, 1336, 1477, 1633};
// Bins of the frame from 250 to 500 Hz: what is in them together is the power of that band.
constexpr std::array<double, 4> kDialBand{250, 1000.0 / 3, 1250.0 / 3, 500};
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

unsigned strongest(const float* power) {
    const unsigned a = power[1] > power[0] ? 1 : 0;
    const unsigned b = power[3] > power[2] ? 3 : 2;
    return power[b] > power[a] ? b : a;
}

}  // namespace

DtmfLimits::DtmfLimits(const DtmfSettings& settings)
    : table(tableOf(settings.overDialTone)),
      floor(squaredAmplitude(settings.minimumLevel)),
      silence(floor / 4),
      normalTwist(ratio(settings.normalTwist)),
      reverseTwist(ratio(settings.reverseTwist)),
      minimumOn(settings.minimumOn * kSampleRate / 1000),
      pauseFrames(std::max(1U, static_cast<unsigned>(std::lround(settings.minimumPause *
                                                                 kSampleRate / 1000 / kHop)))),
      purity(settings.purity),
      overDialTone(settings.overDialTone) {
    for (std::size_t i = 0; i < kNominal.size(); ++i) {
        const double turn = 2 * std::numbers::pi * kNominal[i] * kHop / kSampleRate;
        cosine[i] = static_cast<float>(std::cos(turn));
        sine[i] = static_cast<float>(std::sin(turn));
        tolerance[i] = static_cast<float>(turn) * settings.tolerance / 100;
    }
}

void DtmfReceiver::process(std::span<const std::int16_t> samples, const DtmfLimits& limits,
                           FrameFunction frame, Listener<DtmfEvent> tell) {
    while (!samples.empty()) {
        if (fill_ == 0 && samples.size() >= kHop) {
            take(samples.data(), limits, frame, tell);
            samples = samples.subspan(kHop);
            continue;
        }
        const std::size_t count = std::min(kHop - fill_, samples.size());
        std::memcpy(held_.data() + fill_, samples.data(), count * sizeof held_[0]);
        fill_ += count;
        samples = samples.subspan(count);
        if (fill_ == kHop) {
            fill_ = 0;
            take(held_.data(), limits, frame, tell);
        }
    }
}

void DtmfReceiver::take(const std::int16_t* samples, const DtmfLimits& limits, FrameFunction frame,
                        Listener<DtmfEvent> tell) {
    DtmfFrame& now = frames_[number_ & 1];
    now.number = number_++;
    now.loud = frame(limits.table, samples, past_.data(), limits.silence, now.sums);
    if (now.loud) {
        const float* phasor = now.sums.phasor[0].value;
        for (std::size_t i = 0; i < now.power.size(); ++i) {
            now.power[i] = phasor[2 * i] * phasor[2 * i] + phasor[2 * i + 1] * phasor[2 * i + 1];
        }
        now.meanSquare = now.sums.meanSquare;
        if (limits.overDialTone) {
            now.meanSquare -= dialBand(now);
        }
    }
    if (now.loud || current_.alive() || challenger_.alive()) {
        judge(now, frames_[number_ & 1], limits, tell);
    }
}

float DtmfReceiver::dialBand(const DtmfFrame& frame) {
    const float* phasor = frame.sums.phasor[1].value;
    float sum = 0;
    for (std::size_t i = 0; i < 2 * kDialBand.size(); ++i) {
        sum += phasor[i] * phasor[i];
    }
    return sum / 2 / kBandBins;
}

void DtmfReceiver::judge(const DtmfFrame& now, const DtmfFrame& before, const DtmfLimits& limits,
                         Listener<DtmfEvent> tell) {
    const unsigned low = now.loud ? strongest(now.power.data()) : 0;
    const unsigned high = 4 + (now.loud ? strongest(now.power.data() + 4) : 0);
    if (current_.alive()) {
        if (now.loud && current_.continues(now, low, high)) {
            current_.add(now, before, limits);
        } else {
            current_.miss(now);
        }
    }
    challenge(now, before, limits, low, high);
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

bool DtmfReceiver::candidate(const DtmfFrame& frame, const DtmfLimits& limits, unsigned low,
                             unsigned high) {
    const float lowPower = frame.power[low];
    const float highPower = frame.power[high];
    return std::min(lowPower, highPower) > limits.floor / 2 &&
           lowPower + highPower > 2 * kLoose * limits.purity * frame.meanSquare &&
           lowPower < kLooseTwist * limits.normalTwist * highPower &&
           highPower < kLooseTwist * limits.reverseTwist * lowPower;
}

/// Another digit may follow the one that is not yet over.
void DtmfReceiver::challenge(const DtmfFrame& now, const DtmfFrame& before,
                             const DtmfLimits& limits, unsigned low, unsigned high) {
    if (!now.loud || current_.sameKey(low, high) || !candidate(now, limits, low, high)) {
        challenger_.stop();
    } else if (challenger_.sameKey(low, high)) {
        challenger_.add(now, before, limits);
    } else {
        challenger_.start(now, before, low, high);
    }
}

}  // namespace tipring::dsp

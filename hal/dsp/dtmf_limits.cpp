// SPDX-License-Identifier: Apache-2.0
#include "dtmf_limits.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "tipring/hal/dsp/tone.h"

namespace tipring::dsp {

namespace {

constexpr std::size_t kHop = DtmfLimits::kHop;
constexpr std::array<double, 8> kNominal{697, 770, 852, 941, 1209, 1336, 1477, 1633};
// Bins of the frame from 250 to 500 Hz: what is in them together is the power of that band.
constexpr std::array<double, 5> kDialBand{250, 312.5, 375, 437.5, 500};
constexpr double kMostTurn = 1.5;  // radians; more cannot be told from less
constexpr float kBandBins = 1.5F;  // a sine is seen by several bins of a Hann window
constexpr int kLeastFrames = 4;    // two of them filled

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

}  // namespace

DtmfLimits::DtmfLimits(const DtmfSettings& settings)
    : table(tableOf(settings.overDialTone)),
      floor(squaredAmplitude(settings.minimumLevel)),
      silence(floor / 4),
      normalTwist(ratio(settings.normalTwist)),
      reverseTwist(ratio(settings.reverseTwist)),
      minimumOn(static_cast<double>(settings.minimumOn) * kSampleRate / 1000),
      leastFrames(std::max(kLeastFrames, static_cast<int>(std::ceil(minimumOn / kHop)) - 1)),
      pauseFrames(std::max(
          1, static_cast<int>(std::lround(settings.minimumPause * kSampleRate / 1000 / kHop)))),
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

float dialBand(const FrameSums& sums) {
    float sum = 0;
    for (std::size_t i = 0; i < kDialBand.size(); ++i) {
        sum += sums.power[FrameTable::kPerGroup + i];
    }
    return sum / 2 / kBandBins;
}

}  // namespace tipring::dsp

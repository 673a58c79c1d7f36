// SPDX-License-Identifier: Apache-2.0
#include "hybrid.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include "tipring/hal/dsp/level_meter.h"
#include "tipring/hal/dsp/tone.h"

namespace tipring::test {

std::vector<double> hybridResponse(const HybridShape& shape) {
    std::mt19937 random{shape.seed};
    std::uniform_real_distribution<double> spread{-1, 1};
    std::vector<double> response(shape.delay + shape.length);
    // Three resonances of the band, decaying at different rates: a main lobe, then ringing.
    for (int part = 0; part < 3; ++part) {
        const double hertz = 600 + 900 * part + 250 * spread(random);
        const double decay = double(shape.length) / (7 + 3 * part);
        const double phase = std::numbers::pi * spread(random);
        for (std::size_t i = 0; i < shape.length; ++i) {
            const double t = double(i);
            const double attack = 1 - std::exp(-t / 3);
            response[shape.delay + i] +=
                attack * std::exp(-t / decay) *
                std::cos(2 * std::numbers::pi * hertz * t / dsp::kSampleRate + phase);
        }
    }
    double power = 0;
    for (const double tap : response) {
        power += tap * tap;
    }
    const double gain = std::pow(10, -shape.lossDb / 20) / std::sqrt(power);
    for (double& tap : response) {
        tap *= gain;
    }
    return response;
}

Sound echoOf(std::span<const std::int16_t> sent, const std::vector<double>& response) {
    Sound echo(sent.size());
    for (std::size_t n = 0; n < sent.size(); ++n) {
        double sum = 0;
        const std::size_t taps = std::min(response.size(), n + 1);
        for (std::size_t i = 0; i < taps; ++i) {
            sum += response[i] * sent[n - i];
        }
        echo[n] = static_cast<std::int16_t>(std::clamp(std::lrint(sum), -32768L, 32767L));
    }
    return echo;
}

Sound compositeSignal(double seconds, double dbm0, unsigned seed) {
    constexpr std::size_t kVoiced = 400, kNoise = 1600, kPause = 800;
    std::mt19937 random{seed};
    std::normal_distribution<double> noise{0, dsp::amplitudeOf(dbm0) / std::sqrt(2.0)};
    Sound sound(std::size_t(seconds * dsp::kSampleRate));
    double low = 0;
    for (std::size_t i = 0; i < sound.size(); ++i) {
        const std::size_t at = i % (kVoiced + kNoise + kPause);
        double value = 0;
        if (at < kVoiced) {  // pulses of a larynx through one formant
            const double t = double(at % 56);
            value = dsp::amplitudeOf(dbm0) * 1.6 * std::exp(-t / 16) * std::cos(0.45 * t);
        } else if (at < kVoiced + kNoise) {
            low += (noise(random) - low) * 0.6;  // speech has more of the low frequencies
            value = low * 1.5;
        }
        sound[i] = static_cast<std::int16_t>(std::clamp(std::lrint(value), -32768L, 32767L));
    }
    return sound;
}

double levelOf(std::span<const std::int16_t> sound) {
    double power = 0;
    for (const std::int16_t sample : sound) {
        power += double(sample) * sample;
    }
    return double(dsp::dbm0OfPower(power / double(std::max<std::size_t>(sound.size(), 1))));
}

}  // namespace tipring::test

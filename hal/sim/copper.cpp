// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/copper.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tipring::sim {
namespace {

constexpr float kRate = dsp::kSampleRate;
constexpr std::size_t kLongestEcho = 800;  // 100 ms

float gainOf(float decibels) {
    return std::pow(10.0F, decibels / 20);
}
/// Root mean square of a signal of that level.
float effectiveOf(float dbm0) {
    return static_cast<float>(dsp::amplitudeOf(static_cast<double>(dbm0))) /
           std::numbers::sqrt2_v<float>;
}

/// Loss in dB at 3.4 kHz against 300 Hz of y = (1 - p) x + p y'.
float slopeOf(float pole) {
    const auto power = [pole](float hertz) {
        const float angle = 2 * std::numbers::pi_v<float> * hertz / kRate;
        return 1 / (1 + pole * pole - 2 * pole * std::cos(angle));
    };
    return 10 * std::log10(power(300) / power(3400));
}

/// The pole whose slope is `decibels`; the slope grows with it.
float poleOf(float decibels) {
    float low = 0, high = 0.95F;
    for (int step = 0; step < 30; ++step) {
        const float middle = (low + high) / 2;
        (slopeOf(middle) < decibels ? low : high) = middle;
    }
    return low;
}

}  // namespace

Copper::Copper(std::uint32_t seed) : random_(seed), sentBefore_(kLongestEcho + 1) {
    set({});
}

void Copper::set(const CopperSettings& settings) {
    settings_ = settings;
    settings_.attenuation = std::clamp(settings.attenuation, -40.0F, 60.0F);
    settings_.slope = std::clamp(settings.slope, 0.0F, 15.0F);
    settings_.impulseRate = std::clamp(settings.impulseRate, 0.01F, 1000.0F);
    settings_.humHertz = std::clamp(settings.humHertz, 10.0F, 700.0F);
    settings_.echoDelay = std::clamp(settings.echoDelay, 0.0F, 100.0F);
    settings_.dropoutRate = std::clamp(settings.dropoutRate, 0.0F, 100.0F);
    settings_.dropoutLength = std::clamp(settings.dropoutLength, 1.0F, 10000.0F);
    gain_ = gainOf(-settings_.attenuation);
    pole_ = settings_.slope > 0 ? poleOf(settings_.slope) : 0;
    clip_ = settings_.clipping ? std::min(32767.0F, static_cast<float>(dsp::amplitudeOf(
                                                        static_cast<double>(*settings_.clipping))))
                               : 32767.0F;
    noise_ = settings_.whiteNoise ? effectiveOf(*settings_.whiteNoise) : 0;
    click_ = settings_.impulses
                 ? static_cast<float>(dsp::amplitudeOf(static_cast<double>(*settings_.impulses)))
                 : 0;
    echoGain_ = settings_.echoLoss ? gainOf(-std::clamp(*settings_.echoLoss, 0.0F, 60.0F)) : 0;
    delay_ = static_cast<std::size_t>(std::lround(settings_.echoDelay * kRate / 1000));
    if (settings_.hum) {
        // A rectifier's spectrum: odd harmonics, each weaker.
        const double amplitude = dsp::amplitudeOf(static_cast<double>(*settings_.hum));
        const auto hertz = static_cast<double>(settings_.humHertz);
        humFirst_ = dsp::Oscillator(hertz, amplitude);
        humThird_ = dsp::Oscillator(3 * hertz, amplitude * 0.3);
        humFifth_ = dsp::Oscillator(5 * hertz, amplitude * 0.15);
    }
}

void Copper::carry(std::span<std::int16_t> samples, std::span<const std::int16_t> sent) {
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const float mine = i < sent.size() ? static_cast<float>(sent[i]) : 0;
        float arrives = cable(static_cast<float>(samples[i])) + echo(mine) + disturbance();
        arrives = settings_.cut || dropped() ? 0 : std::clamp(arrives, -clip_, clip_);
        samples[i] = static_cast<std::int16_t>(std::lround(arrives));
    }
}

float Copper::cable(float sample) {
    last_ = (1 - pole_) * sample + pole_ * last_;
    return gain_ * last_;
}

float Copper::echo(float sent) {
    sentBefore_[sentAt_] = sent;
    const std::size_t size = sentBefore_.size();
    const float back = sentBefore_[(sentAt_ + size - delay_) % size];
    sentAt_ = (sentAt_ + 1) % size;
    return echoGain_ * back;
}

float Copper::disturbance() {
    return (noise_ > 0 ? noise_ * white() : 0) + (click_ > 0 ? impulse() : 0) +
           (settings_.hum ? hum() : 0);
}

/// 0 to 1, both left out.
float Copper::random() {
    return (static_cast<float>(random_() >> 9) + 0.5F) / static_cast<float>(1U << 23);
}

/// Normally distributed (Box and Muller). std::normal_distribution differs between libraries.
float Copper::white() {
    if (spare_) {
        const float value = *spare_;
        spare_.reset();
        return value;
    }
    const float radius = std::sqrt(-2 * std::log(random()));
    const float angle = 2 * std::numbers::pi_v<float> * random();
    spare_ = radius * std::sin(angle);
    return radius * std::cos(angle);
}

float Copper::impulse() {
    constexpr float kFading = 0.75F;  // 40 dB down after 2 ms
    clickNow_ *= -kFading;
    if (random() < settings_.impulseRate / kRate) {
        clickNow_ = random() < 0.5F ? click_ : -click_;
    }
    return clickNow_;
}

float Copper::hum() {
    return static_cast<float>(humFirst_.next() + humThird_.next() + humFifth_.next());
}

bool Copper::dropped() {
    if (dropLeft_ == 0 && settings_.dropoutRate > 0 && random() < settings_.dropoutRate / kRate) {
        dropLeft_ = static_cast<std::size_t>(std::lround(settings_.dropoutLength * kRate / 1000));
    }
    if (dropLeft_ == 0) {
        return false;
    }
    --dropLeft_;
    return true;
}

}  // namespace tipring::sim

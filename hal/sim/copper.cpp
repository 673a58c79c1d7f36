// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/copper.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "sound/fixed_math.h"
#include "sound/sine.h"
#include "tipring/hal/dsp/tone.h"

namespace tipring::sim {
namespace {

constexpr double kRate = dsp::kSampleRate;
constexpr float kSamplesPerMs = 8;
constexpr float kRootOfHalf = 0.70710678F;
constexpr std::size_t kLongestEcho = 800;  // 100 ms
constexpr std::uint32_t kQuarterTurn = 1U << 30;

/// The nearest whole number. std::lround is a call for every sample.
std::int16_t rounded(float value) {
    return static_cast<std::int16_t>(value + (value < 0 ? -0.5F : 0.5F));
}

float factorOf(float decibels) {
    return static_cast<float>(gainOf(static_cast<double>(decibels)));
}
float amplitudeOf(float dbm0) {
    return static_cast<float>(peakOf(static_cast<double>(std::clamp(dbm0, -150.0F, 20.0F))));
}

/// Loss in dB at 3.4 kHz against 300 Hz of y = (1 - p) x + p y'.
double slopeOf(double pole) {
    constexpr double kDecibels = 4.34294481903251827651;  // of a natural logarithm of power
    const auto power = [pole](double hertz) {
        return 1 / (1 + pole * pole - 2 * pole * cosineOf(hertz / kRate));
    };
    return kDecibels * naturalLog(power(300) / power(3400));
}

/// The pole whose slope is `decibels`; the slope grows with it.
float poleOf(float decibels) {
    double low = 0, high = 0.95;
    for (int step = 0; step < 30; ++step) {
        const double middle = (low + high) / 2;
        (slopeOf(middle) < static_cast<double>(decibels) ? low : high) = middle;
    }
    return static_cast<float>(low);
}

}  // namespace

struct Copper::State {
    explicit State(std::uint32_t seed) : random(seed), sentBefore(kLongestEcho + 1) {}

    void set(const CopperSettings& next);
    void carry(std::span<std::int16_t> samples, std::span<const std::int16_t> sent);
    [[nodiscard]] float cable(float sample);
    [[nodiscard]] float echo(float sent);
    [[nodiscard]] float disturbance();
    [[nodiscard]] float white();
    [[nodiscard]] float impulse();
    [[nodiscard]] float hum();
    [[nodiscard]] bool dropped();
    [[nodiscard]] float uniform();

    CopperSettings settings;
    std::mt19937 random;
    float gain = 1, clip = 32767, noise = 0, click = 0, echoGain = 0;
    float pole = 0, last = 0;           // the cable's low pass
    std::optional<float> spare;         // of the pair of normal numbers
    float clickNow = 0;                 // what is left of a click
    std::size_t dropLeft = 0;           // samples
    std::vector<float> sentBefore;      // a ring
    std::size_t sentAt = 0, delay = 0;  // samples
    Sine humFirst, humThird, humFifth;
};

void Copper::State::set(const CopperSettings& next) {
    settings = next;
    settings.attenuation = std::clamp(next.attenuation, -40.0F, 60.0F);
    settings.slope = std::clamp(next.slope, 0.0F, 15.0F);
    settings.impulseRate = std::clamp(next.impulseRate, 0.01F, 1000.0F);
    settings.humHertz = std::clamp(next.humHertz, 10.0F, 700.0F);
    settings.echoDelay = std::clamp(next.echoDelay, 0.0F, 100.0F);
    settings.dropoutRate = std::clamp(next.dropoutRate, 0.0F, 100.0F);
    settings.dropoutLength = std::clamp(next.dropoutLength, 1.0F, 10000.0F);
    gain = factorOf(-settings.attenuation);
    pole = settings.slope > 0 ? poleOf(settings.slope) : 0;
    clip = settings.clipping ? std::min(32767.0F, amplitudeOf(*settings.clipping)) : 32767.0F;
    noise = settings.whiteNoise ? amplitudeOf(*settings.whiteNoise) * kRootOfHalf : 0;
    click = settings.impulses ? amplitudeOf(*settings.impulses) : 0;
    if (echoGain == 0) {  // nothing was kept while there was no echo
        std::fill(sentBefore.begin(), sentBefore.end(), 0.0F);
    }
    echoGain = settings.echoLoss ? factorOf(-std::clamp(*settings.echoLoss, 0.0F, 60.0F)) : 0;
    delay = static_cast<std::size_t>(std::lround(settings.echoDelay * kSamplesPerMs));
    if (settings.hum) {
        // A rectifier's spectrum: odd harmonics, each weaker.
        const auto amplitude = static_cast<double>(amplitudeOf(*settings.hum));
        const auto hertz = static_cast<double>(settings.humHertz);
        humFirst = Sine(hertz, amplitude);
        humThird = Sine(3 * hertz, amplitude * 0.3);
        humFifth = Sine(5 * hertz, amplitude * 0.15);
    }
}

void Copper::State::carry(std::span<std::int16_t> samples, std::span<const std::int16_t> sent) {
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const float mine = i < sent.size() ? static_cast<float>(sent[i]) : 0;
        float arrives = cable(static_cast<float>(samples[i]));
        arrives += echoGain > 0 ? echo(mine) : 0;
        arrives += disturbance();
        arrives = settings.cut || dropped() ? 0 : std::clamp(arrives, -clip, clip);
        samples[i] = rounded(arrives);
    }
}

float Copper::State::cable(float sample) {
    last = (1 - pole) * sample + pole * last;
    return gain * last;
}

float Copper::State::echo(float sent) {
    sentBefore[sentAt] = sent;
    const std::size_t size = sentBefore.size();
    const float back = sentBefore[(sentAt + size - delay) % size];
    sentAt = (sentAt + 1) % size;
    return echoGain * back;
}

float Copper::State::disturbance() {
    // One after the other: the random numbers come in this order with every compiler.
    float sum = noise > 0 ? noise * white() : 0;
    sum += click > 0 ? impulse() : 0;
    sum += settings.hum ? hum() : 0;
    return sum;
}

/// 0 to 1, both left out.
float Copper::State::uniform() {
    return (static_cast<float>(random() >> 9) + 0.5F) / static_cast<float>(1U << 23);
}

/// Normally distributed (Box and Muller). std::normal_distribution differs between libraries.
float Copper::State::white() {
    if (spare) {
        const float value = *spare;
        spare.reset();
        return value;
    }
    constexpr std::int32_t kOne = 1 << 24;
    const auto first = static_cast<double>(uniform());
    const auto phase = static_cast<std::uint32_t>(random());
    const auto radius = static_cast<float>(std::sqrt(-2 * naturalLog(first)) / kOne);
    spare = radius * static_cast<float>(Sine::at(phase, kOne));
    return radius * static_cast<float>(Sine::at(phase + kQuarterTurn, kOne));
}

float Copper::State::impulse() {
    constexpr float kFading = 0.75F;  // 40 dB down after 2 ms
    clickNow *= -kFading;
    if (uniform() < settings.impulseRate / static_cast<float>(kRate)) {
        clickNow = uniform() < 0.5F ? click : -click;
    }
    return clickNow;
}

float Copper::State::hum() {
    return static_cast<float>(humFirst.next() + humThird.next() + humFifth.next()) /
           (1 << Sine::kFraction);
}

bool Copper::State::dropped() {
    if (dropLeft == 0 && settings.dropoutRate > 0 &&
        uniform() < settings.dropoutRate / static_cast<float>(kRate)) {
        dropLeft = static_cast<std::size_t>(std::lround(settings.dropoutLength * kSamplesPerMs));
    }
    if (dropLeft == 0) {
        return false;
    }
    --dropLeft;
    return true;
}

Copper::Copper(std::uint32_t seed) : state_(std::make_unique<State>(seed)) {
    set({});
}
Copper::Copper(Copper&&) noexcept = default;
Copper& Copper::operator=(Copper&&) noexcept = default;
Copper::~Copper() = default;

void Copper::set(const CopperSettings& settings) {
    state_->set(settings);
}
const CopperSettings& Copper::settings() const {
    return state_->settings;
}
void Copper::carry(std::span<std::int16_t> samples, std::span<const std::int16_t> sent) {
    state_->carry(samples, sent);
}

}  // namespace tipring::sim

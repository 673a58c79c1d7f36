// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/tone.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tipring::dsp {

namespace {

constexpr unsigned kTrimEvery = 4096;  // a double drifts by far less than 1e-9 in that time
constexpr std::string_view kKeys = "123A456B789C*0#D";
constexpr std::array<double, 4> kLow{697, 770, 852, 941};
constexpr std::array<double, 4> kHigh{1209, 1336, 1477, 1633};
constexpr std::size_t kCommaPause = std::size_t{2} * kSampleRate;

std::int16_t add(std::int16_t sample, double more) {
    return static_cast<std::int16_t>(std::clamp(std::lrint(sample + more), -32768L, 32767L));
}

std::size_t keyIndex(char key) {
    const char upper = key >= 'a' && key <= 'd' ? static_cast<char>(key - 'a' + 'A') : key;
    return kKeys.find(upper);
}

}  // namespace

Oscillator::Oscillator(double hertz, double amplitude, unsigned rate) noexcept
    : stepCosine_(std::cos(2 * std::numbers::pi * hertz / rate)),
      stepSine_(std::sin(2 * std::numbers::pi * hertz / rate)),
      amplitude_(hertz > 0 ? amplitude : 0),
      untilTrim_(kTrimEvery) {}

double Oscillator::next() noexcept {
    const double value = amplitude_ * sine_;
    const double cosine = cosine_ * stepCosine_ - sine_ * stepSine_;
    sine_ = sine_ * stepCosine_ + cosine_ * stepSine_;
    cosine_ = cosine;
    if (--untilTrim_ == 0) {
        const double length = std::hypot(cosine_, sine_);
        cosine_ /= length;
        sine_ /= length;
        untilTrim_ = kTrimEvery;
    }
    return value;
}

double amplitudeOf(double dbm0) noexcept {
    return 32767 * std::pow(10, (dbm0 - 3.14) / 20);
}

void ToneGenerator::start(double hertz1, double hertz2, double dbm0, std::size_t samples) noexcept {
    first_ = Oscillator{hertz1, amplitudeOf(dbm0)};
    second_ = Oscillator{hertz2, amplitudeOf(dbm0)};
    left_ = samples;
    endless_ = samples == 0;
    active_ = true;
}

std::size_t ToneGenerator::mix(std::span<std::int16_t> samples) noexcept {
    if (!active_) {
        return 0;
    }
    const std::size_t count = endless_ ? samples.size() : std::min(left_, samples.size());
    for (std::int16_t& sample : samples.first(count)) {
        sample = add(sample, first_.next() + second_.next());
    }
    if (!endless_) {
        left_ -= count;
        active_ = left_ > 0;
    }
    return count;
}

std::optional<DtmfPair> dtmfPair(char key) noexcept {
    const std::size_t index = keyIndex(key);
    if (index == std::string_view::npos) {
        return std::nullopt;
    }
    return DtmfPair{kLow[index / 4], kHigh[index % 4]};
}

bool DtmfGenerator::push(std::string_view keys) noexcept {
    const auto isKey = [](char key) {
        return key == ',' || keyIndex(key) != std::string_view::npos;
    };
    if (keys.size() > kRoom - count_ || !std::all_of(keys.begin(), keys.end(), isKey)) {
        return false;
    }
    for (const char key : keys) {
        keys_[(head_ + count_++) % kRoom] = key;
    }
    return true;
}

void DtmfGenerator::startNext() noexcept {
    const char key = keys_[head_];
    head_ = (head_ + 1) % kRoom;
    --count_;
    if (key == ',') {
        pause_ = kCommaPause;
        return;
    }
    const DtmfPair pair = *dtmfPair(key);
    tone_.start(pair.low, pair.high, dbm0_, on_);
    pause_ = off_;
}

void DtmfGenerator::mix(std::span<std::int16_t> samples) noexcept {
    while (!samples.empty() && active()) {
        if (tone_.active()) {
            samples = samples.subspan(tone_.mix(samples));
        } else if (pause_ > 0) {
            const std::size_t count = std::min(pause_, samples.size());
            pause_ -= count;
            samples = samples.subspan(count);
        } else {
            startNext();
        }
    }
}

void DtmfGenerator::stop() noexcept {
    tone_.stop();
    count_ = 0;
    pause_ = 0;
}

}  // namespace tipring::dsp

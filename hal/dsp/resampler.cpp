// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/resampler.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace tipring::dsp {

namespace {

constexpr std::size_t kTaps = 32;   ///< per phase where the rate does not fall
constexpr double kBeta = 6.8;       ///< Kaiser: 70 dB
constexpr double kPassBand = 0.92;  ///< of the smaller half rate, where the filter is 6 dB down

/// Modified Bessel function of the first kind, order 0.
double bessel0(double x) {
    double term = 1, sum = 1;
    for (int k = 1; k < 40; ++k) {
        term *= (x / (2 * k)) * (x / (2 * k));
        sum += term;
    }
    return sum;
}

double sinc(double x) {
    const double angle = std::numbers::pi * x;
    return std::abs(angle) < 1e-9 ? 1 : std::sin(angle) / angle;
}

double kaiser(double position) {  // -1..1
    return bessel0(kBeta * std::sqrt(std::max(0.0, 1 - position * position))) / bessel0(kBeta);
}

}  // namespace

Resampler::Resampler(std::uint32_t inputRate, std::uint32_t outputRate)
    : up_(outputRate / std::gcd(inputRate, outputRate)),
      down_(inputRate / std::gcd(inputRate, outputRate)),
      taps_(kTaps) {
    if (up_ == down_) {
        taps_ = 1;
        filters_.assign(1, 1.0F);
        past_.assign(2, 0.0F);
        return;
    }
    // A falling rate needs a lower cut-off, and as many more taps.
    const double ratio = std::min(1.0, static_cast<double>(up_) / static_cast<double>(down_));
    taps_ = static_cast<std::size_t>(std::ceil(static_cast<double>(kTaps) / ratio));
    taps_ += taps_ % 2;
    const double cutoff = kPassBand * ratio;
    const double half = static_cast<double>(taps_) / 2;
    filters_.resize(up_ * taps_);
    past_.assign(2 * taps_, 0.0F);
    for (std::size_t phase = 0; phase < up_; ++phase) {
        const double fraction = static_cast<double>(phase) / static_cast<double>(up_);
        float* row = &filters_[phase * taps_];
        double sum = 0;
        for (std::size_t tap = 0; tap < taps_; ++tap) {  // row[0] meets the oldest sample
            const double t = static_cast<double>(taps_ - 1 - tap) - half + fraction;
            const double value = cutoff * sinc(cutoff * t) * kaiser(t / half);
            row[tap] = static_cast<float>(value);
            sum += value;
        }
        for (std::size_t tap = 0; tap < taps_; ++tap) {  // steady input stays as it is
            row[tap] = static_cast<float>(row[tap] / sum);
        }
    }
}

std::int16_t Resampler::filtered() const noexcept {
    const float* row = &filters_[phase_ * taps_];
    const float* past = &past_[newest_];
    float sum = 0;
    for (std::size_t tap = 0; tap < taps_; ++tap) {
        sum += row[tap] * past[tap];
    }
    return static_cast<std::int16_t>(std::lrintf(std::clamp(sum, -32768.0F, 32767.0F)));
}

Resampler::Progress Resampler::process(std::span<const std::int16_t> input,
                                       std::span<std::int16_t> output) noexcept {
    Progress done;
    for (;;) {
        // phase_ counts in 1/up of an input sample; at up or more the next input must come first
        for (; phase_ < up_ && done.produced < output.size() && due_; phase_ += down_) {
            output[done.produced++] = filtered();
        }
        if ((phase_ < up_ && due_) || done.consumed == input.size()) {
            return done;
        }
        const auto sample = static_cast<float>(input[done.consumed++]);
        past_[newest_] = past_[newest_ + taps_] = sample;
        newest_ = newest_ + 1 == taps_ ? 0 : newest_ + 1;
        phase_ = due_ ? phase_ - up_ : 0;
        due_ = true;
    }
}

std::size_t Resampler::outputBound(std::size_t input) const noexcept {
    return input * up_ / down_ + 2;
}

std::size_t Resampler::delay() const noexcept {
    return up_ == down_ ? 0 : taps_ / 2 * up_ / down_;
}

void Resampler::reset() noexcept {
    phase_ = 0;
    newest_ = 0;
    due_ = false;
    std::fill(past_.begin(), past_.end(), 0.0F);
}

}  // namespace tipring::dsp

// SPDX-License-Identifier: Apache-2.0
#include "line_spectrum.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numbers>

namespace tipring::dsp {

namespace {

constexpr std::size_t kSize = 1024;
constexpr std::size_t kBins = kSize / 2;
constexpr std::size_t kFirst = 8;        // 62 Hz: hum and DC are no lines
constexpr std::size_t kLobe = 4;         // bins to each side of a line, of the longest sound
constexpr float kMostNoise = 0.05F;      // of the power: 13 dB
constexpr float kMostOther = 6.3e-4F;    // of the power: 32 dB; vowels have 31 and less, tones 41
constexpr float kMedianOfMean = 0.693F;  // of an exponential distribution: noise
constexpr float kNoiseMargin = 1.3F;

using Complex = std::complex<float>;

const std::array<Complex, kBins>& roots() {
    static const std::array<Complex, kBins> kRoots = [] {
        std::array<Complex, kBins> made;
        for (std::size_t i = 0; i < kBins; ++i) {
            const double angle = -2 * std::numbers::pi * double(i) / kSize;
            made[i] = {static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))};
        }
        return made;
    }();
    return kRoots;
}

const std::array<float, kMostLineSamples>& window() {
    static const std::array<float, kMostLineSamples> kWindow = [] {
        std::array<float, kMostLineSamples> made{};
        for (std::size_t i = 0; i < kMostLineSamples; ++i) {
            const double angle = 2 * std::numbers::pi * (double(i) + 0.5) / kMostLineSamples;
            made[i] = static_cast<float>(0.5 - 0.5 * std::cos(angle));
        }
        return made;
    }();
    return kWindow;
}

void reorder(std::array<Complex, kSize>& values) {
    for (std::size_t i = 1, reversed = 0; i < kSize; ++i) {
        std::size_t bit = kSize / 2;
        for (; (reversed & bit) != 0; bit /= 2) {
            reversed ^= bit;
        }
        reversed ^= bit;
        if (i < reversed) {
            std::swap(values[i], values[reversed]);
        }
    }
}

void transform(std::array<Complex, kSize>& values) {
    const std::array<Complex, kBins>& table = roots();
    reorder(values);
    for (std::size_t length = 2; length <= kSize; length *= 2) {
        const std::size_t half = length / 2;
        for (std::size_t i = 0; i < kSize; i += length) {
            for (std::size_t k = 0; k < half; ++k) {
                const Complex root = table[k * (kSize / length)];
                const Complex b = values[i + k + half];
                const Complex turned{b.real() * root.real() - b.imag() * root.imag(),
                                     b.real() * root.imag() + b.imag() * root.real()};
                values[i + k + half] = values[i + k] - turned;
                values[i + k] += turned;
            }
        }
    }
}

using Powers = std::array<float, kBins>;

Powers powersOf(std::span<const float> sound) {
    std::array<Complex, kSize> values{};
    const std::array<float, kMostLineSamples>& hann = window();
    // Hann, from a table for the longest sound.
    const std::size_t step = kMostLineSamples / sound.size();
    for (std::size_t i = 0; i < sound.size(); ++i) {
        values[i] = sound[i] * hann[i * step + step / 2];
    }
    transform(values);
    Powers powers{};
    for (std::size_t i = kFirst; i < kBins; ++i) {
        powers[i] = values[i].real() * values[i].real() + values[i].imag() * values[i].imag();
    }
    return powers;
}

float sumOf(const Powers& powers) {
    float sum = 0;
    for (const float power : powers) {
        sum += power;
    }
    return sum;
}

void takeOutTheStrongest(Powers& powers, std::size_t lobe) {
    const auto peak =
        static_cast<std::size_t>(std::max_element(powers.begin(), powers.end()) - powers.begin());
    const std::size_t from = peak > lobe ? peak - lobe : 0;
    const std::size_t to = std::min(peak + lobe + 1, kBins);
    std::fill(powers.begin() + static_cast<std::ptrdiff_t>(from),
              powers.begin() + static_cast<std::ptrdiff_t>(to), 0.0F);
}

/// What white noise has in all bins, judged by the middle one of those that are left.
float noiseOf(const Powers& powers) {
    Powers left{};
    std::size_t count = 0;
    for (std::size_t i = kFirst; i < kBins; ++i) {
        if (powers[i] > 0) {
            left[count++] = powers[i];
        }
    }
    if (count == 0) {
        return 0;
    }
    const auto middle = left.begin() + static_cast<std::ptrdiff_t>(count / 2);
    std::nth_element(left.begin(), middle, left.begin() + static_cast<std::ptrdiff_t>(count));
    return *middle / kMedianOfMean * static_cast<float>(count);
}

}  // namespace

bool hasOneOrTwoLines(std::span<const float> sound) noexcept {
    Powers powers = powersOf(sound);
    const float all = sumOf(powers);
    const std::size_t lobe = kLobe * kMostLineSamples / sound.size();
    takeOutTheStrongest(powers, lobe);
    takeOutTheStrongest(powers, lobe);
    const float rest = sumOf(powers);
    return rest < kMostNoise * all && rest - kNoiseMargin * noiseOf(powers) < kMostOther * all;
}

}  // namespace tipring::dsp

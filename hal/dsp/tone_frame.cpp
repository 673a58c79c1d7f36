// SPDX-License-Identifier: Apache-2.0
#include "tone_frame.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "simd.h"
#include "tipring/hal/dsp/tone.h"

#if defined(__x86_64__)
#include "tone_frame_x86.h"
#endif

namespace tipring::dsp {

namespace {

// The largest factor: then no sum of products, however loud the samples, leaves 32 bits.
double largestFactor(std::size_t hop) {
    return std::floor(131000.0 / static_cast<double>(hop));
}

std::int16_t factor(double value) {
    return static_cast<std::int16_t>(std::lrint(value));
}

}  // namespace

FrameTable::FrameTable(std::size_t hop, std::span<const double> hertz)
    : hop_(hop),
      frequencies_(hertz.size()),
      groups_((hertz.size() + kPerGroup - 1) / kPerGroup),
      factors_(groups_ * hop / 2),
      weights_(hop / 32),
      scale_(static_cast<float>(4 / (largestFactor(hop) * static_cast<double>(hop)))) {
    const auto hops = static_cast<double>(hop);
    const double squares = hops * 3 / 8;  // of half a window, added up
    for (std::size_t n = 0; n < hop; ++n) {
        const double place = static_cast<double>(n) + 0.5;
        const double window = 0.5 + 0.5 * std::cos(std::numbers::pi * place / hops);
        // Two samples share a weight; the samples are halved before they are squared.
        weights_[n / 32].value[n / 2 % 16] += static_cast<float>(window * window / squares);
        for (std::size_t f = 0; f < hertz.size(); ++f) {
            const double angle = 2 * std::numbers::pi * hertz[f] * place / kSampleRate;
            const double peak = largestFactor(hop) * window;
            FactorRow& row = factors_[(f / kPerGroup * hop + n) / 2];
            std::int16_t* pair = row.value + f % kPerGroup * 4 + n % 2;
            pair[0] = factor(peak * std::cos(angle));
            pair[2] = factor(-peak * std::sin(angle));
        }
    }
}

namespace {

/// The same sums without any instruction of a processor.
bool plainOne(const FrameTable& table, const FrameJob& job, float floor) {
    const std::size_t hop = table.hop();
    FrameSums& sums = *job.sums;
    std::array<std::int32_t, FrameTable::kMaxHop> even, odd;
    float energy = 0;
    for (std::size_t n = 0; n < hop; ++n) {
        const int after = job.now[n] >> 1;
        const int until = job.before[hop - 1 - n] >> 1;
        even[n] = std::max(after + until, -32767);
        odd[n] = after - until;
        const auto square = static_cast<float>(after * after + until * until);
        energy += square * table.weights()[n / 32].value[n / 2 % 16];
    }
    sums.meanSquare = energy;
    if (energy < floor) {
        return false;
    }
    for (std::size_t f = 0; f < table.groups() * FrameTable::kPerGroup; ++f) {
        const FactorRow* rows = table.factors(f / FrameTable::kPerGroup);
        const std::size_t at = f % FrameTable::kPerGroup;
        std::int32_t real = 0, imaginary = 0;
        for (std::size_t n = 0; n < hop; ++n) {
            real += even[n] * rows[n / 2].value[at * 4 + n % 2];
            imaginary += odd[n] * rows[n / 2].value[at * 4 + 2 + n % 2];
        }
        const float re = static_cast<float>(real) * table.scale();
        const float im = static_cast<float>(imaginary) * table.scale();
        float* phasor = sums.phasor[f / FrameTable::kPerGroup].value + 2 * at;
        phasor[0] = re;
        phasor[1] = im;
        sums.power[f] = re * re + im * im;
    }
    return true;
}

void plainFrame(const FrameTable& table, std::span<FrameJob> jobs, float floor) {
    for (FrameJob& job : jobs) {
        job.loud = plainOne(table, job, floor);
    }
}

struct Choice {
    std::array<FrameFunction, 4> functions{plainFrame};
    std::size_t count = 1;
};

Choice choose() noexcept {
    Choice choice;
#if defined(__x86_64__)
    choice.functions[choice.count++] = frameSse2;
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2")) {
        choice.functions[choice.count++] = frameAvx2;
    }
    if (hasAvx512() && __builtin_cpu_supports("avx512vnni")) {
        choice.functions[choice.count++] = frameAvx512;
    }
#endif
    return choice;
}

const Choice& choice() noexcept {
    static const Choice kChoice = choose();
    return kChoice;
}

}  // namespace

FrameFunction frameFunction() noexcept {
    return choice().functions[choice().count - 1];
}

std::span<const FrameFunction> frameFunctions() noexcept {
    return std::span(choice().functions).first(choice().count);
}

}  // namespace tipring::dsp

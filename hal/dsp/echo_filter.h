// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "simd.h"

// The two loops of the echo canceller, for vectors of kWidth floats. Memory bounds their speed:
// each vector of coefficients is loaded once for several samples. History is written backwards, so
// sent[-n] is what was sent n samples after sent[0]. Coefficients are a multiple of 16, the newest
// sample's first.
namespace tipring::dsp {

template <int kWidth>
struct FloatVector;
template <>
struct FloatVector<4> {
    using Type [[gnu::vector_size(16)]] = float;
};
template <>
struct FloatVector<8> {
    using Type [[gnu::vector_size(32)]] = float;
};

TIPRING_KERNEL float sumOf(const FloatVector<4>::Type& lanes) {
    const auto pairs = lanes + __builtin_shufflevector(lanes, lanes, 2, 3, 0, 1);
    return pairs[0] + pairs[1];
}
TIPRING_KERNEL float sumOf(const FloatVector<8>::Type& lanes) {
    return sumOf(__builtin_shufflevector(lanes, lanes, 0, 1, 2, 3) +
                 __builtin_shufflevector(lanes, lanes, 4, 5, 6, 7));
}

/// The echo of `kSamples` samples; sent[0] is the first of them.
template <int kWidth, std::size_t kSamples>
TIPRING_KERNEL void estimate(const float* weights, std::size_t taps, const float* sent,
                             float* echo) {
    using Vector = typename FloatVector<kWidth>::Type;
    std::array<Vector, kSamples> sums{};
    for (std::size_t i = 0; i < taps; i += kWidth) {
        Vector weight;
        std::memcpy(&weight, weights + i, sizeof weight);
        for (std::size_t n = 0; n < kSamples; ++n) {
            Vector past;
            std::memcpy(&past, sent + i - n, sizeof past);
            sums[n] += weight * past;
        }
    }
    for (std::size_t n = 0; n < kSamples; ++n) {
        echo[n] = sumOf(sums[n]);
    }
}

template <int kWidth>
TIPRING_KERNEL void estimateRun(const float* weights, std::size_t taps, const float* sent,
                                float* echo, std::size_t count) {
    std::size_t n = 0;
    for (; n + 4 <= count; n += 4) {
        estimate<kWidth, 4>(weights, taps, sent - n, echo + n);
    }
    for (; n < count; ++n) {
        estimate<kWidth, 1>(weights, taps, sent - n, echo + n);
    }
}

struct EchoAdaptation {
    float* weights = nullptr;
    std::size_t taps = 0;
    const float* sent = nullptr;  ///< the first sample of the run
    const float* received = nullptr;
    std::size_t count = 0;               ///< even
    const float* steps = nullptr;        ///< for each sample, normalised by the power in the tail
    std::array<float, 2> corrections{};  ///< from the two samples before
    float errorEnergy = 0;               ///< out
};

/// Normalised LMS, two samples at a time: their corrections come with the next two.
template <int kWidth>
TIPRING_KERNEL void adaptRun(EchoAdaptation& run) {
    using Vector = typename FloatVector<kWidth>::Type;
    // Copies: a store of coefficients may not seem to change them.
    float* const weights = run.weights;
    const std::size_t taps = run.taps;
    const std::size_t count = run.count;
    float correction0 = run.corrections[0];
    float correction1 = run.corrections[1];
    float errorEnergy = 0;
    for (std::size_t n = 0; n < count; n += 2) {
        const float* now = run.sent - n;
        const Vector first = correction0 - Vector{};
        const Vector second = correction1 - Vector{};
        // Two sums for each sample, or one addition would wait for the other.
        Vector sum0[2] = {}, sum1[2] = {};
        for (std::size_t i = 0; i < taps; i += 2 * kWidth) {
            for (std::size_t half = 0; half < 2; ++half) {
                const std::size_t at = i + half * kWidth;
                Vector weight, before2, before1, now0, now1;
                std::memcpy(&weight, weights + at, sizeof weight);
                std::memcpy(&before2, now + at + 2, sizeof before2);
                std::memcpy(&before1, now + at + 1, sizeof before1);
                std::memcpy(&now0, now + at, sizeof now0);
                std::memcpy(&now1, now + at - 1, sizeof now1);
                weight += first * before2;
                weight += second * before1;
                std::memcpy(weights + at, &weight, sizeof weight);
                sum0[half] += weight * now0;
                sum1[half] += weight * now1;
            }
        }
        const float error0 = run.received[n] - sumOf(sum0[0] + sum0[1]);
        const float error1 = run.received[n + 1] - sumOf(sum1[0] + sum1[1]);
        errorEnergy += error0 * error0 + error1 * error1;
        correction0 = run.steps[n] * error0;
        correction1 = run.steps[n + 1] * error1;
    }
    run.corrections = {correction0, correction1};
    run.errorEnergy = errorEnergy;
}

}  // namespace tipring::dsp

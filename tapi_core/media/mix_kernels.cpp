// SPDX-License-Identifier: Apache-2.0
#include "mix_kernels.h"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__)
// No fused multiply-add: the result would depend on the processor.
#define TIPRING_MIX_AVX2 [[gnu::target("avx2")]]
#else
#define TIPRING_MIX_AVX2
#endif
#define TIPRING_MIX_LOOP [[gnu::always_inline]] inline

namespace tipring::media {
namespace {

bool hasAvx2() noexcept {
#if defined(__x86_64__)
    static const bool kHas = __builtin_cpu_supports("avx2") != 0;
    return kHas;
#else
    return false;
#endif
}

TIPRING_MIX_LOOP std::int32_t rounded(float value) noexcept {
    return static_cast<std::int32_t>(value + (value < 0 ? -0.5F : 0.5F));
}

TIPRING_MIX_LOOP std::int32_t peakLoop(const std::int32_t* sums, std::size_t count) noexcept {
    std::int32_t peak = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::int32_t size = sums[i] < 0 ? -sums[i] : sums[i];
        peak = size > peak ? size : peak;
    }
    return peak;
}

TIPRING_MIX_LOOP void addLoop(const std::int32_t* own, std::int32_t* total,
                              std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i) {
        total[i] += own[i];
    }
}

TIPRING_MIX_LOOP void subtractLoop(const std::int32_t* total, const std::int32_t* own,
                                   std::int32_t* rest, std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i) {
        rest[i] = total[i] - own[i];
    }
}

TIPRING_MIX_LOOP void widenLoop(const std::int16_t* samples, std::int32_t* own,
                                std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i) {
        own[i] = samples[i];
    }
}

template <class From, class To>
TIPRING_MIX_LOOP void rampLoop(const From* in, float from, float to, To* out,
                               std::size_t count) noexcept {
    const float step = (to - from) / static_cast<float>(count);
    for (std::size_t i = 0; i < count; ++i) {
        const float gain = from + step * static_cast<float>(static_cast<std::int32_t>(i) + 1);
        out[i] = static_cast<To>(rounded(static_cast<float>(in[i]) * gain));
    }
}

TIPRING_MIX_LOOP void narrowLoop(const std::int32_t* sums, std::int16_t* samples,
                                 std::size_t count) noexcept {
    for (std::size_t i = 0; i < count; ++i) {
        samples[i] = static_cast<std::int16_t>(sums[i]);
    }
}

TIPRING_MIX_LOOP std::uint64_t energyLoop(const std::int16_t* samples, std::size_t count) noexcept {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::int32_t sample = samples[i];
        sum += static_cast<std::uint32_t>(sample * sample);
    }
    return sum;
}

struct Interpolation {
    const float* rows;
    const std::int16_t* sound;
    std::size_t end;
    std::int64_t step;
};

using Floats [[gnu::vector_size(16)]] = float;
using Shorts [[gnu::vector_size(8)]] = std::int16_t;

template <class Vector, class Value>
TIPRING_MIX_LOOP Vector loaded(const Value* from) noexcept {
    Vector values;
    std::memcpy(&values, from, sizeof values);
    return values;
}

/// Four sums side by side, so the order of the additions is the same on all machines.
TIPRING_MIX_LOOP float filtered(const float* row, float share, const std::int16_t* from) noexcept {
    static_assert(kMixTaps % 4 == 0);
    Floats sums{};
    for (std::size_t i = 0; i < kMixTaps; i += 4) {
        const auto low = loaded<Floats>(row + i);
        const Floats taps = low + share * (loaded<Floats>(row + i + kMixTaps) - low);
        sums += taps * __builtin_convertvector(loaded<Shorts>(from + i), Floats);
    }
    return (sums[0] + sums[2]) + (sums[1] + sums[3]);
}

TIPRING_MIX_LOOP std::size_t interpolateLoop(const Interpolation& work, MixPlace& place,
                                             std::int16_t* samples, std::size_t count) noexcept {
    constexpr unsigned kShift = 32 - kMixPhaseBits;
    constexpr float kBlend = 1.0F / static_cast<float>(1U << kShift);
    constexpr std::size_t kHalf = kMixTaps / 2;
    MixPlace now = place;
    std::size_t done = 0;
    for (; done < count && now.at + kHalf < work.end; ++done) {
        const float share = static_cast<float>(now.phase & ((1U << kShift) - 1)) * kBlend;
        const float value = filtered(work.rows + (now.phase >> kShift) * kMixTaps, share,
                                     work.sound + now.at - (kHalf - 1));
        samples[done] = static_cast<std::int16_t>(std::clamp(rounded(value), -32768, 32767));
        const std::int64_t next = (std::int64_t{1} << 32) + work.step + std::int64_t{now.phase};
        now.at += static_cast<std::size_t>(next >> 32);
        now.phase = static_cast<std::uint32_t>(next & 0xFFFFFFFF);
    }
    place = now;
    return done;
}

#define TIPRING_MIX_TWICE(Result, name, loop, parameters, arguments) \
    TIPRING_MIX_AVX2 Result name##Avx2 parameters noexcept {         \
        return loop arguments;                                       \
    }                                                                \
    Result name##Plain parameters noexcept {                         \
        return loop arguments;                                       \
    }

TIPRING_MIX_TWICE(std::int32_t, peak, peakLoop, (const std::int32_t* a, std::size_t n), (a, n))
TIPRING_MIX_TWICE(void, add, addLoop, (const std::int32_t* a, std::int32_t* b, std::size_t n),
                  (a, b, n))
TIPRING_MIX_TWICE(void, subtract, subtractLoop,
                  (const std::int32_t* a, const std::int32_t* b, std::int32_t* c, std::size_t n),
                  (a, b, c, n))
TIPRING_MIX_TWICE(void, widen, widenLoop, (const std::int16_t* a, std::int32_t* b, std::size_t n),
                  (a, b, n))
TIPRING_MIX_TWICE(void, widenRamp, rampLoop,
                  (const std::int16_t* a, float f, float t, std::int32_t* b, std::size_t n),
                  (a, f, t, b, n))
TIPRING_MIX_TWICE(void, narrow, narrowLoop, (const std::int32_t* a, std::int16_t* b, std::size_t n),
                  (a, b, n))
TIPRING_MIX_TWICE(void, narrowRamp, rampLoop,
                  (const std::int32_t* a, float f, float t, std::int16_t* b, std::size_t n),
                  (a, f, t, b, n))
TIPRING_MIX_TWICE(std::uint64_t, energy, energyLoop, (const std::int16_t* a, std::size_t n), (a, n))

TIPRING_MIX_TWICE(std::size_t, interpolate, interpolateLoop,
                  (const Interpolation& w, MixPlace& p, std::int16_t* b, std::size_t n),
                  (w, p, b, n))

#undef TIPRING_MIX_TWICE

}  // namespace

std::int32_t mixPeak(std::span<const std::int32_t> sums) noexcept {
    return (hasAvx2() ? peakAvx2 : peakPlain)(sums.data(), sums.size());
}

void mixAdd(std::span<const std::int32_t> own, std::span<std::int32_t> total) noexcept {
    (hasAvx2() ? addAvx2 : addPlain)(own.data(), total.data(), own.size());
}

void mixSubtract(std::span<const std::int32_t> total, std::span<const std::int32_t> own,
                 std::span<std::int32_t> rest) noexcept {
    (hasAvx2() ? subtractAvx2 : subtractPlain)(total.data(), own.data(), rest.data(), rest.size());
}

void mixWiden(std::span<const std::int16_t> samples, std::span<std::int32_t> own) noexcept {
    (hasAvx2() ? widenAvx2 : widenPlain)(samples.data(), own.data(), own.size());
}

void mixWiden(std::span<const std::int16_t> samples, float from, float to,
              std::span<std::int32_t> own) noexcept {
    (hasAvx2() ? widenRampAvx2 : widenRampPlain)(samples.data(), from, to, own.data(), own.size());
}

void mixNarrow(std::span<const std::int32_t> sums, std::span<std::int16_t> samples) noexcept {
    (hasAvx2() ? narrowAvx2 : narrowPlain)(sums.data(), samples.data(), samples.size());
}

void mixNarrow(std::span<const std::int32_t> sums, float from, float to,
               std::span<std::int16_t> samples) noexcept {
    (hasAvx2() ? narrowRampAvx2 : narrowRampPlain)(sums.data(), from, to, samples.data(),
                                                   samples.size());
}

std::size_t mixInterpolate(const MixRows& rows, std::span<const std::int16_t> sound,
                           MixPlace& place, std::int64_t step,
                           std::span<std::int16_t> samples) noexcept {
    const Interpolation work{rows.front().data(), sound.data(), sound.size(), step};
    return (hasAvx2() ? interpolateAvx2 : interpolatePlain)(work, place, samples.data(),
                                                            samples.size());
}

std::uint64_t mixEnergy(std::span<const std::int16_t> samples) noexcept {
    return (hasAvx2() ? energyAvx2 : energyPlain)(samples.data(), samples.size());
}

}  // namespace tipring::media

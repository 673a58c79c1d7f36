// SPDX-License-Identifier: Apache-2.0
#include "tone_frame.h"

#include <cmath>
#include <cstring>
#include <numbers>

#include "tipring/hal/dsp/tone.h"

namespace tipring::dsp {

namespace {

constexpr std::size_t kLanes = 16;

}  // namespace

FrameTable::FrameTable(std::size_t hop, std::span<const double> hertz)
    : hop_(hop),
      groups_((hertz.size() + kPerGroup - 1) / kPerGroup),
      window_(hop / kLanes),
      products_(groups_ * hop) {
    const auto hops = static_cast<double>(hop);
    for (std::size_t n = 0; n < hop; ++n) {
        const double place = static_cast<double>(n) + 0.5;
        const double window = 0.5 + 0.5 * std::cos(std::numbers::pi * place / hops);
        window_[n / kLanes].value[n % kLanes] = static_cast<float>(window / hops / 2);
        for (std::size_t f = 0; f < hertz.size(); ++f) {
            const double angle = 2 * std::numbers::pi * hertz[f] * place / kSampleRate;
            float* pair = products_[f / kPerGroup * hop + n].value + f % kPerGroup * 2;
            pair[0] = static_cast<float>(2 * window / hops * std::cos(angle));
            pair[1] = static_cast<float>(-2 * window / hops * std::sin(angle));
        }
    }
}

#if defined(__GNUC__)

namespace {

// Vectors of the compiler: it makes of them what the function's target has. They stay inside these
// functions, because how they are passed between functions depends on the target.
using Vector = float __attribute__((vector_size(64)));
using Words = std::int16_t __attribute__((vector_size(32)));
using Doubles = double __attribute__((vector_size(64)));

#define TIPRING_INLINE inline __attribute__((always_inline))

TIPRING_INLINE void load(Vector& vector, const float* from) {
    std::memcpy(&vector, from, sizeof vector);
}

/// The even part and the odd part around the middle of the window, side by side.
TIPRING_INLINE float fold(const FrameTable& table, const std::int16_t* samples, float* past,
                          float* pairs) {
    const std::size_t hop = table.hop();
    Vector energy{};
    for (std::size_t n = 0; n < hop; n += kLanes) {
        Words words;
        std::memcpy(&words, samples + n, sizeof words);
        const Vector now = __builtin_convertvector(words, Vector);
        Vector before, window;
        load(before, past + hop - kLanes - n);
        load(window, table.window()[n / kLanes].value);
        const Vector back = __builtin_shufflevector(before, before, 15, 14, 13, 12, 11, 10, 9, 8, 7,
                                                    6, 5, 4, 3, 2, 1, 0);
        const Vector even = now + back;
        const Vector odd = now - back;
        energy += window * (even * even + odd * odd);
        const Vector low = __builtin_shufflevector(even, odd, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5,
                                                   21, 6, 22, 7, 23);
        const Vector high = __builtin_shufflevector(even, odd, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28,
                                                    13, 29, 14, 30, 15, 31);
        std::memcpy(pairs + 2 * n, &low, sizeof low);
        std::memcpy(pairs + 2 * n + kLanes, &high, sizeof high);
    }
    for (std::size_t n = 0; n < hop; n += kLanes) {
        Words words;
        std::memcpy(&words, samples + n, sizeof words);
        const Vector now = __builtin_convertvector(words, Vector);
        std::memcpy(past + n, &now, sizeof now);
    }
    float sum = 0;
    for (std::size_t i = 0; i < kLanes; ++i) {
        sum += energy[i];
    }
    return sum;
}

/// Sums of products of one group; `kChains` sums at once hide the time that an addition takes.
template <std::size_t kChains>
TIPRING_INLINE void multiply(const Lanes* rows, const float* pairs, std::size_t hop, Lanes& out) {
    Vector sums[kChains] = {};
    for (std::size_t n = 0; n < hop; n += kChains) {
#pragma GCC unroll 4
        for (std::size_t i = 0; i < kChains; ++i) {
            double pair;
            std::memcpy(&pair, pairs + 2 * (n + i), sizeof pair);
            const Doubles spread{pair, pair, pair, pair, pair, pair, pair, pair};
            Vector row;
            load(row, rows[n + i].value);
            sums[i] += reinterpret_cast<Vector>(spread) * row;
        }
    }
    for (std::size_t i = 1; i < kChains; ++i) {
        sums[0] += sums[i];
    }
    std::memcpy(out.value, &sums[0], sizeof out.value);
}

template <std::size_t kChains>
TIPRING_INLINE bool frame(const FrameTable& table, const std::int16_t* samples, float* past,
                          float floor, FrameSums& sums) {
    alignas(64) float pairs[2 * FrameTable::kMaxHop];
    sums.meanSquare = fold(table, samples, past, pairs);
    if (sums.meanSquare < floor) {
        return false;
    }
    for (std::size_t g = 0; g < table.groups(); ++g) {
        multiply<kChains>(table.group(g), pairs, table.hop(), sums.phasor[g]);
    }
    return true;
}

bool frameBaseline(const FrameTable& table, const std::int16_t* samples, float* past, float floor,
                   FrameSums& sums) {
    return frame<1>(table, samples, past, floor, sums);
}

#if defined(__x86_64__)

__attribute__((target("avx2,fma"))) bool frameAvx2(const FrameTable& table,
                                                   const std::int16_t* samples, float* past,
                                                   float floor, FrameSums& sums) {
    return frame<4>(table, samples, past, floor, sums);
}

__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq"))) bool frameAvx512(
    const FrameTable& table, const std::int16_t* samples, float* past, float floor,
    FrameSums& sums) {
    return frame<4>(table, samples, past, floor, sums);
}

FrameFunction choose() noexcept {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) {
        return frameAvx512;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        return frameAvx2;
    }
    return frameBaseline;
}

#else

FrameFunction choose() noexcept {
    return frameBaseline;
}

#endif

}  // namespace

#else
#error "needs the vector extensions of GCC or clang"
#endif

FrameFunction frameFunction() noexcept {
    static const FrameFunction chosen = choose();
    return chosen;
}

}  // namespace tipring::dsp

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
    const double squares = hops * 3 / 8;  // of half a window, added up
    for (std::size_t n = 0; n < hop; ++n) {
        const double place = static_cast<double>(n) + 0.5;
        const double window = 0.5 + 0.5 * std::cos(std::numbers::pi * place / hops);
        window_[n / kLanes].value[n % kLanes] = static_cast<float>(window * window / squares / 4);
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
using Half = float __attribute__((vector_size(32)));
using Ints = std::int32_t __attribute__((vector_size(64)));
using Words = std::int16_t __attribute__((vector_size(32)));
using Doubles = double __attribute__((vector_size(64)));

#define TIPRING_INLINE inline __attribute__((always_inline))

TIPRING_INLINE void load(Vector& vector, const float* from) {
    std::memcpy(&vector, from, sizeof vector);
}

TIPRING_INLINE void read(Vector& vector, const std::int16_t* from) {
    Words words;
    std::memcpy(&words, from, sizeof words);
    vector = __builtin_convertvector(__builtin_convertvector(words, Ints), Vector);
}

TIPRING_INLINE void store(float* to, const Vector& vector) {
    std::memcpy(to, &vector, sizeof vector);
}

/// The even part and the odd part around the middle of the window, side by side; gives the mean
/// square of the window.
TIPRING_INLINE float fold(const FrameTable& table, const std::int16_t* before,
                          const std::int16_t* now, float* pairs) {
    const std::size_t hop = table.hop();
    Vector energy{};
    for (std::size_t n = 0; n < hop; n += kLanes) {
        Vector after, until, window;
        read(after, now + n);
        read(until, before + hop - kLanes - n);
        load(window, table.window()[n / kLanes].value);
        const Vector back = __builtin_shufflevector(until, until, 15, 14, 13, 12, 11, 10, 9, 8, 7,
                                                    6, 5, 4, 3, 2, 1, 0);
        const Vector even = after + back;
        const Vector odd = after - back;
        energy += window * (even * even + odd * odd);
        store(pairs + 2 * n, __builtin_shufflevector(even, odd, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20,
                                                     5, 21, 6, 22, 7, 23));
        store(pairs + 2 * n + kLanes, __builtin_shufflevector(even, odd, 8, 24, 9, 25, 10, 26, 11,
                                                              27, 12, 28, 13, 29, 14, 30, 15, 31));
    }
    const Half half = __builtin_shufflevector(energy, energy, 0, 1, 2, 3, 4, 5, 6, 7) +
                      __builtin_shufflevector(energy, energy, 8, 9, 10, 11, 12, 13, 14, 15);
    return ((half[0] + half[4]) + (half[1] + half[5])) +
           ((half[2] + half[6]) + (half[3] + half[7]));
}

TIPRING_INLINE void addProduct(Vector& sum, const float* pairs, const Lanes& row) {
    double pair;
    std::memcpy(&pair, pairs, sizeof pair);
    const Doubles spread{pair, pair, pair, pair, pair, pair, pair, pair};
    Vector factors;
    load(factors, row.value);
    sum += reinterpret_cast<Vector>(spread) * factors;
}

/// Sums of products of one group. Four sums at once hide the time that an addition takes.
TIPRING_INLINE void multiply(const Lanes* rows, const float* pairs, std::size_t hop, Lanes& out,
                             float* power) {
    Vector a{}, b{}, c{}, d{};
    for (std::size_t n = 0; n < hop; n += 4) {
        addProduct(a, pairs + 2 * n, rows[n]);
        addProduct(b, pairs + 2 * n + 2, rows[n + 1]);
        addProduct(c, pairs + 2 * n + 4, rows[n + 2]);
        addProduct(d, pairs + 2 * n + 6, rows[n + 3]);
    }
    const Vector sum = (a + b) + (c + d);
    store(out.value, sum);
    const Vector squares = sum * sum;
    const Half powers = __builtin_shufflevector(squares, squares, 0, 2, 4, 6, 8, 10, 12, 14) +
                        __builtin_shufflevector(squares, squares, 1, 3, 5, 7, 9, 11, 13, 15);
    std::memcpy(power, &powers, sizeof powers);
}

TIPRING_INLINE bool frame(const FrameTable& table, const std::int16_t* before,
                          const std::int16_t* now, float floor, FrameSums& sums) {
    alignas(64) float pairs[2 * FrameTable::kMaxHop];
    sums.meanSquare = fold(table, before, now, pairs);
    if (sums.meanSquare < floor) {
        return false;
    }
    for (std::size_t g = 0; g < table.groups(); ++g) {
        multiply(table.group(g), pairs, table.hop(), sums.phasor[g],
                 sums.power + g * FrameTable::kPerGroup);
    }
    return true;
}

bool frameBaseline(const FrameTable& table, const std::int16_t* before, const std::int16_t* now,
                   float floor, FrameSums& sums) {
    return frame(table, before, now, floor, sums);
}

#if defined(__x86_64__)

__attribute__((target("avx2,fma"))) bool frameAvx2(const FrameTable& table,
                                                   const std::int16_t* before,
                                                   const std::int16_t* now, float floor,
                                                   FrameSums& sums) {
    return frame(table, before, now, floor, sums);
}

__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq"))) bool frameAvx512(
    const FrameTable& table, const std::int16_t* before, const std::int16_t* now, float floor,
    FrameSums& sums) {
    return frame(table, before, now, floor, sums);
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

// SPDX-License-Identifier: Apache-2.0
#include "fsk_filter.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <numbers>

#include "simd.h"
#include "tipring/hal/dsp/tone.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace tipring::dsp {

namespace {

// A bit at 1200 bit/s has 6.67 samples: the outer ones count for what the bit has of them.
constexpr std::array<double, FskFilter::kReach + 1> kWindow{1, 1, 1, 0.83};

using Taps = std::array<float, FskFilter::kReach + 1>;

/// Inner products of the functions that a window of the line may be made of: even ones (cosines of
/// both frequencies, a constant), odd ones (sines of both).
struct Products {
    double even[3][3] = {}, odd[2][2] = {};

    Products(double own, double other) {
        for (int k = -static_cast<int>(FskFilter::kReach); k <= static_cast<int>(FskFilter::kReach);
             ++k) {
            const double weight = kWindow[static_cast<std::size_t>(std::abs(k))];
            const double evens[3] = {std::cos(own * k), std::cos(other * k), 1};
            const double odds[2] = {std::sin(own * k), std::sin(other * k)};
            for (std::size_t i = 0; i < 9; ++i) {
                even[i / 3][i % 3] += weight * evens[i / 3] * evens[i % 3];
            }
            for (std::size_t i = 0; i < 4; ++i) {
                odd[i / 2][i % 2] += weight * odds[i / 2] * odds[i % 2];
            }
        }
    }
};

/// The amplitude of one frequency by least squares: what it finds is not changed by the other
/// frequency, nor by a constant voltage. So a tone beside the signal or a slow swing of the line
/// does not add to what one frequency leaks into the other's filter.
void makeTaps(double hertz, double otherHertz, Taps& even, Taps& odd) {
    const double own = 2 * std::numbers::pi * hertz / kSampleRate;
    const double other = 2 * std::numbers::pi * otherHertz / kSampleRate;
    const Products products(own, other);
    const auto& g = products.even;
    const auto& h = products.odd;
    // First column of the inverse matrices, by cofactors.
    const double first = g[1][1] * g[2][2] - g[1][2] * g[2][1];
    const double second = g[1][2] * g[2][0] - g[1][0] * g[2][2];
    const double third = g[1][0] * g[2][1] - g[1][1] * g[2][0];
    const double evenDeterminant = g[0][0] * first + g[0][1] * second + g[0][2] * third;
    const double oddDeterminant = h[0][0] * h[1][1] - h[0][1] * h[1][0];
    for (std::size_t k = 0; k < kWindow.size(); ++k) {
        const auto place = static_cast<double>(k);
        even[k] = static_cast<float>(
            kWindow[k] *
            (first * std::cos(own * place) + second * std::cos(other * place) + third) /
            evenDeterminant);
        odd[k] = static_cast<float>(
            kWindow[k] * (h[1][1] * std::sin(own * place) - h[1][0] * std::sin(other * place)) /
            oddDeterminant);
    }
}

}  // namespace

FskFilter::FskFilter(const FskModulation& modulation) {
    makeTaps(modulation.mark, modulation.space, markEven, markOdd);
    makeTaps(modulation.space, modulation.mark, spaceEven, spaceOdd);
}

// The part of the window that is even and the part that is odd give the real and the imaginary
// part: by Cauchy's inequality the squared amplitude is at most the window's squares times those of
// the greater row of taps. A window touches four pairs of samples.
std::uint32_t FskFilter::quietBelow(float amplitude) const {
    const auto squares = [](const Taps& taps) {
        float sum = taps[0] * taps[0];
        for (std::size_t k = 1; k < taps.size(); ++k) {
            sum += 2 * taps[k] * taps[k];
        }
        return sum;
    };
    constexpr float kPairs = 4;
    constexpr float kRounding = 0.98F;
    const float most =
        std::max({squares(markEven), squares(markOdd), squares(spaceEven), squares(spaceOdd)});
    return static_cast<std::uint32_t>(
        std::min(kRounding * amplitude * amplitude / (kPairs * most), 2e9F));
}

bool quiet(std::span<const std::int16_t> samples, std::uint32_t squares) noexcept {
    std::size_t i = 0;
#if defined(__x86_64__)
    // Halved, because two full-scale squares leave 31 bits.
    const __m128i most = _mm_set1_epi32(static_cast<std::int32_t>(squares / 2));
    for (; i + 8 <= samples.size(); i += 8) {
        const __m128i pairs = _mm_loadu_si128(reinterpret_cast<const __m128i*>(samples.data() + i));
        const __m128i sums = _mm_srli_epi32(_mm_madd_epi16(pairs, pairs), 1);
        if (_mm_movemask_epi8(_mm_cmpgt_epi32(sums, most)) != 0) {
            return false;
        }
    }
#endif
    for (; i < samples.size(); i += 2) {
        const std::int64_t first = samples[i];
        const std::int64_t second = i + 1 < samples.size() ? samples[i + 1] : 0;
        if ((first * first + second * second) / 2 > squares / 2) {
            return false;
        }
    }
    return true;
}

#if defined(__GNUC__)

namespace {

// Vectors of the compiler: it makes of them what the function's target has.
using Vector = float __attribute__((vector_size(32)));
using Ints = std::int32_t __attribute__((vector_size(32)));

#define TIPRING_INLINE inline __attribute__((always_inline))

TIPRING_INLINE void read(Vector& vector, const float* from) {
    std::memcpy(&vector, from, sizeof vector);
}

TIPRING_INLINE void root(Vector& vector) {
    float values[8];
    std::memcpy(values, &vector, sizeof values);
    for (float& value : values) {
        value = std::sqrt(value);
    }
    std::memcpy(&vector, values, sizeof values);
}

/// One bit of each element, 0 or -1, the first one lowest.
struct PlainSigns {
    static std::uint8_t of(const Ints& truths) {
        constexpr Ints kBits{1, 2, 4, 8, 16, 32, 64, 128};
        Ints bits = truths & kBits;
        bits |= __builtin_shufflevector(bits, bits, 4, 5, 6, 7, 0, 1, 2, 3);
        bits |= __builtin_shufflevector(bits, bits, 2, 3, 0, 1, 6, 7, 4, 5);
        return static_cast<std::uint8_t>(bits[0] | bits[1]);
    }
};

#if defined(__x86_64__)
struct Avx2Signs {
    __attribute__((target("avx2,fma"))) static std::uint8_t of(const Ints& truths) {
        return static_cast<std::uint8_t>(_mm256_movemask_ps(reinterpret_cast<__m256>(truths)));
    }
};
#endif

template <class Signs>
TIPRING_INLINE void hop(const FskFilter& filter, float floor, const float* samples,
                        const FskOutputs& out, std::size_t group) {
    constexpr std::size_t kMiddle = FskFilter::kReach;
    Vector middle;
    read(middle, samples + kMiddle);
    Vector markReal = filter.markEven[0] * middle;
    Vector spaceReal = filter.spaceEven[0] * middle;
    Vector markImaginary{}, spaceImaginary{};
    for (std::size_t k = 1; k <= kMiddle; ++k) {
        Vector after, before;
        read(after, samples + kMiddle + k);
        read(before, samples + kMiddle - k);
        const Vector even = after + before;
        const Vector odd = after - before;
        markReal += filter.markEven[k] * even;
        spaceReal += filter.spaceEven[k] * even;
        markImaginary += filter.markOdd[k] * odd;
        spaceImaginary += filter.spaceOdd[k] * odd;
    }
    Vector mark = markReal * markReal + markImaginary * markImaginary;
    Vector space = spaceReal * spaceReal + spaceImaginary * spaceImaginary;
    root(mark);
    root(space);
    const Vector difference = mark - space;
    std::memcpy(out.line + group * FskFilter::kHop, &difference, sizeof difference);
    out.spaces[group] = Signs::of(difference < 0.0F);
    out.zeros[group] = Signs::of(difference <= -floor);
    out.ones[group] = Signs::of(difference >= floor);
}

template <class Signs>
TIPRING_INLINE void run(const FskFilter& filter, float floor, const std::int16_t* samples,
                        std::size_t hops, const FskOutputs& out) {
    // Once here instead of seven times there.
    float values[FskFilter::kOverlap + FskFilter::kMaxHops * FskFilter::kHop];
    const std::size_t count = FskFilter::kOverlap + hops * FskFilter::kHop;
    for (std::size_t i = 0; i < count; ++i) {
        values[i] = samples[i];
    }
    // Copies, which no store can change: they stay in registers.
    const FskFilter taps = filter;
    const FskOutputs to = out;
    for (std::size_t i = 0; i < hops; ++i) {
        hop<Signs>(taps, floor, values + i * FskFilter::kHop, to, i);
    }
}

void runBaseline(const FskFilter& filter, float floor, const std::int16_t* samples,
                 std::size_t hops, const FskOutputs& out) {
    run<PlainSigns>(filter, floor, samples, hops, out);
}

#if defined(__x86_64__)

__attribute__((target("avx2,fma"))) void runAvx2(const FskFilter& filter, float floor,
                                                 const std::int16_t* samples, std::size_t hops,
                                                 const FskOutputs& out) {
    run<Avx2Signs>(filter, floor, samples, hops, out);
}

/// The same vectors, twice the registers: the filter's taps stay in them.
__attribute__((target("avx2,fma,avx512f,avx512vl"))) void runAvx512(const FskFilter& filter,
                                                                    float floor,
                                                                    const std::int16_t* samples,
                                                                    std::size_t hops,
                                                                    const FskOutputs& out) {
    run<Avx2Signs>(filter, floor, samples, hops, out);
}

FskFilterFunction choose() noexcept {
    if (!hasAvx2()) {
        return runBaseline;
    }
    const bool more = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl");
    return more ? runAvx512 : runAvx2;
}

#else

FskFilterFunction choose() noexcept {
    return runBaseline;
}

#endif

}  // namespace

#else
#error "needs the vector extensions of GCC or clang"
#endif

FskFilterFunction fskFilterFunction() noexcept {
    static const FskFilterFunction chosen = choose();
    return chosen;
}

}  // namespace tipring::dsp

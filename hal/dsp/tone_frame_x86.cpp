// SPDX-License-Identifier: Apache-2.0
// Three times the same: fold the window, then add up products of two samples at a time. Each
// function has its processor's instructions and no other's, so that a baseline build holds them
// all.
#include "tone_frame_x86.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstring>

namespace tipring::dsp {

namespace {

/// Two samples' sums, then their differences, as they stand in memory.
std::int64_t pairAt(const std::int16_t* pairs, std::size_t number) {
    std::int64_t pair;
    std::memcpy(&pair, pairs + 4 * number, sizeof pair);
    return pair;
}

}  // namespace

#define TIPRING_TARGET __attribute__((target("avx512f,avx512bw")))

namespace {

TIPRING_TARGET inline float fold512(const FrameTable& table, std::size_t hop,
                                    const std::int16_t* before, const std::int16_t* now,
                                    std::int16_t* pairs) {
    alignas(64) static constexpr std::int16_t kBack[32] = {
        31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16,
        15, 14, 13, 12, 11, 10, 9,  8,  7,  6,  5,  4,  3,  2,  1,  0};
    alignas(64) static constexpr std::int32_t kLow[16] = {0, 16, 1, 17, 2, 18, 3, 19,
                                                          4, 20, 5, 21, 6, 22, 7, 23};
    alignas(64) static constexpr std::int32_t kHigh[16] = {8,  24, 9,  25, 10, 26, 11, 27,
                                                           12, 28, 13, 29, 14, 30, 15, 31};
    const __m512i back = _mm512_load_si512(kBack);
    const __m512i low = _mm512_load_si512(kLow);
    const __m512i high = _mm512_load_si512(kHigh);
    const __m512i least = _mm512_set1_epi16(-32767);
    const float* weights = table.weights()->value;
    __m512 energy = _mm512_setzero_ps(), more = _mm512_setzero_ps();
    for (std::size_t n = 0; n < hop; n += 32) {
        const __m512i after = _mm512_srai_epi16(_mm512_loadu_si512(now + n), 1);
        const __m512i until = _mm512_srai_epi16(
            _mm512_permutexvar_epi16(back, _mm512_loadu_si512(before + hop - 32 - n)), 1);
        const __m512i even = _mm512_max_epi16(_mm512_add_epi16(after, until), least);
        const __m512i odd = _mm512_sub_epi16(after, until);
        const __m512i first = _mm512_permutex2var_epi32(even, low, odd);
        const __m512i second = _mm512_permutex2var_epi32(even, high, odd);
        _mm512_store_si512(pairs + 2 * n, first);
        _mm512_store_si512(pairs + 2 * n + 32, second);
        energy = _mm512_fmadd_ps(_mm512_cvtepi32_ps(_mm512_madd_epi16(first, first)),
                                 _mm512_load_ps(weights + n), energy);
        more = _mm512_fmadd_ps(_mm512_cvtepi32_ps(_mm512_madd_epi16(second, second)),
                               _mm512_load_ps(weights + n + 16), more);
    }
    return _mm512_reduce_add_ps(_mm512_add_ps(energy, more));
}

TIPRING_TARGET inline __m512i product512(const std::int16_t* pairs, const FactorRow* rows,
                                         std::size_t number) {
    return _mm512_madd_epi16(_mm512_set1_epi64(pairAt(pairs, number)),
                             _mm512_load_si512(rows[number].value));
}

TIPRING_TARGET inline void multiply512(const FrameTable& table, std::size_t hop, std::size_t group,
                                       const std::int16_t* pairs, FrameSums& sums) {
    const FactorRow* rows = table.factors(group);
    __m512i a = _mm512_setzero_si512(), b = a, c = a, d = a;
    for (std::size_t i = 0; i < hop / 2; i += 4) {
        a = _mm512_add_epi32(a, product512(pairs, rows, i));
        b = _mm512_add_epi32(b, product512(pairs, rows, i + 1));
        c = _mm512_add_epi32(c, product512(pairs, rows, i + 2));
        d = _mm512_add_epi32(d, product512(pairs, rows, i + 3));
    }
    const __m512i sum = _mm512_add_epi32(_mm512_add_epi32(a, b), _mm512_add_epi32(c, d));
    const __m512 phasors = _mm512_mul_ps(_mm512_cvtepi32_ps(sum), _mm512_set1_ps(table.scale()));
    _mm512_store_ps(sums.phasor[group].value, phasors);
    const __m512 squares = _mm512_mul_ps(phasors, phasors);
    const __m512 both = _mm512_add_ps(squares, _mm512_permute_ps(squares, 0xB1));
    const __m512i packed = _mm512_maskz_compress_epi32(0x5555, _mm512_castps_si512(both));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums.power + group * FrameTable::kPerGroup),
                        _mm512_castsi512_si256(packed));
}

TIPRING_TARGET inline bool frame512(const FrameTable& table, std::size_t hop,
                                    const std::int16_t* before, const std::int16_t* now,
                                    float floor, FrameSums& sums) {
    alignas(64) std::int16_t pairs[2 * FrameTable::kMaxHop];
    sums.meanSquare = fold512(table, hop, before, now, pairs);
    if (sums.meanSquare < floor) {
        return false;
    }
    for (std::size_t group = 0; group < table.groups(); ++group) {
        multiply512(table, hop, group, pairs, sums);
    }
    return true;
}

}  // namespace

TIPRING_TARGET bool frameAvx512(const FrameTable& table, const std::int16_t* before,
                                const std::int16_t* now, float floor, FrameSums& sums) {
    // The hops in use as constants: loops without end to count.
    switch (table.hop()) {
    case 64: return frame512(table, 64, before, now, floor, sums);
    case 160: return frame512(table, 160, before, now, floor, sums);
    default: return frame512(table, table.hop(), before, now, floor, sums);
    }
}

#undef TIPRING_TARGET
#define TIPRING_TARGET __attribute__((target("avx2")))

namespace {

TIPRING_TARGET inline __m256i back256(const std::int16_t* from) {
    const __m256i order = _mm256_setr_epi8(14, 15, 12, 13, 10, 11, 8, 9, 6, 7, 4, 5, 2, 3, 0, 1, 14,
                                           15, 12, 13, 10, 11, 8, 9, 6, 7, 4, 5, 2, 3, 0, 1);
    const __m256i forth = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
    return _mm256_permute4x64_epi64(_mm256_shuffle_epi8(forth, order), 0x4E);
}

TIPRING_TARGET inline __m256 squares256(__m256i pairs, const float* weights) {
    return _mm256_mul_ps(_mm256_cvtepi32_ps(_mm256_madd_epi16(pairs, pairs)),
                         _mm256_load_ps(weights));
}

TIPRING_TARGET inline float fold256(const FrameTable& table, const std::int16_t* before,
                                    const std::int16_t* now, std::int16_t* pairs) {
    const __m256i least = _mm256_set1_epi16(-32767);
    const float* weights = table.weights()->value;
    __m256 energy = _mm256_setzero_ps();
    for (std::size_t n = 0; n < table.hop(); n += 16) {
        const __m256i after =
            _mm256_srai_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(now + n)), 1);
        const __m256i until = _mm256_srai_epi16(back256(before + table.hop() - 16 - n), 1);
        const __m256i even = _mm256_max_epi16(_mm256_add_epi16(after, until), least);
        const __m256i odd = _mm256_sub_epi16(after, until);
        const __m256i low = _mm256_unpacklo_epi32(even, odd);
        const __m256i high = _mm256_unpackhi_epi32(even, odd);
        const __m256i first = _mm256_permute2x128_si256(low, high, 0x20);
        const __m256i second = _mm256_permute2x128_si256(low, high, 0x31);
        _mm256_store_si256(reinterpret_cast<__m256i*>(pairs + 2 * n), first);
        _mm256_store_si256(reinterpret_cast<__m256i*>(pairs + 2 * n + 16), second);
        energy = _mm256_add_ps(energy, _mm256_add_ps(squares256(first, weights + n),
                                                     squares256(second, weights + n + 8)));
    }
    __m128 sum = _mm_add_ps(_mm256_castps256_ps128(energy), _mm256_extractf128_ps(energy, 1));
    sum = _mm_add_ps(sum, _mm_movehl_ps(sum, sum));
    return _mm_cvtss_f32(_mm_add_ss(sum, _mm_shuffle_ps(sum, sum, 1)));
}

TIPRING_TARGET inline __m256i product256(__m256i pair, const FactorRow& row, std::size_t half) {
    return _mm256_madd_epi16(pair,
                             _mm256_load_si256(reinterpret_cast<const __m256i*>(row.value) + half));
}

TIPRING_TARGET inline void finish256(__m256i sum, float scale, float* phasors, float* power) {
    const __m256 values = _mm256_mul_ps(_mm256_cvtepi32_ps(sum), _mm256_set1_ps(scale));
    _mm256_store_ps(phasors, values);
    const __m256 squares = _mm256_mul_ps(values, values);
    const __m128 low = _mm256_castps256_ps128(squares);
    const __m128 high = _mm256_extractf128_ps(squares, 1);
    _mm_storeu_ps(power,
                  _mm_add_ps(_mm_shuffle_ps(low, high, 0x88), _mm_shuffle_ps(low, high, 0xDD)));
}

TIPRING_TARGET inline void multiply256(const FrameTable& table, std::size_t group,
                                       const std::int16_t* pairs, FrameSums& sums) {
    const FactorRow* rows = table.factors(group);
    __m256i a = _mm256_setzero_si256(), b = a, c = a, d = a;
    for (std::size_t i = 0; i < table.hop() / 2; i += 2) {
        const __m256i first = _mm256_set1_epi64x(pairAt(pairs, i));
        const __m256i second = _mm256_set1_epi64x(pairAt(pairs, i + 1));
        a = _mm256_add_epi32(a, product256(first, rows[i], 0));
        b = _mm256_add_epi32(b, product256(first, rows[i], 1));
        c = _mm256_add_epi32(c, product256(second, rows[i + 1], 0));
        d = _mm256_add_epi32(d, product256(second, rows[i + 1], 1));
    }
    float* phasors = sums.phasor[group].value;
    float* power = sums.power + group * FrameTable::kPerGroup;
    finish256(_mm256_add_epi32(a, c), table.scale(), phasors, power);
    finish256(_mm256_add_epi32(b, d), table.scale(), phasors + 8, power + 4);
}

}  // namespace

TIPRING_TARGET bool frameAvx2(const FrameTable& table, const std::int16_t* before,
                              const std::int16_t* now, float floor, FrameSums& sums) {
    alignas(64) std::int16_t pairs[2 * FrameTable::kMaxHop];
    sums.meanSquare = fold256(table, before, now, pairs);
    if (sums.meanSquare < floor) {
        return false;
    }
    for (std::size_t group = 0; group < table.groups(); ++group) {
        multiply256(table, group, pairs, sums);
    }
    return true;
}

#undef TIPRING_TARGET

namespace {

inline __m128i load128(const std::int16_t* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}

inline __m128i back128(const std::int16_t* from) {
    const __m128i low = _mm_shufflelo_epi16(load128(from), 0x1B);
    return _mm_shuffle_epi32(_mm_shufflehi_epi16(low, 0x1B), 0x4E);
}

inline __m128 squares128(__m128i pairs, const float* weights) {
    return _mm_mul_ps(_mm_cvtepi32_ps(_mm_madd_epi16(pairs, pairs)), _mm_load_ps(weights));
}

inline float fold128(const FrameTable& table, const std::int16_t* before, const std::int16_t* now,
                     std::int16_t* pairs) {
    const __m128i least = _mm_set1_epi16(-32767);
    const float* weights = table.weights()->value;
    __m128 energy = _mm_setzero_ps();
    for (std::size_t n = 0; n < table.hop(); n += 8) {
        const __m128i after = _mm_srai_epi16(load128(now + n), 1);
        const __m128i until = _mm_srai_epi16(back128(before + table.hop() - 8 - n), 1);
        const __m128i even = _mm_max_epi16(_mm_add_epi16(after, until), least);
        const __m128i odd = _mm_sub_epi16(after, until);
        const __m128i first = _mm_unpacklo_epi32(even, odd);
        const __m128i second = _mm_unpackhi_epi32(even, odd);
        _mm_store_si128(reinterpret_cast<__m128i*>(pairs + 2 * n), first);
        _mm_store_si128(reinterpret_cast<__m128i*>(pairs + 2 * n + 8), second);
        energy = _mm_add_ps(energy, _mm_add_ps(squares128(first, weights + n),
                                               squares128(second, weights + n + 4)));
    }
    energy = _mm_add_ps(energy, _mm_movehl_ps(energy, energy));
    return _mm_cvtss_f32(_mm_add_ss(energy, _mm_shuffle_ps(energy, energy, 1)));
}

inline void finish128(__m128i first, __m128i second, float scale, float* phasors, float* power) {
    const __m128 low = _mm_mul_ps(_mm_cvtepi32_ps(first), _mm_set1_ps(scale));
    const __m128 high = _mm_mul_ps(_mm_cvtepi32_ps(second), _mm_set1_ps(scale));
    _mm_store_ps(phasors, low);
    _mm_store_ps(phasors + 4, high);
    const __m128 lowSquares = _mm_mul_ps(low, low);
    const __m128 highSquares = _mm_mul_ps(high, high);
    _mm_storeu_ps(power, _mm_add_ps(_mm_shuffle_ps(lowSquares, highSquares, 0x88),
                                    _mm_shuffle_ps(lowSquares, highSquares, 0xDD)));
}

inline void multiply128(const FrameTable& table, std::size_t group, const std::int16_t* pairs,
                        FrameSums& sums) {
    const FactorRow* rows = table.factors(group);
    __m128i a = _mm_setzero_si128(), b = a, c = a, d = a;
    for (std::size_t i = 0; i < table.hop() / 2; ++i) {
        const __m128i pair = _mm_set1_epi64x(pairAt(pairs, i));
        const std::int16_t* row = rows[i].value;
        a = _mm_add_epi32(a, _mm_madd_epi16(pair, load128(row)));
        b = _mm_add_epi32(b, _mm_madd_epi16(pair, load128(row + 8)));
        c = _mm_add_epi32(c, _mm_madd_epi16(pair, load128(row + 16)));
        d = _mm_add_epi32(d, _mm_madd_epi16(pair, load128(row + 24)));
    }
    float* phasors = sums.phasor[group].value;
    float* power = sums.power + group * FrameTable::kPerGroup;
    finish128(a, b, table.scale(), phasors, power);
    finish128(c, d, table.scale(), phasors + 8, power + 4);
}

}  // namespace

bool frameSse2(const FrameTable& table, const std::int16_t* before, const std::int16_t* now,
               float floor, FrameSums& sums) {
    alignas(64) std::int16_t pairs[2 * FrameTable::kMaxHop];
    sums.meanSquare = fold128(table, before, now, pairs);
    if (sums.meanSquare < floor) {
        return false;
    }
    for (std::size_t group = 0; group < table.groups(); ++group) {
        multiply128(table, group, pairs, sums);
    }
    return true;
}

}  // namespace tipring::dsp

#endif

// SPDX-License-Identifier: Apache-2.0
// Three times the same: fold the windows, then add up products of two samples at a time, as many
// channels together as there are registers for: reading the table costs as much as multiplying.
// Each function has its processor's instructions and no other's, so that a baseline build holds
// them all.
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

/// A window that is folded, and where its sums go.
struct Folded {
    alignas(64) std::int16_t pairs[2 * FrameTable::kMaxHop];
    alignas(16) float energy[4];  ///< parts of the mean square
    FrameSums* sums;
};

constexpr std::size_t kTogether = 8;  ///< windows that the first level cache holds with the table

}  // namespace

#define TIPRING_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))

namespace {

TIPRING_TARGET inline __m256 upper512(__m512 vector) {
    return _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(vector), 1));
}

TIPRING_TARGET inline void fold512(const FrameTable& table, std::size_t hop, const FrameJob& job,
                                   Folded& folded) {
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
    __m512 energy = _mm512_setzero_ps();
    for (std::size_t n = 0; n < hop; n += 32) {
        const __m512i after = _mm512_srai_epi16(_mm512_loadu_si512(job.now + n), 1);
        const __m512i until = _mm512_srai_epi16(
            _mm512_permutexvar_epi16(back, _mm512_loadu_si512(job.before + hop - 32 - n)), 1);
        const __m512i even = _mm512_max_epi16(_mm512_add_epi16(after, until), least);
        const __m512i odd = _mm512_sub_epi16(after, until);
        _mm512_store_si512(folded.pairs + 2 * n, _mm512_permutex2var_epi32(even, low, odd));
        _mm512_store_si512(folded.pairs + 2 * n + 32, _mm512_permutex2var_epi32(even, high, odd));
        const __m512i squares = _mm512_dpwssd_epi32(_mm512_madd_epi16(after, after), until, until);
        energy =
            _mm512_fmadd_ps(_mm512_cvtepi32_ps(squares), _mm512_load_ps(weights + n / 2), energy);
    }
    const __m256 half = _mm256_add_ps(_mm512_castps512_ps256(energy), upper512(energy));
    _mm_store_ps(folded.energy,
                 _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1)));
}

TIPRING_TARGET inline void finish512(__m512i sum, float scale, FrameSums& sums, std::size_t group) {
    const __m512 phasors = _mm512_mul_ps(_mm512_cvtepi32_ps(sum), _mm512_set1_ps(scale));
    _mm512_store_ps(sums.phasor[group].value, phasors);
    const __m512 squares = _mm512_mul_ps(phasors, phasors);
    const __m512 both = _mm512_add_ps(squares, _mm512_permute_ps(squares, 0xB1));
    const __m512i packed = _mm512_maskz_compress_epi32(0x5555, _mm512_castps_si512(both));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums.power + group * FrameTable::kPerGroup),
                        _mm512_castsi512_si256(packed));
}

/// Two sums for each channel: an addition is not waited for by the next one.
template <std::size_t kCount>
TIPRING_TARGET inline void multiply512(const FrameTable& table, std::size_t hop, std::size_t group,
                                       const Folded* const* folded) {
    const FactorRow* rows = table.factors(group);
    __m512i even[kCount], odd[kCount];
    for (std::size_t c = 0; c < kCount; ++c) {
        even[c] = odd[c] = _mm512_setzero_si512();
    }
    for (std::size_t i = 0; i < hop / 2; i += 2) {
        const __m512i first = _mm512_load_si512(rows[i].value);
        const __m512i second = _mm512_load_si512(rows[i + 1].value);
        for (std::size_t c = 0; c < kCount; ++c) {
            const std::int16_t* pairs = folded[c]->pairs;
            even[c] = _mm512_dpwssd_epi32(even[c], _mm512_set1_epi64(pairAt(pairs, i)), first);
            odd[c] = _mm512_dpwssd_epi32(odd[c], _mm512_set1_epi64(pairAt(pairs, i + 1)), second);
        }
    }
    for (std::size_t c = 0; c < kCount; ++c) {
        finish512(_mm512_add_epi32(even[c], odd[c]), table.scale(), *folded[c]->sums, group);
    }
}

/// The same for a group that is half empty.
template <std::size_t kCount>
TIPRING_TARGET inline void multiplyHalf512(const FrameTable& table, std::size_t hop,
                                           std::size_t group, const Folded* const* folded) {
    const FactorRow* rows = table.factors(group);
    __m256i even[kCount], odd[kCount];
    for (std::size_t c = 0; c < kCount; ++c) {
        even[c] = odd[c] = _mm256_setzero_si256();
    }
    for (std::size_t i = 0; i < hop / 2; i += 2) {
        const auto* first = reinterpret_cast<const __m256i*>(rows[i].value);
        const auto* second = reinterpret_cast<const __m256i*>(rows[i + 1].value);
        for (std::size_t c = 0; c < kCount; ++c) {
            const std::int16_t* pairs = folded[c]->pairs;
            even[c] = _mm256_dpwssd_epi32(even[c], _mm256_set1_epi64x(pairAt(pairs, i)),
                                          _mm256_load_si256(first));
            odd[c] = _mm256_dpwssd_epi32(odd[c], _mm256_set1_epi64x(pairAt(pairs, i + 1)),
                                         _mm256_load_si256(second));
        }
    }
    for (std::size_t c = 0; c < kCount; ++c) {
        finish512(_mm512_zextsi256_si512(_mm256_add_epi32(even[c], odd[c])), table.scale(),
                  *folded[c]->sums, group);
    }
}

TIPRING_TARGET inline void fewHalf512(const FrameTable& table, std::size_t hop, std::size_t group,
                                      const Folded* const* folded, std::size_t count) {
    switch (count) {
    case 1: return multiplyHalf512<1>(table, hop, group, folded);
    case 2: return multiplyHalf512<2>(table, hop, group, folded);
    case 3: return multiplyHalf512<3>(table, hop, group, folded);
    default: return multiplyHalf512<4>(table, hop, group, folded);
    }
}

TIPRING_TARGET inline void few512(const FrameTable& table, std::size_t hop, std::size_t group,
                                  const Folded* const* folded, std::size_t count) {
    switch (count) {
    case 1: return multiply512<1>(table, hop, group, folded);
    case 2: return multiply512<2>(table, hop, group, folded);
    case 3: return multiply512<3>(table, hop, group, folded);
    default: return multiply512<4>(table, hop, group, folded);
    }
}

TIPRING_TARGET inline void frames512(const FrameTable& table, std::size_t hop,
                                     std::span<FrameJob> jobs, float floor) {
    Folded room[kTogether];
    const Folded* loud[kTogether];
    while (!jobs.empty()) {
        const std::size_t many = jobs.size() < kTogether ? jobs.size() : kTogether;
        for (std::size_t i = 0; i < many; ++i) {
            room[i].sums = jobs[i].sums;
            fold512(table, hop, jobs[i], room[i]);
        }
        // In a loop of its own: no fold waits for what the one before it came to.
        std::size_t count = 0;
        for (std::size_t i = 0; i < many; ++i) {
            const float* energy = room[i].energy;
            jobs[i].sums->meanSquare = (energy[0] + energy[2]) + (energy[1] + energy[3]);
            jobs[i].loud = jobs[i].sums->meanSquare >= floor;
            loud[count] = room + i;
            count += jobs[i].loud ? 1 : 0;
        }
        for (std::size_t group = 0; count > 0 && group < table.groups(); ++group) {
            const bool half = table.halfEmpty(group);
            for (std::size_t c = 0; c < count; c += 4) {
                if (half) {
                    fewHalf512(table, hop, group, loud + c, count - c);
                } else {
                    few512(table, hop, group, loud + c, count - c);
                }
            }
        }
        jobs = jobs.subspan(many);
    }
}

}  // namespace

TIPRING_TARGET void frameAvx512(const FrameTable& table, std::span<FrameJob> jobs, float floor) {
    // The hops in use as constants: loops without end to count.
    switch (table.hop()) {
    case 64: return frames512(table, 64, jobs, floor);
    case 160: return frames512(table, 160, jobs, floor);
    default: return frames512(table, table.hop(), jobs, floor);
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

TIPRING_TARGET inline float fold256(const FrameTable& table, const FrameJob& job,
                                    std::int16_t* pairs) {
    const __m256i least = _mm256_set1_epi16(-32767);
    const float* weights = table.weights()->value;
    __m256 energy = _mm256_setzero_ps();
    for (std::size_t n = 0; n < table.hop(); n += 16) {
        const __m256i after =
            _mm256_srai_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(job.now + n)), 1);
        const __m256i until = _mm256_srai_epi16(back256(job.before + table.hop() - 16 - n), 1);
        const __m256i even = _mm256_max_epi16(_mm256_add_epi16(after, until), least);
        const __m256i odd = _mm256_sub_epi16(after, until);
        const __m256i low = _mm256_unpacklo_epi32(even, odd);
        const __m256i high = _mm256_unpackhi_epi32(even, odd);
        auto* to = reinterpret_cast<__m256i*>(pairs + 2 * n);
        _mm256_store_si256(to, _mm256_permute2x128_si256(low, high, 0x20));
        _mm256_store_si256(to + 1, _mm256_permute2x128_si256(low, high, 0x31));
        const __m256i squares =
            _mm256_add_epi32(_mm256_madd_epi16(after, after), _mm256_madd_epi16(until, until));
        energy = _mm256_add_ps(
            energy, _mm256_mul_ps(_mm256_cvtepi32_ps(squares), _mm256_load_ps(weights + n / 2)));
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

/// Two channels share a row: what there are registers for.
template <std::size_t kCount, std::size_t kHalves>
TIPRING_TARGET inline void multiply256(const FrameTable& table, std::size_t group,
                                       const Folded* const* folded) {
    const FactorRow* rows = table.factors(group);
    __m256i sums[kCount][2][2] = {};
    for (std::size_t i = 0; i < table.hop() / 2; i += 2) {
        for (std::size_t c = 0; c < kCount; ++c) {
            for (std::size_t part = 0; part < 2; ++part) {
                const __m256i pair = _mm256_set1_epi64x(pairAt(folded[c]->pairs, i + part));
                const FactorRow& row = rows[i + part];
                for (std::size_t half = 0; half < kHalves; ++half) {
                    __m256i& sum = sums[c][part][half];
                    sum = _mm256_add_epi32(sum, product256(pair, row, half));
                }
            }
        }
    }
    for (std::size_t c = 0; c < kCount; ++c) {
        for (std::size_t half = 0; half < 2; ++half) {
            finish256(_mm256_add_epi32(sums[c][0][half], sums[c][1][half]), table.scale(),
                      folded[c]->sums->phasor[group].value + 8 * half,
                      folded[c]->sums->power + group * FrameTable::kPerGroup + 4 * half);
        }
    }
}

template <std::size_t kCount>
TIPRING_TARGET inline void groups256(const FrameTable& table, const Folded* const* folded) {
    for (std::size_t group = 0; group < table.groups(); ++group) {
        if (table.halfEmpty(group)) {
            multiply256<kCount, 1>(table, group, folded);
        } else {
            multiply256<kCount, 2>(table, group, folded);
        }
    }
}

}  // namespace

TIPRING_TARGET void frameAvx2(const FrameTable& table, std::span<FrameJob> jobs, float floor) {
    Folded room[2];
    const Folded* loud[2] = {room, room + 1};
    std::size_t count = 0;
    for (FrameJob& job : jobs) {
        room[count].sums = job.sums;
        job.sums->meanSquare = fold256(table, job, room[count].pairs);
        job.loud = job.sums->meanSquare >= floor;
        count += job.loud ? 1 : 0;
        if (count == 2) {
            groups256<2>(table, loud);
            count = 0;
        }
    }
    if (count > 0) {
        groups256<1>(table, loud);
    }
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

inline float fold128(const FrameTable& table, const FrameJob& job, std::int16_t* pairs) {
    const __m128i least = _mm_set1_epi16(-32767);
    const float* weights = table.weights()->value;
    __m128 energy = _mm_setzero_ps();
    for (std::size_t n = 0; n < table.hop(); n += 8) {
        const __m128i after = _mm_srai_epi16(load128(job.now + n), 1);
        const __m128i until = _mm_srai_epi16(back128(job.before + table.hop() - 8 - n), 1);
        const __m128i even = _mm_max_epi16(_mm_add_epi16(after, until), least);
        const __m128i odd = _mm_sub_epi16(after, until);
        auto* to = reinterpret_cast<__m128i*>(pairs + 2 * n);
        _mm_store_si128(to, _mm_unpacklo_epi32(even, odd));
        _mm_store_si128(to + 1, _mm_unpackhi_epi32(even, odd));
        const __m128i squares =
            _mm_add_epi32(_mm_madd_epi16(after, after), _mm_madd_epi16(until, until));
        energy =
            _mm_add_ps(energy, _mm_mul_ps(_mm_cvtepi32_ps(squares), _mm_load_ps(weights + n / 2)));
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

void frameSse2(const FrameTable& table, std::span<FrameJob> jobs, float floor) {
    alignas(64) std::int16_t pairs[2 * FrameTable::kMaxHop];
    for (FrameJob& job : jobs) {
        job.sums->meanSquare = fold128(table, job, pairs);
        job.loud = job.sums->meanSquare >= floor;
        for (std::size_t group = 0; job.loud && group < table.groups(); ++group) {
            multiply128(table, group, pairs, *job.sums);
        }
    }
}

}  // namespace tipring::dsp

#endif

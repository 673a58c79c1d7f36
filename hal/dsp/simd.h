// SPDX-License-Identifier: Apache-2.0
#pragma once

// One loop, compiled once for the baseline and once for AVX2, chosen when the program starts: the
// loop is a TIPRING_KERNEL function, called from one plain function and from one marked
// TIPRING_AVX2.

#define TIPRING_KERNEL [[gnu::always_inline]] inline

#if defined(__x86_64__)
#define TIPRING_HAS_AVX2 1
#define TIPRING_AVX2 [[gnu::target("avx2,fma")]]
#else
#define TIPRING_HAS_AVX2 0
#define TIPRING_AVX2
#endif

namespace tipring::dsp {

/// True where the processor has what TIPRING_AVX2 functions need.
inline bool hasAvx2() noexcept {
#if TIPRING_HAS_AVX2
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
#else
    return false;
#endif
}

/// True where the processor has the instructions of AVX-512 that servers have since 2017.
inline bool hasAvx512() noexcept {
#if TIPRING_HAS_AVX2
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
           __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0;
#else
    return false;
#endif
}

}  // namespace tipring::dsp

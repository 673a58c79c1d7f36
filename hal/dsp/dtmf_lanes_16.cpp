// SPDX-License-Identifier: Apache-2.0
// Sixteen channels, with AVX-512. GCC makes vectors of what is written after the pragma only, clang
// of what is inlined into a function that has the target: what the standard library and others
// write comes before it.
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <numbers>
#include <utility>

#include "dtmf_limits.h"

#if defined(__x86_64__)
#define TIPRING_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))
#if !defined(__clang__)
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl")
#endif
#include "dtmf_work.h"

namespace tipring::dsp {

namespace {

TIPRING_TARGET DtmfNews step(DtmfGroup<16>& group, const DtmfSight<16>& sight,
                             const DtmfLimits& limits) {
    return Work<16>::step(group, sight, limits);
}
TIPRING_TARGET void judge(DtmfRuns<16>& runs, unsigned channels, const DtmfLimits& limits,
                          unsigned newest) {
    Work<16>::judgeSome(runs, channels, limits, newest);
}

}  // namespace

const DtmfKernels<16> kDtmfKernels16{step, judge};

}  // namespace tipring::dsp
#endif

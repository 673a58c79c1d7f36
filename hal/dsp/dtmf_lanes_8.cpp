// SPDX-License-Identifier: Apache-2.0
// Eight channels, with AVX2. GCC makes vectors of what is written after the pragma only, clang of
// what is inlined into a function that has the target: what the standard library and others write
// comes before it.
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <numbers>
#include <utility>

#include "dtmf_limits.h"

#if defined(__x86_64__)
#define TIPRING_TARGET __attribute__((target("avx2")))
#if !defined(__clang__)
#pragma GCC target("avx2")
#endif
#include "dtmf_work.h"

namespace tipring::dsp {

namespace {

TIPRING_TARGET DtmfNews step(DtmfGroup<8>& group, const DtmfSight<8>& sight,
                             const DtmfLimits& limits) {
    return Work<8>::step(group, sight, limits);
}
TIPRING_TARGET void judge(DtmfRuns<8>& runs, unsigned channels, const DtmfLimits& limits,
                          unsigned newest) {
    Work<8>::judgeSome(runs, channels, limits, newest);
}

}  // namespace

const DtmfKernels<8> kDtmfKernels8{step, judge};

}  // namespace tipring::dsp
#endif

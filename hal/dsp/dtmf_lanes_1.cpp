// SPDX-License-Identifier: Apache-2.0
// One channel: no vectors.
#include "dtmf_work.h"

namespace tipring::dsp {

namespace {

DtmfNews step(DtmfGroup<1>& group, const DtmfSight<1>& sight, const DtmfLimits& limits) {
    return Work<1>::step(group, sight, limits);
}
void judge(DtmfRuns<1>& runs, unsigned channels, const DtmfLimits& limits, unsigned newest) {
    Work<1>::judgeSome(runs, channels, limits, newest);
}

}  // namespace

const DtmfKernels<1> kDtmfKernels1{step, judge};

}  // namespace tipring::dsp

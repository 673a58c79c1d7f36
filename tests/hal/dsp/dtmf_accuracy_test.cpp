// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "hal/dsp/dtmf_sweep.h"

namespace tipring::test {
namespace {

/// A tenth of the tries of dtmf_sweep, with the same limits.
constexpr SweepSize kGate{0.1};

class DtmfAccuracy : public testing::TestWithParam<Channel> {};

TEST_P(DtmfAccuracy, KeepsEveryRow) {
    const auto subject = ourDtmf();
    DtmfSweep sweep{*subject, GetParam(), kGate};
    for (const SweepRow& row : sweep.all()) {
        EXPECT_TRUE(row.good) << row.name << ": " << row.value << ", wanted " << row.limit;
    }
}

TEST_P(DtmfAccuracy, HearsDigitsUnderALouderDialTone) {
    const auto subject = ourDtmf(true);
    DtmfSweep sweep{*subject, GetParam(), kGate};
    const SweepRow row = sweep.dialTone(true);
    EXPECT_TRUE(row.good) << row.value;
}

INSTANTIATE_TEST_SUITE_P(Codecs, DtmfAccuracy,
                         testing::Values(Channel::Linear, Channel::MuLaw, Channel::ALaw));

}  // namespace
}  // namespace tipring::test

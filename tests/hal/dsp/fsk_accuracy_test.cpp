// SPDX-License-Identifier: Apache-2.0
// How many messages of caller ID get through which trouble.
#include <gtest/gtest.h>

#include "hal/dsp/caller_id_signals.h"

namespace tipring::test {
namespace {

/// Every point of the table for which something is wanted, with fewer messages.
TEST(FskAccuracy, KeepsTheTable) {
    for (const dsp::FskModulation& modulation : {dsp::kBell202, dsp::kV23}) {
        const auto subject = ourFsk(modulation);
        for (const FskRow& row : fskRows()) {
            for (const FskPoint& point : row.points) {
                // Some of the messages have to be allowed to fail where not all of them get
                // through.
                const int wanted = point.wanted == 100 ? 100 : point.wanted - 7;
                if (point.wanted > 0) {
                    EXPECT_GE(heardOf(*subject, modulation, point.trouble, 25), wanted)
                        << row.name << ' ' << point.value << ", mark " << modulation.mark;
                }
            }
        }
    }
}

/// 90 % within 0.7 dB of one who knows the timing.
TEST(FskAccuracy, ComesNearTheBound) {
    for (const dsp::FskModulation& modulation : {dsp::kBell202, dsp::kV23}) {
        const auto subject = ourFsk(modulation);
        double bound = 14;
        while (boundOf(modulation, bound - 0.5, 60) >= 90) {
            bound -= 0.5;
        }
        FskTrouble trouble;
        trouble.signalToNoise = bound + 0.7;
        EXPECT_GE(heardOf(*subject, modulation, trouble, 60), 90) << bound;
    }
}

}  // namespace
}  // namespace tipring::test

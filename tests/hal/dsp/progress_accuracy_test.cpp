// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "hal/dsp/progress_sweep.h"
#include "tipring/hal/dsp/tone_plan.h"

namespace tipring::dsp {
namespace {

TEST(CallProgressAccuracy, HearsNearlyAllTonesOfAllCountries) {
    for (const test::NetworkCondition& condition :
         {test::NetworkCondition{"as written"},
          test::NetworkCondition{"off", 1.01, 0.93, -30, 15}}) {
        test::ProgressScore score;
        for (const CountryTones& tones : builtinTones().countries) {
            for (const CountryTone& tone : tones.tones) {
                score.add(test::tryTone(tones, tone, condition, 7));
            }
        }
        EXPECT_GE(score.recall(), 0.98) << condition.name;
        EXPECT_GE(score.precision(), 0.99) << condition.name;
    }
}

}  // namespace
}  // namespace tipring::dsp

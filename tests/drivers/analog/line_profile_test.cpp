// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/analog/line_profile.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tipring::analog {
namespace {

TEST(LineProfileTest, CountriesDifferWhereTheirExchangesDo) {
    const LineProfile& us = *lineProfile("us");
    EXPECT_EQ(us.flash, 600);
    EXPECT_FALSE(has(us.supervision, Supervision::Reversal));
    EXPECT_EQ(us.toneOn, 80);
    const LineProfile& de = *lineProfile("DE");
    EXPECT_EQ(de.ring, (RingCadence{1000, 4000}));
    EXPECT_EQ(de.flash, 100);
    EXPECT_TRUE(has(de.supervision, Supervision::Reversal));
    EXPECT_EQ(de.pulseBreak, 60);
    EXPECT_EQ(de.toneOff, 90);
    EXPECT_EQ(lineProfile("FR")->flashMost, 350);
    EXPECT_EQ(lineProfile("JP")->ringLeast, 700);
    EXPECT_EQ(lineProfile("NZ")->pulses, PulseScheme::NewZealand);
    EXPECT_EQ(lineProfile("SE")->pulses, PulseScheme::Sweden);
    EXPECT_EQ(lineProfile("XX"), nullptr);
}

TEST(LineProfileTest, EveryCountryIsWholeAndStandsOnceInOrder) {
    const auto all = lineProfiles();
    EXPECT_TRUE(std::is_sorted(all.begin(), all.end(),
                               [](const auto& a, const auto& b) { return a.code < b.code; }));
    for (const LineProfile& each : all) {
        EXPECT_EQ(lineProfile(each.code), &each) << each.code;
        EXPECT_EQ(cadenceLength(each.ring) % 2, 0U) << each.code;
        EXPECT_FALSE(each.callerId.empty()) << each.code;
        EXPECT_LT(each.flashLeast, each.flash) << each.code;
        EXPECT_LT(each.flash, each.flashMost) << each.code;
        EXPECT_EQ(each.pulseBreak + each.pulseMake, 100) << each.code;
    }
}

}  // namespace
}  // namespace tipring::analog

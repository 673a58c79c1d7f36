// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/level_meter.h"

#include <gtest/gtest.h>

#include <tuple>

#include "detector_checks.h"
#include "speech.h"
#include "tone_signals.h"

namespace tipring::dsp {
namespace {

using test::eventsOf;

TEST(LevelMeter, TellsTheLevelOfASine) {
    for (const double level : {3.0, 0.0, -20.0, -50.0}) {
        LevelMeter meter;
        const auto readings = eventsOf<LevelReading>(meter, test::tone(1000, 0, level, 8000));
        ASSERT_EQ(readings.size(), 10U);
        EXPECT_NEAR(readings[4].dbm0, level, 0.05);
        EXPECT_NEAR(readings[4].peakDbm0, level, 0.3);
        EXPECT_EQ(readings[4].position, 3200U);
        EXPECT_FALSE(readings[4].hasDc);
        EXPECT_EQ(readings[4].clipping, false);
    }
}

TEST(LevelMeter, TwoSinesTakeTheirPowersTogether) {
    LevelMeter meter;
    EXPECT_NEAR(eventsOf<LevelReading>(meter, test::tone(350, 440, -13, 800))[0].dbm0, -10, 0.1);
}

TEST(LevelMeter, SilenceHasTheLowestLevel) {
    LevelMeter meter;
    const auto readings = eventsOf<LevelReading>(meter, test::silence(1600));
    ASSERT_EQ(readings.size(), 2U);
    EXPECT_EQ(readings[1].dbm0, kSilenceDbm0);
    EXPECT_EQ(readings[1].peakDbm0, kSilenceDbm0);
}

TEST(LevelMeter, DcIsNoSoundButTold) {
    LevelMeter meter;
    test::Sound sound = test::tone(1000, 0, -30, 8000);
    for (auto& sample : sound) {
        sample = static_cast<std::int16_t>(sample + 3277);
    }
    const auto readings = eventsOf<LevelReading>(meter, sound);
    EXPECT_NEAR(readings.back().dc, 0.1, 0.002);
    EXPECT_TRUE(readings.back().hasDc);
    EXPECT_NEAR(readings.back().dbm0, -30, 0.1);
}

TEST(LevelMeter, SpeechHasNoDc) {
    LevelMeter meter;
    for (const auto& reading :
         eventsOf<LevelReading>(meter, test::speak("Nobody can come to the telephone"))) {
        EXPECT_FALSE(reading.hasDc) << reading.dc;
    }
}

TEST(LevelMeter, ClippingIsARunAtTheLimitAlsoAfterG711) {
    for (const bool coded : {false, true}) {
        test::Sound loud = test::tone(300, 0, 9, 800);  // three times too large
        test::Sound fits = test::tone(300, 0, 2.5, 800);
        if (coded) {
            test::throughMuLaw(loud);
            test::throughMuLaw(fits);
        }
        LevelMeter meter;
        const auto first = eventsOf<LevelReading>(meter, loud);
        EXPECT_TRUE(first[0].clipping);
        EXPECT_GT(first[0].clipped, 200U);
        const auto second = eventsOf<LevelReading>(meter, fits);
        EXPECT_FALSE(second[0].clipping);
    }
}

TEST(LevelMeter, ARunMayCrossBlocksAndIntervals) {
    LevelMeter meter{{.interval = 4}};
    const std::vector<std::int16_t> sound{0, 0, 0, 32767, 32767, 32767, 0, 0};
    const auto readings = eventsOf<LevelReading>(meter, sound, 1);
    ASSERT_EQ(readings.size(), 2U);
    EXPECT_FALSE(readings[0].clipping);
    EXPECT_TRUE(readings[1].clipping);
}

TEST(LevelMeter, HasGoodManners) {
    test::expectGoodManners<LevelReading, LevelMeter>(
        test::speak("One two three"), [](const LevelReading& reading) {
            return std::tuple{reading.position, reading.dbm0, reading.peakDbm0, reading.dc};
        });
}

}  // namespace
}  // namespace tipring::dsp

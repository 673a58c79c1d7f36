// SPDX-License-Identifier: Apache-2.0
#include "time_text.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace tipring::tools {
namespace {

using namespace std::chrono_literals;

const hal::WallTime kMoment =
    std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + 14h + 3min + 7s + 250ms;

/// The zone of a test; the machine's again afterwards.
class TimeTextTest : public ::testing::Test {
protected:
    void SetUp() override {
        ::setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
        ::tzset();
    }
    void TearDown() override {
        ::unsetenv("TZ");
        ::tzset();
    }
};

TEST_F(TimeTextTest, UtcHasMillisecondsAndComesBack) {
    EXPECT_EQ(utcText(kMoment), "2026-11-24T14:03:07.250Z");
    EXPECT_EQ(parseUtc("2026-11-24T14:03:07.250Z"), kMoment);
}

TEST_F(TimeTextTest, RefusesWhatIsNoTime) {
    for (const char* text : {"", "yesterday", "2026-11-24 14:03:07.250", "2026-13-01T00:00:00.000Z",
                             "2026-11-24T14:03:07.250Z and more"}) {
        EXPECT_FALSE(parseUtc(text)) << text;
    }
}

TEST_F(TimeTextTest, LocalTimeIsThatOfTheZone) {
    EXPECT_EQ(localClock(kMoment), "15:03:07");
    EXPECT_EQ(localDateTime(kMoment), "2026-11-24 15:03:07");
    EXPECT_EQ(fileStamp(kMoment), "2026-11-24_15-03-07");
    EXPECT_EQ(utcOffset(kMoment), 60min);
    EXPECT_EQ(utcOffset(kMoment - 150 * 24h), 120min);
}

TEST_F(TimeTextTest, DurationsReadWell) {
    EXPECT_EQ(durationText(0s), "0 s");
    EXPECT_EQ(durationText(59400ms), "59 s");
    EXPECT_EQ(durationText(60s), "1 min");
    EXPECT_EQ(durationText(125s), "2 min 5 s");
    EXPECT_EQ(durationText(3780s), "1 h 3 min");
}

}  // namespace
}  // namespace tipring::tools

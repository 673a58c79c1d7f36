// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/chips/si321x.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "fake_register_bus.h"

namespace tipring::chips {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

class Si321xTest : public testing::Test {
protected:
    Si321xTest() {
        bus.registers[11] = 0x33;
        bus.registers[107] = 8;
        bus.reads[82] = [this] {
            const bool on = bus.registers[14] == 0;
            volts = on ? std::min(volts + rise, 170) : left;
            return std::uint16_t(volts);
        };
        // Calibration ends after some looks; 0x47 can be read back first.
        bus.reads[96] = [this] {
            if (bus.registers[96] != 0 && looks++ >= calibrationLooks) {
                bus.registers[96] = 0;
                looks = 0;
            }
            return std::uint16_t{bus.registers[96]};
        };
        bus.reads[88] = [this] { return std::uint16_t(bus.registers[98] <= 0x18 ? 0 : 1); };
        bus.reads[89] = [this] { return std::uint16_t(bus.registers[99] <= 0x16 ? 0 : 1); };
    }
    hal::Result<void> start(const Si321xSettings& settings = {}) {
        std::optional<hal::Result<void>> end;
        startUp.emplace(loop, bus, settings);
        startUp->start([&](const hal::Result<void>& result) { end = result; });
        loop.advanceUntil([&] { return end.has_value(); }, 60s);
        return end.value_or(hal::fail(hal::ErrorCode::Timeout, "it does not end"));
    }
    [[nodiscard]] Lines after(const std::string& line, std::size_t count) const {
        auto at = std::find(bus.log.begin(), bus.log.end(), line);
        Lines lines;
        for (; at != bus.log.end() && lines.size() < count; ++at) {
            lines.push_back(*at);
        }
        return lines;
    }

    hal::VirtualLoop loop;
    FakeRegisterBus bus{loop};
    int volts = 0, rise = 60, left = 150, looks = 0, calibrationLooks = 2;
    std::optional<Si321xStartUp> startUp;
};

TEST_F(Si321xTest, StartsUpWithTheWritesInTheirOrder) {
    const auto result = start();
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(after("r14=10", 4), (Lines{"r14=10", "r64=00", "i0=55C2", "i1=51E6"}));
    EXPECT_EQ(after("i41=0C00", 11),
              (Lines{"i41=0C00", "i43=1000", "r8=00", "r108=EB", "r66=01", "r92=CA", "r93=0C",
                     "r74=2C", "r75=28", "r71=00", "r14=00"}));
    EXPECT_EQ(after("r97=1E", 2), (Lines{"r97=1E", "r96=47"}));
    const Lines sweep{"r98=1F", "r98=1E", "r98=1D", "r98=1C", "r98=1B",
                      "r98=1A", "r98=19", "r98=18", "r99=1F"};
    EXPECT_EQ(after("r98=1F", 9), sweep);
    EXPECT_EQ(after("r99=16", 7),
              (Lines{"r99=16", "r23=04", "r64=01", "r64=00", "r97=01", "r96=40", "r93=8C"}));
    EXPECT_EQ(after("r93=8C", 3), (Lines{"r93=8C", "i88=0000", "i89=0000"}));
    EXPECT_EQ(after("r18=FF", 10), (Lines{"r18=FF", "r19=FF", "r20=FF", "r21=00", "r22=FF",
                                          "r23=01", "r2=00", "r3=00", "r4=00", "r5=00"}));
    EXPECT_EQ(after("i35=8000", 1).size(), 1U);
    EXPECT_EQ(bus.log.back(), "r64=01");
    EXPECT_EQ(bus.registers[1], 0x28);
    EXPECT_EQ(bus.registers[2], 1);
}

TEST_F(Si321xTest, AConverterOutOfRangeIsSetToItsMiddle) {
    bus.registers[107] = 14;
    ASSERT_TRUE(start());
    EXPECT_EQ(after("r93=8C", 2), (Lines{"r93=8C", "r107=08"}));
}

TEST_F(Si321xTest, AConverterThatDoesNotComeUpIsTriedThreeTimes) {
    rise = 1;
    const auto result = start();
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().cause.find("60 V"), std::string::npos);
    EXPECT_EQ(std::count(bus.log.begin(), bus.log.end(), "r92=CA"), 3);
}

TEST_F(Si321xTest, AConverterThatLosesItsChargeAtOnceLeaks) {
    left = 5;
    const auto result = start();
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().cause.find("leaks"), std::string::npos);
    left = 120;
    EXPECT_TRUE(start());
}

TEST_F(Si321xTest, ASilentLoopStatusIsAFault) {
    bus.registers[68] = 0xFF;
    const auto result = start();
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().cause.find("loop status"), std::string::npos);
}

TEST_F(Si321xTest, ACalibrationThatHangsIsAFault) {
    calibrationLooks = 1000;
    const auto result = start();
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().cause.find("calibration"), std::string::npos);
}

TEST_F(Si321xTest, ATransistorThatCannotBeBalancedIsAFault) {
    bus.reads[88] = [] { return std::uint16_t{1}; };
    const auto result = start();
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().cause.find("balanced"), std::string::npos);
    EXPECT_EQ(std::count(bus.log.begin(), bus.log.end(), "r98=00"), 1);
}

TEST_F(Si321xTest, NothingAnswersWithoutAChip) {
    bus.registers[11] = 0xFF;
    const auto result = start();
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().cause.find("ProSLIC"), std::string::npos);
}

TEST_F(Si321xTest, DyingInTheMiddleIsSilent) {
    bool told = false;
    startUp.emplace(loop, bus, Si321xSettings{});
    startUp->start([&](const hal::Result<void>&) { told = true; });
    loop.advance(100ms);
    startUp.reset();
    loop.advance(60s);
    EXPECT_FALSE(told);
}

TEST(Si321xRegisterTest, TellsHookDigitsAndLoss) {
    EXPECT_FALSE(si321xOffHook(0x04));
    EXPECT_TRUE(si321xOffHook(0x05));
    EXPECT_TRUE(si321xOffHook(0x02));
    EXPECT_EQ(si321xDigit(0x05), std::nullopt);
    EXPECT_EQ(si321xDigit(0x15), '5');
    EXPECT_EQ(si321xDigit(0x1A), '0');
    EXPECT_EQ(si321xDigit(0x1B), '*');
    EXPECT_EQ(si321xDigit(0x1C), '#');
    EXPECT_EQ(si321xDigit(0x10), 'D');
    EXPECT_EQ(si321xDigit(0x1F), 'C');
    EXPECT_EQ(si321xLoss(0x11, 0, Linefeed::Forward), Si321xLoss::None);
    EXPECT_EQ(si321xLoss(0x00, 2, Linefeed::Forward), Si321xLoss::Reset);
    EXPECT_EQ(si321xLoss(0x00, 0, Linefeed::Ringing), Si321xLoss::PowerAlarm);
    EXPECT_EQ(si321xLoss(0x00, 0, Linefeed::Open), Si321xLoss::None);
}

TEST(Si321xRegisterTest, MakesTheRingOscillator) {
    // The data sheet's example for 20 Hz is 7EF0 and 0160; its cosine is rounded.
    const RingOscillator ring = si321xRing(20, 65.6);
    EXPECT_NEAR(ring.frequency, 0x7EF0, 16);
    EXPECT_NEAR(ring.amplitude, 0x160, 2);
}

}  // namespace
}  // namespace tipring::chips

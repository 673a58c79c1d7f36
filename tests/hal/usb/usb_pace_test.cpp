// SPDX-License-Identifier: Apache-2.0
#include "usb_pace.h"

#include <gtest/gtest.h>

#include <random>

namespace tipring::hal::testing {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

/// Transfers of four packets of 1 ms, seen through a clock and a loop.
class UsbPaceTest : public ::testing::Test {
protected:
    static constexpr unsigned kWindow = UsbPace::kLeastWindow;

    UsbPaceTest() { pace.begin(TimePoint{milliseconds(1000)}); }

    /// The device made `count` transfers; each is seen `late` after it was complete.
    void run(int count, Duration late = Duration::zero()) {
        for (int i = 0; i < count; ++i) {
            device += kTransfer * rate;
            const auto due = Duration(std::int64_t(device));
            pace.completed(TimePoint(milliseconds(1000) + due + late), 4, statistics);
        }
    }
    /// The device made packets that nobody took.
    void miss(int packets) { device += 1e6 * packets; }

    static constexpr double kTransfer = 4e6;  // ns
    double device = 0;                        // ns that the device has run
    double rate = 1;                          // of the device's clock against ours
    UsbPace pace{milliseconds(1), kWindow};
    UsbStreamStatistics statistics;
};

TEST_F(UsbPaceTest, findsNothingInAPunctualStream) {
    run(10000);
    EXPECT_EQ(statistics.gaps, 0U);
    EXPECT_EQ(statistics.maxServiceDelay, Duration::zero());
    EXPECT_EQ(statistics.maxInterval, milliseconds(4));
}

TEST_F(UsbPaceTest, countsAGapAndItsPackets) {
    for (const int packets : {1, 4, 17, 1000}) {
        statistics = {};
        run(100);
        miss(packets);
        run(100);
        EXPECT_EQ(statistics.gaps, 1U) << packets;
        EXPECT_EQ(statistics.missedUnits, std::uint64_t(packets));
    }
}

TEST_F(UsbPaceTest, takesALateLoopForNoGap) {
    run(100);
    run(kWindow - 1, milliseconds(25));
    run(100);
    EXPECT_EQ(statistics.gaps, 0U);
    EXPECT_EQ(statistics.maxServiceDelay, milliseconds(25));
}

TEST_F(UsbPaceTest, bearsJitter) {
    std::mt19937 random(1);
    for (int i = 0; i < 10000; ++i) {
        run(1, microseconds(random() % 3000));
    }
    EXPECT_EQ(statistics.gaps, 0U);
}

TEST_F(UsbPaceTest, findsGapsUnderJitter) {
    std::mt19937 random(1);
    for (int i = 0; i < 10000; ++i) {
        run(1, microseconds(random() % 900));
        miss(i % 100 == 50 ? 3 : 0);
    }
    EXPECT_EQ(statistics.gaps, 100U);
    EXPECT_EQ(statistics.missedUnits, 300U);
}

TEST_F(UsbPaceTest, followsAClockThatDrifts) {
    for (const double ppm : {-500.0, 500.0}) {
        rate = 1 + ppm * 1e-6;
        run(100000);
        EXPECT_EQ(statistics.gaps, 0U) << ppm;
        EXPECT_LT(statistics.maxServiceDelay, milliseconds(1)) << ppm;
    }
}

TEST_F(UsbPaceTest, correctsAStartThatWasLate) {
    run(3, milliseconds(10));
    run(100);
    EXPECT_EQ(statistics.gaps, 0U);
}

TEST_F(UsbPaceTest, measuresIntervalsWithoutAPace) {
    UsbPace plain(Duration::zero(), kWindow);
    plain.begin(TimePoint{});
    for (const int at : {1, 2, 9, 10}) {
        plain.completed(TimePoint(milliseconds(at)), 1, statistics);
    }
    EXPECT_EQ(statistics.maxInterval, milliseconds(7));
    EXPECT_EQ(statistics.gaps, 0U);
}

}  // namespace
}  // namespace tipring::hal::testing

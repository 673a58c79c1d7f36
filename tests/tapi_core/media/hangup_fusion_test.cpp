// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/hangup_fusion.h"

#include <gtest/gtest.h>

namespace tipring::media {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;
using Sign = HangupSign;

struct Case {
    const char* name;
    std::vector<HangupVote> votes;
    milliseconds now;
    bool hungUp;
    std::vector<Sign> reasons;
};

const Case kCases[] = {
    {"nothing", {}, 1000ms, false, {}},
    {"polarity alone",
     {{Sign::PolarityReversal, 1, 1000ms, 0ms}},
     1100ms,
     false,
     {Sign::PolarityReversal}},
    {"a drop of the loop",
     {{Sign::BatteryDrop, 1, 1000ms, 400ms}},
     1100ms,
     true,
     {Sign::BatteryDrop}},
    {"a glitch of the loop",
     {{Sign::BatteryDrop, 1, 1000ms, 50ms}},
     1100ms,
     false,
     {Sign::BatteryDrop}},
    {"two seconds of busy", {{Sign::BusyTone, 1, 5000ms, 2500ms}}, 5000ms, true, {Sign::BusyTone}},
    {"one burst of busy", {{Sign::BusyTone, 1, 5000ms, 500ms}}, 5000ms, false, {Sign::BusyTone}},
    {"doubtful busy", {{Sign::BusyTone, 0.6, 5000ms, 2500ms}}, 5000ms, false, {Sign::BusyTone}},
    {"doubtful busy after a reversal",
     {{Sign::BusyTone, 0.6, 5000ms, 2500ms}, {Sign::PolarityReversal, 0.8, 3000ms, 0ms}},
     5000ms,
     true,
     {Sign::PolarityReversal, Sign::BusyTone}},
    {"silence alone, however long",
     {{Sign::Silence, 1, 60000ms, 60000ms}},
     60000ms,
     false,
     {Sign::Silence}},
    {"silence and the modem's busy",
     {{Sign::Silence, 1, 60000ms, 30000ms}, {Sign::ModemBusyCode, 0.8, 59000ms, 0ms}},
     60000ms,
     true,
     {Sign::ModemBusyCode, Sign::Silence}},
    {"the modem's busy alone",
     {{Sign::ModemBusyCode, 1, 1000ms, 0ms}},
     1000ms,
     false,
     {Sign::ModemBusyCode}},
    {"an old drop", {{Sign::BatteryDrop, 1, 1000ms, 400ms}}, 61000ms, false, {Sign::BatteryDrop}},
    {"a dial tone", {{Sign::DialTone, 1, 3000ms, 1800ms}}, 3000ms, true, {Sign::DialTone}},
    {"the modem saw it",
     {{Sign::ModemHangupCode, 1, 3000ms, 0ms}},
     3000ms,
     true,
     {Sign::ModemHangupCode}},
    {"no carrier", {{Sign::NoCarrier, 1, 3000ms, 0ms}}, 3000ms, true, {Sign::NoCarrier}},
    {"confidence beyond the scale",
     {{Sign::BusyTone, 50, 3000ms, 100ms}},
     3000ms,
     false,
     {Sign::BusyTone}},
};

class HangupTable : public ::testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Votes, HangupTable, ::testing::ValuesIn(kCases));

TEST_P(HangupTable, Decides) {
    HangupFusion fusion;
    for (const HangupVote& vote : GetParam().votes) {
        fusion.vote(vote);
    }
    EXPECT_EQ(fusion.hungUp(GetParam().now), GetParam().hungUp)
        << GetParam().name << ' ' << fusion.confidence(GetParam().now);
    EXPECT_EQ(fusion.decision(GetParam().now).reasons, GetParam().reasons) << GetParam().name;
}

TEST(HangupFusion, ASignIsWorthLessAsItGrowsOld) {
    HangupFusion fusion;
    fusion.vote({Sign::BatteryDrop, 1, 0ms, 400ms});
    double last = 1;
    for (milliseconds now = 0ms; now < 120s; now += 5s) {
        const double confidence = fusion.confidence(now);
        EXPECT_LT(confidence, last);
        last = confidence;
    }
    EXPECT_LT(last, 0.1);
}

TEST(HangupFusion, OfOneKindTheStrongestCounts) {
    HangupFusion fusion;
    fusion.vote({Sign::BusyTone, 1, 3000ms, 2500ms});
    const double strong = fusion.confidence(3500ms);
    fusion.vote({Sign::BusyTone, 0.2, 3500ms, 300ms});
    EXPECT_EQ(fusion.confidence(3500ms), strong);
    fusion.vote({Sign::BusyTone, 1, 3500ms, 3000ms});
    EXPECT_GT(fusion.confidence(3500ms), strong);
}

TEST(HangupFusion, AVoiceDisprovesWhatWasHeardButNotTheLine) {
    HangupFusion fusion;
    fusion.vote({Sign::BusyTone, 1, 1000ms, 2500ms});
    fusion.vote({Sign::Silence, 1, 1000ms, 9000ms});
    fusion.vote({Sign::BatteryDrop, 1, 1000ms, 400ms});
    fusion.alive();
    EXPECT_EQ(fusion.decision(1000ms).reasons, std::vector{Sign::BatteryDrop});
    fusion.retract(Sign::BatteryDrop);
    EXPECT_FALSE(fusion.hungUp(1000ms));
    EXPECT_TRUE(fusion.decision(1000ms).text.empty());
}

TEST(HangupFusion, SaysWhyInWords) {
    HangupFusion fusion;
    fusion.vote({Sign::BusyTone, 1, 9000ms, 2500ms});
    fusion.vote({Sign::Silence, 1, 9000ms, 5000ms});
    const auto decision = fusion.decision(9000ms);
    EXPECT_EQ(decision.text, "busy tone (90 %), silence (10 %)");
    EXPECT_EQ(decision.since, 4000ms);
    EXPECT_GT(decision.confidence, 0.9);
    fusion.reset();
    EXPECT_TRUE(fusion.decision(9000ms).reasons.empty());
}

TEST(HangupFusion, WeightsAreATable) {
    HangupSettings settings;
    settings.weights[static_cast<std::size_t>(Sign::PolarityReversal)] = {9, 60s, 0ms};
    HangupFusion fusion{settings};
    fusion.vote({Sign::PolarityReversal, 1, 0ms, 0ms});
    EXPECT_TRUE(fusion.hungUp(1000ms));
}

}  // namespace
}  // namespace tipring::media

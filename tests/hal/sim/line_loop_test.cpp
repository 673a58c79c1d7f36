// SPDX-License-Identifier: Apache-2.0
// What a meter on the pair shows, and what the exchange makes of an open and closed loop.
#include "line_rig.h"

namespace tipring::sim {
namespace {

using namespace std::chrono_literals;

TEST(LineElectrics, ShowBatteryOnHookAndCurrentOffHook) {
    LineRig rig;
    EXPECT_FLOAT_EQ(rig.line.electrics().volts, 48);
    EXPECT_FLOAT_EQ(rig.line.electrics().milliamps, 0);
    rig.line.closeLoop();
    EXPECT_NEAR(double(rig.line.electrics().volts), 9.6, 0.01);  // 48 V over 1200 and 300 ohms
    EXPECT_NEAR(double(rig.line.electrics().milliamps), 32, 0.01);
    rig.change([](LineSettings& s) {
        s.batteryVolts = 24;
        s.loopOhms = 2100;
    });
    EXPECT_NEAR(double(rig.line.electrics().milliamps), 10, 0.01);
    ASSERT_EQ(rig.tap.electrics.size(), 2U);
    EXPECT_EQ(rig.tap.electrics.back().second, rig.line.electrics());
}

TEST(LineElectrics, ShowRingVoltageInItsCadence) {
    LineRig rig{{.country = "GB"}};
    rig.change([](LineSettings& s) { s.callerId = "none"; });
    rig.callFrom(rig.anna, "5551234");
    rig.advance(4s);
    std::vector<std::pair<long, bool>> edges;
    for (const auto& [at, now] : rig.tap.electrics) {
        edges.emplace_back(at, now.ringVolts > 0);
        EXPECT_EQ(now.ringHertz, now.ringVolts > 0 ? 25.0F : 0.0F);
    }
    const std::vector<std::pair<long, bool>> expected{{0, true},     {400, false}, {600, true},
                                                      {1000, false}, {3000, true}, {3400, false},
                                                      {3600, true},  {4000, false}};
    EXPECT_EQ(edges, expected);
    rig.line.closeLoop();
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Connected);
}

TEST(LineElectrics, ShowAnotherTelephoneOnThePair) {
    LineRig rig;
    rig.line.setExtension(true);
    EXPECT_NEAR(double(rig.line.electrics().volts), 9.6, 0.01);
    EXPECT_FLOAT_EQ(rig.line.electrics().milliamps, 0);
    EXPECT_EQ(rig.line.state(), Line::State::OffHook);
    rig.line.closeLoop();  // both lifted: the current is shared
    EXPECT_NEAR(double(rig.line.electrics().volts), 48 * 150 / 1350.0, 0.01);
    EXPECT_NEAR(double(rig.line.electrics().milliamps), 17.8, 0.05);
    rig.line.openLoop();
    rig.advance(2s);
    EXPECT_EQ(rig.line.state(), Line::State::OffHook);
    rig.line.setExtension(false);
    EXPECT_EQ(rig.line.state(), Line::State::Idle);
    EXPECT_EQ(rig.tap.take(), "lifted@0 put down@2000");
}

TEST(LineElectrics, ShowTheBatteryDropAfterACall) {
    LineRig rig;
    rig.callFrom(rig.anna, "");
    rig.advance(100ms);
    rig.line.closeLoop();
    rig.tap.electrics.clear();
    rig.advance(900ms);
    rig.anna.hangUp();
    rig.advance(5s);
    ASSERT_EQ(rig.tap.electrics.size(), 2U);
    EXPECT_EQ(rig.tap.electrics[0].first, 1000);
    EXPECT_FLOAT_EQ(rig.tap.electrics[0].second.milliamps, 0);
    EXPECT_FLOAT_EQ(rig.tap.electrics[0].second.volts, 0);
    EXPECT_EQ(rig.tap.electrics[1].first, 1400);
    EXPECT_NEAR(double(rig.tap.electrics[1].second.milliamps), 32, 0.01);
    EXPECT_EQ(rig.line.signal(), Signal::DialTone);
}

class EverySupervision : public testing::TestWithParam<ExchangeHabits::Supervision> {};

TEST_P(EverySupervision, ShowsTheEndOfACallInItsWay) {
    using Kind = ExchangeHabits::Supervision;
    LineRig rig;
    rig.change([](LineSettings& s) { s.supervision = GetParam(); });
    rig.callFrom(rig.anna, "");
    rig.advance(100ms);
    rig.line.closeLoop();
    rig.tap.signals.clear();
    rig.tap.take();
    rig.anna.hangUp();
    const LineElectrics atOnce = rig.line.electrics();
    EXPECT_EQ(atOnce.volts == 0, GetParam() == Kind::BatteryDrop);
    EXPECT_EQ(atOnce.volts < 0, GetParam() == Kind::Reversal);
    EXPECT_EQ(rig.tap.take() == "break@100", GetParam() == Kind::BatteryDrop);
    EXPECT_EQ(rig.line.signal(), GetParam() == Kind::Tones ? Signal::Busy : Signal::None);
    rig.advance(3500ms);
    const Signal later = GetParam() == Kind::None          ? Signal::None
                         : GetParam() == Kind::BatteryDrop ? Signal::DialTone
                                                           : Signal::Busy;
    EXPECT_EQ(rig.line.signal(), later);
    rig.line.openLoop();
    rig.advance(2s);
    EXPECT_EQ(rig.line.state(), Line::State::Idle);
    EXPECT_FLOAT_EQ(rig.line.electrics().volts, 48);
}

INSTANTIATE_TEST_SUITE_P(Line, EverySupervision,
                         testing::Values(ExchangeHabits::Supervision::None,
                                         ExchangeHabits::Supervision::BatteryDrop,
                                         ExchangeHabits::Supervision::Reversal,
                                         ExchangeHabits::Supervision::Tones));

TEST(LineElectrics, TurnThePolarityWhenTheFarEndAnswers) {
    LineRig rig;
    rig.change([](LineSettings& s) { s.reversesOnAnswer = true; });
    rig.exchange.setRoute("77", {Route::Outcome::Answer, 1, &rig.anna});
    rig.line.closeLoop();
    rig.dial("77");
    rig.advance(5s);
    EXPECT_GT(rig.line.electrics().volts, 0);
    rig.advance(2s);
    EXPECT_LT(rig.line.electrics().volts, 0);
    EXPECT_GT(rig.line.electrics().milliamps, 0);
    rig.anna.hangUp();
    rig.advance(1s);
    EXPECT_GT(rig.line.electrics().volts, 0);
}

TEST(Loop, EndsACallWhenItStaysOpenLongerThanAFlash) {
    LineRig rig;
    rig.callFrom(rig.anna, "");
    rig.advance(100ms);
    rig.line.closeLoop();
    rig.line.openLoop();
    EXPECT_FLOAT_EQ(rig.line.electrics().milliamps, 0);
    rig.advance(200ms);
    rig.line.closeLoop();  // a glitch: shorter than a flash, and nobody waits for pulses
    EXPECT_EQ(rig.line.state(), Line::State::Connected);
    rig.line.openLoop();
    rig.advance(1040ms);
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Connected);
    rig.advance(20ms);
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Idle);
    EXPECT_EQ(rig.line.state(), Line::State::Idle);
}

void pulseDial(LineRig& rig, unsigned pulses) {
    for (unsigned i = 0; i < pulses; ++i) {
        rig.line.openLoop();
        rig.advance(60ms);
        rig.line.closeLoop();
        rig.advance(40ms);
    }
    rig.advance(700ms);
}

TEST(Loop, DialsByPulses) {
    for (const auto& [country, dialled] :
         {std::pair{"US", "1520"}, {"DE", "1520"}, {"NZ", "9580"}, {"SE", "0419"}}) {
        LineRig rig{{.country = country}};
        rig.line.closeLoop();
        rig.advance(1s);
        EXPECT_EQ(rig.line.signal(), Signal::DialTone);
        for (const unsigned pulses : {1U, 5U, 2U, 10U}) {
            pulseDial(rig, pulses);
            EXPECT_EQ(rig.line.signal(), Signal::None);
        }
        EXPECT_EQ(rig.line.dialled(), dialled) << country;
        EXPECT_EQ(rig.line.state(), Line::State::OffHook);
    }
}

TEST(Loop, PulsesReachANumber) {
    LineRig rig;
    rig.exchange.setRoute("31", {Route::Outcome::Answer, 0, &rig.anna});
    rig.line.closeLoop();
    rig.advance(1s);
    pulseDial(rig, 3);
    pulseDial(rig, 1);
    rig.advance(200ms);
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Connected);
}

TEST(Loop, IgnoresPulsesWhereTheyAreNotTaken) {
    LineRig rig;
    rig.change([](LineSettings& s) { s.pulseDialling = false; });
    rig.line.closeLoop();
    rig.advance(1s);
    pulseDial(rig, 3);
    EXPECT_EQ(rig.line.dialled(), "");
    EXPECT_EQ(rig.line.signal(), Signal::DialTone);
}

TEST(Loop, IsDeadWhenTheWireIsCut) {
    LineRig rig;
    rig.callFrom(rig.anna, "5551234");
    rig.advance(100ms);
    rig.line.closeLoop();
    EXPECT_EQ(rig.line.state(), Line::State::Connected);
    rig.line.setCopper({.cut = true});
    EXPECT_EQ(rig.line.electrics(), LineElectrics{});
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Idle);
    rig.line.openLoop();
    rig.tap.take();
    rig.callFrom(rig.anna, "5551234");
    rig.advance(10s);
    EXPECT_EQ(rig.tap.take(), "");
    rig.line.setCopper({});
    rig.advance(4s);
    EXPECT_EQ(rig.tap.take(), "ring@12100 pause@14100");
}

}  // namespace
}  // namespace tipring::sim

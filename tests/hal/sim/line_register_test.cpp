// SPDX-License-Identifier: Apache-2.0
// From dial tone to a number: digits as sound, times that run out, service codes, what is heard
// when nobody can be reached.
#include "line_rig.h"
#include "sound/key_player.h"
#include "tipring/hal/dsp/call_progress.h"
#include "tipring/hal/dsp/caller_id_receiver.h"
#include "tipring/hal/dsp/voice_detector.h"

namespace tipring::sim {
namespace {

using namespace std::chrono_literals;

Sound keys(std::string_view which, std::size_t on = 560, std::size_t off = 560, double dbm0 = -10) {
    KeyPlayer player{on, off, dbm0};
    EXPECT_TRUE(player.push(which));
    Sound sound;
    while (player.active()) {
        sound.resize(sound.size() + kBlock);
        player.mix(std::span{sound}.last(kBlock));
    }
    return sound;
}

TEST(Register, HearsDigitsInTheSound) {
    LineRig rig;
    rig.line.listen(true);
    rig.line.closeLoop();
    rig.advance(1s);
    EXPECT_EQ(rig.line.signal(), Signal::DialTone);
    rig.tap.say(keys("5550201"));
    rig.advance(100ms);
    EXPECT_EQ(rig.line.signal(), Signal::None);  // the first digit stops the tone
    rig.advance(2s);
    EXPECT_EQ(rig.line.dialled(), "5550201");
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Connected);
}

TEST(Register, HearsEveryKeyShortAndWeak) {
    LineRig rig{{.country = "DE"}};
    rig.line.listen(true);
    rig.line.closeLoop();
    rig.advance(500ms);
    rig.tap.say(keys("1234567890*#ABCD", 400, 400, -25));
    rig.advance(2s);
    EXPECT_EQ(rig.line.dialled(), "1234567890*#ABCD");
}

TEST(Register, HearsNoDigitsWhereTonesAreNotTakenOrNotDialledNow) {
    LineRig rig;
    rig.change([](LineSettings& s) { s.toneDialling = false; });
    rig.line.listen(true);
    rig.line.closeLoop();
    rig.advance(500ms);
    rig.tap.say(keys("123"));
    rig.advance(2s);
    EXPECT_EQ(rig.line.dialled(), "");
    rig.change([](LineSettings& s) { s.toneDialling = true; });
    rig.dial("5550201");
    rig.advance(1s);
    rig.tap.say(keys("999"));
    rig.advance(1s);
    EXPECT_EQ(rig.line.dialled(), "5550201");
    EXPECT_EQ(rig.anna.heardKeys(), "999");
}

TEST(Register, HearsDigitsThroughABadLine) {
    LineRig rig;
    rig.line.setCopper(
        {.attenuation = 8, .slope = 3, .whiteNoise = -40.0F, .hum = -35.0F, .echoLoss = 15.0F});
    rig.line.listen(true);
    rig.line.closeLoop();
    rig.advance(1s);
    rig.tap.say(keys("5550202"));
    rig.advance(2s);
    EXPECT_EQ(rig.bert.state(), FarEnd::State::Connected);
}

TEST(Register, WaitsForALongerNumberAndThenNoMore) {
    LineRig rig;
    rig.exchange.setRoute("55", {Route::Outcome::Answer, 0, &rig.bert});
    rig.line.offHook();
    rig.dial("55");
    rig.advance(2900ms);
    EXPECT_EQ(rig.bert.state(), FarEnd::State::Idle);
    rig.advance(300ms);
    EXPECT_EQ(rig.bert.state(), FarEnd::State::Connected);
    rig.line.onHook();
    rig.line.offHook();
    rig.dial("55502");
    rig.advance(2s);
    rig.dial("01");
    rig.advance(200ms);
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Connected);
}

TEST(Register, LosesPatienceStepByStep) {
    LineRig rig;
    rig.line.offHook();
    rig.advance(19900ms);
    EXPECT_EQ(rig.line.signal(), Signal::DialTone);
    rig.advance(200ms);
    EXPECT_EQ(rig.line.signal(), Signal::Congestion);
    rig.advance(30s);
    EXPECT_EQ(rig.line.signal(), Signal::Howler);
    rig.advance(60s);
    EXPECT_EQ(rig.line.signal(), Signal::None);
    rig.dial("5550201");
    rig.advance(5s);
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Idle);
    rig.line.onHook();
    rig.callTo("5550201");
}

TEST(Register, HasItsTimesByTheLine) {
    LineRig rig{{.country = "FR", .interDigit = 500ms}};
    rig.change([](LineSettings& s) { s.noDial = 5s; });
    rig.line.offHook();
    rig.advance(5100ms);
    EXPECT_EQ(rig.line.signal(), Signal::Congestion);
    rig.advance(31s);
    EXPECT_EQ(rig.line.signal(), Signal::None);  // no howler in France's table
    rig.line.onHook();
    rig.line.offHook();
    rig.dial("555");
    rig.advance(600ms);
    EXPECT_EQ(rig.line.signal(), Signal::Congestion);
}

struct Reach {
    Route::Outcome outcome;
    Signal signal;
    dsp::ToneKind tone;
};
class Unreachable : public testing::TestWithParam<std::tuple<const char*, Reach>> {};

TEST_P(Unreachable, IsToldByTheToneOfTheCountry) {
    const char* const code = std::get<0>(GetParam());
    const Reach reach = std::get<1>(GetParam());
    LineRig rig{{.country = code}};
    rig.exchange.setRoute("12", {reach.outcome, 0, nullptr, "34"});
    rig.line.listen(true);
    rig.line.closeLoop();
    rig.advance(100ms);
    rig.dial("12");
    rig.advance(12s);
    EXPECT_EQ(rig.line.signal(), reach.signal);
    dsp::CallProgressDetector detector(*dsp::builtinTones().find(code));
    bool heard = false;
    detector.process(rig.tap.heard, [&](const dsp::ProgressEvent& event) {
        heard = heard || event.mayBe(reach.tone);
    });
    EXPECT_TRUE(heard) << code;
}

INSTANTIATE_TEST_SUITE_P(
    Number, Unreachable,
    testing::Combine(testing::Values("US", "DE", "GB", "JP", "BR", "CZ", "ZA"),
                     testing::Values(Reach{Route::Outcome::Busy, Signal::Busy, dsp::ToneKind::Busy},
                                     Reach{Route::Outcome::Congestion, Signal::Congestion,
                                           dsp::ToneKind::Congestion},
                                     Reach{Route::Outcome::NoAnswer, Signal::Ringback,
                                           dsp::ToneKind::Ringback})));

class Announced : public testing::TestWithParam<std::tuple<const char*, Route::Outcome>> {};

TEST_P(Announced, HasSpecialInformationToneAndAVoice) {
    const char* const code = std::get<0>(GetParam());
    const Route::Outcome outcome = std::get<1>(GetParam());
    LineRig rig{{.country = code}};
    rig.exchange.setRoute("12", {outcome, 0, nullptr, "5559876"});
    rig.line.listen(true);
    rig.line.closeLoop();
    rig.dial("1");
    rig.advance(500ms);
    rig.dial("2");
    rig.advance(15s);
    const bool american = std::string_view{code} == "US";
    const auto tone = !american                            ? dsp::ToneKind::Information
                      : outcome == Route::Outcome::Changed ? dsp::ToneKind::SitIntercept
                                                           : dsp::ToneKind::SitVacantCode;
    dsp::CallProgressDetector detector(*dsp::builtinTones().find(code));
    bool heard = false;
    detector.process(rig.tap.heard,
                     [&](const dsp::ProgressEvent& event) { heard = heard || event.tone == tone; });
    EXPECT_TRUE(heard);
    dsp::VoiceDetector voice;
    unsigned speech = 0;
    voice.process(std::span{rig.tap.heard}.subspan(16000), [&](const dsp::VoiceEvent& event) {
        speech += event.kind == dsp::VoiceEventKind::VoiceStarted ? 1 : 0;
    });
    EXPECT_GT(speech, 0U);
}

INSTANTIATE_TEST_SUITE_P(Number, Announced,
                         testing::Combine(testing::Values("US", "DE", "FR"),
                                          testing::Values(Route::Outcome::Vacant,
                                                          Route::Outcome::Changed)));

TEST(ServiceCode, ForwardsAllCallsInNorthAmerica) {
    LineRig rig;
    Line& other = rig.exchange.addLine("5550300");
    rig.line.offHook();
    rig.dial("*725550300#");
    EXPECT_EQ(rig.line.signal(), Signal::SpecialDial);  // understood
    rig.line.onHook();
    EXPECT_EQ(rig.line.forward(Forward::Always), "5550300");
    LineTap tap{rig.loop, other};
    rig.callFrom(rig.anna, "5551234");
    rig.advance(4s);
    EXPECT_EQ(rig.tap.take(), "");
    EXPECT_EQ(other.state(), Line::State::Ringing);
    ASSERT_EQ(tap.callers.size(), 1U);
    EXPECT_EQ(tap.callers[0].number, "5551234");
    EXPECT_EQ(tap.callers[0].redirecting, "5550100");
    rig.anna.hangUp();
    rig.line.offHook();
    EXPECT_EQ(rig.line.signal(), Signal::SpecialDial);  // a reminder
    rig.dial("*73");
    rig.line.onHook();
    EXPECT_EQ(rig.line.forward(Forward::Always), "");
    rig.callFrom(rig.anna, "5551234");
    rig.advance(10ms);
    EXPECT_EQ(rig.line.state(), Line::State::Ringing);
}

TEST(ServiceCode, EndsWithTheTimeBetweenDigitsToo) {
    LineRig rig;
    rig.line.offHook();
    rig.dial("*925550202");
    rig.advance(2900ms);
    EXPECT_EQ(rig.line.forward(Forward::NoAnswer), "");
    rig.advance(200ms);
    EXPECT_EQ(rig.line.forward(Forward::NoAnswer), "5550202");
}

TEST(ServiceCode, ForwardsByEuropeanCodes) {
    LineRig rig{{.country = "DE"}};
    for (const auto& [on, off, when] : {std::tuple{"*21*5550202#", "#21#", Forward::Always},
                                        {"*67*5550202#", "#67#", Forward::Busy},
                                        {"*61*5550202#", "#61#", Forward::NoAnswer}}) {
        rig.line.offHook();
        rig.dial(on);
        EXPECT_EQ(rig.line.forward(when), "5550202");
        rig.dial(off);
        EXPECT_EQ(rig.line.forward(when), "");
        rig.line.onHook();
    }
    rig.line.offHook();
    rig.dial("*43#");
    EXPECT_TRUE(rig.line.settings().callWaiting);
    rig.dial("#43#");
    EXPECT_FALSE(rig.line.settings().callWaiting);
    rig.line.onHook();
}

TEST(ServiceCode, ThatIsNoneIsANumber) {
    LineRig rig;
    rig.line.offHook();
    rig.dial("*99");
    rig.advance(4s);
    EXPECT_EQ(rig.line.signal(), Signal::Congestion);
    rig.line.onHook();
    rig.exchange.setRoute("*72", {Route::Outcome::Answer, 0, &rig.anna});
    rig.callTo("*72");
}

TEST(Forwarding, FollowsBusyAndNoAnswer) {
    LineRig rig;
    rig.exchange.setRoute("5550202", {Route::Outcome::Answer, 1, &rig.bert});
    rig.line.setForward(Forward::Busy, "5550202");
    rig.line.offHook();
    rig.callFrom(rig.anna, "5551234");
    rig.advance(7s);
    EXPECT_EQ(rig.bert.state(), FarEnd::State::Connected);
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Connected);
    rig.anna.hangUp();
    EXPECT_EQ(rig.bert.state(), FarEnd::State::Idle);
    rig.line.onHook();
    rig.line.setForward(Forward::NoAnswer, "5550202");
    rig.callFrom(rig.anna, "5551234");
    rig.advance(19s);
    EXPECT_EQ(rig.line.state(), Line::State::Ringing);
    rig.advance(2s);
    EXPECT_EQ(rig.line.state(), Line::State::Idle);
    EXPECT_EQ(rig.bert.state(), FarEnd::State::Called);
    rig.advance(7s);
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Connected);
}

TEST(Forwarding, OfAllCallsRingsShortlyAsAReminder) {
    LineRig rig;
    rig.exchange.setRoute("5550202", {Route::Outcome::Answer, 1, &rig.bert});
    rig.line.setForward(Forward::Always, "5550202");
    LineSettings settings = rig.line.settings();
    settings.reminder = true;
    rig.line.setSettings(settings);
    rig.callFrom(rig.anna, "5551234");
    rig.advance(400ms);
    EXPECT_GT(rig.line.electrics().ringVolts, 0);
    EXPECT_EQ(rig.line.state(), Line::State::Idle);  // nothing to answer
    rig.advance(5s);
    EXPECT_EQ(rig.line.electrics().ringVolts, 0);
    EXPECT_NE(rig.tap.take().find("ring"), std::string::npos);
    rig.advance(5s);
    EXPECT_EQ(rig.tap.take(), "");  // once
    rig.anna.hangUp();
    rig.callFrom(rig.anna, "5551234");
    rig.line.offHook();  // it stops, and there is dial tone
    EXPECT_EQ(rig.line.electrics().ringVolts, 0);
    EXPECT_EQ(rig.line.signal(), Signal::SpecialDial);
    rig.line.onHook();
    rig.anna.hangUp();
}

TEST(Forwarding, InACircleEnds) {
    LineRig rig;
    Line& other = rig.exchange.addLine("5550300");
    rig.line.setForward(Forward::Always, "5550300");
    other.setForward(Forward::Always, "5550100");
    EXPECT_FALSE(rig.anna.call("5550100", {}));
    EXPECT_EQ(rig.anna.state(), FarEnd::State::Idle);
    Line& third = rig.exchange.addLine("5550400");
    third.offHook();
    for (const char key : std::string_view{"5550100"}) {
        third.dial(key);
    }
    rig.advance(100ms);
    EXPECT_EQ(third.signal(), Signal::Congestion);
}

TEST(MessageWaiting, StuttersAndLightsTheLamp) {
    for (const char* country : {"US", "GB", "FR", "DE"}) {
        LineRig rig{{.country = country}};
        rig.line.listen(true);
        rig.line.setMessageWaiting(2);
        rig.advance(3s);
        EXPECT_TRUE(rig.tap.take().starts_with("lamp on")) << country;
        rig.line.offHook();
        EXPECT_EQ(rig.line.signal(), Signal::SpecialDial);
        rig.line.setMessageWaiting(0);
        rig.advance(1s);
        EXPECT_EQ(rig.tap.take(), "");  // off hook: later
        rig.line.onHook();
        rig.advance(3s);
        EXPECT_TRUE(rig.tap.take().starts_with("lamp off")) << country;
        EXPECT_FLOAT_EQ(rig.line.electrics().volts, 48);
        std::vector<bool> lamps;
        dsp::CallerIdReceiver receiver(*dsp::callerIdStandard(rig.line.country().callerId));
        receiver.process(rig.tap.heard, [&](const dsp::CallerIdEvent& event) {
            lamps.push_back(event.id.messageWaiting.value());
        });
        EXPECT_EQ(lamps, (std::vector<bool>{true, false})) << country;
    }
}

TEST(MessageWaiting, WaitsForACallToEnd) {
    LineRig rig;
    rig.callFrom(rig.anna, "");
    rig.advance(10ms);
    rig.line.setMessageWaiting(1);
    rig.advance(5s);
    rig.anna.hangUp();
    rig.tap.take();
    rig.advance(3s);
    EXPECT_TRUE(rig.tap.take().starts_with("lamp on"));
}

TEST(DistinctiveRing, TellsWhichNumberWasCalled) {
    LineRig rig;
    ASSERT_TRUE(rig.exchange.addNumber("5550101", rig.line, 2));
    ASSERT_TRUE(rig.exchange.addNumber("5550102", rig.line, 3));
    EXPECT_FALSE(rig.exchange.addNumber("5550100", rig.exchange.addLine("5550999"), 1));
    CallerId id;
    id.number = "5551234";
    ASSERT_TRUE(rig.anna.call("5550101", id));
    rig.advance(6200ms);
    EXPECT_EQ(rig.tap.events.substr(0, 44), "ring@0 pause@800 ring@1200 pause@2000 id 555");
    EXPECT_EQ(rig.tap.callers.at(0).called, "5550101");
    EXPECT_EQ(rig.line.rings(), 2U);
    rig.anna.hangUp();
    rig.tap.take();
    ASSERT_TRUE(rig.anna.call("5550102", {}));
    rig.advance(2s);
    EXPECT_EQ(rig.tap.take(), "ring@6200 pause@6600 ring@6800 pause@7200 ring@7400 pause@8200");
}

}  // namespace
}  // namespace tipring::sim

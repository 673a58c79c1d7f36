// SPDX-License-Identifier: Apache-2.0
// Whether a far end is gone, by all that speaks for it.
#include <algorithm>

#include "tapi_core/sound_call.h"
#include "tipring/hal/dsp/tone_sequence.h"

namespace tipring::test {
namespace {

using tapi::HangUpSign;

class HangUpTest : public SoundCallTest {
protected:
    HangUpTest() { fake.caps.media.fullDuplex = 1; }
    void SetUp() override { begin(); }
    void busy(std::chrono::milliseconds time) {
        Sound sound(static_cast<std::size_t>(time.count()) * 8);
        dsp::ToneSequence sequence(*dsp::builtinTones().find("US")->find(dsp::ToneKind::Busy));
        sequence.mix(sound);
        say(sound);
    }
    void sign(std::uint32_t which, std::uint32_t percent, std::uint32_t lasted = 0) {
        fake.event(fake.line(), fake.lastCall().handle, LINE_HANGUPSIGN, which, percent, lasted);
        settle();
    }
    [[nodiscard]] std::vector<tapi::CallStateEvent> disconnects() const {
        std::vector<tapi::CallStateEvent> out;
        for (const auto& each : app->events.all<tapi::CallStateEvent>()) {
            if (each.lineState == LineCallState::Disconnected) {
                out.push_back(each);
            }
        }
        return out;
    }
    [[nodiscard]] bool gone() const { return call->lineState() != LineCallState::Connected; }
};

TEST_F(HangUpTest, BusyToneAloneEndsTheCallAndIsNamed) {
    busy(12s);
    ASSERT_EQ(disconnects().size(), 1U);
    const auto event = disconnects()[0];
    EXPECT_EQ(event.mode, LINEDISCONNECTMODE_NORMAL);
    EXPECT_NE(event.cause.find("the far end hung up: busy tone (weight"), std::string::npos)
        << event.cause;
    ASSERT_FALSE(event.reasons.empty());
    EXPECT_EQ(event.reasons[0].sign, HangUpSign::BusyTone);
    EXPECT_GT(event.reasons[0].weight, 6.0);
    EXPECT_GT(event.reasons[0].tick, 1s);
    EXPECT_EQ(fake.count("lineDrop"), 1U);
}

TEST_F(HangUpTest, SilenceAloneEndsTheCallAfterAMinute) {
    hush(58s);
    EXPECT_FALSE(gone());
    hush(4s);
    ASSERT_EQ(disconnects().size(), 1U);
    const auto reasons = disconnects()[0].reasons;
    ASSERT_EQ(reasons.size(), 1U);
    EXPECT_EQ(reasons[0].sign, HangUpSign::Silence);
    EXPECT_GE(reasons[0].lasted, 59s);
    EXPECT_NE(disconnects()[0].cause.find("silence"), std::string::npos);
}

TEST_F(HangUpTest, AVoiceProvesThatSomebodyIsThere) {
    hush(50s);
    say(speak("Hello, I am still here, one moment please."));
    hush(50s);
    EXPECT_FALSE(gone());
    hush(15s);
    EXPECT_TRUE(gone());
}

TEST_F(HangUpTest, TheSilenceThatDecidesCanBeSet) {
    EXPECT_EQ(call->setHangUpWatch({true, -1s}).error().code, ErrorCode::InvalTimeout);
    ASSERT_TRUE(call->setHangUpWatch({true, 10s}));
    hush(12s);
    EXPECT_TRUE(gone());
}

TEST_F(HangUpTest, SilenceAloneNeverDecidesWhereThatIsAsked) {
    ASSERT_TRUE(call->setHangUpWatch({true, 0s}));
    hush(300s);
    EXPECT_FALSE(gone());
    sign(TSPI_HANGUPSIGN_MODEMTONE, 70);  // with it, it does
    EXPECT_TRUE(gone());
}

TEST_F(HangUpTest, ASilenceThatWasHeardIsListedWhenTheDeviceStopsBeforeItDisconnects) {
    hush(30s);
    auto& media = fake.lastMedia();
    media.callbacks.event(media.handle, TSPI_MEDIAEVENT_ENDED, TSPI_MEDIA_RECORD, "NO CARRIER");
    fake.state(fake.lastCall(), LINECALLSTATE_DISCONNECTED, LINEDISCONNECTMODE_NORMAL);
    settle();
    const auto reasons = disconnects().at(0).reasons;
    ASSERT_EQ(reasons.size(), 1U);
    EXPECT_EQ(reasons[0].sign, HangUpSign::Silence);
    EXPECT_NEAR(double(reasons[0].lasted.count()), 30000, 200);
}

TEST_F(HangUpTest, WithoutTheWatchNothingIsDecided) {
    ASSERT_TRUE(call->setHangUpWatch({false, 60s}));
    busy(12s);
    hush(100s);
    EXPECT_FALSE(gone());
    fake.state(fake.lastCall(), LINECALLSTATE_DISCONNECTED, LINEDISCONNECTMODE_NORMAL);
    settle();
    EXPECT_FALSE(disconnects().at(0).reasons.empty());  // but it is told
}

TEST_F(HangUpTest, ALoopBreakOfTheDeviceEndsTheCall) {
    sign(TSPI_HANGUPSIGN_BATTERYDROP, 100, 400);
    ASSERT_EQ(disconnects().size(), 1U);
    EXPECT_EQ(disconnects()[0].reasons.at(0).sign, HangUpSign::BatteryDrop);
    EXPECT_EQ(disconnects()[0].reasons.at(0).lasted, 400ms);
}

TEST_F(HangUpTest, ADoubtfulSignWaitsForAnother) {
    sign(TSPI_HANGUPSIGN_MODEMTONE, 60);
    loop.advance(1s);
    EXPECT_FALSE(gone());
    busy(4s);
    ASSERT_EQ(disconnects().size(), 1U);
    EXPECT_EQ(disconnects()[0].reasons.size(), 2U);
}

TEST_F(HangUpTest, AProviderThatIsSureHasTheWordAndTheVotesAreListed) {
    fake.event(fake.line(), fake.lastCall().handle, LINE_HANGUPSIGN, TSPI_HANGUPSIGN_MODEMHANGUP,
               100, 0);
    std::snprintf(fake.lastCall().status.cause, TSPI_CAUSE_SIZE, "<DLE>l");
    fake.state(fake.lastCall(), LINECALLSTATE_DISCONNECTED, LINEDISCONNECTMODE_NORMAL);
    settle();
    ASSERT_EQ(disconnects().size(), 1U);
    EXPECT_EQ(disconnects()[0].cause, "<DLE>l");
    EXPECT_EQ(disconnects()[0].reasons.at(0).sign, HangUpSign::ModemHangupCode);
    EXPECT_EQ(fake.count("lineDrop"), 0U);
}

TEST_F(HangUpTest, TheCallEndsOnceWhateverTheProviderSaysThen) {
    ASSERT_TRUE(call->record(path("r.wav"), {}));
    settle();
    sign(TSPI_HANGUPSIGN_NOCARRIER, 100);
    fake.state(fake.lastCall(), LINECALLSTATE_DISCONNECTED, LINEDISCONNECTMODE_UNKNOWN);
    fake.state(fake.lastCall(), LINECALLSTATE_IDLE);
    settle();
    EXPECT_EQ(disconnects().size(), 1U);
    const auto states = app->events.states();
    EXPECT_EQ(std::count(states.begin(), states.end(), LineCallState::Idle), 1);
    EXPECT_EQ(states.back(), LineCallState::Idle);
    EXPECT_TRUE(std::filesystem::exists(path("r.wav")));
    EXPECT_EQ(breaches(), 0U);
}

TEST_F(HangUpTest, AProviderWithoutIdleIsForced) {
    sign(TSPI_HANGUPSIGN_POLARITY, 100);
    EXPECT_FALSE(gone());  // alone it is not enough
    sign(TSPI_HANGUPSIGN_MODEMTONE, 40);
    EXPECT_EQ(call->lineState(), LineCallState::Disconnected);
    loop.advance(20s);
    EXPECT_EQ(call->lineState(), LineCallState::Idle);
}

TEST_F(HangUpTest, NonsenseIsABreach) {
    sign(0, 50);
    sign(11, 50);
    sign(TSPI_HANGUPSIGN_SILENCE, 101);
    EXPECT_EQ(breaches(), 3U);
    EXPECT_FALSE(gone());
}

}  // namespace
}  // namespace tipring::test

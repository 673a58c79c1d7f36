// SPDX-License-Identifier: Apache-2.0
// What the core hears of a call on a port that hears nothing by itself.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "fxo_call_fixture.h"
#include "hal/dsp/speech.h"
#include "tipring/tapi_core/media/file_recording.h"

namespace tipring::analog {
namespace {

struct Heard final : tapi::EventSink {
    void onEvent(const tapi::Event& event) override {
        if (const auto* digit = std::get_if<tapi::DigitEvent>(&event)) {
            keys += digit->digit;
        }
    }
    std::string keys;
};

class FxoHearingTest : public FxoCallTest {
protected:
    /// A connected call on a line whose hybrid sends back what is played.
    void talk(float echoLoss) {
        begin("US");
        sim::CopperSettings copper;
        copper.echoLoss = echoLoss;
        line->setCopper(copper);
        ringing();
        ASSERT_TRUE(call->answer({}));
        ASSERT_TRUE(reaches(LineCallState::Connected));
        app->setEventSink(&heard);
        ASSERT_TRUE(call->monitorDigits(tapi::DigitMode::Dtmf));
    }
    ~FxoHearingTest() override {
        if (app) {
            app->setEventSink(nullptr);
        }
        std::filesystem::remove(greeting);
    }
    void play(const test::Sound& sound) {
        auto file = media::FileRecording::create(greeting);
        ASSERT_TRUE(file && file->write(sound) && file->close());
        ASSERT_TRUE(call->play(greeting, [](const tapi::Result<void>&) {}));
    }

    const std::string greeting =
        testing::TempDir() + "fxo_greeting_" + std::to_string(::getpid()) + ".wav";
    Heard heard;
};

TEST_F(FxoHearingTest, KeysAreHeardUnderAGreetingThatComesBack) {
    talk(10);
    play(
        test::speak("Hello. You have reached the answering machine of the Miller family. Please "
                    "press one for Jane, two for John, or leave a message after the tone."));
    loop.advance(2s);
    ASSERT_TRUE(farEnd->pressKeys("15,9#0"));
    loop.advance(8s);
    EXPECT_EQ(heard.keys, "159#0");
}

TEST_F(FxoHearingTest, AGreetingsOwnKeysAreNotTheCallers) {
    talk(10);
    test::Sound sound;
    for (const double low : {697, 770, 852, 941}) {
        for (const double high : {1209, 1336, 1477, 1633}) {
            test::append(sound, test::tone(low, high, -8, 800));
            test::append(sound, test::silence(800));
        }
    }
    play(sound);
    loop.advance(5s);
    EXPECT_EQ(heard.keys, "");
    EXPECT_EQ(call->lineState(), LineCallState::Connected);
    ASSERT_TRUE(farEnd->pressKeys("7"));
    loop.advance(1s);
    EXPECT_EQ(heard.keys, "7");
}

TEST_F(FxoHearingTest, NorAreKeysAndTonesThatTheLineSends) {
    talk(10);
    ASSERT_TRUE(call->generateDigits("159"));
    loop.advance(2s);
    ASSERT_TRUE(call->generateTone(1400, 2s));
    loop.advance(3s);
    EXPECT_EQ(farEnd->heardKeys(), "159");
    EXPECT_EQ(heard.keys, "");
    ASSERT_TRUE(farEnd->pressKeys("7"));
    loop.advance(1s);
    EXPECT_EQ(heard.keys, "7");
}

/// Busy tone in a prompt is no sign that the far end has gone.
TEST_F(FxoHearingTest, TonesOfAGreetingDoNotEndTheCall) {
    talk(10);
    test::Sound sound;
    for (int i = 0; i < 20; ++i) {
        test::append(sound, test::tone(480, 620, -14, 4000));
        test::append(sound, test::silence(4000));
    }
    play(sound);
    loop.advance(19s);
    EXPECT_EQ(call->lineState(), LineCallState::Connected);
}

/// The exchange's tones and the click of a flash are not the far end's; the ear is back after it.
TEST_F(FxoHearingTest, TheWaitingCallIsHeardAfterAFlash) {
    begin("US");
    sim::LineSettings settings = line->settings();
    settings.callWaiting = true;
    line->setSettings(settings);
    ringing();
    ASSERT_TRUE(call->answer({}));
    ASSERT_TRUE(reaches(LineCallState::Connected));
    app->setEventSink(&heard);
    ASSERT_TRUE(call->monitorDigits(tapi::DigitMode::Dtmf));
    sim::FarEnd second(*exchange);
    ASSERT_TRUE(second.call("5550100", {}));
    loop.advance(2s);
    ASSERT_TRUE(line->hasWaitingCall());
    ASSERT_TRUE(call->generateDigits("!"));
    loop.advance(2s);
    ASSERT_TRUE(line->hasHeldCall());
    ASSERT_TRUE(second.pressKeys("42"));
    loop.advance(2s);
    EXPECT_EQ(heard.keys, "42");
    EXPECT_TRUE(call->mediaStatus().record.running);
}

}  // namespace
}  // namespace tipring::analog

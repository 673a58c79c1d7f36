// SPDX-License-Identifier: Apache-2.0
// What the core hears in the place of a device that does not.
#include <algorithm>
#include <array>

#include "tapi_core/sound_call.h"
#include "tipring/hal/dsp/caller_id_sender.h"
#include "tipring/hal/dsp/tone_sequence.h"

namespace tipring::test {
namespace {

using How = Behaviour::How;
using tapi::Detection;
using tapi::DigitMode;
using tapi::MediaMode;

constexpr std::string_view kKeys = "123A456B789C*0#D";
constexpr std::array<double, 4> kLow{697, 770, 852, 941}, kHigh{1209, 1336, 1477, 1633};

/// A device that has sound and hears nothing by itself.
class HearingTest : public SoundCallTest {
protected:
    HearingTest() {
        fake.caps.monitorDigitModes = 0;
        fake.caps.detections = 0;
        fake.caps.callerIdFlags = LINECALLPARTYID_UNAVAIL;
        fake.caps.media.fullDuplex = 1;
    }
    void press(std::string_view keys) {
        for (const char key : keys) {
            const std::size_t at = kKeys.find(key);
            say(kLow[at / 4], kHigh[at % 4], 80ms);
            hush(80ms);
        }
    }
    [[nodiscard]] std::string heardKeys(DigitMode mode = DigitMode::Dtmf) const {
        std::string keys;
        for (const auto& each : app->events.all<tapi::DigitEvent>()) {
            keys += each.mode == mode ? std::string(1, each.digit) : "";
        }
        return keys;
    }
    [[nodiscard]] std::size_t silences() const {
        const auto all = app->events.all<tapi::CallMediaEvent>();
        return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [](const auto& each) {
            return each.kind == tapi::CallMediaEvent::Kind::Silence;
        }));
    }
};

TEST_F(HearingTest, TheCapsSayWhoHearsWhat) {
    begin();
    const auto& caps = app->address()->capabilities();
    EXPECT_TRUE(caps.deviceDetects.empty());
    EXPECT_EQ(caps.coreDetects, Detection::Digits | Detection::Tones | Detection::Silence |
                                    Detection::Progress | Detection::Media);
    EXPECT_TRUE(caps.monitorsDigits);
    EXPECT_EQ(caps.monitorDigitModes, LINEDIGITMODE_DTMF | LINEDIGITMODE_DTMFEND);
    EXPECT_EQ(caps.monitorToneMaxFrequencies, 2U);
    EXPECT_TRUE(call->status().features.has(tapi::CallFeature::MonitorTones));
    EXPECT_TRUE(call->mediaStatus().listening.has(Detection::Digits));
}

TEST_F(HearingTest, WhatTheDeviceHearsTheCoreDoesNot) {
    fake.caps.monitorDigitModes = LINEDIGITMODE_DTMF;
    fake.caps.monitorToneMaxEntries = fake.caps.monitorToneMaxFrequencies = 1;
    fake.caps.detections = TSPI_DETECT_SILENCE | TSPI_DETECT_MEDIA;
    begin();
    const auto& caps = app->address()->capabilities();
    EXPECT_EQ(caps.coreDetects, tapi::Detections(Detection::Progress));
    EXPECT_EQ(caps.deviceDetects,
              Detection::Digits | Detection::Tones | Detection::Silence | Detection::Media);
    ASSERT_TRUE(call->monitorDigits(DigitMode::Dtmf));
    ASSERT_TRUE(call->monitorMedia(MediaMode::InteractiveVoice));
    EXPECT_EQ(fake.lastCall().digitModes, LINEDIGITMODE_DTMF);
    press("5");
    fake.event(fake.line(), fake.lastCall().handle, LINE_MONITORDIGITS, '5', LINEDIGITMODE_DTMF);
    hush(7s);
    EXPECT_EQ(heardKeys(), "5");  // once
    EXPECT_EQ(silences(), 0U);
}

TEST_F(HearingTest, WithoutSoundNobodyHears) {
    fake.caps.media.directions = TSPI_MEDIA_PLAY;
    begin();
    EXPECT_TRUE(app->address()->capabilities().coreDetects.empty());
    EXPECT_EQ(call->monitorDigits(DigitMode::Dtmf).error().code, ErrorCode::OperationUnavail);
    EXPECT_EQ(fake.mediaCount(), 0U);
}

TEST_F(HearingTest, AFullDuplexDeviceIsHeardFromTheStartAndWhetherOrNotAnybodyAsks) {
    begin();
    EXPECT_EQ(running(), TSPI_MEDIA_RECORD);
    ASSERT_TRUE(call->monitorDigits(DigitMode::Dtmf | DigitMode::DtmfEnd));
    EXPECT_EQ(fake.count("lineMonitorDigits"), 0U);
    press("19#D");
    EXPECT_EQ(heardKeys(), "19#D");
    EXPECT_EQ(heardKeys(DigitMode::DtmfEnd), "19#D");
    ASSERT_TRUE(call->monitorDigits({}));
    press("4");
    EXPECT_EQ(heardKeys(), "19#D");
    EXPECT_EQ(breaches(), 0U);
}

TEST_F(HearingTest, DigitsAreHeardWhileAFileIsPlayedAndRecorded) {
    begin();
    ASSERT_TRUE(call->monitorDigits(DigitMode::Dtmf));
    ASSERT_TRUE(call->record(path("r.wav"), {}));
    ASSERT_TRUE(call->play(soundFile("p.wav", 80000, 100), {}));
    settle();
    EXPECT_EQ(running(), TSPI_MEDIA_PLAY | TSPI_MEDIA_RECORD);
    press("77");
    EXPECT_EQ(heardKeys(), "77");
}

class HearingInterruptedTest : public HearingTest,
                               public testing::WithParamInterface<std::uint32_t> {
protected:
    void tell(std::uint32_t event, std::uintptr_t ended) {
        auto& media = fake.lastMedia();
        media.running &= ~static_cast<std::uint32_t>(ended);
        media.callbacks.event(media.handle, event, ended, "a hook flash");
        settle();
    }
};

TEST_P(HearingInterruptedTest, TheEarIsDeafMeanwhileAndComesBack) {
    fake.caps.media.fullDuplex = GetParam();
    begin();
    ASSERT_TRUE(call->monitorDigits(DigitMode::Dtmf));
    settle();
    ASSERT_EQ(running(), TSPI_MEDIA_RECORD);
    press("1");
    tell(TSPI_MEDIAEVENT_INTERRUPTED, TSPI_MEDIA_RECORD);
    EXPECT_EQ(running(), 0U);
    tell(TSPI_MEDIAEVENT_RESUMED, 0);
    EXPECT_EQ(running(), TSPI_MEDIA_RECORD);
    press("2");
    tell(TSPI_MEDIAEVENT_INTERRUPTED, 0);
    press("3");  // of the exchange
    EXPECT_EQ(running(), TSPI_MEDIA_RECORD);
    tell(TSPI_MEDIAEVENT_RESUMED, 0);
    press("4");
    EXPECT_EQ(heardKeys(), "124");
    EXPECT_EQ(breaches(), 0U);
}
INSTANTIATE_TEST_SUITE_P(Duplex, HearingInterruptedTest, testing::Values(0U, 1U));

TEST_F(HearingTest, DigitsAreGatheredOutOfTheSound) {
    begin();
    ASSERT_TRUE(call->gatherDigits({.count = 4, .terminators = "#", .firstDigitTimeout = 5s}));
    EXPECT_EQ(fake.count("lineGatherDigits"), 0U);
    press("12#");
    const auto gathered = app->events.all<tapi::GatherDigitsEvent>();
    ASSERT_EQ(gathered.size(), 1U);
    EXPECT_EQ(gathered[0].digits, "12#");
    EXPECT_EQ(gathered[0].end, tapi::GatherEnd::TerminationDigit);
    ASSERT_TRUE(call->gatherDigits({.count = 4, .firstDigitTimeout = 1s}));
    hush(2s);
    EXPECT_EQ(app->events.all<tapi::GatherDigitsEvent>().back().end, tapi::GatherEnd::FirstTimeout);
}

TEST_F(HearingTest, TonesAndSilencesOfAListAreHeardByTheirTags) {
    begin();
    const tapi::MonitoredTone tones[] = {
        {7, 200ms, {1400, 0, 0}}, {8, 100ms, {0, 440, 700}}, {9, 1s, {0, 0, 0}}};
    ASSERT_TRUE(call->monitorTones(tones));
    EXPECT_EQ(fake.count("lineMonitorTones"), 0U);
    const auto tags = [&] {
        std::string text;
        for (const auto& each : app->events.all<tapi::ToneEvent>()) {
            text += std::to_string(each.tag);
        }
        return text;
    };
    say(1400, 0, 100ms);  // too short
    hush(300ms);
    EXPECT_EQ(tags(), "");
    say(1400, 0, 400ms);
    hush(300ms);
    say(440, 700, 300ms);
    EXPECT_EQ(tags(), "78");
    hush(1500ms);
    EXPECT_EQ(tags(), "789");
    ASSERT_TRUE(call->monitorTones({}));
    say(1400, 0, 400ms);
    EXPECT_EQ(tags(), "789");
}

TEST_F(HearingTest, TonesThatCannotBeHeardAreRefusedAndTheOldOnesStay) {
    begin();
    const tapi::MonitoredTone good[] = {{7, 200ms, {1400, 0, 0}}};
    ASSERT_TRUE(call->monitorTones(good));
    const tapi::MonitoredTone high[] = {{8, 200ms, {3990, 0, 0}}};
    EXPECT_EQ(call->monitorTones(high).error().code, ErrorCode::InvalTone);
    const tapi::MonitoredTone three[] = {{8, 200ms, {500, 600, 700}}};
    EXPECT_EQ(call->monitorTones(three).error().code, ErrorCode::InvalTone);
    const tapi::MonitoredTone close[] = {{8, 200ms, {440, 480, 0}}};
    EXPECT_EQ(call->monitorTones(close).error().code, ErrorCode::InvalTone);
    const std::vector<tapi::MonitoredTone> many(9, {1, 200ms, {1000, 0, 0}});
    EXPECT_EQ(call->monitorTones(many).error().code, ErrorCode::InvalToneList);
    say(1400, 0, 400ms);
    EXPECT_EQ(app->events.all<tapi::ToneEvent>().size(), 1U);
}

TEST_F(HearingTest, FaxVoiceAndSilenceAreHeard) {
    begin();
    ASSERT_TRUE(call->monitorMedia(MediaMode::G3Fax | MediaMode::InteractiveVoice));
    const auto heard = [&](MediaMode mode) {
        const auto all = app->events.all<tapi::CallMediaEvent>();
        return std::any_of(all.begin(), all.end(), [mode](const auto& each) {
            return each.mediaHeard == static_cast<std::uint32_t>(mode);
        });
    };
    hush(500ms);
    say(1100, 0, 500ms);
    hush(1s);
    EXPECT_TRUE(heard(MediaMode::G3Fax));
    EXPECT_FALSE(heard(MediaMode::InteractiveVoice));
    say(speak("Good morning. I would like to speak to somebody."));
    EXPECT_TRUE(heard(MediaMode::InteractiveVoice));
    hush(4s);
    EXPECT_EQ(silences(), 0U);
    hush(3s);
    EXPECT_EQ(silences(), 1U);
}

class HalfDuplexHearingTest : public HearingTest {
protected:
    HalfDuplexHearingTest() { fake.caps.media.fullDuplex = 0; }
};

TEST_F(HalfDuplexHearingTest, TheDeviceRecordsOnlyWhenSomebodyWantsToHear) {
    begin();
    EXPECT_EQ(fake.mediaCount(), 0U);
    ASSERT_TRUE(call->monitorDigits(DigitMode::Dtmf));
    settle();
    EXPECT_EQ(running(), TSPI_MEDIA_RECORD);
    press("3");
    EXPECT_EQ(heardKeys(), "3");
    ASSERT_TRUE(call->monitorDigits({}));
    settle();
    EXPECT_EQ(running(), 0U);
}

TEST_F(HalfDuplexHearingTest, HearingGivesWayToPlayingAndTakesUpAgain) {
    begin();
    fake.behave = [](const std::string&) { return Behaviour{How::Later, 0, "", 100ms}; };
    ASSERT_TRUE(call->monitorDigits(DigitMode::Dtmf));
    loop.advance(1s);
    EXPECT_EQ(running(), TSPI_MEDIA_RECORD);
    ASSERT_TRUE(call->play(soundFile("p.wav", 100, 1), answer.reply()));
    loop.advance(1s);
    EXPECT_EQ(answer.count, 1);
    EXPECT_EQ(running(), TSPI_MEDIA_PLAY);
    fake.tick(fake.lastMedia(), 160);
    loop.advance(1s);
    EXPECT_EQ(files().back().cause, tapi::FileTerminalEvent::Cause::EndOfFile);
    EXPECT_EQ(running(), TSPI_MEDIA_RECORD);
    press("6");
    EXPECT_EQ(heardKeys(), "6");
    EXPECT_EQ(breaches(), 0U);
}

TEST_F(HalfDuplexHearingTest, HearingGivesWayToTonesOfTheDevice) {
    begin();
    ASSERT_TRUE(call->monitorDigits(DigitMode::Dtmf));
    settle();
    fake.behave = [](const std::string&) { return Behaviour{How::Later, 0, "", 100ms}; };
    ASSERT_TRUE(call->generateTone(1000, 400ms));
    EXPECT_EQ(fake.lastCall().endToEndId, 0U);  // the device still records
    loop.advance(200ms);
    EXPECT_NE(fake.lastCall().endToEndId, 0U);
    EXPECT_EQ(running(), 0U);
    fake.event(fake.line(), fake.lastCall().handle, LINE_GENERATE, LINEGENERATETERM_DONE,
               fake.lastCall().endToEndId);
    loop.advance(1s);
    const auto generated = app->events.all<tapi::GenerateEvent>();
    ASSERT_EQ(generated.size(), 1U);
    EXPECT_FALSE(generated[0].cancelled);
    EXPECT_EQ(running(), TSPI_MEDIA_RECORD);
}

TEST_F(HalfDuplexHearingTest, TonesThatWaitForTheDeviceAreToldToBeCancelled) {
    begin();
    ASSERT_TRUE(call->monitorDigits(DigitMode::Dtmf));
    settle();
    fake.behave = [](const std::string&) { return Behaviour{How::Later, 0, "", 100ms}; };
    ASSERT_TRUE(call->generateTone(1000, 400ms));
    ASSERT_TRUE(call->generateDigits("1"));  // takes its place
    settle();
    EXPECT_EQ(app->events.all<tapi::GenerateEvent>().size(), 1U);
    ASSERT_TRUE(call->generateDigits(""));
    settle();
    EXPECT_EQ(app->events.all<tapi::GenerateEvent>().size(), 2U);
    loop.advance(1s);
    EXPECT_EQ(running(), TSPI_MEDIA_RECORD);
    ASSERT_TRUE(call->generateTone(1000, 400ms));
    fake.state(fake.lastCall(), LINECALLSTATE_DISCONNECTED, LINEDISCONNECTMODE_NORMAL);
    settle();
    const auto generated = app->events.all<tapi::GenerateEvent>();
    ASSERT_EQ(generated.size(), 3U);
    EXPECT_TRUE(std::all_of(generated.begin(), generated.end(),
                            [](const auto& each) { return each.cancelled; }));
    EXPECT_EQ(fake.lastCall().endToEndId, 0U);
}

TEST_F(HalfDuplexHearingTest, ARecordingIsHeardToo) {
    begin();
    ASSERT_TRUE(call->record(path("r.wav"), {}));
    settle();
    ASSERT_TRUE(call->monitorDigits(DigitMode::Dtmf));
    EXPECT_EQ(fake.count("mediaStart"), 1U);
    press("8");
    EXPECT_EQ(heardKeys(), "8");
    ASSERT_TRUE(call->stopRecording(answer.reply()));
    settle();
    EXPECT_EQ(answer.count, 1);
    EXPECT_EQ(running(), TSPI_MEDIA_RECORD);  // to hear on
    EXPECT_TRUE(std::filesystem::exists(path("r.wav")));
}

TEST_F(HalfDuplexHearingTest, ADeviceThatEndsTheHearingIsNotAskedAgainAndAgain) {
    begin();
    ASSERT_TRUE(call->monitorDigits(DigitMode::Dtmf));
    settle();
    auto& media = fake.lastMedia();
    media.running = 0;
    media.callbacks.event(media.handle, TSPI_MEDIAEVENT_ENDED, TSPI_MEDIA_RECORD, "ATA gave up");
    settle();
    EXPECT_EQ(fake.count("mediaStart"), 1U);
    ASSERT_TRUE(call->monitorDigits(DigitMode::Dtmf | DigitMode::DtmfEnd));  // asked anew
    settle();
    EXPECT_EQ(fake.count("mediaStart"), 2U);
}

TEST_F(HalfDuplexHearingTest, ARefusalToRecordIsTheAnswer) {
    begin();
    fake.behave = [](const std::string&) { return Behaviour{How::Refuse, LINEERR_INUSE, "busy"}; };
    const auto refused = call->monitorDigits(DigitMode::Dtmf);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().cause, "busy");
    fake.behave = nullptr;
    EXPECT_TRUE(call->monitorDigits(DigitMode::Dtmf));
}

/// A device that gives the sound of a call that rings, or is being made.
class EarlySoundTest : public HearingTest {
protected:
    EarlySoundTest() {
        fake.caps.mediaStates = LINECALLSTATE_OFFERING | LINECALLSTATE_DIALING |
                                LINECALLSTATE_PROCEEDING | LINECALLSTATE_RINGBACK |
                                LINECALLSTATE_CONNECTED;
    }
    Sound pattern(dsp::ToneKind kind, std::size_t samples) {
        Sound sound(samples);
        dsp::ToneSequence sequence(*dsp::builtinTones().find("US")->find(kind));
        sequence.mix(sound);
        return sound;
    }
};

TEST_F(EarlySoundTest, WhoCallsIsHeardOnHook) {
    start();
    app = std::make_unique<Application>(*manager, "app");
    EXPECT_TRUE(app->address()->capabilities().callerId);
    EXPECT_TRUE(app->address()->capabilities().coreDetects.has(Detection::CallerId));
    app->watch();
    auto& ringing = fake.ring(fake.line());
    settle();
    ASSERT_EQ(fake.mediaCount(), 1U);
    EXPECT_EQ(running(), TSPI_MEDIA_RECORD);
    dsp::CallerId id;
    id.number.assign("2025550123");
    id.numberStatus = dsp::CallerIdStatus::Present;
    id.name.assign("J DOE");
    id.nameStatus = dsp::CallerIdStatus::Present;
    id.time = dsp::CallerIdTime{3, 14, 15, 9};
    dsp::CallerIdSender sender(*dsp::callerIdStandard("US"));
    ASSERT_TRUE(sender.start(id));
    Sound sound = silence(8000 * 6);
    for (std::size_t at = 4000; at + 160 <= sound.size() && sender.active(); at += 160) {
        sender.mix(std::span(sound).subspan(at, 160), [](const dsp::CallerIdRequest&) {});
    }
    say(sound);
    const auto fresh = app->events.all<tapi::CallNotificationEvent>().at(0).call;
    const auto changes = app->events.all<tapi::CallInfoChangeEvent>();
    EXPECT_TRUE(std::any_of(changes.begin(), changes.end(), [](const auto& each) {
        return each.item == tapi::CallInfoChangeEvent::Item::Caller;
    }));
    EXPECT_EQ(fresh->info().caller.number, "2025550123");
    EXPECT_EQ(fresh->info().caller.name, "J DOE");
    EXPECT_EQ(fresh->info().networkTime, (tapi::NetworkTime{3, 14, 15, 9}));
    fake.state(ringing, LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
    settle();
    EXPECT_EQ(fresh->info().caller.number, "2025550123");
    ASSERT_TRUE(fresh->monitorDigits(DigitMode::Dtmf));
    press("2");
    EXPECT_EQ(heardKeys(), "2");
}

TEST_F(EarlySoundTest, ProgressOfACallIsHeard) {
    start();
    app = std::make_unique<Application>(*manager, "app");
    call = dialled(*app, answer);
    fake.state(fake.lastCall(), LINECALLSTATE_DIALING);
    fake.state(fake.lastCall(), LINECALLSTATE_PROCEEDING);
    settle();
    say(pattern(dsp::ToneKind::Ringback, 8000 * 9));
    EXPECT_EQ(call->lineState(), LineCallState::Ringback);
    fake.state(fake.lastCall(), LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
    settle();
    EXPECT_EQ(call->lineState(), LineCallState::Connected);
}

TEST_F(EarlySoundTest, ABusyNumberIsHeard) {
    start();
    app = std::make_unique<Application>(*manager, "app");
    call = dialled(*app, answer);
    fake.state(fake.lastCall(), LINECALLSTATE_DIALING);
    fake.state(fake.lastCall(), LINECALLSTATE_PROCEEDING);
    settle();
    say(pattern(dsp::ToneKind::Busy, 8000 * 6));
    EXPECT_EQ(call->lineState(), LineCallState::Busy);
    EXPECT_EQ(call->status().mode, LINEBUSYMODE_STATION);
}

}  // namespace
}  // namespace tipring::test

// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/media/detector_set.h"

#include <gtest/gtest.h>

#include <string>

#include "hal/base/allocation_count.h"
#include "hal/dsp/speech.h"
#include "tipring/hal/dsp/caller_id_sender.h"
#include "tipring/hal/dsp/tone_sequence.h"

namespace tipring::media {
namespace {

using test::append;
using test::silence;
using test::Sound;

constexpr const char* kNames[] = {"digit", "progress", "fax",  "answer tone", "voice",
                                  "beep",  "answerer", "tone", "caller"};

std::string describe(const DetectorEvent& event) {
    std::string text = kNames[event.index()];
    if (const auto* digit = std::get_if<dsp::DtmfEvent>(&event)) {
        text += digit->kind == dsp::DtmfEvent::Kind::Start ? std::string(" ") + digit->key : " end";
    } else if (const auto* progress = std::get_if<dsp::ProgressEvent>(&event)) {
        text += " " + std::string(dsp::toneKindName(progress->tone));
    } else if (const auto* tone = std::get_if<dsp::ToneEvent>(&event)) {
        text += " " + std::to_string(tone->tag);
    } else if (const auto* answer = std::get_if<dsp::AnswerEvent>(&event)) {
        text += " " + std::to_string(int(answer->answerer));
    }
    if (const auto* caller = std::get_if<CallerIdHeard>(&event)) {
        text += " " + std::string(caller->event->id.number.view());
    }
    return text;
}

std::vector<std::string> heard(DetectorSet& set, const Sound& sound, std::size_t step = 160) {
    std::vector<std::string> texts;
    for (std::size_t at = 0; at < sound.size(); at += step) {
        const auto piece = std::span{sound}.subspan(at, std::min(step, sound.size() - at));
        set.process(piece, [&](const DetectorEvent& event) { texts.push_back(describe(event)); });
    }
    return texts;
}

bool has(const std::vector<std::string>& texts, const std::string& text) {
    return std::find(texts.begin(), texts.end(), text) != texts.end();
}

Sound networkTone(const char* country, dsp::ToneKind kind, std::size_t samples) {
    Sound sound = silence(samples);
    dsp::ToneSequence tone(*dsp::builtinTones().find(country)->find(kind), -16);
    tone.mix(sound);
    return sound;
}

Sound aCall() {
    Sound sound = silence(4000);
    append(sound, test::speak("Hello, who is there?"));
    append(sound, silence(8000));
    append(sound, test::tone(697, 1209, -10, 800));
    append(sound, silence(4000));
    append(sound, test::tone(1100, 0, -12, 4000));
    append(sound, silence(4000));
    append(sound, test::tone(2100, 0, -12, 8000));
    append(sound, silence(4000));
    append(sound, test::tone(700, 0, -12, 2000));
    append(sound, silence(8000));
    append(sound, networkTone("DE", dsp::ToneKind::Busy, 40000));
    test::addNoise(sound, -60);
    return sound;
}

DetectorSettings everything() {
    DetectorSettings settings;
    settings.country = "DE";
    settings.answerer = true;
    settings.tones = {{.tag = 7, .hertz = 700}};
    return settings;
}

TEST(DetectorSet, HearsAllOfACall) {
    auto set = DetectorSet::create(everything()).value();
    const auto texts = heard(set, aCall());
    for (const char* expected : {"voice", "digit 1", "digit end", "fax", "answer tone", "tone 7",
                                 "progress busy", "answerer 1"}) {
        EXPECT_TRUE(has(texts, expected)) << expected;
    }
    EXPECT_FALSE(has(texts, "progress dial"));
    EXPECT_EQ(set.position(), aCall().size());
}

TEST(DetectorSet, DoesNotDependOnBlockSizesNorAllocate) {
    const Sound call = aCall();
    auto set = DetectorSet::create(everything()).value();
    const auto expected = heard(set, call);
    for (const std::size_t step : {1U, 77U, 8000U}) {
        set.reset();
        EXPECT_EQ(heard(set, call, step), expected) << step;
    }
    set.reset();
    std::size_t told = 0;
    const auto before = test::allocationCount();
    set.process(call, [&](const DetectorEvent&) { ++told; });
    EXPECT_EQ(test::allocationCount(), before);
    EXPECT_EQ(told, expected.size());
}

TEST(DetectorSet, ListensForNothingElseThanAsked) {
    DetectorSettings settings;
    settings.country = "Atlantis";
    settings.digits = settings.progress = settings.fax = settings.answerTone = settings.voice =
        false;
    auto set = DetectorSet::create(settings).value();
    EXPECT_TRUE(heard(set, aCall()).empty());
}

TEST(DetectorSet, RefusesWhatItCannotHear) {
    DetectorSettings settings;
    settings.country = "Atlantis";
    const auto unknown = DetectorSet::create(settings);
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, hal::ErrorCode::InvalParam);
    EXPECT_NE(unknown.error().cause.find("Atlantis"), std::string::npos);
    settings = {};
    settings.tones = {{.tag = 1, .hertz = 20}};
    EXPECT_EQ(DetectorSet::create(settings).error().code, hal::ErrorCode::InvalTone);
    settings.tones.assign(25, {.tag = 1, .hertz = 1000});
    EXPECT_EQ(DetectorSet::create(settings).error().code, hal::ErrorCode::InvalTone);
}

TEST(DetectorSet, HearsWhoCallsBetweenTheRings) {
    const dsp::CallerIdStandard& standard = *dsp::callerIdStandard("US");
    dsp::CallerId id;
    id.number = "2125551212";
    id.numberStatus = dsp::CallerIdStatus::Present;
    id.time = dsp::CallerIdTime{4, 12, 18, 34};
    dsp::CallerIdSender sender(standard);
    ASSERT_TRUE(sender.start(id));
    Sound line = silence(48000);
    for (std::size_t at = 4000; sender.active() && at + 160 <= line.size(); at += 160) {
        sender.mix(std::span{line}.subspan(at, 160), [](const dsp::CallerIdRequest&) {});
    }
    test::addNoise(line, -60);
    DetectorSettings settings;
    settings.callerId = "US";
    auto set = DetectorSet::create(settings).value();
    EXPECT_TRUE(has(heard(set, line), "caller 2125551212"));
    settings.callerId = "Atlantis";
    EXPECT_FALSE(DetectorSet::create(settings));
}

TEST(HangupVotes, BusyAfterAConversationIsAHangUp) {
    auto set = DetectorSet::create(everything()).value();
    HangupFusion fusion;
    std::chrono::milliseconds now{};
    std::chrono::milliseconds known{};
    const Sound call = aCall();
    for (std::size_t at = 0; at + 160 <= call.size(); at += 160) {
        now = std::chrono::milliseconds(at / 8 + 20);
        set.process(std::span{call}.subspan(at, 160), [&](const DetectorEvent& event) {
            if (showsLife(event)) {
                fusion.alive();
            }
            if (const auto vote = hangupVote(event, now)) {
                fusion.vote(*vote);
            }
        });
        if (fusion.hungUp(now) && known.count() == 0) {
            known = now;
        }
    }
    const auto busyFrom = std::chrono::milliseconds((call.size() - 40000) / 8);
    EXPECT_GT(known, busyFrom);
    EXPECT_LT(known, busyFrom + std::chrono::seconds(4));
    ASSERT_FALSE(fusion.decision(known).reasons.empty());
    EXPECT_EQ(fusion.decision(known).reasons.front(), HangupSign::BusyTone);
}

}  // namespace
}  // namespace tipring::media

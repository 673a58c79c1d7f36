// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/voice_detector.h"

#include <gtest/gtest.h>

#include <cmath>
#include <tuple>
#include <vector>

#include "detector_checks.h"
#include "speech.h"
#include "tone_signals.h"

namespace tipring::dsp {
namespace {

using test::append;
using test::eventsOf;
using test::silence;
using test::Sound;
using test::speak;
using test::tone;

/// A second of nothing, the sound, three seconds of nothing; noise over all; through G.711.
Sound onALine(const Sound& sound, double noise) {
    Sound line = silence(8000);
    append(line, sound);
    append(line, silence(24000));
    test::addNoise(line, noise);
    test::throughMuLaw(line);
    return line;
}

std::size_t count(const std::vector<VoiceEvent>& events, VoiceEventKind kind) {
    return static_cast<std::size_t>(std::count_if(
        events.begin(), events.end(), [kind](const VoiceEvent& e) { return e.kind == kind; }));
}

struct NetworkTone {
    const char* name;
    double first, second;
    double on, off;  // seconds
    std::size_t times;
};
constexpr NetworkTone kTones[] = {
    {"North American dial tone", 350, 440, 4, 0, 1},
    {"European dial tone", 425, 0, 4, 0, 1},
    {"French dial tone", 440, 0, 4, 0, 1},
    {"North American busy", 480, 620, .5, .5, 4},
    {"North American ringing", 440, 480, 2, 4, 2},
    {"British ringing", 400, 450, .4, .2, 4},
    {"European busy", 425, 0, .5, .5, 4},
    {"British busy", 400, 0, .375, .375, 4},
    {"congestion", 425, 0, .25, .25, 6},
    {"Japanese ringing", 384, 416, 1, 2, 2},
    {"fax calling", 1100, 0, .5, 3, 2},
    {"answer tone", 2100, 0, 3, 0, 1},
    {"DTMF 1", 697, 1209, .1, .1, 5},
    {"DTMF D, short", 941, 1633, .05, .05, 6},
};

TEST(VoiceDetector, NoToneOfTheNetworkIsAVoice) {
    for (const NetworkTone& network : kTones) {
        for (const double level : {-10.0, -18.0, -30.0}) {
            Sound sound;
            for (std::size_t i = 0; i < network.times; ++i) {
                append(sound,
                       tone(network.first, network.second, level, std::size_t(network.on * 8000)));
                append(sound, silence(std::size_t(network.off * 8000)));
            }
            VoiceDetector detector;
            const auto events = eventsOf<VoiceEvent>(detector, onALine(sound, -60));
            EXPECT_EQ(count(events, VoiceEventKind::VoiceStarted), 0U) << network.name << level;
            if (network.on >= 0.25) {
                EXPECT_EQ(count(events, VoiceEventKind::ToneStarted), network.times)
                    << network.name << level;
            }
        }
    }
}

TEST(VoiceDetector, ALongToneLastsAsLongAsItDoes) {
    VoiceDetector detector;
    const auto events = eventsOf<VoiceEvent>(detector, onALine(tone(350, 440, -15, 80000), -55));
    ASSERT_EQ(events.size(), 3U);  // and the silence after it
    EXPECT_EQ(events[0].kind, VoiceEventKind::ToneStarted);
    EXPECT_NEAR(double(events[0].position), 8000, 320);
    EXPECT_NEAR(double(events[1].duration), 80000, 500);
    EXPECT_NEAR(events[1].dbm0, -12, 1);
}

TEST(VoiceDetector, NoiseAloneIsSilence) {
    for (const double level : {-65.0, -50.0, -40.0, -30.0}) {
        Sound noise = silence(80000);
        test::addNoise(noise, level, 7);
        VoiceDetector detector;
        const auto events = eventsOf<VoiceEvent>(detector, noise);
        ASSERT_EQ(events.size(), 1U) << level;
        EXPECT_EQ(events[0].kind, VoiceEventKind::Silence);
        EXPECT_NEAR(detector.noise(), level, 2.5) << level;
    }
}

TEST(VoiceDetector, FollowsNoiseThatGrows) {
    Sound line = silence(16000);
    test::addNoise(line, -60);
    Sound louder = silence(40000);
    test::addNoise(louder, -35, 3);
    append(line, louder);
    VoiceDetector detector;
    const auto events = eventsOf<VoiceEvent>(detector, line);
    EXPECT_EQ(count(events, VoiceEventKind::VoiceStarted), 0U);
    EXPECT_NEAR(detector.noise(), -35, 2.5);
}

TEST(VoiceDetector, TellsASilenceOnceAndTheNextAfterAVoice) {
    VoiceDetector detector;
    const auto events = eventsOf<VoiceEvent>(detector, onALine(speak("Hello, who is there"), -60));
    ASSERT_GE(events.size(), 3U);
    EXPECT_EQ(count(events, VoiceEventKind::Silence), 1U);
    const VoiceEvent& last = events.back();
    EXPECT_EQ(last.kind, VoiceEventKind::Silence);
    EXPECT_GE(last.duration, 16000U - 320);
}

TEST(VoiceDetector, AClickIsNoVoice) {
    Sound sound = silence(800);
    std::fill(sound.begin() + 100, sound.begin() + 180, std::int16_t{20000});
    VoiceDetector detector;
    EXPECT_EQ(
        count(eventsOf<VoiceEvent>(detector, onALine(sound, -60)), VoiceEventKind::VoiceStarted),
        0U);
}

TEST(VoiceDetector, AVoiceAfterAToneAndAToneAfterAVoice) {
    Sound sound = tone(425, 0, -15, 8000);
    append(sound, speak("Hello, this is nobody"));
    append(sound, tone(480, 620, -18, 8000));
    VoiceDetector detector;
    const auto events = eventsOf<VoiceEvent>(detector, onALine(sound, -60));
    EXPECT_EQ(count(events, VoiceEventKind::ToneStarted), 2U);
    EXPECT_GE(count(events, VoiceEventKind::VoiceStarted), 1U);
}

TEST(VoiceDetector, ASteadyVowelIsAVoice) {
    // A high voice over a telephone: few harmonics, and for a moment nothing in them changes.
    for (const double pitch : {180.0, 220.0, 260.0}) {
        Sound vowel = tone(pitch, 2 * pitch, -16, 3200);
        Sound upper = tone(3 * pitch, 4 * pitch, -34, 3200);
        for (std::size_t i = 0; i < vowel.size(); ++i) {
            vowel[i] = static_cast<std::int16_t>(vowel[i] + upper[i]);
        }
        VoiceDetector detector;
        const auto events = eventsOf<VoiceEvent>(detector, onALine(vowel, -62));
        EXPECT_EQ(count(events, VoiceEventKind::ToneStarted), 0U) << pitch;
        EXPECT_EQ(count(events, VoiceEventKind::VoiceStarted), 1U) << pitch;
    }
}

struct Share {
    std::size_t right = 0, said = 0, there = 0;
};

/// Frames called voice against frames where the clean recording has sound.
void compare(const Sound& clean, const std::vector<VoiceEvent>& events, Share& share) {
    const auto there = test::activeFrames(clean, 15);  // pauses up to the hangover belong to it
    std::vector<bool> said(there.size());
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (events[i].kind == VoiceEventKind::VoiceEnded) {
            const auto end = std::size_t(events[i].position) / 160;
            for (std::size_t f = end - events[i].duration / 160; f < std::min(end, said.size());
                 ++f) {
                said[f] = true;
            }
        }
    }
    for (std::size_t f = 0; f < there.size(); ++f) {
        share.there += there[f] ? 1 : 0;
        share.said += said[f] ? 1 : 0;
        share.right += there[f] && said[f] ? 1 : 0;
    }
}

struct Condition {
    double speech, noise;  // dBm0
    double precision, recall;
};
class VoiceCorpus : public ::testing::TestWithParam<Condition> {};

TEST_P(VoiceCorpus, FindsTheVoicesOfSixLanguages) {
    constexpr const char* kVoices[] = {"en-us", "en-gb+f3", "de", "fr+f2", "it", "es+f4"};
    constexpr const char* kTexts[] = {"Hello?", "Yes, this is Peter speaking, who is there?",
                                      "You have reached five five five one two three four",
                                      "Mamma mia, nobody is at home. Leave a message."};
    Share share;
    unsigned seed = 0;
    for (const char* voice : kVoices) {
        Sound clean = silence(12000);
        for (const char* text : kTexts) {
            append(clean, speak(text, voice, 150, GetParam().speech));
            append(clean, silence(9600 + 1111 * (seed % 5)));
        }
        append(clean, silence(8000));
        Sound line = clean;
        test::addNoise(line, GetParam().noise, ++seed);
        test::throughMuLaw(line);
        VoiceDetector detector;
        compare(clean, eventsOf<VoiceEvent>(detector, line), share);
    }
    const double precision = double(share.right) / double(share.said);
    const double recall = double(share.right) / double(share.there);
    RecordProperty("precision", std::to_string(precision));
    RecordProperty("recall", std::to_string(recall));
    EXPECT_GE(precision, GetParam().precision);
    EXPECT_GE(recall, GetParam().recall);
}

INSTANTIATE_TEST_SUITE_P(Levels, VoiceCorpus,
                         ::testing::Values(Condition{-14, -65, 0.97, 0.97},
                                           Condition{-25, -60, 0.97, 0.95},
                                           Condition{-14, -40, 0.97, 0.92},
                                           Condition{-20, -38, 0.97, 0.85}));

TEST(VoiceDetector, HasGoodManners) {
    Sound sound = onALine(speak("One two three"), -50);
    append(sound, onALine(tone(350, 440, -15, 12345), -50));
    test::expectGoodManners<VoiceEvent, VoiceDetector>(sound, [](const VoiceEvent& event) {
        return std::tuple{event.kind, event.position, event.duration, event.dbm0};
    });
}

}  // namespace
}  // namespace tipring::dsp

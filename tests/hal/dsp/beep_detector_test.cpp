// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/beep_detector.h"

#include <gtest/gtest.h>

#include <tuple>
#include <vector>

#include "detector_checks.h"
#include "speech.h"
#include "tipring/hal/dsp/tone.h"
#include "tone_signals.h"

namespace tipring::dsp {
namespace {

using test::append;
using test::eventsOf;
using test::silence;
using test::Sound;
using test::speak;
using test::tone;

std::vector<BeepEvent> heard(Sound sound, double noise = -60) {
    append(sound, silence(8000));
    test::addNoise(sound, noise);
    test::throughMuLaw(sound);
    BeepDetector detector;
    return eventsOf<BeepEvent>(detector, sound);
}

Sound greeting() {
    Sound sound = silence(4000);
    append(sound, speak("Please leave a message after the beep."));
    append(sound, silence(2400));
    return sound;
}

TEST(BeepDetector, HearsEveryFrequencyAfterAGreeting) {
    for (double hertz = 402; hertz < 2100; hertz += 37) {
        Sound sound = greeting();
        const std::size_t start = sound.size();
        append(sound, tone(hertz, 0, -15, 2400));
        const auto beeps = heard(sound);
        ASSERT_EQ(beeps.size(), 1U) << hertz;
        EXPECT_NEAR(beeps[0].hertz, hertz, 0.01 * hertz) << hertz;
        EXPECT_NEAR(double(beeps[0].position), double(start), 120) << hertz;
        EXPECT_NEAR(double(beeps[0].duration), 2400, 160) << hertz;
        EXPECT_NEAR(beeps[0].dbm0, -15, 0.7) << hertz;
    }
}

TEST(BeepDetector, HearsEveryLengthAndLevel) {
    for (const std::size_t length : {800U, 1200U, 4000U, 8000U, 16000U}) {
        for (const double level : {0.0, -20.0, -32.0}) {
            Sound sound = greeting();
            append(sound, tone(1000, 0, level, length));
            const auto beeps = heard(sound);
            ASSERT_EQ(beeps.size(), 1U) << length << ' ' << level;
            EXPECT_NEAR(double(beeps[0].duration), double(length), 160);
        }
    }
}

TEST(BeepDetector, HearsABeepInNoise) {
    Sound sound = greeting();
    append(sound, tone(850, 0, -15, 4000));
    EXPECT_EQ(heard(sound, -32).size(), 1U);
}

TEST(BeepDetector, TooShortAndTooLongAreNone) {
    for (const std::size_t length : {240U, 400U, 20000U, 40000U}) {
        Sound sound = greeting();
        append(sound, tone(1000, 0, -15, length));
        EXPECT_TRUE(heard(sound).empty()) << length;
    }
}

TEST(BeepDetector, NetworkTonesAreNone) {
    struct Signal {
        double first, second, on, off;
    };
    constexpr Signal kSignals[] = {{425, 0, .5, .5},     {425, 0, .25, .25}, {425, 0, 1, 4},
                                   {400, 0, .375, .375}, {440, 480, 2, 4},   {480, 620, .5, .5},
                                   {350, 440, 1.5, 1},   {400, 450, .4, .2}, {1100, 0, .5, 3},
                                   {450, 0, .7, .7},     {440, 0, .3, 10}};
    for (const Signal& signal : kSignals) {
        Sound sound = silence(4000);
        for (int i = 0; i < 4; ++i) {
            append(sound, tone(signal.first, signal.second, -15, std::size_t(signal.on * 8000)));
            append(sound, silence(std::size_t(signal.off * 8000)));
        }
        EXPECT_TRUE(heard(sound).empty()) << signal.first << '+' << signal.second;
    }
}

TEST(BeepDetector, SpecialInformationTonesAreNone) {
    Sound sound = greeting();
    for (const double hertz : {950.0, 1400.0, 1800.0}) {
        append(sound, tone(hertz, 0, -15, 2640));
    }
    EXPECT_TRUE(heard(sound).empty());
}

TEST(BeepDetector, DtmfIsNone) {
    for (const char key : std::string{"1234567890*#ABCD"}) {
        const auto pair = dtmfPair(key);
        Sound sound = silence(4000);
        for (int i = 0; i < 4; ++i) {
            append(sound, tone(pair->low, pair->high, -12, 1200));
            append(sound, silence(800));
        }
        // Twisted by as much as a line may do
        Sound low = tone(pair->low, 0, -8, 1200);
        ToneGenerator high;
        high.start(pair->high, 0, -14);
        high.mix(low);
        append(sound, low);
        EXPECT_TRUE(heard(sound).empty()) << key;
    }
}

TEST(BeepDetector, SpeechHasNone) {
    constexpr const char* kVoices[] = {"en-us", "en-gb+f3", "de",         "fr+f2",
                                       "it",    "es+f4",    "en+whisper", "sv+f5"};
    std::size_t beeps = 0;
    double seconds = 0;
    for (const char* voice : kVoices) {
        for (const int speed : {120, 200}) {
            const Sound sound = speak(
                "You have reached our office. We are open from nine to five, Monday to Friday. "
                "Oooh, you and I, moon and noon, mamma mia! For sales press one. "
                "Please leave your name and number after the tone. Thank you, goodbye.",
                voice, speed);
            seconds += double(sound.size()) / 8000;
            beeps += heard(sound).size();
        }
    }
    EXPECT_GT(seconds, 150);
    EXPECT_EQ(beeps, 0U);
}

TEST(BeepDetector, HasGoodManners) {
    Sound sound = greeting();
    append(sound, tone(1234, 0, -15, 2345));
    append(sound, silence(4000));
    test::expectGoodManners<BeepEvent, BeepDetector>(sound, [](const BeepEvent& event) {
        return std::tuple{event.position, event.duration, event.hertz, event.dbm0};
    });
}

}  // namespace
}  // namespace tipring::dsp

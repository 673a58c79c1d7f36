// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/gain_control.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "hal/base/allocation_count.h"
#include "speech.h"

namespace tipring::dsp {
namespace {

using test::append;
using test::silence;
using test::Sound;
using test::speak;

constexpr const char* kText = "We are not at home. Please call again later, or leave a message.";

Sound controlled(Sound sound, std::size_t step = 160) {
    GainControl control;
    for (std::size_t at = 0; at < sound.size(); at += step) {
        control.process(std::span{sound}.subspan(at, std::min(step, sound.size() - at)));
    }
    return sound;
}

/// The level that one 20 ms frame in ten is louder than.
double voiceLevel(std::span<const std::int16_t> sound) {
    std::vector<double> levels;
    for (std::size_t at = 0; at + 160 <= sound.size(); at += 160) {
        double power = 0;
        for (const std::int16_t sample : sound.subspan(at, 160)) {
            power += double(sample) * sample;
        }
        levels.push_back(double(dbm0OfPower(power / 160)));
    }
    std::sort(levels.begin(), levels.end());
    return levels[levels.size() * 9 / 10];
}

TEST(GainControl, BringsVoicesToOneLevel) {
    for (const double level : {-34.0, -24.0, -14.0, -6.0, 0.0}) {
        Sound sound = speak(kText, "en-us", 160, level);
        append(sound, Sound(sound));
        const Sound out = controlled(sound);
        EXPECT_NEAR(voiceLevel(std::span{out}.subspan(out.size() / 2)), -17, 3.0) << level;
    }
}

TEST(GainControl, NeverClipsNorOvershoots) {
    Sound sound = speak(kText, "en-us", 160, -38);  // the gain goes up
    const std::size_t loud = sound.size();
    append(sound, speak(kText, "de+f2", 160, 3));
    append(sound, Sound(400, 32767));
    append(sound, Sound(400, -32768));
    const Sound out = controlled(sound);
    for (std::size_t at = 0; at + 160 <= out.size(); at += 80) {
        double power = 0;
        for (const std::int16_t sample : std::span{out}.subspan(at, 160)) {
            ASSERT_LT(std::abs(int{sample}), 31000) << at;
            power += double(sample) * sample;
        }
        // 6 dB over the target, and what a piece's end adds
        EXPECT_LT(dbm0OfPower(power / 160), -16 + 7) << double(at) - double(loud);
    }
}

TEST(GainControl, DoesNotPumpInPauses) {
    Sound sound = speak(kText, "en-us", 160, -30);
    const std::size_t pause = sound.size();
    append(sound, silence(40000));
    test::addNoise(sound, -58);
    GainControl control;
    control.process(std::span{sound}.first(pause + 1600));
    const float before = control.gain();
    control.process(std::span{sound}.subspan(pause + 1600));
    EXPECT_NEAR(control.gain(), before, 0.5);
    EXPECT_GT(before, 5);
}

TEST(GainControl, LoudNoiseIsNotTurnedUp) {
    Sound noise = silence(80000);
    test::addNoise(noise, -40);
    const Sound out = controlled(noise);
    EXPECT_LT(voiceLevel(std::span{out}.subspan(40000)), -33);
}

TEST(GainControl, DelaysAndNothingElseAtUnity) {
    const Sound in = test::tone(500, 0, -50, 800);  // below the gate
    const Sound out = controlled(in);
    EXPECT_TRUE(
        std::equal(in.begin(), in.end() - GainControl::kDelay, out.begin() + GainControl::kDelay));
}

TEST(GainControl, DoesNotDependOnBlockSizesNorAllocate) {
    Sound sound = speak(kText);
    const Sound whole = controlled(sound, sound.size());
    for (const std::size_t step : {1U, 7U, 160U}) {
        EXPECT_EQ(controlled(sound, step), whole);
    }
    GainControl control;
    const auto before = test::allocationCount();
    control.process(sound);
    EXPECT_EQ(test::allocationCount(), before);
}

}  // namespace
}  // namespace tipring::dsp

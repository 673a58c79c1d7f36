// SPDX-License-Identifier: Apache-2.0
#include "sound_file.h"

#include <gtest/gtest.h>

#include <fstream>

#include "temp_dir.h"

namespace tipring::tools {
namespace {

using namespace std::chrono_literals;

TEST(SoundFile, MeasuresLengthAndLevel) {
    TempDir dir;
    const std::string path = dir.file("square.wav");
    std::vector<std::int16_t> square(8000);
    for (std::size_t i = 0; i < square.size(); ++i) {
        square[i] = i % 8 < 4 ? 16384 : -16384;  // half of full scale: -6.02 dB
    }
    ASSERT_TRUE(writeSound(path, square));
    const auto facts = measureSound(path);
    ASSERT_TRUE(facts) << facts.error().cause;
    EXPECT_EQ(facts->length, 1000ms);
    EXPECT_NEAR(facts->peakDbfs, -6.02, 0.05);
    EXPECT_NEAR(facts->meanDbfs, -6.02, 0.05);
}

TEST(SoundFile, SilenceIsAsQuietAsItGets) {
    TempDir dir;
    ASSERT_TRUE(writeSound(dir.file("s.wav"), std::vector<std::int16_t>(800)));
    const auto facts = measureSound(dir.file("s.wav"));
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->peakDbfs, -120.0);
    EXPECT_EQ(soundText(*facts), "0.1 s, silent");
    EXPECT_EQ(soundText({std::chrono::milliseconds(4960), -8.7, -25.0}),
              "5.0 s, loudest 9 dB below full scale");
}

TEST(SoundFile, SaysWhyAFileCannotBeMeasured) {
    TempDir dir;
    const auto missing = measureSound(dir.file("none.wav"));
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, hal::ErrorCode::NoDevice);
    std::ofstream(dir.file("text.wav")) << "no sound at all";
    const auto text = measureSound(dir.file("text.wav"));
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().code, hal::ErrorCode::InvalParam);
    EXPECT_NE(text.error().cause.find("text.wav"), std::string::npos);
}

TEST(SoundFile, CannotWriteWhereThereIsNoFolder) {
    EXPECT_FALSE(writeSound("/nonexistent/x.wav", std::vector<std::int16_t>(8)));
}

TEST(SoundFile, TheGreetingIsMadeOnce) {
    TempDir dir;
    const auto first = builtInGreeting(dir.path() + "/new");
    ASSERT_TRUE(first) << first.error().cause;
    const auto facts = measureSound(*first);
    ASSERT_TRUE(facts);
    EXPECT_GT(facts->length, 1000ms);
    EXPECT_LT(facts->length, 2000ms);
    EXPECT_GT(facts->peakDbfs, -15.0);
    // Somebody's own greeting in its place stays.
    ASSERT_TRUE(writeSound(*first, std::vector<std::int16_t>(800)));
    EXPECT_EQ(builtInGreeting(dir.path() + "/new"), *first);
    EXPECT_EQ(measureSound(*first)->length, 100ms);
}

TEST(SoundFile, TheVoiceSpeaksAndBreathes) {
    const auto voice = makeVoice(4s);
    ASSERT_EQ(voice.size(), 32000u);
    int loud = 0, quiet = 0;
    for (std::size_t at = 0; at + 160 <= voice.size(); at += 160) {
        int peak = 0;
        for (std::size_t i = at; i < at + 160; ++i) {
            peak = std::max(peak, std::abs(int{voice[i]}));
        }
        loud += peak > 2000 ? 1 : 0;
        quiet += peak < 100 ? 1 : 0;
    }
    EXPECT_GT(loud, 80) << "of 200 blocks";
    EXPECT_GT(quiet, 15) << "of 200 blocks";
}

}  // namespace
}  // namespace tipring::tools

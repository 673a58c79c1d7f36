// SPDX-License-Identifier: Apache-2.0
#include "sound_input.h"

#include <gtest/gtest.h>
#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numbers>
#include <vector>

#include "temp_dir.h"

namespace tipring::tools {
namespace {

using Sound = std::vector<std::int16_t>;

SoundSink into(Sound& sound) {
    return [&sound](std::span<const std::int16_t> samples) {
        sound.insert(sound.end(), samples.begin(), samples.end());
        return true;
    };
}

/// A second of 1000 Hz that begins at 0.25 s, on each channel; the last channel is silent.
void writeFile(const std::string& path, int rate, int channels, int format) {
    SF_INFO info{};
    info.samplerate = rate;
    info.channels = channels;
    info.format = format;
    SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
    ASSERT_NE(file, nullptr) << path;
    std::vector<float> frames(static_cast<std::size_t>(rate * channels));
    for (int i = rate / 4; i < rate; ++i) {
        for (int channel = 0; channel < std::max(1, channels - 1); ++channel) {
            frames[static_cast<std::size_t>(i * channels + channel)] =
                0.5F * std::sin(2 * std::numbers::pi_v<float> * 1000 * static_cast<float>(i) /
                                static_cast<float>(rate));
        }
    }
    sf_writef_float(file, frames.data(), rate);
    sf_close(file);
}

TEST(ReadSound, BringsAnyRateAndAnyChannelsToALine) {
    const TempDir folder;
    const int wav = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
    for (const int rate : {8000, 11025, 16000, 44100, 48000, 192000}) {
        for (const int channels : {1, 2, 6}) {
            const std::string path = folder.file("a.wav");
            writeFile(path, rate, channels, wav);
            Sound sound;
            ASSERT_TRUE(readSound(path, into(sound)));
            EXPECT_NEAR(static_cast<double>(sound.size()), 8000, 4) << rate;
            const double peak = *std::max_element(sound.begin() + 4000, sound.begin() + 7000);
            // Between two samples the sine is higher than either, by up to 8 %.
            const double full = 16384.0 * std::max(1, channels - 1) / channels;
            EXPECT_LT(peak, full * 1.01) << channels;
            EXPECT_GT(peak, full * 0.92) << channels;
            const auto begin = std::find_if(sound.begin(), sound.end(), [](std::int16_t sample) {
                return std::abs(sample) > 1000;
            });
            EXPECT_NEAR(static_cast<double>(begin - sound.begin()), 2000, 4) << "no delay";
        }
    }
}

TEST(ReadSound, ReadsFlacAndOgg) {
    const TempDir folder;
    for (const auto& [name, format] :
         std::vector<std::pair<std::string, int>>{{"a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16},
                                                  {"a.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS},
                                                  {"u.wav", SF_FORMAT_WAV | SF_FORMAT_ULAW}}) {
        writeFile(folder.file(name), 8000, 1, format);
        Sound sound;
        ASSERT_TRUE(readSound(folder.file(name), into(sound))) << name;
        EXPECT_EQ(sound.size(), 8000U);
    }
}

TEST(ReadSound, BearsWhatIsNoNumber) {
    const TempDir folder;
    SF_INFO info{};
    info.samplerate = 16000;
    info.channels = 1;
    info.format = SF_FORMAT_WAV | SF_FORMAT_FLOAT;
    SNDFILE* file = sf_open(folder.file("nan.wav").c_str(), SFM_WRITE, &info);
    ASSERT_NE(file, nullptr);
    std::vector<float> rough(1600, std::numeric_limits<float>::quiet_NaN());
    rough[7] = std::numeric_limits<float>::infinity();
    rough[9] = 1e30F;
    sf_write_float(file, rough.data(), 1600);
    sf_close(file);
    Sound sound;
    EXPECT_TRUE(readSound(folder.file("nan.wav"), into(sound)));
    EXPECT_NEAR(static_cast<double>(sound.size()), 800, 4);
}

TEST(ReadSound, SaysWhyAFileCannotBeRead) {
    const TempDir folder;
    Sound sound;
    std::ofstream(folder.file("empty.wav"));
    std::ofstream(folder.file("text.wav")) << "no sound at all";
    EXPECT_EQ(readSound(folder.file("none.wav"), into(sound)).error().code,
              hal::ErrorCode::NoDevice);
    EXPECT_EQ(readSound(folder.file("empty.wav"), into(sound)).error().code,
              hal::ErrorCode::InvalParam);
    EXPECT_EQ(readSound(folder.file("text.wav"), into(sound)).error().code,
              hal::ErrorCode::InvalParam);
    EXPECT_FALSE(readSound(folder.path(), into(sound)));
}

TEST(ReadSound, ATruncatedFileIsReadAsFarAsItGoes) {
    const TempDir folder;
    writeFile(folder.file("a.wav"), 8000, 1, SF_FORMAT_WAV | SF_FORMAT_PCM_16);
    std::filesystem::resize_file(folder.file("a.wav"), 44 + 8001);
    Sound sound;
    ASSERT_TRUE(readSound(folder.file("a.wav"), into(sound)));
    EXPECT_EQ(sound.size(), 4000U);
}

TEST(ReadSound, StopsWhenTheSinkHasEnough) {
    const TempDir folder;
    writeFile(folder.file("a.wav"), 8000, 1, SF_FORMAT_WAV | SF_FORMAT_PCM_16);
    int blocks = 0;
    EXPECT_TRUE(readSound(folder.file("a.wav"), [&blocks](auto) { return ++blocks < 1; }));
    EXPECT_EQ(blocks, 1);
}

TEST(ReadSamples, LeavesOutHalfASample) {
    const TempDir folder;
    std::ofstream(folder.file("a.raw")) << std::string("\x01\x80\xFF\x7F\x05", 5);
    Sound sound;
    ASSERT_TRUE(readSamples(folder.file("a.raw"), into(sound)));
    EXPECT_EQ(sound, (Sound{-32767, 32767}));
    EXPECT_EQ(readSamples(folder.file("none.raw"), into(sound)).error().code,
              hal::ErrorCode::NoDevice);
}

TEST(ReadDevice, SaysWhichDeviceIsNotThere) {
    Sound sound;
    const auto read = readDevice("nosuchdevice", into(sound));
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().cause.find("nosuchdevice"), std::string::npos);
}

TEST(ReadDevice, ReadsUntilTheSinkHasEnough) {
    std::size_t heard = 0;
    const auto read = readDevice("null", [&heard](std::span<const std::int16_t> samples) {
        heard += samples.size();
        return heard < 1600;
    });
    EXPECT_TRUE(read) << read.error().cause;
    EXPECT_EQ(heard, 1600U);
}

}  // namespace
}  // namespace tipring::tools

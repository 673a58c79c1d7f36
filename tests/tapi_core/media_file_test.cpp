// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <signal.h>
#include <sndfile.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <vector>

#include "tipring/tapi_core/media/file_playback.h"
#include "tipring/tapi_core/media/file_recording.h"

namespace tipring::media {
namespace {

namespace fs = std::filesystem;
using hal::ErrorCode;

class MediaFileTest : public testing::Test {
protected:
    MediaFileTest()
        : directory(testing::TempDir() + "media_file_test_" + std::to_string(getpid())) {
        fs::remove_all(directory);
        fs::create_directories(directory);
    }
    ~MediaFileTest() override { fs::remove_all(directory); }
    std::string path(const std::string& name) const { return directory + "/" + name; }

    /// Writes a tone of half scale.
    std::string tone(const std::string& name, int format, int rate, int channels, double hertz,
                     double seconds) {
        SF_INFO info{};
        info.samplerate = rate;
        info.channels = channels;
        info.format = format;
        SNDFILE* file = sf_open(path(name).c_str(), SFM_WRITE, &info);
        EXPECT_NE(file, nullptr) << sf_strerror(nullptr);
        const auto frames = static_cast<std::size_t>(rate * seconds);
        std::vector<float> samples;
        for (std::size_t i = 0; i < frames; ++i) {
            const double phase = 2 * std::numbers::pi * hertz * double(i) / rate;
            samples.insert(samples.end(), std::size_t(channels), float(0.5 * std::sin(phase)));
        }
        sf_writef_float(file, samples.data(), sf_count_t(frames));
        sf_close(file);
        return path(name);
    }
    static std::vector<std::int16_t> readAll(const std::string& file, std::size_t block = 160) {
        auto playback = FilePlayback::open(file);
        EXPECT_TRUE(playback) << playback.error().text();
        std::vector<std::int16_t> all;
        std::vector<std::int16_t> samples(block);
        while (true) {
            const auto count = playback->read(samples);
            EXPECT_TRUE(count);
            all.insert(all.end(), samples.begin(), samples.begin() + std::ptrdiff_t(*count));
            if (*count < block) {
                return all;
            }
        }
    }
    /// The part of the power that lies at `hertz`.
    static double purity(const std::vector<std::int16_t>& samples, double hertz) {
        double re = 0, im = 0, power = 0;
        for (std::size_t i = 0; i < samples.size(); ++i) {
            const double phase = 2 * std::numbers::pi * hertz * double(i) / 8000;
            re += samples[i] * std::cos(phase);
            im += samples[i] * std::sin(phase);
            power += double(samples[i]) * samples[i];
        }
        return 2 * (re * re + im * im) / (power * double(samples.size()));
    }
    std::string directory;
};

struct Format {
    const char* name;
    int format, rate, channels;
};
class PlaybackFormatTest : public MediaFileTest, public testing::WithParamInterface<Format> {};
INSTANTIATE_TEST_SUITE_P(
    Formats, PlaybackFormatTest,
    testing::Values(Format{"plain.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8000, 1},
                    Format{"cd.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 44100, 2},
                    Format{"ulaw.au", SF_FORMAT_AU | SF_FORMAT_ULAW, 8000, 1},
                    Format{"float.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 48000, 6},
                    Format{"slow.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 4000, 1},
                    Format{"flac.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 96000, 1},
                    Format{"ogg.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 22050, 1}));

TEST_P(PlaybackFormatTest, ComesOutAsEightKilohertzMono) {
    const Format& format = GetParam();
    const auto file = tone(format.name, format.format, format.rate, format.channels, 700, 1.5);
    const auto samples = readAll(file);
    EXPECT_NEAR(double(samples.size()), 12000, 40);
    EXPECT_GT(purity(samples, 700), 0.98);
    EXPECT_NEAR(*std::max_element(samples.begin(), samples.end()), 16384, 1200);
}

TEST_F(MediaFileTest, BlockSizeDoesNotMatter) {
    const auto file = tone("a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 44100, 1, 440, 1);
    EXPECT_EQ(readAll(file, 1), readAll(file, 5000));
}

TEST_F(MediaFileTest, FilesThatAreNotSoundAreNamed) {
    const auto expect = [&](const std::string& name, const std::string& bytes,
                            const std::string& kind) {
        std::ofstream(path(name), std::ios::binary) << bytes;
        const auto opened = FilePlayback::open(path(name));
        ASSERT_FALSE(opened) << name;
        EXPECT_NE(opened.error().cause.find(path(name)), std::string::npos);
        EXPECT_NE(opened.error().cause.find(kind), std::string::npos) << opened.error().cause;
    };
    expect("a.txt", "Hello, this is a letter.\n", "text");
    expect("b.wav", "", "empty");
    expect("c.wav", "%PDF-1.4 ...", "a PDF document");
    expect("d.wav", std::string("\x01\x02\x03\x04\x05", 5), "data of an unknown kind");
    expect("e.wav", std::string("\x01\x02", 2), "data of an unknown kind");
    const auto directoryOpened = FilePlayback::open(directory);
    ASSERT_FALSE(directoryOpened);
    EXPECT_NE(directoryOpened.error().cause.find("a directory"), std::string::npos);
    EXPECT_EQ(FilePlayback::open(path("none.wav")).error().code, ErrorCode::NoDevice);
}

TEST_F(MediaFileTest, ARecordingIsAWavFile) {
    auto recording = FileRecording::create(path("r.wav"));
    ASSERT_TRUE(recording) << recording.error().text();
    std::vector<std::int16_t> samples(8000);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        samples[i] = static_cast<std::int16_t>(i * 3);
    }
    ASSERT_TRUE(recording->write(samples));
    ASSERT_TRUE(recording->close());
    EXPECT_EQ(recording->samples(), 8000u);
    EXPECT_FALSE(recording->write(samples));
    SF_INFO info{};
    SNDFILE* file = sf_open(path("r.wav").c_str(), SFM_READ, &info);
    ASSERT_NE(file, nullptr);
    EXPECT_EQ(info.samplerate, 8000);
    EXPECT_EQ(info.channels, 1);
    EXPECT_EQ(info.format, SF_FORMAT_WAV | SF_FORMAT_PCM_16);
    EXPECT_EQ(info.frames, 8000);
    sf_close(file);
    EXPECT_EQ(readAll(path("r.wav")), samples);
}

TEST_F(MediaFileTest, ARecordingNeverOverwrites) {
    std::ofstream(path("r.wav")) << "precious";
    EXPECT_EQ(FileRecording::create(path("r.wav")).error().code, ErrorCode::InUse);
    EXPECT_FALSE(FileRecording::create(path("no/dir/r.wav")));
    EXPECT_EQ(fs::file_size(path("r.wav")), 8u);
}

TEST_F(MediaFileTest, AKilledProcessLeavesAFileThatPlays) {
    const pid_t child = ::fork();
    if (child == 0) {
        auto recording = FileRecording::create(path("k.wav"));
        const std::vector<std::int16_t> block(160, 1000);
        for (int i = 0; i < 125; ++i) {  // 2.5 s
            static_cast<void>(recording->write(block));
        }
        ::raise(SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_GE(readAll(path("k.wav")).size(), 12000u);  // at most a second is missing
}

TEST_F(MediaFileTest, AFullDiskEndsTheRecordingAndWhatWasWrittenPlays) {
    ::signal(SIGXFSZ, SIG_IGN);
    struct rlimit old {};
    ::getrlimit(RLIMIT_FSIZE, &old);
    auto recording = FileRecording::create(path("f.wav"));
    const struct rlimit tight { 10001, old.rlim_max };
    ::setrlimit(RLIMIT_FSIZE, &tight);
    const std::vector<std::int16_t> block(800, 1000);
    hal::Result<void> written;
    for (int i = 0; i < 100 && written; ++i) {
        written = recording->write(block);
    }
    const auto again = recording->write(block);
    ::setrlimit(RLIMIT_FSIZE, &old);
    ASSERT_FALSE(written);
    EXPECT_NE(written.error().cause.find("f.wav"), std::string::npos);
    EXPECT_FALSE(again);
    ASSERT_TRUE(recording->close());
    EXPECT_EQ(readAll(path("f.wav")).size(), (10001u - 44) / 2);
}

}  // namespace
}  // namespace tipring::media

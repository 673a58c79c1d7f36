// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <sndfile.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <numbers>
#include <string>
#include <vector>

#include "tipring/tapi_core/media/file_playback.h"
#include "tipring/tapi_core/media/terminal.h"

namespace tipring::media {

using Samples = std::vector<std::int16_t>;

inline Samples sine(std::size_t count, double hertz = 440, double amplitude = 8000) {
    Samples samples(count);
    for (std::size_t i = 0; i < count; ++i) {
        samples[i] = static_cast<std::int16_t>(
            std::lrint(amplitude * std::sin(2 * std::numbers::pi * hertz * double(i) / 8000)));
    }
    return samples;
}

/// Everything that a terminal says, in words.
class Heard {
public:
    void to(Terminal& terminal) {
        terminal.listen([this](const TerminalEvent& event) {
            states.push_back(event.state);
            causes.push_back(event.cause);
            texts.push_back(event.text);
        });
    }
    std::vector<TerminalState> states;
    std::vector<TerminalCause> causes;
    std::vector<std::string> texts;
};

class SoundDirectory : public ::testing::Test {
protected:
    SoundDirectory()
        : directory_(std::filesystem::path(::testing::TempDir()) /
                     ("sounds" + std::to_string(::getpid()))) {
        std::filesystem::remove_all(directory_);
        std::filesystem::create_directories(directory_);
    }
    ~SoundDirectory() override { std::filesystem::remove_all(directory_); }

    [[nodiscard]] std::string path(const std::string& name) const {
        return (directory_ / name).string();
    }
    std::string write(const std::string& name, int format, const Samples& samples,
                      int rate = 8000) const {
        SF_INFO info{};
        info.samplerate = rate;
        info.channels = 1;
        info.format = format;
        SNDFILE* file = sf_open(path(name).c_str(), SFM_WRITE, &info);
        EXPECT_NE(file, nullptr) << name << ": " << sf_strerror(nullptr);
        sf_writef_short(file, samples.data(), sf_count_t(samples.size()));
        sf_close(file);
        return path(name);
    }
    std::string wav(const std::string& name, const Samples& samples) const {
        return write(name, SF_FORMAT_WAV | SF_FORMAT_PCM_16, samples);
    }
    [[nodiscard]] static Samples read(const std::string& file) {
        auto playback = FilePlayback::open(file);
        EXPECT_TRUE(playback) << playback.error().text();
        Samples all;
        Samples block(80);
        while (playback) {
            const auto count = playback->read(block);
            all.insert(all.end(), block.begin(), block.begin() + std::ptrdiff_t(count.value_or(0)));
            if (!count || *count < block.size()) {
                break;
            }
        }
        return all;
    }

private:
    std::filesystem::path directory_;
};

}  // namespace tipring::media

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "hal/dsp/tone_signals.h"

namespace tipring::test {

/// A folder of its own, raw samples in files, and programs that read and write them.
class PeerFixture : public testing::Test {
protected:
    PeerFixture() { std::filesystem::create_directories(folder_); }
    ~PeerFixture() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::string file(const char* name) const { return (folder_ / name).string(); }
    void write(const char* name, const Samples& samples) const {
        std::ofstream out(file(name), std::ios::binary);
        out.write(reinterpret_cast<const char*>(samples.data()),
                  static_cast<std::streamsize>(samples.size() * sizeof samples[0]));
    }
    [[nodiscard]] Samples read(const char* name) const {
        std::ifstream in(file(name), std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(in), {}};
        Samples samples(bytes.size() / 2);
        std::copy_n(bytes.data(), samples.size() * 2, reinterpret_cast<char*>(samples.data()));
        return samples;
    }
    static std::string run(const std::string& command) {
        std::string output;
        FILE* pipe = popen(command.c_str(), "r");
        for (int c = pipe != nullptr ? std::fgetc(pipe) : EOF; c != EOF; c = std::fgetc(pipe)) {
            output += static_cast<char>(c);
        }
        EXPECT_EQ(pipe != nullptr ? pclose(pipe) : -1, 0) << command;
        return output;
    }
    /// sox from our raw samples to a file of its kind by its name.
    void convert(const char* from, const char* to, const std::string& effects = "") const {
        run("sox -t raw -r 8000 -e signed -b 16 -c 1 " + file(from) + " " + file(to) + " " +
            effects);
    }

private:
    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("tipring-peers-" + std::to_string(getpid()));
};

}  // namespace tipring::test

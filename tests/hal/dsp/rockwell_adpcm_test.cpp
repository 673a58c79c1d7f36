// SPDX-License-Identifier: Apache-2.0
// mgetty's pvftormd and rmdtopvf, which speak to real Rockwell modems, are the peer.
#include "tipring/hal/dsp/rockwell_adpcm.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include "tipring/hal/dsp/codec.h"

namespace tipring::dsp {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kRmdHeader = 32;

/// Sweep, speech-like bursts and full-scale noise: every state of the coder is visited.
std::vector<std::int16_t> mixture() {
    std::mt19937 random{5};
    std::uniform_int_distribution<int> full{-32768, 32767};
    std::vector<std::int16_t> samples(40000);
    double phase = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double t = double(i) / 7200;
        phase += (200 + 600 * t) / 7200 * 2 * 3.14159265358979;
        const double burst = std::pow(std::sin(3 * t), 2) * 20000;
        samples[i] = i > 36000 ? static_cast<std::int16_t>(full(random))
                               : static_cast<std::int16_t>(burst * std::sin(phase));
    }
    return samples;
}

class Rockwell : public ::testing::TestWithParam<unsigned> {
protected:
    Rockwell() : directory_(fs::path(::testing::TempDir()) / ("rmd" + std::to_string(getpid()))) {
        fs::create_directories(directory_);
    }
    ~Rockwell() override { fs::remove_all(directory_); }

    [[nodiscard]] std::string file(const char* name) const { return (directory_ / name).string(); }
    static SampleFormat format() {
        constexpr SampleFormat kFormats[] = {SampleFormat::RockwellAdpcm2,
                                             SampleFormat::RockwellAdpcm3,
                                             SampleFormat::RockwellAdpcm4};
        return kFormats[GetParam() - 2];
    }
    static std::vector<std::byte> encoded(const std::vector<std::int16_t>& samples) {
        std::vector<std::byte> bytes(samples.size());
        Encoder encoder{format()};
        bytes.resize(encoder.encode(samples, bytes).produced);
        return bytes;
    }
    static std::vector<std::int16_t> decoded(const std::vector<std::byte>& bytes) {
        std::vector<std::int16_t> samples(bytes.size() * 8 / GetParam());
        Decoder decoder{format()};
        samples.resize(decoder.decode(bytes, samples).produced);
        return samples;
    }
    /// PVF: a line of text, then 32-bit numbers, high byte first, 24 bits of them used.
    void writePvf(const std::vector<std::int16_t>& samples) const {
        std::ofstream out{file("in.pvf"), std::ios::binary};
        out << "PVF1\n1 7200 32\n";
        for (const std::int16_t sample : samples) {
            const auto word = static_cast<std::uint32_t>(sample * 256);
            for (int shift = 24; shift >= 0; shift -= 8) {
                out.put(static_cast<char>(word >> shift));
            }
        }
    }
    [[nodiscard]] std::vector<std::byte> read(const char* name, std::size_t skip) const {
        std::ifstream in{file(name), std::ios::binary};
        std::vector<std::byte> bytes;
        for (std::istreambuf_iterator<char> at{in}, end; at != end; ++at) {
            bytes.push_back(static_cast<std::byte>(*at));
        }
        return {bytes.begin() + std::ptrdiff_t(std::min(skip, bytes.size())), bytes.end()};
    }
    [[nodiscard]] std::vector<std::byte> peerEncoded() const {
        const std::string command = "pvftormd Rockwell " + std::to_string(GetParam()) + " " +
                                    file("in.pvf") + " " + file("out.rmd") + " 2>/dev/null";
        EXPECT_EQ(std::system(command.c_str()), 0);
        return read("out.rmd", kRmdHeader);
    }
    [[nodiscard]] std::vector<std::int16_t> peerDecoded() const {
        const std::string command =
            "rmdtopvf -32 " + file("out.rmd") + " " + file("out.pvf") + " 2>/dev/null";
        EXPECT_EQ(std::system(command.c_str()), 0);
        const auto bytes = read("out.pvf", std::string("PVF1\n1 7200 32\n").size());
        std::vector<std::int16_t> samples;
        for (std::size_t i = 0; i + 3 < bytes.size(); i += 4) {
            samples.push_back(static_cast<std::int16_t>(std::to_integer<int>(bytes[i + 1]) << 8 |
                                                        std::to_integer<int>(bytes[i + 2])));
        }
        return samples;
    }

private:
    fs::path directory_;
};

TEST_P(Rockwell, EncodesAsThePeerDoes) {
    const auto samples = mixture();
    writePvf(samples);
    const auto ours = encoded(samples);
    const auto theirs = peerEncoded();
    ASSERT_GE(theirs.size(), ours.size());  // the peer may fill up its last byte
    EXPECT_TRUE(std::equal(ours.begin(), ours.end(), theirs.begin()));
}

TEST_P(Rockwell, DecodesAsThePeerDoes) {
    writePvf(mixture());
    const auto bytes = peerEncoded();
    const auto theirs = peerDecoded();
    const auto ours = decoded(bytes);
    ASSERT_GE(ours.size(), 39990U);
    ASSERT_GE(theirs.size(), 39990U);
    for (std::size_t i = 0; i < 39990; ++i) {
        ASSERT_EQ(ours[i], theirs[i]) << i;
    }
}

TEST_P(Rockwell, TakesAnyCodesAndAnySamples) {
    std::mt19937 random{9};
    RockwellAdpcm decoder{GetParam()};
    for (int i = 0; i < 100000; ++i) {
        static_cast<void>(decoder.decode(static_cast<unsigned>(random())));
    }
    RockwellAdpcm coder{GetParam()};
    for (int i = 0; i < 100000; ++i) {
        EXPECT_LT(coder.encode(static_cast<std::int16_t>(random())), 1U << GetParam());
    }
}

INSTANTIATE_TEST_SUITE_P(Bits, Rockwell, ::testing::Values(2U, 3U, 4U));

}  // namespace
}  // namespace tipring::dsp

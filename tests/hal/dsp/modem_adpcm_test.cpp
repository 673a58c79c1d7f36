// SPDX-License-Identifier: Apache-2.0
// The ADPCM of modems: mgetty's pvftormd and rmdtopvf, which speak to real ones, are the peer.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
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

struct Coding {
    const char* modem;  ///< as the peer calls it
    unsigned bits;
    unsigned rate;
    SampleFormat format;
};
class ModemAdpcm : public ::testing::TestWithParam<Coding> {
protected:
    ModemAdpcm() : directory_(fs::path(::testing::TempDir()) / ("rmd" + std::to_string(getpid()))) {
        fs::create_directories(directory_);
    }
    ~ModemAdpcm() override { fs::remove_all(directory_); }

    [[nodiscard]] std::string file(const char* name) const { return (directory_ / name).string(); }
    static std::vector<std::byte> encoded(const std::vector<std::int16_t>& samples) {
        std::vector<std::byte> bytes(samples.size());
        Encoder encoder{GetParam().format};
        bytes.resize(encoder.encode(samples, bytes).produced);
        return bytes;
    }
    static std::vector<std::int16_t> decoded(const std::vector<std::byte>& bytes) {
        std::vector<std::int16_t> samples(bytes.size() * 8 / GetParam().bits);
        Decoder decoder{GetParam().format};
        samples.resize(decoder.decode(bytes, samples).produced);
        return samples;
    }
    static std::string header() { return "PVF1\n1 " + std::to_string(GetParam().rate) + " 32\n"; }
    /// PVF: a line of text, then 32-bit numbers, high byte first, 24 bits of them used.
    void writePvf(const std::vector<std::int16_t>& samples) const {
        std::ofstream out{file("in.pvf"), std::ios::binary};
        out << header();
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
        const std::string command = std::string("pvftormd ") + GetParam().modem + " " +
                                    std::to_string(GetParam().bits) + " " + file("in.pvf") + " " +
                                    file("out.rmd") + " 2>/dev/null";
        EXPECT_EQ(std::system(command.c_str()), 0);
        return read("out.rmd", kRmdHeader);
    }
    [[nodiscard]] std::vector<std::int16_t> peerDecoded() const {
        const std::string command =
            "rmdtopvf -32 " + file("out.rmd") + " " + file("out.pvf") + " 2>/dev/null";
        EXPECT_EQ(std::system(command.c_str()), 0);
        const auto bytes = read("out.pvf", header().size());
        std::vector<std::int16_t> samples;
        for (std::size_t i = 0; i + 3 < bytes.size(); i += 4) {
            std::uint32_t word = 0;
            for (std::size_t k = 0; k < 4; ++k) {
                word = word << 8 | std::to_integer<std::uint32_t>(bytes[i + k]);
            }
            const int value = static_cast<std::int32_t>(word) >> 8;
            samples.push_back(static_cast<std::int16_t>(std::clamp(value, -32768, 32767)));
        }
        return samples;
    }

private:
    fs::path directory_;
};

TEST_P(ModemAdpcm, IsDecodedByThePeer) {
    const auto samples = mixture();
    writePvf(samples);
    static_cast<void>(peerEncoded());  // for its header
    const auto bytes = encoded(samples);
    std::fstream out{file("out.rmd"), std::ios::in | std::ios::out | std::ios::binary};
    out.seekp(kRmdHeader);
    out.write(reinterpret_cast<const char*>(bytes.data()), std::streamsize(bytes.size()));
    out.close();
    const auto theirs = peerDecoded();
    const auto ours = decoded(bytes);
    double signal = 0, noise = 0;
    for (std::size_t i = 0; i < 36000; ++i) {
        ASSERT_EQ(ours[i], theirs[i]) << i;
        signal += double(samples[i]) * samples[i];
        noise += std::pow(double(samples[i]) - theirs[i], 2);
    }
    EXPECT_GT(10 * std::log10(signal / noise), GetParam().bits == 2 ? 3 : 10);
}

TEST_P(ModemAdpcm, EncodesAsThePeerDoes) {
    if (std::string_view(GetParam().modem) != "Rockwell") {
        return;  // ours looks for the nearest code, which is no worse and not the same
    }
    const auto samples = mixture();
    writePvf(samples);
    const auto ours = encoded(samples);
    const auto theirs = peerEncoded();
    ASSERT_GE(theirs.size(), ours.size());  // the peer may fill up its last byte
    EXPECT_TRUE(std::equal(ours.begin(), ours.end(), theirs.begin()));
}

TEST_P(ModemAdpcm, DecodesAsThePeerDoes) {
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

/// All of it comes back, few bits or many; only the peer could tell a level that both lose.
TEST_P(ModemAdpcm, KeepsTheLevelOfASine) {
    for (const double amplitude : {1000.0, 8000.0}) {
        std::vector<std::int16_t> samples(2 * GetParam().rate);
        for (std::size_t i = 0; i < samples.size(); ++i) {
            const double turn = 2 * 3.14159265358979 * 1000 / GetParam().rate;
            samples[i] = static_cast<std::int16_t>(amplitude * std::sin(turn * double(i)));
        }
        const auto heard = decoded(encoded(samples));
        double power = 0, expected = 0;
        for (std::size_t i = GetParam().rate; i < heard.size(); ++i) {
            power += double(heard[i]) * heard[i];
            expected += double(samples[i]) * samples[i];
        }
        EXPECT_NEAR(10 * std::log10(power / expected), 0, 0.5) << amplitude;
    }
}

TEST_P(ModemAdpcm, TakesAnyCodesAndAnySamples) {
    std::mt19937 random{9};
    std::vector<std::byte> bytes(100000);
    std::vector<std::int16_t> samples(100000);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        // The largest steps for a while: sums must not overflow
        bytes[i] = i < 1000 ? std::byte{0x77} : static_cast<std::byte>(random());
        samples[i] = static_cast<std::int16_t>(random());
    }
    EXPECT_EQ(decoded(bytes).size(), bytes.size() * 8 / GetParam().bits);
    EXPECT_EQ(encoded(samples).size(), samples.size() * GetParam().bits / 8);
}

INSTANTIATE_TEST_SUITE_P(
    Codings, ModemAdpcm,
    ::testing::Values(Coding{"Rockwell", 2, 7200, SampleFormat::RockwellAdpcm2},
                      Coding{"Rockwell", 3, 7200, SampleFormat::RockwellAdpcm3},
                      Coding{"Rockwell", 4, 7200, SampleFormat::RockwellAdpcm4},
                      Coding{"ZyXEL_1496", 2, 9600, SampleFormat::ZyxelAdpcm2},
                      Coding{"ZyXEL_1496", 3, 9600, SampleFormat::ZyxelAdpcm3},
                      Coding{"ZyXEL_1496", 4, 9600, SampleFormat::ZyxelAdpcm4}));

}  // namespace
}  // namespace tipring::dsp

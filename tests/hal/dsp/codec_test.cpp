// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace tipring::dsp {
namespace {

constexpr SampleFormat kFormats[] = {
    SampleFormat::Unsigned8,      SampleFormat::Signed8,        SampleFormat::MuLaw,
    SampleFormat::ALaw,           SampleFormat::Linear16,       SampleFormat::ImaAdpcm4,
    SampleFormat::RockwellAdpcm2, SampleFormat::RockwellAdpcm3, SampleFormat::RockwellAdpcm4,
    SampleFormat::ZyxelAdpcm2,    SampleFormat::ZyxelAdpcm3,    SampleFormat::ZyxelAdpcm4};

std::vector<std::int16_t> sine(std::size_t count, double hertz = 440, double amplitude = 10000) {
    std::vector<std::int16_t> samples(count);
    for (std::size_t i = 0; i < count; ++i) {
        samples[i] = static_cast<std::int16_t>(
            amplitude * std::sin(2 * 3.14159265358979 * hertz * static_cast<double>(i) / 8000));
    }
    return samples;
}

std::vector<std::byte> encodeAll(SampleFormat format, std::span<const std::int16_t> samples,
                                 std::size_t step) {
    Encoder encoder{format};
    std::vector<std::byte> bytes;
    std::vector<std::byte> piece(step);
    for (;;) {
        const auto done = encoder.encode(samples.first(std::min(step, samples.size())), piece);
        bytes.insert(bytes.end(), piece.begin(), piece.begin() + std::ptrdiff_t(done.produced));
        samples = samples.subspan(done.consumed);
        if (done.consumed == 0 && done.produced == 0) {
            return bytes;
        }
    }
}

std::vector<std::int16_t> decodeAll(SampleFormat format, std::span<const std::byte> bytes,
                                    std::size_t step) {
    Decoder decoder{format};
    std::vector<std::int16_t> samples;
    std::vector<std::int16_t> piece(step);
    for (;;) {
        const auto done = decoder.decode(bytes.first(std::min(step, bytes.size())), piece);
        samples.insert(samples.end(), piece.begin(), piece.begin() + std::ptrdiff_t(done.produced));
        bytes = bytes.subspan(done.consumed);
        if (done.consumed == 0 && done.produced == 0) {
            return samples;
        }
    }
}

double snr(std::span<const std::int16_t> clean, std::span<const std::int16_t> noisy) {
    double signal = 0, noise = 0;
    for (std::size_t i = 0; i < clean.size(); ++i) {
        signal += double(clean[i]) * clean[i];
        noise += std::pow(double(clean[i]) - noisy[i], 2);
    }
    return 10 * std::log10(signal / std::max(noise, 1.0));
}

// Points of tables 1a and 2a of ITU-T G.711, scaled to 16 bits.
TEST(G711, HasTheCodesOfTheStandard) {
    EXPECT_EQ(decodeMuLaw(0xFF), 0);
    EXPECT_EQ(decodeMuLaw(0x7F), 0);
    EXPECT_EQ(decodeMuLaw(0x80), 32124);
    EXPECT_EQ(decodeMuLaw(0x00), -32124);
    EXPECT_EQ(decodeALaw(0xD5), 8);
    EXPECT_EQ(decodeALaw(0x55), -8);
    EXPECT_EQ(decodeALaw(0xAA), 32256);
    EXPECT_EQ(decodeALaw(0x2A), -32256);
    EXPECT_EQ(encodeMuLaw(0), 0xFF);
    EXPECT_EQ(encodeALaw(0), 0xD5);
    EXPECT_EQ(encodeALaw(-1), 0x55);
}

TEST(G711, EveryCodeComesBackAsItself) {
    for (int code = 0; code < 256; ++code) {
        const auto byte = static_cast<std::uint8_t>(code);
        EXPECT_EQ(encodeALaw(decodeALaw(byte)), byte);
        if (code != 0x7F) {  // the two zeros of mu-law are one sample
            EXPECT_EQ(encodeMuLaw(decodeMuLaw(byte)), byte);
        }
    }
}

TEST(G711, EverySampleFallsOnItsNearestCode) {
    for (int sample = -32768; sample <= 32767; sample += 3) {
        const auto s = static_cast<std::int16_t>(sample);
        const double step = std::max(16.0, std::abs(sample) / 16.0);
        EXPECT_LE(std::abs(decodeMuLaw(encodeMuLaw(s)) - sample), step + 130);
        EXPECT_LE(std::abs(decodeALaw(encodeALaw(s)) - sample), step + 514);
    }
}

TEST(ImaAdpcm, FollowsTheWorkedStepsOfTheDefinition) {
    ImaState state;
    EXPECT_EQ(decodeIma(state, 7), 11);  // 7/8 + 7 + 3 + 1
    EXPECT_EQ(state.index, 8);
    EXPECT_EQ(decodeIma(state, 8), 9);  // 16/8 down
    EXPECT_EQ(state.index, 7);
}

TEST(ImaAdpcm, KeepsSpeechLikeLevels) {
    const auto tone = sine(8000);
    EXPECT_GT(snr(tone, decodeAll(SampleFormat::ImaAdpcm4,
                                  encodeAll(SampleFormat::ImaAdpcm4, tone, 160), 160)),
              17);
}

class EveryFormat : public ::testing::TestWithParam<SampleFormat> {};

TEST_P(EveryFormat, DoesNotDependOnBlockSizes) {
    const auto tone = sine(1000);  // whole bytes of every width
    const auto bytes = encodeAll(GetParam(), tone, 1000);
    EXPECT_EQ(bytes.size(), 1000 * bitsPerSample(GetParam()) / 8);
    const auto samples = decodeAll(GetParam(), bytes, 1000);
    EXPECT_EQ(samples.size(), 1000U);
    for (const std::size_t step : {1U, 2U, 3U, 7U, 160U}) {
        EXPECT_EQ(encodeAll(GetParam(), tone, step), bytes) << step;
        EXPECT_EQ(decodeAll(GetParam(), bytes, step), samples) << step;
    }
}

TEST_P(EveryFormat, KeepsTheSound) {
    const auto tone = sine(8000);
    const double least = bitsPerSample(GetParam()) < 4 ? 5 * bitsPerSample(GetParam()) : 17;
    EXPECT_GT(snr(tone, decodeAll(GetParam(), encodeAll(GetParam(), tone, 160), 160)), least);
}

class EverySimpleFormat : public ::testing::TestWithParam<SampleFormat> {};

TEST_P(EverySimpleFormat, EncodesDecodedBytesToTheSameBytes) {
    std::vector<std::byte> bytes(256);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::byte>(i);
    }
    EXPECT_EQ(encodeAll(GetParam(), decodeAll(GetParam(), bytes, 64), 64), bytes);
}

INSTANTIATE_TEST_SUITE_P(Codec, EverySimpleFormat,
                         ::testing::Values(SampleFormat::Unsigned8, SampleFormat::Signed8,
                                           SampleFormat::ALaw, SampleFormat::Linear16));
INSTANTIATE_TEST_SUITE_P(Codec, EveryFormat, ::testing::ValuesIn(kFormats));

}  // namespace
}  // namespace tipring::dsp

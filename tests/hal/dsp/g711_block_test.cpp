// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <spandsp.h>

#include <vector>

#include "tipring/hal/dsp/codec.h"

namespace tipring::dsp {
namespace {

std::vector<std::int16_t> everySample() {
    std::vector<std::int16_t> samples(65536);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        samples[i] = static_cast<std::int16_t>(static_cast<int>(i) - 32768);
    }
    return samples;
}

std::vector<std::byte> everyCode() {
    std::vector<std::byte> codes(256);
    for (std::size_t i = 0; i < codes.size(); ++i) {
        codes[i] = static_cast<std::byte>(i);
    }
    return codes;
}

TEST(G711Block, EncodesEverySampleAsSpandspDoes) {
    const auto samples = everySample();
    std::vector<std::byte> mu(samples.size());
    std::vector<std::byte> a(samples.size());
    encodeMuLaw(samples, mu);
    encodeALaw(samples, a);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        ASSERT_EQ(std::to_integer<int>(mu[i]), linear_to_ulaw(samples[i])) << samples[i];
        ASSERT_EQ(std::to_integer<int>(a[i]), linear_to_alaw(samples[i])) << samples[i];
        ASSERT_EQ(encodeMuLaw(samples[i]), std::to_integer<int>(mu[i])) << samples[i];
        ASSERT_EQ(encodeALaw(samples[i]), std::to_integer<int>(a[i])) << samples[i];
    }
}

TEST(G711Block, DecodesEveryCodeAsSpandspDoes) {
    const auto codes = everyCode();
    std::vector<std::int16_t> mu(256);
    std::vector<std::int16_t> a(256);
    decodeMuLaw(codes, mu);
    decodeALaw(codes, a);
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const auto code = static_cast<std::uint8_t>(i);
        EXPECT_EQ(mu[i], ulaw_to_linear(code)) << i;
        EXPECT_EQ(a[i], alaw_to_linear(code)) << i;
        EXPECT_EQ(decodeMuLaw(code), mu[i]) << i;
        EXPECT_EQ(decodeALaw(code), a[i]) << i;
    }
}

TEST(G711Block, TakesAsManyAsTheShorterSpanHolds) {
    std::vector<std::int16_t> samples(9, 1000);
    std::vector<std::byte> codes(11, std::byte{0x12});
    encodeALaw(samples, codes);
    EXPECT_EQ(std::to_integer<int>(codes[8]), encodeALaw(1000));
    EXPECT_EQ(codes[9], std::byte{0x12});
    encodeALaw({}, codes);
    decodeMuLaw(codes, {});
}

}  // namespace
}  // namespace tipring::dsp

// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/chips/usb_pcm.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace tipring::chips {
namespace {

std::vector<std::byte> bytes(std::initializer_list<int> values) {
    std::vector<std::byte> all;
    for (const int value : values) {
        all.push_back(static_cast<std::byte>(value));
    }
    return all;
}

TEST(UsbPcmFormatTest, ReadsDiscreteRates) {
    const auto format = parseUsbPcmFormat(
        bytes({7, 0x24, 1, 2, 1, 1, 0, 14, 0x24, 2, 1, 1, 2, 16, 2, 0x40, 0x1F, 0, 0x80, 0x3E, 0}));
    ASSERT_TRUE(format);
    EXPECT_EQ(format->tag, 1);
    EXPECT_EQ(format->channels, 1);
    EXPECT_EQ(format->bits, 16);
    EXPECT_TRUE(format->takes(8000));
    EXPECT_TRUE(format->takes(16000));
    EXPECT_FALSE(format->takes(44100));
}

TEST(UsbPcmFormatTest, ReadsARange) {
    const auto format =
        parseUsbPcmFormat(bytes({14, 0x24, 2, 1, 2, 2, 16, 0, 0x40, 0x1F, 0, 0x80, 0xBB, 0}));
    ASSERT_TRUE(format);
    EXPECT_TRUE(format->takes(8000));
    EXPECT_TRUE(format->takes(48000));
    EXPECT_FALSE(format->takes(96000));
}

TEST(UsbPcmFormatTest, RefusesWhatIsCutOff) {
    const auto whole = bytes({11, 0x24, 2, 1, 1, 2, 16, 1, 0x40, 0x1F, 0});
    ASSERT_TRUE(parseUsbPcmFormat(whole));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_FALSE(parseUsbPcmFormat(std::span(whole).first(size))) << size;
    }
    EXPECT_FALSE(parseUsbPcmFormat(bytes({11, 0x24, 2, 1, 1, 2, 16, 9, 0x40, 0x1F, 0})));
    EXPECT_FALSE(parseUsbPcmFormat(bytes({0, 0, 0})));
}

TEST(UsbPcmPacketTest, SamplesAreLowByteFirst) {
    std::vector<std::int16_t> samples(3);
    EXPECT_EQ(samplesOfPacket(bytes({0x34, 0x12, 0xFF, 0xFF, 0x00}), samples), 2U);
    EXPECT_EQ(samples[0], 0x1234);
    EXPECT_EQ(samples[1], -1);
    std::vector<std::byte> packet(4);
    packetOfSamples(samples, packet);
    EXPECT_EQ(packet, bytes({0x34, 0x12, 0xFF, 0xFF}));
}

TEST(SlipBufferTest, GivesSilenceUntilThereIsEnough) {
    SlipBuffer buffer(16);
    std::vector<std::int16_t> in(8, 5), out(8, 1);
    buffer.push(in);
    buffer.pull(out);
    EXPECT_EQ(out, std::vector<std::int16_t>(8, 0));
    buffer.push(in);
    buffer.push(in);
    buffer.pull(out);
    EXPECT_EQ(out, in);
    EXPECT_EQ(buffer.missing(), 0U);
}

/// A clock that is one in `every` samples too fast or slow: nothing is lost but single samples.
class SlipBufferDriftTest : public testing::TestWithParam<int> {};
TEST_P(SlipBufferDriftTest, KeepsItsMeasure) {
    SlipBuffer buffer(80);
    std::int16_t next = 0;
    std::vector<std::int16_t> out(8);
    std::uint64_t jumps = 0;
    std::int16_t last = 0;
    for (int block = 0; block < 200000; ++block) {
        const int extra = block % 100 == 0 ? GetParam() : 0;  // 1250 ppm
        std::vector<std::int16_t> in(static_cast<std::size_t>(8 + extra));
        for (auto& sample : in) {
            sample = next++;
        }
        buffer.push(in);
        buffer.pull(out);
        for (const std::int16_t sample : out) {
            const int step = static_cast<std::int16_t>(sample - last);
            EXPECT_TRUE(block < 20 || (step >= 0 && step <= 2)) << block << " " << step;
            jumps += block >= 20 && step != 1 ? 1 : 0;
            last = sample;
        }
        ASSERT_LT(buffer.held(), 300U);
    }
    EXPECT_EQ(buffer.missing(), 0U);
    EXPECT_NEAR(static_cast<double>(jumps), 2000.0 * std::abs(GetParam()), 200);
}
INSTANTIATE_TEST_SUITE_P(Clocks, SlipBufferDriftTest, testing::Values(-1, 0, 1));

}  // namespace
}  // namespace tipring::chips

// SPDX-License-Identifier: Apache-2.0
#include "u100_frame.h"

#include <gtest/gtest.h>

#include <random>

#include "../adapters/hex_bytes.h"

namespace tipring::sangoma_u100 {
namespace {

using adapters::testing::frameOf;
using hal::testing::Bytes;
using Kind = Message::Kind;

Frame soundOf(int code) {
    Frame frame;
    for (auto& channel : frame.codes) {
        channel.fill(std::byte(code));
    }
    return frame;
}

Bytes encoded(const Frame& frame) {
    Bytes bytes(kFrameSize);
    encodeFrame(frame, std::span(bytes).first<kFrameSize>());
    return bytes;
}

Bytes encoded(const Message& message) {
    Frame frame = soundOf(0xFF);
    writeMessage(message, frame);
    return encoded(frame);
}

// The vectors of the notes on the hardware.
TEST(U100Frame, IdleOnes) {
    EXPECT_EQ(encoded(soundOf(0xFF)), frameOf("7F CF CF 8F", "5F CF CF 8F"));
    EXPECT_EQ(encoded(soundOf(0xD5)), frameOf("75 C5 CD 8D", "55 C5 CD 8D"));
    Frame powerUp;
    powerUp.codes[0].fill(std::byte{0xF7});
    powerUp.codes[1].fill(std::byte{0xEF});
    EXPECT_EQ(encoded(powerUp), frameOf("77 CF CF 8E", "57 CF CF 8E"));
}

TEST(U100Frame, MessagesToTheAdapter) {
    EXPECT_EQ(encoded(Message{Kind::ReadCpu, 0, 0, 0}),
              frameOf("7F CF CF 8F 1F 4F 0F 0F 1F 0F 0F 0F 5F CF CF 8F", "5F CF CF 8F"));
    EXPECT_EQ(encoded(Message{Kind::WriteCpu, 0, 3, 0x80}),
              frameOf("7F CF CF 8F 1F 4F 4F 0F 1F 0F 0F CF 9F 0F 0F 0F", "5F CF CF 8F"));
    EXPECT_EQ(encoded(Message{Kind::ReadFxo, 0, 5, 0}),
              frameOf("7F CF CF 8F 1F 0F 4F 0F 1F 0F 4F 4F 5F CF CF 8F", "5F CF CF 8F"));
    EXPECT_EQ(encoded(Message{Kind::WriteFxo, 1, 5, 9}),
              frameOf("7F CF CF 8F 1F 0F 8F 4F 1F 0F 4F 4F 1F 0F 8F 4F", "5F CF CF 8F"));
}

TEST(U100Frame, MessagesFromTheAdapter) {
    FrameReader reader;
    const Bytes id = frameOf("7F EF CF 8F 1F 4F 0F 0F 1F 0F 0F 0F 5F 4F 4F 4F", "5F CF CF 8F");
    EXPECT_EQ(reader.take(id), kFrameSize);
    ASSERT_TRUE(reader.whole());
    EXPECT_TRUE(reader.frame().hearsUs);
    EXPECT_EQ(readMessage(reader.frame()), (Message{Kind::ReadCpu, 0, 0, 0x55}));
    const Bytes event = frameOf("7F EF CF 8F 1F 0F CF 0F 1F 0F 4F 4F 5F 0F 8F 0F", "5F CF CF 8F");
    EXPECT_EQ(reader.take(event), kFrameSize);
    ASSERT_TRUE(reader.whole());
    EXPECT_EQ(readMessage(reader.frame()), (Message{Kind::Event, 0, 5, 0x48}));
    EXPECT_EQ(reader.frame().codes, soundOf(0xFF).codes);
}

TEST(U100Frame, AValueOf7ENeverArrives) {
    Frame frame;
    frame.controls = {kIdle, 0x04, 29, kIdle, kIdle, kIdle, kIdle, kIdle};
    EXPECT_EQ(readMessage(frame), Message{});
    frame.controls = {kIdle, 0x1C, 29, 3, kIdle, kIdle, kIdle, kIdle};  // no such kind
    EXPECT_EQ(readMessage(frame), Message{});
}

TEST(U100Frame, SoundKeepsItsChannel) {
    Frame frame;
    for (std::size_t i = 0; i < kSamples; ++i) {
        frame.codes[0][i] = std::byte(0x80 + 2 * i);
        frame.codes[1][i] = std::byte(0x81 + 2 * i);
    }
    FrameReader reader;
    reader.take(encoded(frame));
    ASSERT_TRUE(reader.whole());
    EXPECT_EQ(reader.frame(), frame);
}

TEST(U100FrameReader, AnySplitGivesTheSameFrames) {
    Bytes stream{std::byte{0x11}, std::byte{0x3F}, std::byte{0x00}};
    for (int i = 0; i < 50; ++i) {
        const Bytes one = encoded(soundOf(i));
        stream.insert(stream.end(), one.begin(), one.end());
    }
    for (std::size_t step = 1; step < 70; ++step) {
        FrameReader reader;
        unsigned frames = 0;
        for (std::size_t at = 0; at < stream.size();) {
            const auto part = std::span(stream).subspan(at, std::min(step, stream.size() - at));
            at += reader.take(part);
            frames += reader.whole() ? 1 : 0;
        }
        EXPECT_GE(frames, 49U) << step;
        EXPECT_EQ(reader.frame().codes[0][0], std::byte{49}) << step;
    }
}

TEST(U100FrameReader, AMissingByteCostsOneFrame) {
    Bytes stream;
    for (int i = 0; i < 10; ++i) {
        const Bytes one = encoded(soundOf(0xFF));
        stream.insert(stream.end(), one.begin(), one.end());
    }
    stream.erase(stream.begin() + 100);
    FrameReader reader;
    unsigned frames = 0;
    for (std::span<const std::byte> rest = stream; !rest.empty();) {
        rest = rest.subspan(reader.take(rest));
        frames += reader.whole() ? 1 : 0;
    }
    // The damaged one comes out with a byte of the next, or not at all.
    EXPECT_GE(frames, 8U);
    EXPECT_EQ(reader.syncLosses(), 1U);
    EXPECT_TRUE(reader.inSync());
}

TEST(U100FrameReader, NoiseIsNoFrame) {
    std::mt19937 random(1);
    FrameReader reader;
    unsigned frames = 0;
    Bytes noise(32 * 200);
    std::generate(noise.begin(), noise.end(), [&] { return std::byte(random() & 0xFF & ~0x30U); });
    for (std::span<const std::byte> rest = noise; !rest.empty();) {
        rest = rest.subspan(reader.take(rest));
        frames += reader.whole() ? 1 : 0;
    }
    EXPECT_EQ(frames, 0U);
    EXPECT_FALSE(reader.inSync());
}

}  // namespace
}  // namespace tipring::sangoma_u100

// SPDX-License-Identifier: Apache-2.0
#include "board_packet.h"

#include <gtest/gtest.h>

#include "hal/usb/descriptor_bytes.h"

namespace tipring::open_usb_fxs {
namespace {

using hal::testing::bytes;
using hal::testing::operator+;

TEST(BoardPacket, OddOnesHaveHookAndDigit) {
    const auto odd = bytes({0xBA, 0xDD, 0x95, 7, 1, 2, 3, 9, 10, 11, 12, 13, 14, 15, 16, 17});
    const auto parsed = parseBoardPacket(odd);
    ASSERT_TRUE(parsed);
    EXPECT_TRUE(parsed->odd);
    EXPECT_TRUE(parsed->offHook);
    EXPECT_EQ(parsed->dtmf, 0x15);
    EXPECT_EQ(parsed->mirror, 7);
    EXPECT_EQ(parsed->missed, 3);
    EXPECT_EQ(parsed->counter, 9);
    EXPECT_EQ(parsed->codes.front(), std::byte{10});
    EXPECT_EQ(parsed->codes.back(), std::byte{17});
}

TEST(BoardPacket, EvenOnesHaveNeither) {
    const auto even = bytes({0xBA, 0xEE, 0xFF, 8, 0xAA, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0});
    const auto parsed = parseBoardPacket(even);
    ASSERT_TRUE(parsed);
    EXPECT_FALSE(parsed->odd);
    EXPECT_FALSE(parsed->offHook);
    EXPECT_EQ(parsed->dtmf, 0);
    EXPECT_EQ(parsed->mirror, 8);
}

TEST(BoardPacket, AnythingElseIsNone) {
    EXPECT_FALSE(parseBoardPacket({}));
    EXPECT_FALSE(parseBoardPacket(bytes({0xBA, 0xDD})));
    EXPECT_FALSE(parseBoardPacket(hal::testing::Bytes(16, std::byte{0xBA})));
    auto long17 = hal::testing::Bytes(17);
    long17[0] = std::byte{0xBA};
    long17[1] = std::byte{0xDD};
    EXPECT_FALSE(parseBoardPacket(long17));
    auto other = hal::testing::Bytes(16);
    other[0] = std::byte{0xAB};
    other[1] = std::byte{0xDD};
    EXPECT_FALSE(parseBoardPacket(other));
}

TEST(BoardPacket, TheHeaderToTheBoard) {
    hal::testing::Bytes packet(16, std::byte{0x55});
    writeHostHeader(std::span(packet).first<kPacketSize>(), 0x42, {3, 64, 4});
    const auto expected = bytes({0, 0, 0, 0x42, 3, 64, 4, 0}) + bytes({0x55, 0x55, 0x55, 0x55}) +
                          bytes({0x55, 0x55, 0x55, 0x55});
    EXPECT_EQ(packet, expected);
}

}  // namespace
}  // namespace tipring::open_usb_fxs

// SPDX-License-Identifier: Apache-2.0
#include "board_port.h"

#include "../adapters/ports_rig.h"
#include "hal/usb/fake_usb_device.h"
#include "tipring/hal/dsp/codec.h"

namespace tipring::open_usb_fxs {
namespace {

using adapters::testing::FxsNotes;
using analog::FxsFeed;
using hal::testing::Bytes;
using hal::testing::bytes;
using hal::testing::operator+;
using Packet = hal::testing::FakeUsbDevice::Packet;
using Lines = std::vector<std::string>;

class BoardPortTest : public testing::Test {
protected:
    void SetUp() override {
        ASSERT_TRUE(port->start(device, 0x82, 0x02));
        port->setListener(&notes);
    }
    void TearDown() override { port.reset(); }
    /// The next packet of the board: odd and even in turn.
    Packet packet(int signals = 0, int code = 0xFF) {
        odd = !odd;
        Bytes one(16, std::byte(code));
        one[0] = std::byte{0xBA};
        one[1] = std::byte{static_cast<unsigned char>(odd ? 0xDD : 0xEE)};
        one[2] = std::byte(signals);
        std::fill(one.begin() + 3, one.begin() + 8, std::byte{0});
        return {one};
    }
    void deliver(int count, int signals = 0, int code = 0xFF) {
        for (int i = 0; i < count; ++i) {
            device.deliver(0x82, {packet(signals, code)});
        }
    }

    hal::VirtualLoop loop;
    hal::testing::FakeUsbDevice device{loop, hal::testing::adapterDescriptors()};
    FxsNotes notes;
    std::optional<hal::Error> broken;
    std::unique_ptr<BoardPort> port = std::make_unique<BoardPort>([this](const hal::Error& why) {
        broken = why;
        port->gone(why);
    });
    bool odd = false;
};

TEST_F(BoardPortTest, HookAndDigitsComeOnce) {
    deliver(4, 0x00);
    deliver(4, 0x80);
    deliver(6, 0x80 | 0x10 | 5);
    deliver(2, 0x80);
    deliver(2, 0x80 | 0x10 | 5);
    deliver(2, 0x80 | 0x10 | 0xB);
    deliver(2, 0x00);
    EXPECT_EQ(notes.notes, (Lines{"off hook", "digit 5", "digit 5", "digit *", "on hook"}));
    EXPECT_FALSE(port->offHook());
}

TEST_F(BoardPortTest, SilenceIsSentUntilSoundIsWanted) {
    const auto sent = device.pull(0x02, 2);
    EXPECT_EQ(sent[0], bytes({0, 0, 0, 1, 0, 0xFF, 0xFF, 0}) + Bytes(8, std::byte{0xFF}));
    EXPECT_EQ(sent[1], bytes({0, 0, 0, 2, 0, 0xFF, 0xFF, 0}) + Bytes(8, std::byte{0xFF}));
}

TEST_F(BoardPortTest, AFeedRidesInThePacketsUntilTheNext) {
    ASSERT_TRUE(port->setFeed(FxsFeed::Ringing));
    ASSERT_TRUE(port->setFeed(FxsFeed::OnHook));
    EXPECT_FALSE(port->settled());
    const auto sent = device.pull(0x02, 10);
    for (std::size_t i = 0; i < sent.size(); ++i) {
        const int which = i < 4 ? 0 : 1;
        EXPECT_EQ(sent[i][4], std::byte(which + 1)) << i;
        EXPECT_EQ(sent[i][5], std::byte{64}) << i;
        EXPECT_EQ(sent[i][6], std::byte(which == 0 ? 4 : 2)) << i;
    }
    EXPECT_TRUE(port->settled());
}

TEST_F(BoardPortTest, EachFeedHasItsValue) {
    const std::array<int, 6> values{0, 1, 5, 2, 6, 4};
    for (std::size_t i = 0; i < values.size(); ++i) {
        ASSERT_TRUE(port->setFeed(static_cast<FxsFeed>(i)));
        EXPECT_EQ(device.pull(0x02, 5).back()[6], std::byte(values[i])) << i;
    }
}

TEST_F(BoardPortTest, SoundGoesBothWays) {
    notes.says = 1000;
    ASSERT_TRUE(port->setSound(true));
    deliver(20, 0x80, 0x90);
    ASSERT_EQ(notes.heard.size(), 160U);
    EXPECT_EQ(notes.heard.front(), dsp::decodeMuLaw(0x90));
    EXPECT_EQ(notes.gaps, 0U);
    const auto sent = device.pull(0x02, 10);
    EXPECT_EQ(sent.back()[8], std::byte(dsp::encodeMuLaw(1000)));
}

TEST_F(BoardPortTest, WhatIsLostIsFilledUp) {
    ASSERT_TRUE(port->setSound(true));
    deliver(2, 0x80, 0x90);
    device.deliver(0x82, {{{}, hal::UsbPacketStatus::Lost}});  // lost on the bus
    device.deliver(0x82, {{Bytes(3, std::byte{0xBA})}});       // short
    device.deliver(0x82, {{Bytes(16, std::byte{0x11})}});      // wrong sync
    odd = !odd;
    deliver(1, 0x80, 0x90);
    odd = !odd;  // one was skipped
    deliver(1, 0x80, 0x90);
    EXPECT_EQ(notes.heard.size(), 8U * (2 + 3 + 1 + 2));
    EXPECT_EQ(adapters::testing::level(notes.heard), std::abs(dsp::decodeMuLaw(0x90)));
    EXPECT_EQ(notes.gaps, 0U);
    EXPECT_EQ(port->statistics().lost, 1U);
    EXPECT_EQ(port->statistics().wrong, 2U);
    EXPECT_EQ(port->statistics().skipped, 1U);
}

TEST_F(BoardPortTest, EndlessNonsenseBreaksIt) {
    for (unsigned i = 0; i < BoardPort::kMostBad; ++i) {
        ASSERT_FALSE(broken) << i;
        device.deliver(0x82, {{Bytes(16, std::byte{0x11})}});
    }
    ASSERT_TRUE(broken);
    EXPECT_EQ(notes.notes, Lines{"gone"});
    EXPECT_FALSE(port->setFeed(FxsFeed::Forward));
}

TEST_F(BoardPortTest, UnpluggedItIsGoneOnce) {
    device.unplug();
    loop.settle();
    EXPECT_TRUE(broken);
    EXPECT_EQ(notes.notes, Lines{"gone"});
}

}  // namespace
}  // namespace tipring::open_usb_fxs

// SPDX-License-Identifier: Apache-2.0
#include "board_commands.h"

#include <gtest/gtest.h>

#include <optional>

#include "hal/usb/fake_usb_device.h"
#include "tipring/hal/base/virtual_loop.h"

namespace tipring::open_usb_fxs {
namespace {

using hal::ErrorCode;
using hal::testing::bytes;
using hal::testing::operator+;

class BoardCommandsTest : public testing::Test {
protected:
    chips::RegisterBus::Read value() {
        return [this](const hal::Result<std::uint16_t>& got) { read = got; };
    }
    chips::RegisterBus::Written end() {
        return [this](const hal::Result<void>& got) { written = got; };
    }
    hal::VirtualLoop loop;
    hal::testing::FakeUsbDevice device{loop, hal::testing::adapterDescriptors()};
    std::optional<BoardCommands> commands{std::in_place, device, std::uint8_t{0x01},
                                          std::uint8_t{0x81}};
    std::optional<hal::Result<std::uint16_t>> read;
    std::optional<hal::Result<void>> written;
};

TEST_F(BoardCommandsTest, RegistersToTheByte) {
    device.expectWrite(0x01, bytes({0x83, 64, 4}));
    device.expectRead(0x81, 32, bytes({0x83, 64, 4}));
    device.expectWrite(0x01, bytes({0x82, 68}));
    device.expectRead(0x81, 32, bytes({0x82, 68, 5}));
    device.expectWrite(0x01, bytes({0x85, 20, 0xF0, 0x7E}));
    device.expectRead(0x81, 32, bytes({0x85, 20, 0xF0, 0x7E}));
    commands->write(64, 4, end());
    commands->read(68, value());
    commands->writeIndirect(20, 0x7EF0, end());
    loop.settle();
    EXPECT_TRUE(written && *written);
    ASSERT_TRUE(read && *read);
    EXPECT_EQ(**read, 5);
    EXPECT_TRUE(device.scriptIsDone());
}

TEST_F(BoardCommandsTest, VersionAndStream) {
    device.expectWrite(0x01, bytes({0x7D, 1, 0}));
    device.expectWrite(0x01, bytes({0x60, 0}));
    device.expectRead(0x81, 32, bytes({0x60, 0, 0x01, 0x2E, 0x0F}));
    device.expectWrite(0x01, bytes({0x7D, 0, 9}));
    std::optional<hal::Result<BoardCommands::Version>> version;
    commands->stream(false, 0, end());
    commands->version([&](const auto& got) { version = got; });
    commands->stream(true, 9, end());
    loop.settle();
    ASSERT_TRUE(version && *version);
    EXPECT_EQ(**version, (BoardCommands::Version{0x01, 0x2E, 0x0F}));
    EXPECT_TRUE(device.scriptIsDone());
}

TEST_F(BoardCommandsTest, AStuckIndirectRegisterIsSaid) {
    device.expectWrite(0x01, bytes({0x84, 35}));
    device.expectRead(0x81, 32, bytes({0x84, 35, 0xAD, 0xDE}));
    commands->readIndirect(35, value());
    loop.settle();
    ASSERT_TRUE(read && !*read);
    EXPECT_NE(read->error().cause.find("register 35"), std::string::npos);
}

TEST_F(BoardCommandsTest, ReadsPastAnswersToOthers) {
    device.expectWrite(0x01, bytes({0x82, 11}));
    device.expectRead(0x81, 32, bytes({0x82, 14, 0}));
    device.expectRead(0x81, 32, bytes({}));
    device.expectRead(0x81, 32, bytes({0x82, 11, 0x33}));
    commands->read(11, value());
    loop.settle();
    ASSERT_TRUE(read && *read);
    EXPECT_EQ(**read, 0x33);
}

TEST_F(BoardCommandsTest, NothingButOthersAnswersIsAFailure) {
    device.expectWrite(0x01, bytes({0x82, 11}));
    for (int i = 0; i < 5; ++i) {
        device.expectRead(0x81, 32, bytes({0x82, 11, 0x33, 0, 0}));
    }
    commands->read(11, value());
    loop.settle();
    ASSERT_TRUE(read && !*read);
    EXPECT_TRUE(device.scriptIsDone());
}

TEST_F(BoardCommandsTest, SilenceIsAskedOnceMoreAndThenTold) {
    const hal::Error silent{ErrorCode::Timeout, "no answer"};
    for (int i = 0; i < 2; ++i) {
        device.expectWrite(0x01, bytes({0x82, 7}));
        device.expectRead(0x81, 32, hal::Result<hal::testing::Bytes>(tl::unexpected(silent)));
    }
    commands->read(7, value());
    loop.settle();
    ASSERT_TRUE(read && !*read);
    EXPECT_EQ(read->error().code, ErrorCode::Timeout);
    EXPECT_NE(read->error().cause.find("0x82 0x07"), std::string::npos);
    EXPECT_TRUE(device.scriptIsDone());
}

TEST_F(BoardCommandsTest, AnEndlessStallEnds) {
    const hal::Error stall{ErrorCode::OperationFailed, "the endpoint is halted"};
    for (int i = 0; i < 2; ++i) {
        device.expectWrite(0x01, bytes({0x82, 7}),
                           hal::Result<hal::testing::Bytes>(tl::unexpected(stall)));
    }
    commands->read(7, value());
    loop.settle();
    ASSERT_TRUE(read && !*read);
    EXPECT_EQ(device.calls(), std::vector<std::string>{"clear halt 1"});
}

TEST_F(BoardCommandsTest, DyingInTheMiddleIsSilent) {
    device.expectWrite(0x01, bytes({0x82, 7}));
    device.expectRead(0x81, 32, std::nullopt);
    commands->read(7, value());
    loop.settle();
    commands.reset();
    device.unplug();
    loop.settle();
    EXPECT_FALSE(read);
}

}  // namespace
}  // namespace tipring::open_usb_fxs

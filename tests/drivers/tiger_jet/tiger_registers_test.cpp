// SPDX-License-Identifier: Apache-2.0
#include "tiger_registers.h"

#include <gtest/gtest.h>

#include <optional>

#include "hal/usb/fake_usb_device.h"
#include "tipring/hal/base/virtual_loop.h"

namespace tipring::tiger_jet {
namespace {

using hal::ErrorCode;
using hal::testing::bytes;

class TigerRegistersTest : public testing::Test {
protected:
    hal::VirtualLoop loop;
    hal::testing::FakeUsbDevice device{loop, hal::testing::adapterDescriptors()};
    TigerRegisters tiger{device};
    std::optional<SlicRegisters> slic{tiger};
    std::optional<hal::Result<void>> written;
    std::optional<hal::Result<std::uint16_t>> got;
};

TEST_F(TigerRegistersTest, OwnRegistersByRequest4) {
    device.expectControlOut({0x40, 4, 0, 0x13}, bytes({0x40}));
    device.expectControlIn({0xC0, 4, 0, 0x12}, 1, bytes({0x20}));
    tiger.write(0x13, 0x40, [this](const auto& result) { written = result; });
    tiger.read(0x12, [this](const auto& result) { got = result; });
    loop.settle();
    EXPECT_TRUE(written && *written);
    ASSERT_TRUE(got && *got);
    EXPECT_EQ(**got, 0x20);
}

TEST_F(TigerRegistersTest, SlicRegistersByTheFifo) {
    device.expectControlOut({0x40, 4, 0, 0x26}, bytes({64, 4, 0, 0x27}));
    device.expectControlOut({0x40, 4, 0, 0x26}, bytes({0x80 | 68, 0, 0, 0x67}));
    device.expectControlIn({0xC0, 4, 0, 0x27}, 1, bytes({0x05}));
    slic->write(64, 4, [this](const auto& result) { written = result; });
    slic->read(68, [this](const auto& result) { got = result; });
    loop.settle();
    EXPECT_TRUE(written && *written);
    ASSERT_TRUE(got && *got);
    EXPECT_EQ(**got, 5);
    EXPECT_TRUE(device.scriptIsDone());
}

TEST_F(TigerRegistersTest, IndirectOnesByThreeDirectOnes) {
    device.expectControlOut({0x40, 4, 0, 0x26}, bytes({28, 0xF0, 0, 0x27}));
    device.expectControlOut({0x40, 4, 0, 0x26}, bytes({29, 0x7E, 0, 0x27}));
    device.expectControlOut({0x40, 4, 0, 0x26}, bytes({30, 20, 0, 0x27}));
    slic->writeIndirect(20, 0x7EF0, [this](const auto& result) { written = result; });
    loop.settle();
    EXPECT_TRUE(written && *written);
    EXPECT_TRUE(device.scriptIsDone());
}

TEST_F(TigerRegistersTest, AStallAndAnEmptyAnswerAreFailures) {
    device.expectControlOut(
        {0x40, 4, 0, 0x26}, bytes({0x80 | 68, 0, 0, 0x67}),
        hal::Result<hal::testing::Bytes>(hal::fail(ErrorCode::OperationUnavail, "stalled")));
    slic->read(68, [this](const auto& result) { got = result; });
    loop.settle();
    EXPECT_TRUE(got && !*got);
    device.expectControlIn({0xC0, 4, 0, 0x12}, 1, bytes({}));
    tiger.read(0x12, [this](const auto& result) { got = result; });
    loop.settle();
    EXPECT_TRUE(got && !*got);
}

TEST_F(TigerRegistersTest, DyingInTheMiddleIsSilent) {
    device.expectControlOut({0x40, 4, 0, 0x26}, bytes({0x80 | 68, 0, 0, 0x67}));
    slic->read(68, [this](const auto& result) { got = result; });
    slic.reset();
    loop.settle();
    EXPECT_FALSE(got);
}

}  // namespace
}  // namespace tipring::tiger_jet

// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/chips/cp210x.h"

#include <gtest/gtest.h>

#include <optional>

#include "hal/usb/fake_usb_device.h"
#include "tipring/hal/base/virtual_loop.h"

namespace tipring::chips {
namespace {

using namespace std::chrono_literals;
using hal::testing::Bytes;
using hal::testing::FakeUsbDevice;

class Cp210xTest : public testing::Test {
protected:
    void start(std::uint32_t rate = 500000) {
        setup.emplace(device, rate);
        setup->start([this](const hal::Result<void>& result) { end = result; });
        loop.advance(1s);
    }
    hal::VirtualLoop loop;
    FakeUsbDevice device{loop, hal::testing::adapterDescriptors()};
    std::optional<Cp210xSetup> setup;
    std::optional<hal::Result<void>> end;
};

TEST_F(Cp210xTest, SetsTheBridgeUp) {
    device.expectControlOut({0x41, 0x00, 1, 0}, {});
    device.expectControlOut({0x41, 0x01, 7, 0}, {});
    device.expectControlIn({0xC1, 0x04, 0, 0}, 2, Bytes{std::byte{0x21}, std::byte{0x05}});
    device.expectControlOut({0x41, 0x03, 0x0821, 0}, {});
    start();
    ASSERT_TRUE(end);
    EXPECT_TRUE(*end);
    EXPECT_TRUE(device.scriptIsDone());
}

TEST_F(Cp210xTest, AStallEndsIt) {
    device.expectControlOut({0x41, 0x00, 1, 0}, {});
    device.expectControlOut({0x41, 0x01, 7, 0}, {},
                            hal::fail(hal::ErrorCode::OperationUnavail, "a stall"));
    start();
    ASSERT_TRUE(end);
    EXPECT_FALSE(*end);
}

TEST_F(Cp210xTest, DyingInTheMiddleIsSilent) {
    device.expectControlOut({0x41, 0x00, 1, 0}, {});
    setup.emplace(device, 500000U);
    setup->start([this](const hal::Result<void>& result) { end = result; });
    setup.reset();
    loop.advance(1s);
    EXPECT_FALSE(end);
}

TEST(Cp210xRateTest, TakesRatesThatADivisorGives) {
    EXPECT_EQ(cp210x::baudDivisor(9600)->value, 0x180);
    EXPECT_EQ(cp210x::baudDivisor(115200)->value, 0x20);
    EXPECT_EQ(cp210x::baudDivisor(500000)->value, 7);
    EXPECT_FALSE(cp210x::baudDivisor(0));
    EXPECT_FALSE(cp210x::baudDivisor(2000000));
    EXPECT_FALSE(cp210x::baudDivisor(4000000));
    EXPECT_FALSE(cp210x::baudDivisor(10));
}

}  // namespace
}  // namespace tipring::chips

// SPDX-License-Identifier: Apache-2.0
#include "jack_registers.h"

#include <gtest/gtest.h>

#include <optional>

#include "hal/usb/fake_usb_device.h"
#include "jack_port.h"
#include "tipring/hal/base/virtual_loop.h"

namespace tipring::magic_jack {
namespace {

using namespace std::chrono_literals;
using hal::ErrorCode;
using hal::testing::Bytes;
using hal::testing::bytes;

constexpr hal::UsbSetup kSetReport{0x21, 0x09, 0x0300, 4}, kGetReport{0xA1, 0x01, 0x0300, 4};

/// Padded to the 64 bytes of a report.
Bytes report(std::initializer_list<int> values) {
    Bytes all = bytes(values);
    all.resize(kReportSize);
    return all;
}

class JackRegistersTest : public testing::Test {
protected:
    void SetUp() override { registers.setInterface(4); }
    /// One read of a register as the device sees it.
    void expectRead(int reg, std::initializer_list<int> value) {
        device.expectControlOut(kSetReport, report({0, 0, reg, 0}));
        device.expectControlIn(kGetReport, kReportSize, report(value));
    }
    void read(std::uint8_t reg) {
        registers.read(reg, [this](const auto& result) { got = result; });
        loop.advance(1s);
    }
    hal::VirtualLoop loop;
    hal::testing::FakeUsbDevice device{loop, hal::testing::adapterDescriptors()};
    JackRegisters registers{loop, device};
    std::optional<hal::Result<void>> written;
    std::optional<hal::Result<std::uint32_t>> got;
};

TEST_F(JackRegistersTest, AWriteIsOneReport) {
    device.expectControlOut(kSetReport, report({0x20, 0x38, 0, 1, 0x78, 0x56, 0x34, 0x12}));
    registers.write(0x38, 0x12345678, [this](const auto& result) { written = result; });
    loop.settle();
    EXPECT_TRUE(written && *written);
    EXPECT_TRUE(device.scriptIsDone());
}

TEST_F(JackRegistersTest, TheStateIsReadOnceOthersUntilTwoAgree) {
    expectRead(0x14, {0x04, 0x01, 0x00, 0x8B});
    read(0x14);
    ASSERT_TRUE(got && *got);
    EXPECT_EQ(**got, 0x8B000104U);
    expectRead(0x38, {0x04, 0x01, 0x00, 0x8B});  // stale, twice: that of 0x14
    expectRead(0x38, {0x04, 0x01, 0x00, 0x8B});
    expectRead(0x38, {0x07, 0, 0, 0});
    expectRead(0x38, {0x07, 0, 0, 0});
    read(0x38);
    ASSERT_TRUE(got && *got);
    EXPECT_EQ(**got, 7U);
    EXPECT_TRUE(device.scriptIsDone());
}

TEST_F(JackRegistersTest, ARegisterThatNeverAgreesIsAnError) {
    for (int i = 0; i < int(JackRegisters::kMostReads); ++i) {
        expectRead(0x40, {i, 0, 0, 1});
    }
    read(0x40);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->error().code, ErrorCode::OperationFailed);
    EXPECT_TRUE(device.scriptIsDone());
}

TEST_F(JackRegistersTest, OperationsRunOneAfterTheOtherAndErrorsAreTold) {
    device.expectControlOut(kSetReport, report({0x20, 0, 0, 1, 1, 0, 0, 0}),
                            hal::fail(ErrorCode::Timeout, "no answer"));
    device.expectControlOut(kSetReport, report({0, 0, 0x14, 0}));
    device.expectControlIn(kGetReport, kReportSize, bytes({1, 2, 3}));
    registers.write(0, 1, [this](const auto& result) { written = result; });
    read(0x14);
    ASSERT_TRUE(written);
    EXPECT_EQ(written->error().code, ErrorCode::Timeout);
    ASSERT_TRUE(got);
    EXPECT_EQ(got->error().code, ErrorCode::OperationFailed) << "less than a register";
    EXPECT_TRUE(device.scriptIsDone());
}

TEST_F(JackRegistersTest, NothingComesAfterTheEnd) {
    device.expectControlOut(kSetReport, report({0, 0, 0x14, 0}));
    registers.read(0x14, [this](const auto& result) { got = result; });
    registers.cancel();
    loop.advance(1s);
    EXPECT_FALSE(got);
    registers.write(0, 1, [this](const auto& result) { written = result; });
    loop.advance(1s);
    EXPECT_FALSE(written);
}

TEST(JackReports, NeverHaveTheOrderOfTheFlash) {
    for (unsigned reg = 0; reg <= 0xFF; ++reg) {
        const auto byReg = static_cast<std::uint8_t>(reg);
        EXPECT_EQ(writeReport(byReg, 0x80808080)[0], std::byte{0x20});
        EXPECT_EQ(askReport(byReg)[0], std::byte{0x00});
    }
}

TEST(JackReports, StateHasHookAndKey) {
    EXPECT_EQ(jackState(0x0A000104), (JackState{false, std::nullopt}));
    EXPECT_EQ(jackState(0x8B000104), (JackState{true, std::nullopt}));
    EXPECT_EQ(jackState(0x85010104), (JackState{true, '5'}));
    EXPECT_EQ(jackState(0x8A010104), (JackState{true, '0'}));
    EXPECT_EQ(jackState(0x8B010104), (JackState{true, '*'}));
    EXPECT_EQ(jackState(0x8C010104), (JackState{true, '#'}));
    EXPECT_EQ(jackState(0x80010000), (JackState{true, std::nullopt}));
}

TEST(JackReports, FeedsLeaveOtherBitsAlone) {
    using analog::FxsFeed;
    EXPECT_EQ(lineBits(FxsFeed::Forward, 0x10), 0x11U);
    EXPECT_EQ(lineBits(FxsFeed::Ringing, 1), 0x301U);
    EXPECT_EQ(lineBits(FxsFeed::Reverse, 0x301), 0x10001U);
    EXPECT_EQ(lineBits(FxsFeed::OnHook, 0x10301), 1U);
    EXPECT_EQ(lineBits(FxsFeed::Open, 0x10311), 0x10U);
}

}  // namespace
}  // namespace tipring::magic_jack

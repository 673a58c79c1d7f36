// SPDX-License-Identifier: Apache-2.0
#include "fake_usb_device.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include "tipring/hal/base/virtual_loop.h"

namespace tipring::hal::testing {
namespace {

struct Listener : UsbInStreamObserver, UsbOutStreamObserver, UsbDeviceObserver {
    void onPackets(std::span<const UsbPacket> all) override {
        for (const UsbPacket& one : all) {
            received.emplace_back(one.data.begin(), one.data.end());
        }
    }
    std::size_t fillPacket(std::span<std::byte> packet, std::uint64_t number) override {
        packet[0] = std::byte(number);
        return number < 3 ? 1 : 0;
    }
    void onStopped(const Error* why) override { stops.push_back(why != nullptr); }
    void onGone(const Error& /*why*/) override { gone = true; }
    std::vector<Bytes> received;
    std::vector<bool> stops;
    bool gone = false;
};

class FakeUsbDeviceTest : public ::testing::Test {
protected:
    VirtualLoop loop;
    FakeUsbDevice device{loop, adapterDescriptors()};
    Listener listener;
};

TEST_F(FakeUsbDeviceTest, answersWhatIsInTheScript) {
    device.expectControlIn({0xC0, 4, 0, 0x1A}, 2, bytes({7, 8}));
    device.expectWrite(0x01, bytes({0x82, 11}));
    device.expectRead(0x81, 64, fail(ErrorCode::Timeout, "silent"));
    Bytes got;
    std::size_t sent = 0;
    ErrorCode failure{};
    device.controlIn({0x40, 4, 0, 0x1A}, 2, {},
                     [&](auto in) { got = Bytes(in->begin(), in->end()); });
    device.write(0x01, bytes({0x82, 11}), {}, [&](auto out) { sent = *out; });
    device.read(0x81, 64, {}, [&](auto in) { failure = in.error().code; });
    EXPECT_TRUE(got.empty());
    loop.settle();
    EXPECT_EQ(got, bytes({7, 8}));
    EXPECT_EQ(sent, 2U);
    EXPECT_EQ(failure, ErrorCode::Timeout);
    EXPECT_TRUE(device.scriptIsDone());
}

TEST_F(FakeUsbDeviceTest, failsTheTestWhereTheDriverLeavesTheScript) {
    device.expectWrite(0x01, bytes({1}));
    EXPECT_NONFATAL_FAILURE(device.write(0x01, bytes({2}), {}, [](auto) {}), "write 01: 02");
    EXPECT_FALSE(device.scriptIsDone());
}

TEST_F(FakeUsbDeviceTest, streamsWhatTheTestWants) {
    const auto in = *device.openInStream({.endpoint = 0x82, .packetSize = 16}, listener);
    const auto out = *device.openOutStream({.endpoint = 0x02, .packetSize = 16}, listener);
    EXPECT_FALSE(device.streamRuns(0x82));
    ASSERT_TRUE(in->start() && out->start());
    device.deliver(0x82, {{bytes({1, 2})}, {{}, UsbPacketStatus::Lost}});
    EXPECT_EQ(listener.received, (std::vector<Bytes>{bytes({1, 2}), {}}));
    EXPECT_EQ(in->statistics().lostPackets, 1U);
    EXPECT_EQ(device.pull(0x02, 4), (std::vector<Bytes>{bytes({0}), bytes({1}), bytes({2}), {}}));
    const auto bulk = *device.openOutStream({.endpoint = 0x01, .packetSize = 16}, listener);
    ASSERT_TRUE(bulk->start());
    EXPECT_EQ(device.pull(0x01, 9).size(), 3U);
    in->stop();
    device.endStream(0x02, {ErrorCode::OperationFailed, "halted"});
    EXPECT_TRUE(listener.stops.empty());
    loop.settle();
    EXPECT_EQ(listener.stops, (std::vector<bool>{false, true}));
    EXPECT_FALSE(in->running());
}

TEST_F(FakeUsbDeviceTest, endsEverythingWhenUnplugged) {
    device.setObserver(&listener);
    const auto in = *device.openInStream({.endpoint = 0x82, .packetSize = 16}, listener);
    ASSERT_TRUE(in->start());
    device.expectRead(0x81, 64, std::nullopt);
    ErrorCode failure{};
    device.read(0x81, 64, {}, [&](auto got) { failure = got.error().code; });
    loop.settle();
    EXPECT_EQ(failure, ErrorCode{});
    device.unplug();
    loop.settle();
    EXPECT_EQ(failure, ErrorCode::NoDevice);
    EXPECT_EQ(listener.stops, (std::vector<bool>{true}));
    EXPECT_TRUE(listener.gone);
    EXPECT_EQ(in->start().error().code, ErrorCode::NoDevice);
}

TEST_F(FakeUsbDeviceTest, keepsSetUpCalls) {
    device.failures["reset"] = {ErrorCode::OperationFailed, "stuck"};
    int good = 0;
    int bad = 0;
    const auto count = [&](const Result<void>& result) { ++(result ? good : bad); };
    device.claimInterface(1, KernelDriver::Detach, count);
    device.selectAlternate(1, 1, count);
    device.setConfiguration(2, KernelDriver::Keep, count);
    device.reset(count);
    loop.settle();
    EXPECT_EQ(device.calls(), (std::vector<std::string>{"claim 1 detach", "alternate 1 1",
                                                        "configuration 2", "reset"}));
    EXPECT_EQ(good, 3);
    EXPECT_EQ(bad, 1);
    EXPECT_EQ(device.configuration(), 2);
}

}  // namespace
}  // namespace tipring::hal::testing

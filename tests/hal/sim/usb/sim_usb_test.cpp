// SPDX-License-Identifier: Apache-2.0
#include <deque>

#include "usb_rig.h"

namespace tipring::sim {
namespace {

using hal::ErrorCode;
using hal::UsbPacketStatus;

/// Interface 0: bulk 0x01/0x81; interface 1, setting 1: isochronous 0x02/0x82 of 16 bytes. What
/// comes on an endpoint to the device goes back on the other.
class EchoModel final : public UsbModel {
public:
    explicit EchoModel(hal::EventLoop& loop) : UsbModel(loop, hal::testing::adapterDescriptors()) {}
    [[nodiscard]] std::string text(std::uint8_t index) const override {
        return index == 3 ? "SN7" : "";
    }
    void boot() { dropOff(); }

    std::deque<Bytes> bulk, frames;
    unsigned frameCount = 0;

private:
    UsbHandshake onControlIn(const hal::UsbSetup& setup, std::span<std::byte> room,
                             std::size_t& size) override {
        if (setup.request != 7) {
            return UsbHandshake::Stall;
        }
        size = std::min<std::size_t>(room.size(), 3);
        std::fill_n(room.begin(), size, std::byte(setup.value));
        return UsbHandshake::Ok;
    }
    UsbHandshake onIn(std::uint8_t address, std::span<std::byte> room, std::size_t& size) override {
        auto& queue = address == 0x81 ? bulk : frames;
        if (queue.empty()) {
            return UsbHandshake::Nak;
        }
        size = std::min(room.size(), queue.front().size());
        std::copy_n(queue.front().begin(), size, room.begin());
        queue.pop_front();
        return UsbHandshake::Ok;
    }
    UsbHandshake onOut(std::uint8_t address, std::span<const std::byte> data) override {
        (address == 0x01 ? bulk : frames).emplace_back(data.begin(), data.end());
        ready();
        return UsbHandshake::Ok;
    }
    void onFrame() override { ++frameCount; }
};

struct SimUsbDeviceTest : testing::Test {
    hal::VirtualLoop loop;
    EchoModel model{loop};
    UsbRig rig{loop, model};

    hal::UsbStreamOptions iso(std::uint8_t endpoint, unsigned packets, unsigned transfers) {
        hal::UsbStreamOptions options;
        options.endpoint = endpoint;
        options.packets = packets;
        options.transfers = transfers;
        return options;
    }
    void selectIso() {
        ASSERT_TRUE(rig.claim(1));
        ASSERT_TRUE(rig.alternate(1, 1));
    }
};

TEST_F(SimUsbDeviceTest, TellsWhatItIs) {
    EXPECT_EQ(rig.device->identity().vendor, 0x1209);
    EXPECT_EQ(rig.device->identity().serial, "SN7");
    EXPECT_EQ(rig.device->configuration(), 1);
    EXPECT_EQ(rig.device->descriptors().configurations.size(), 2U);
    EXPECT_EQ(*rig.controlIn({0x80, 6, 0x0303, 0x0409}, 64), hex("08 03 53 00 4E 00 37 00"));
    EXPECT_EQ(rig.controlIn({0x80, 6, 0x0200, 0}, 9)->size(), 9U);
}

TEST_F(SimUsbDeviceTest, IsThereOnce) {
    EXPECT_EQ(hal::openUsbDevice(loop, "sim:dut").error().code, ErrorCode::Allocated);
    EXPECT_EQ(hal::openUsbDevice(loop, "sim:other").error().code, ErrorCode::NoDevice);
    rig.device.reset();
    rig.open();
}

TEST_F(SimUsbDeviceTest, ControlTakesAFrameAndAStallIsNoSuchRequest) {
    const auto before = loop.now();
    EXPECT_EQ(*rig.controlIn({0xC0, 7, 5, 0}, 10), hex("05 05 05"));
    EXPECT_EQ(loop.now() - before, 1ms);
    EXPECT_EQ(rig.controlIn({0xC0, 8, 5, 0}, 10).error().code, ErrorCode::OperationUnavail);
}

TEST_F(SimUsbDeviceTest, ReadsUntilAShortPacketOrTheLimit) {
    model.bulk = {Bytes(64), Bytes(64), Bytes(5)};
    EXPECT_EQ(rig.read(0x81, 512)->size(), 133U);
    const auto before = loop.now();
    EXPECT_EQ(rig.read(0x81, 64, 250ms).error().code, ErrorCode::Timeout);
    EXPECT_EQ(loop.now() - before, 250ms);
    EXPECT_EQ(*rig.write(0x01, hex("01 02 03")), 3U);
    EXPECT_EQ(*rig.read(0x81, 64), hex("01 02 03"));
    EXPECT_EQ(rig.read(0x85, 64).error().code, ErrorCode::InvalParam);
}

TEST_F(SimUsbDeviceTest, IsochronousPacketsGoOneAFrame) {
    selectIso();
    Collector collector;
    Feeder feeder([](std::uint64_t number) { return Bytes(8, std::byte(number)); });
    auto in = rig.device->openInStream(iso(0x82, 4, 2), collector);
    auto out = rig.device->openOutStream(iso(0x02, 4, 2), feeder);
    ASSERT_TRUE(in && out);
    ASSERT_TRUE((*in)->start());
    ASSERT_TRUE((*out)->start());
    EXPECT_EQ((*in)->start().error().code, ErrorCode::InUse);
    loop.advance(40ms);
    ASSERT_EQ(collector.packets.size(), 40U);
    for (std::size_t i = 0; i < 40; ++i) {
        EXPECT_EQ(collector.packets[i], Bytes(8, std::byte(i)));
    }
    EXPECT_EQ((*in)->statistics().shortPackets, 40U);
    (*in)->stop();
    (*out)->stop();
    EXPECT_FALSE(collector.stopped);
    loop.settle();
    EXPECT_TRUE(collector.stopped && feeder.stopped);
    EXPECT_EQ(collector.reason, "");
    const unsigned frames = model.frameCount;
    loop.advance(1h);
    EXPECT_EQ(model.frameCount, frames) << "an idle device wakes the loop";
}

TEST_F(SimUsbDeviceTest, BulkStreamsWaitForDataAndForRoom) {
    Collector collector;
    int left = 3;
    Feeder feeder([&left](std::uint64_t) { return left-- > 0 ? Bytes(2) : Bytes(); });
    hal::UsbStreamOptions options;
    options.endpoint = 0x81;
    auto in = rig.device->openInStream(options, collector);
    options.endpoint = 0x01;
    auto out = rig.device->openOutStream(options, feeder);
    ASSERT_TRUE(in && out);
    ASSERT_TRUE((*in)->start() && (*out)->start());
    loop.advance(5ms);
    EXPECT_EQ(collector.packets.size(), 3U);
    left = 1;
    (*out)->resume();
    loop.advance(5ms);
    EXPECT_EQ(collector.packets.size(), 4U);
    (*out)->stop();
    loop.settle();
    EXPECT_TRUE(feeder.stopped);
}

TEST_F(SimUsbDeviceTest, UnpluggingEndsEverythingOnce) {
    struct Gone final : hal::UsbDeviceObserver {
        void onGone(const hal::Error& why) override { codes.push_back(why.code); }
        std::vector<ErrorCode> codes;
    } observer;
    rig.device->setObserver(&observer);
    selectIso();
    Collector collector;
    auto in = rig.device->openInStream(iso(0x82, 4, 2), collector);
    ASSERT_TRUE(in && (*in)->start());
    std::optional<ErrorCode> read;
    rig.device->read(0x81, 64, 0ms, [&](auto result) {
        EXPECT_TRUE(observer.codes.empty());
        read = result.error().code;
    });
    loop.advance(10ms);
    model.unplug();
    loop.settle();
    EXPECT_EQ(read, ErrorCode::NoDevice);
    EXPECT_EQ(collector.code, ErrorCode::NoDevice);
    EXPECT_EQ(observer.codes, std::vector{ErrorCode::NoDevice});
    EXPECT_EQ(rig.controlIn({0xC0, 7, 5, 0}, 10).error().code, ErrorCode::NoDevice);
    EXPECT_EQ(rig.claim(0).error().code, ErrorCode::NoDevice);
    EXPECT_EQ((*in)->start().error().code, ErrorCode::NoDevice);
    in->reset();
    rig.device.reset();
    EXPECT_EQ(hal::openUsbDevice(loop, "sim:dut").error().code, ErrorCode::NoDevice);
    model.plugIn();
    rig.open();
}

TEST_F(SimUsbDeviceTest, ComesBackAfterItStartsAnew) {
    model.boot();
    loop.advance(50ms);
    EXPECT_FALSE(model.plugged());
    loop.advance(51ms);
    EXPECT_TRUE(model.plugged());
    EXPECT_EQ(rig.read(0x81, 64).error().code, ErrorCode::NoDevice) << "the old handle is gone";
}

TEST_F(SimUsbDeviceTest, FaultsShowOnTheBus) {
    UsbFaults faults;
    faults.stalledEndpoint = 0x81;
    model.setFaults(faults);
    EXPECT_EQ(rig.read(0x81, 64).error().code, ErrorCode::OperationFailed);
    std::optional<hal::Result<void>> cleared;
    rig.device->clearHalt(0x81, [&](auto result) { cleared = result; });
    EXPECT_TRUE(rig.wait(cleared));
    EXPECT_EQ(rig.read(0x81, 64).error().code, ErrorCode::OperationFailed) << "endless stall";

    faults = {};
    faults.shortBy = 2;
    model.setFaults(faults);
    model.bulk = {hex("01 02 03")};
    EXPECT_EQ(*rig.read(0x81, 64), hex("01"));
    faults = {};
    faults.longBy = 64;
    model.setFaults(faults);
    model.bulk = {hex("01 02 03")};
    EXPECT_EQ(rig.read(0x81, 64).error().code, ErrorCode::OperationFailed);
    faults = {};
    faults.silentControl = true;
    model.setFaults(faults);
    EXPECT_EQ(rig.controlIn({0xC0, 7, 5, 0}, 3, 100ms).error().code, ErrorCode::Timeout);
    faults = {};
    faults.stalledControl = true;
    model.setFaults(faults);
    EXPECT_EQ(rig.controlIn({0xC0, 7, 5, 0}, 3).error().code, ErrorCode::OperationUnavail);
}

TEST_F(SimUsbDeviceTest, LosesPacketsAndLiesAboutItself) {
    UsbFaults faults;
    faults.loseEvery = 4;
    faults.descriptors = hex("12 01 00 02 00 00 00 40 AD DE EF BE 00 01 00 00 00 01");
    model.setFaults(faults);
    selectIso();
    Collector collector;
    Feeder feeder([](std::uint64_t) { return Bytes(8); });
    auto in = rig.device->openInStream(iso(0x82, 4, 2), collector);
    auto out = rig.device->openOutStream(iso(0x02, 4, 2), feeder);
    ASSERT_TRUE((*in)->start() && (*out)->start());
    loop.advance(40ms);
    EXPECT_EQ((*in)->statistics().lostPackets, 10U);
    EXPECT_EQ(collector.statuses[3], UsbPacketStatus::Lost);
    in->reset();
    out->reset();
    rig.device.reset();
    rig.open();
    EXPECT_EQ(rig.device->identity().vendor, 0xDEAD);
    EXPECT_TRUE(rig.device->descriptors().configurations.empty());
    EXPECT_EQ(rig.claim(0).error().code, ErrorCode::InvalParam);
}

TEST_F(SimUsbDeviceTest, ADeviceMayDieInItsOwnAnswer) {
    model.bulk = {hex("01")};
    bool told = false;
    rig.device->read(0x81, 64, 0ms, [&](auto result) {
        rig.device.reset();
        told = result && result->size() == 1;
    });
    loop.settle();
    EXPECT_TRUE(told);
}

TEST_F(SimUsbDeviceTest, ChangesConfigurationOnlyWhenNothingIsClaimed) {
    ASSERT_TRUE(rig.claim(0));
    EXPECT_EQ(rig.configure(2).error().code, ErrorCode::InUse);
    std::optional<hal::Result<void>> got;
    rig.device->releaseInterface(0, [&](auto result) { got = result; });
    ASSERT_TRUE(rig.wait(got));
    EXPECT_TRUE(rig.configure(2));
    EXPECT_EQ(rig.device->configuration(), 2);
    EXPECT_EQ(rig.read(0x81, 64).error().code, ErrorCode::InvalParam);
    EXPECT_EQ(rig.configure(9).error().code, ErrorCode::InvalParam);
}

}  // namespace
}  // namespace tipring::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fake_usbfs.h"
#include "libusb_device.h"
#include "tipring/hal/base/epoll_loop.h"

namespace tipring::hal::testing {

using std::chrono::milliseconds;

/// Keeps what a device or stream tells, and does on request what an owner might do.
struct GoneRecorder : UsbDeviceObserver {
    void onGone(const Error& why) override {
        gone.push_back(why);
        if (inGone) {
            inGone();
        }
    }
    std::vector<Error> gone;
    std::function<void()> inGone;
};

struct Packet {
    Bytes data;
    UsbPacketStatus status = UsbPacketStatus::Ok;
    std::uint64_t number = 0;
    bool operator==(const Packet&) const = default;
};

struct StreamEnds {
    void stopped(const Error* why) {
        ends.push_back(why != nullptr ? std::optional(*why) : std::nullopt);
        if (inStopped) {
            inStopped();
        }
    }
    std::vector<std::optional<Error>> ends;
    std::function<void()> inStopped;
};

struct InRecorder : UsbInStreamObserver, StreamEnds {
    void onPackets(std::span<const UsbPacket> all) override {
        for (const UsbPacket& one : all) {
            packets.push_back({Bytes(one.data.begin(), one.data.end()), one.status, one.number});
        }
        if (inPackets) {
            inPackets();
        }
    }
    void onStopped(const Error* why) override { stopped(why); }
    std::vector<Packet> packets;
    std::function<void()> inPackets;
};

struct OutRecorder : UsbOutStreamObserver, StreamEnds {
    std::size_t fillPacket(std::span<std::byte> packet, std::uint64_t number) override {
        asked.push_back(number);
        if (inFill) {
            inFill();
        }
        const Bytes data = fill ? fill(number, packet.size()) : Bytes{};
        std::copy(data.begin(), data.end(), packet.begin());
        return data.size();
    }
    void onPacketsSent(std::span<const UsbPacket> packets) override {
        for (const UsbPacket& one : packets) {
            sent.push_back({Bytes(one.data.begin(), one.data.end()), one.status, one.number});
        }
    }
    void onStopped(const Error* why) override { stopped(why); }
    std::function<Bytes(std::uint64_t number, std::size_t size)> fill;
    std::function<void()> inFill;
    std::vector<std::uint64_t> asked;
    std::vector<Packet> sent;
};

/// A LibusbDevice on the real libusb, over a FakeUsbfs with the adapter's descriptors.
class UsbFixture : public ::testing::Test {
protected:
    UsbFixture() : loop(std::move(*EpollLoop::create())) {}
    ~UsbFixture() override { device.reset(); }

    void open() {
        auto opened = LibusbDevice::create(*loop, kernel.takeNode(),
                                           UsbIdentity{0, 0, 0, "", "1-2"}, "usb:@1-2");
        ASSERT_TRUE(opened) << opened.error().text();
        device = std::move(*opened);
        device->setObserver(&seen);
    }
    /// Opens the device, claims both interfaces and selects the setting with the streams.
    void openReady() {
        open();
        ASSERT_TRUE(
            setUp([&](UsbDone done) { device->claimInterface(0, KernelDriver::Keep, done); }));
        ASSERT_TRUE(
            setUp([&](UsbDone done) { device->claimInterface(1, KernelDriver::Keep, done); }));
        ASSERT_TRUE(setUp([&](UsbDone done) { device->selectAlternate(1, 1, done); }));
    }
    /// Runs a set-up call to its end.
    Result<void> setUp(const std::function<void(UsbDone)>& call) {
        std::optional<Result<void>> answer;
        call([&](Result<void> result) {
            EXPECT_FALSE(answer) << "answered twice";
            answer = std::move(result);
        });
        EXPECT_FALSE(answer) << "answered from inside the call";
        EXPECT_TRUE(runUntil([&] { return answer.has_value(); }));
        return answer ? *answer : fail(ErrorCode::Timeout, "no answer");
    }
    /// Runs the loop until `done`; gives up after 2,000 waits of a few milliseconds.
    bool runUntil(const std::function<bool()>& done) {
        for (int i = 0; i < 2000 && !done(); ++i) {
            loop->runOnce(milliseconds(5));
        }
        return done();
    }
    /// Gives whatever is under way the time to show itself.
    void settle() {
        for (int i = 0; i < 5; ++i) {
            loop->runOnce(milliseconds(2));
        }
    }

    FakeUsbfs kernel{adapterDescriptors()};
    std::unique_ptr<EpollLoop> loop;
    GoneRecorder seen;
    std::unique_ptr<LibusbDevice> device;
};

}  // namespace tipring::hal::testing

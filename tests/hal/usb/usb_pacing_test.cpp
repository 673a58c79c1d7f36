// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <thread>

#include "fake_usbfs.h"
#include "libusb_device.h"
#include "tipring/hal/base/virtual_loop.h"

namespace tipring::hal::testing {
namespace {

using std::chrono::milliseconds;

struct Ignorer : UsbInStreamObserver {
    void onPackets(std::span<const UsbPacket> all) override { last = all.back().arrived; }
    void onStopped(const Error* /*why*/) override {}
    TimePoint last{};
};

/// A stream on virtual time: the device's frames and the loop's clock are exact.
class UsbPacing : public ::testing::Test {
protected:
    UsbPacing() {
        device = std::move(*LibusbDevice::create(loop, kernel.takeNode(), {}, "usb:@1-2"));
        setUp([&](UsbDone done) { device->claimInterface(0, KernelDriver::Keep, done); });
        setUp([&](UsbDone done) { device->claimInterface(1, KernelDriver::Keep, done); });
        setUp([&](UsbDone done) { device->selectAlternate(1, 1, done); });
    }
    ~UsbPacing() override { stream.reset(); }

    // The request runs on a thread, in real time.
    void setUp(const std::function<void(UsbDone)>& call) {
        bool done = false;
        call([&](const Result<void>& result) { done = result.has_value(); });
        for (int i = 0; i < 10'000'000 && !done; ++i) {
            loop.settle();
            std::this_thread::yield();
        }
        EXPECT_TRUE(done);
    }
    void start(const UsbStreamOptions& options) {
        stream = std::move(*device->openInStream(options, observer));
        ASSERT_TRUE(stream->start());
    }
    void run(int transfers, Duration each, std::uint8_t endpoint) {
        for (int i = 0; i < transfers; ++i) {
            loop.advance(each);
            kernel.complete(endpoint);
            loop.settle();
        }
    }

    FakeUsbfs kernel{adapterDescriptors()};
    VirtualLoop loop;
    Ignorer observer;
    std::unique_ptr<LibusbDevice> device;
    std::unique_ptr<UsbInStream> stream;
};

TEST_F(UsbPacing, countsFramesThatAnIsochronousStreamMissed) {
    start({.endpoint = 0x82, .packets = 4, .transfers = 8});
    run(100, milliseconds(4), 0x82);
    EXPECT_EQ(stream->statistics().gaps, 0U);
    EXPECT_EQ(observer.last, loop.now());
    loop.advance(milliseconds(12));
    run(100, milliseconds(4), 0x82);
    EXPECT_EQ(stream->statistics().gaps, 1U);
    EXPECT_EQ(stream->statistics().missedUnits, 12U);
    EXPECT_EQ(stream->statistics().maxInterval, milliseconds(16));
}

TEST_F(UsbPacing, takesBurstsAfterALateLoopForNoGap) {
    start({.endpoint = 0x82, .packets = 4, .transfers = 8});
    for (int i = 0; i < 50; ++i) {
        run(20, milliseconds(4), 0x82);
        loop.advance(milliseconds(24));  // six more are complete by the time that we look
        run(6, Duration::zero(), 0x82);
    }
    EXPECT_EQ(stream->statistics().gaps, 0U);
    EXPECT_EQ(stream->statistics().dryQueues, 0U);
    EXPECT_EQ(stream->statistics().maxServiceDelay, milliseconds(20));
}

TEST_F(UsbPacing, countsTheUnitsThatABulkDeviceDidNotSend) {
    // 32 bytes a millisecond; the fake fills its transfers of 64 bytes.
    start({.endpoint = 0x81, .pace = milliseconds(1), .paceBytes = 32});
    run(100, milliseconds(2), 0x81);
    EXPECT_EQ(stream->statistics().gaps, 0U);
    loop.advance(milliseconds(7));
    run(100, milliseconds(2), 0x81);
    EXPECT_EQ(stream->statistics().gaps, 1U);
    EXPECT_EQ(stream->statistics().missedUnits, 7U);
}

TEST_F(UsbPacing, expectsNothingOfABulkDeviceWithoutAPace) {
    start({.endpoint = 0x81});
    run(100, milliseconds(2), 0x81);
    loop.advance(milliseconds(500));
    run(100, milliseconds(3), 0x81);
    EXPECT_EQ(stream->statistics().gaps, 0U);
    EXPECT_EQ(stream->statistics().maxServiceDelay, Duration::zero());
    EXPECT_EQ(stream->statistics().maxInterval, milliseconds(503));
}

}  // namespace
}  // namespace tipring::hal::testing

// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/hotplug/hotplug.h"

#include <dlfcn.h>
#include <libudev.h>

#include <cerrno>
#include <utility>

#include "test_bed.h"
#include "tipring/hal/base/virtual_loop.h"

namespace tipring::hal::testing {
namespace {

bool eventsAreLost = false;

}  // namespace
}  // namespace tipring::hal::testing

// Stands in for libudev's, which says so when the kernel had no room for an event.
extern "C" __attribute__((visibility("default"))) udev_device* udev_monitor_receive_device(
    udev_monitor* monitor) {
    static const auto real = reinterpret_cast<udev_device* (*)(udev_monitor*)>(
        ::dlsym(RTLD_NEXT, "udev_monitor_receive_device"));
    if (!tipring::hal::testing::eventsAreLost) {
        return real(monitor);
    }
    udev_device* event = real(monitor);
    errno = event != nullptr ? ENOBUFS : EAGAIN;
    udev_device_unref(event);
    return nullptr;
}

namespace tipring::hal::testing {
namespace {

using std::chrono::milliseconds;
using Events = std::vector<std::string>;

struct HotplugRecorder : HotplugObserver {
    void onArrived(const HotplugDevice& device) override { note("+", device); }
    void onRemoved(const HotplugDevice& device) override { note("-", device); }
    void note(const char* sign, const HotplugDevice& device) {
        events.push_back(sign + device.node);
        last = device;
        if (action) {
            action();
        }
    }
    Events events;
    HotplugDevice last;
    std::function<void()> action;
};

class HotplugTest : public ::testing::Test {
protected:
    void watch(const HotplugOptions& options = {}) {
        auto created = Hotplug::create(loop, seen, options);
        ASSERT_TRUE(created) << created.error().text();
        hotplug = std::move(*created);
    }
    void plugAdapter(int port) {
        bed.plugUsb(port, adapterDescriptors(), "SN" + std::to_string(port));
    }

    TestBed bed;
    VirtualLoop loop;
    HotplugRecorder seen;
    std::unique_ptr<Hotplug> hotplug;
};

TEST_F(HotplugTest, tellsWhatIsThereAlready) {
    plugAdapter(1);
    bed.plugInterface(1, 0, "cdc_acm");
    bed.plugTty(1, "ttyACM0");
    watch();
    EXPECT_TRUE(seen.events.empty());
    loop.settle();
    EXPECT_EQ(seen.events, (Events{"+/dev/bus/usb/001/002", "+/dev/ttyACM0"}));
    EXPECT_EQ(hotplug->devices().size(), 2U);
    loop.advance(std::chrono::seconds(1));
    EXPECT_EQ(seen.events.size(), 2U);
}

TEST_F(HotplugTest, knowsADeviceAndTheOneBehindATty) {
    plugAdapter(3);
    bed.plugInterface(3, 0, "cdc_acm");
    bed.plugTty(3, "ttyACM7");
    watch();
    loop.settle();
    const HotplugDevice& tty = seen.last;
    EXPECT_EQ(tty.kind, HotplugKind::Tty);
    EXPECT_EQ(tty.node, "/dev/ttyACM7");
    EXPECT_EQ(tty.vendor, 0x1209);
    EXPECT_EQ(tty.product, 0x4D43);
    EXPECT_EQ(tty.serial, "SN3");
    EXPECT_EQ(tty.busPath, "1-3");
    EXPECT_EQ(tty.parentPath, "/sys" + TestBed::path(3));
    EXPECT_EQ(tty.property("SUBSYSTEM"), "tty");
    EXPECT_EQ(tty.property("NONE"), "");
    const HotplugDevice usb = hotplug->devices().at(0);
    EXPECT_EQ(usb.kind, HotplugKind::UsbDevice);
    EXPECT_EQ(usb.syspath, tty.parentPath);
    EXPECT_EQ(usb.property("ID_VENDOR_ID"), "1209");
}

TEST_F(HotplugTest, tellsArrivalsWhenTheyHaveSettledAndRemovalsAtOnce) {
    watch();
    plugAdapter(1);
    bed.announce(TestBed::path(1), "add");
    loop.advance(milliseconds(99));
    EXPECT_TRUE(seen.events.empty());
    bed.announce(TestBed::path(1), "change");  // udev is not through with it
    loop.advance(milliseconds(99));
    EXPECT_TRUE(seen.events.empty());
    loop.advance(milliseconds(1));
    EXPECT_EQ(seen.events, (Events{"+/dev/bus/usb/001/002"}));
    bed.unplug(TestBed::path(1));
    loop.settle();
    EXPECT_EQ(seen.events.back(), "-/dev/bus/usb/001/002");
    EXPECT_EQ(seen.last.serial, "SN1");
    EXPECT_TRUE(hotplug->devices().empty());
}

TEST_F(HotplugTest, tellsNothingTwice) {
    plugAdapter(1);
    watch();
    bed.announce(TestBed::path(1), "add");
    loop.advance(milliseconds(500));
    bed.announce(TestBed::path(1), "add");
    bed.announce(TestBed::path(1), "bind");
    loop.advance(milliseconds(500));
    EXPECT_EQ(seen.events.size(), 1U);
    bed.announce(TestBed::path(1), "remove");
    bed.announce(TestBed::path(1), "remove");
    loop.advance(milliseconds(500));
    EXPECT_EQ(seen.events.size(), 2U);
}

TEST_F(HotplugTest, tellsNothingOfAPlugThatRattles) {
    watch();
    plugAdapter(1);
    for (int i = 0; i < 5; ++i) {
        bed.announce(TestBed::path(1), "add");
        loop.advance(milliseconds(20));
        bed.announce(TestBed::path(1), "remove");
        loop.advance(milliseconds(20));
    }
    EXPECT_TRUE(seen.events.empty());
    bed.announce(TestBed::path(1), "add");
    loop.advance(milliseconds(100));
    bed.announce(TestBed::path(1), "remove");
    bed.announce(TestBed::path(1), "add");
    loop.advance(milliseconds(100));
    const std::string node = "/dev/bus/usb/001/002";
    EXPECT_EQ(seen.events, (Events{"+" + node, "-" + node, "+" + node}));
}

TEST_F(HotplugTest, leavesOutWhatIsNotAskedFor) {
    plugAdapter(1);
    bed.plugInterface(1, 0, "cdc_acm");
    bed.plugTty(1, "ttyACM0");
    watch({.usbDevices = false});
    loop.settle();
    EXPECT_EQ(seen.events, (Events{"+/dev/ttyACM0"}));
    seen.events.clear();
    watch({.ttys = false, .existing = false});
    plugAdapter(2);
    bed.announce(TestBed::path(2), "add");
    bed.announce(TestBed::path(1), "change");
    bed.announce(TestBed::ttyPath(1, "ttyACM0"), "add");
    loop.advance(milliseconds(100));
    EXPECT_EQ(seen.events, (Events{"+/dev/bus/usb/001/003"}));
}

TEST_F(HotplugTest, tellsOfPortsThatAreHardwareOnly) {
    bed.plugConsole("tty1");
    bed.plugSerialPort("ttyS0", 4);
    bed.plugSerialPort("ttyS1", 0);
    watch();
    loop.settle();
    EXPECT_EQ(seen.events, (Events{"+/dev/ttyS0"}));
    EXPECT_EQ(seen.last.vendor, 0);
    EXPECT_EQ(seen.last.parentPath, "");
}

TEST_F(HotplugTest, looksAtAllDevicesAgainWhenEventsWereLost) {
    plugAdapter(1);
    watch();
    loop.settle();
    eventsAreLost = true;
    plugAdapter(2);
    bed.announce(TestBed::path(2), "add");
    bed.unplug(TestBed::path(1));
    loop.settle();
    eventsAreLost = false;
    EXPECT_EQ(seen.events.back(), "-/dev/bus/usb/001/002");
    loop.advance(milliseconds(100));
    EXPECT_EQ(seen.events.back(), "+/dev/bus/usb/001/003");
    EXPECT_EQ(seen.events.size(), 3U);
}

TEST_F(HotplugTest, mayEndInItsObserver) {
    plugAdapter(1);
    plugAdapter(2);
    seen.action = [&] { hotplug.reset(); };
    watch();
    loop.advance(milliseconds(500));
    EXPECT_EQ(seen.events.size(), 1U);
    watch({.existing = false});
    bed.announce(TestBed::path(1), "add");
    bed.announce(TestBed::path(2), "add");
    loop.advance(milliseconds(500));
    EXPECT_EQ(seen.events.size(), 2U);
}

}  // namespace
}  // namespace tipring::hal::testing

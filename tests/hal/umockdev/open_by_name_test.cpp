// SPDX-License-Identifier: Apache-2.0
// The whole way: libudev finds the device (umockdev), libusb drives its node (FakeUsbfs).
#include "hal/usb/fake_usbfs.h"
#include "test_bed.h"
#include "tipring/hal/base/epoll_loop.h"
#include "tipring/hal/hotplug/hotplug.h"
#include "tipring/hal/usb/usb_device.h"

namespace tipring::hal::testing {
namespace {

using std::chrono::milliseconds;

class OpenByName : public ::testing::Test {
protected:
    OpenByName() {
        bed.plugUsb(1, adapterDescriptors(), "SN1");
        kernel.serve("/dev/bus/usb/001/002");
    }
    bool runUntil(const std::function<bool()>& done) {
        for (int i = 0; i < 2000 && !done(); ++i) {
            loop->runOnce(milliseconds(5));
        }
        return done();
    }

    TestBed bed;
    FakeUsbfs kernel{adapterDescriptors()};
    std::unique_ptr<EpollLoop> loop{std::move(*EpollLoop::create())};
};

TEST_F(OpenByName, findsTheDeviceAndTalksToIt) {
    for (const std::string name : {"usb:1209:4d43", "usb:1209:4d43:SN1", "usb:@1-1"}) {
        FakeUsbfs own{adapterDescriptors()};
        kernel.serve("");
        own.serve("/dev/bus/usb/001/002");
        own.setControlModel([](const FakeUsbfs::Setup&, const Bytes&) {
            return FakeUsbfs::Answer{0, bytes({5})};
        });
        auto device = openUsbDevice(*loop, name);
        ASSERT_TRUE(device) << device.error().text();
        EXPECT_EQ((*device)->name(), name);
        EXPECT_EQ((*device)->identity(), (UsbIdentity{0x1209, 0x4D43, 0x0201, "SN1", "1-1"}));
        Bytes got;
        (*device)->controlIn({}, 8, milliseconds(500), [&](Result<std::span<const std::byte>> in) {
            got = Bytes(in->begin(), in->end());
        });
        EXPECT_TRUE(runUntil([&] { return got == bytes({5}); }));
    }
}

TEST_F(OpenByName, withoutPermissionSaysWhatToDo) {
    kernel.serve("/dev/bus/usb/001/002", EACCES);
    const auto device = openUsbDevice(*loop, "usb:1209:4d43");
    ASSERT_FALSE(device);
    EXPECT_EQ(device.error().code, ErrorCode::ResourceUnavail);
    EXPECT_NE(device.error().cause.find("udev rule"), std::string::npos) << device.error().cause;
}

TEST_F(OpenByName, ofWhatHasJustGoneIsNoDevice) {
    kernel.serve("/dev/bus/usb/001/002", ENODEV);
    EXPECT_EQ(openUsbDevice(*loop, "usb:1209:4d43").error().code, ErrorCode::NoDevice);
    bed.unplug(TestBed::path(1));
    EXPECT_EQ(openUsbDevice(*loop, "usb:1209:4d43").error().code, ErrorCode::NoDevice);
}

}  // namespace
}  // namespace tipring::hal::testing

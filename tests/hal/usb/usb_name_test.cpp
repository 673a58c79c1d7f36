// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cerrno>

#include "tipring/hal/base/epoll_loop.h"
#include "tipring/hal/usb/usb_device.h"
#include "usb_node.h"

namespace tipring::hal::testing {
namespace {

UsbDeviceInfo plugged(std::uint16_t vendor, std::uint16_t product, const std::string& serial,
                      const std::string& busPath) {
    UsbDeviceInfo info;
    info.identity = {vendor, product, 0x0100, serial, busPath};
    info.name = "usb:@" + busPath;
    info.path = "/dev/bus/usb/001/00" + busPath.substr(2);
    return info;
}

class UsbName : public ::testing::Test {
protected:
    Result<UsbDeviceInfo> choose(std::string_view rest) const {
        return chooseUsbDevice(rest, devices);
    }
    std::vector<UsbDeviceInfo> devices{plugged(0x10C4, 0x8461, "A1", "1-1"),
                                       plugged(0x10C4, 0x8461, "B2", "1-2"),
                                       plugged(0x04D8, 0xFCF1, "", "1-3")};
    std::unique_ptr<EpollLoop> loop{std::move(*EpollLoop::create())};
};

TEST_F(UsbName, isAnIdentityASerialNumberOrABusPath) {
    EXPECT_EQ(choose("04d8:fcf1")->identity.busPath, "1-3");
    EXPECT_EQ(choose("10c4:8461:B2")->identity.busPath, "1-2");
    EXPECT_EQ(choose("@1-1")->identity.serial, "A1");
}

TEST_F(UsbName, thatCouldBeTwoIsRefusedWithTheChoices) {
    const auto chosen = choose("10c4:8461");
    ASSERT_FALSE(chosen);
    EXPECT_EQ(chosen.error().code, ErrorCode::InvalAddress);
    EXPECT_NE(chosen.error().cause.find("usb:@1-1 or usb:@1-2"), std::string::npos)
        << chosen.error().cause;
}

TEST_F(UsbName, ofWhatIsNotThereIsNoDevice) {
    for (const char* rest : {"10c4:8461:C3", "1234:5678", "@2-1"}) {
        EXPECT_EQ(choose(rest).error().code, ErrorCode::NoDevice) << rest;
    }
}

TEST_F(UsbName, ofAnotherShapeIsRefused) {
    for (const char* rest : {"", "@", "10c4", "10c4:84611", "zzzz:8461"}) {
        EXPECT_EQ(choose(rest).error().code, ErrorCode::InvalAddress) << rest;
    }
    for (const char* name : {"", "usb", "usb:", "nope:1", "10c4:8461"}) {
        EXPECT_EQ(openUsbDevice(*loop, name).error().code, ErrorCode::InvalAddress) << name;
    }
}

TEST_F(UsbName, mayHaveASchemeOfItsOwn) {
    std::string opened;
    const UsbScheme token = addUsbScheme(
        "test", [&](EventLoop&, std::string_view rest) -> Result<std::unique_ptr<UsbDevice>> {
            opened = rest;
            return fail(ErrorCode::OperationUnavail, "test");
        });
    EXPECT_EQ(openUsbDevice(*loop, "test:fxs:1").error().cause, "test");
    EXPECT_EQ(opened, "fxs:1");
}

TEST_F(UsbName, withoutPermissionNamesTheRule) {
    const Error error = usbNodeError(devices[0], "usb:10c4:8461", EACCES);
    EXPECT_EQ(error.code, ErrorCode::ResourceUnavail);
    for (const char* word : {"ATTR{idVendor}==\"10c4\"", "ATTR{idProduct}==\"8461\"",
                             "GROUP=\"dialout\"", "/dev/bus/usb/001/001"}) {
        EXPECT_NE(error.cause.find(word), std::string::npos) << error.cause;
    }
    EXPECT_EQ(usbNodeError(devices[0], "usb:10c4:8461", ENOENT).code, ErrorCode::NoDevice);
}

}  // namespace
}  // namespace tipring::hal::testing

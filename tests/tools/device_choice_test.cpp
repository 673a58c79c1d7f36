// SPDX-License-Identifier: Apache-2.0
#include "device_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tipring::tools {
namespace {

using ::testing::HasSubstr;

hal::PortInfo modem(const std::string& path) {
    hal::PortInfo port;
    port.name = "serial:" + path;
    port.path = path;
    port.usb = hal::PortInfo::Usb{0x0572, 0x1340, "", "Conexant", "USB Modem"};
    return port;
}

AdapterFound u100(const std::string& serial, const std::string& busPath) {
    AdapterFound found;
    found.device.identity.vendor = 0x10C4;
    found.device.identity.product = 0x8461;
    found.device.identity.serial = serial;
    found.device.identity.busPath = busPath;
    found.device.name = serial.empty() ? "usb:@" + busPath : "usb:10c4:8461:" + serial;
    found.model = findAdapterDriver("sangoma_u100")->models[0];
    return found;
}

TEST(DeviceChoice, AnAdapterIsNamedInThreeWays) {
    const DevicesThere there{{}, {u100("0123", "1-2.3")}};
    for (const char* name : {"usb:10c4:8461", "usb:10C4:8461:0123", "usb:@1-2.3"}) {
        const auto port = adapterPortOf(name, there);
        ASSERT_TRUE(port && *port) << name;
        EXPECT_EQ((*port)->device, name);
        EXPECT_EQ((*port)->line, 0U);
        EXPECT_EQ((*port)->driver->family, "sangoma_u100");
    }
}

TEST(DeviceChoice, ALineOfAnAdapterIsNamedByItsNumber) {
    const auto port =
        adapterPortOf("usb:10c4:8461:0123/2", {{}, {u100("0123", "1-2"), u100("9", "1-3")}});
    ASSERT_TRUE(port && *port);
    EXPECT_EQ((*port)->device, "usb:10c4:8461:0123");
    EXPECT_EQ((*port)->line, 2U);
    DeviceChoice choice;
    choice.adapters = {**port};
    EXPECT_TRUE(isChosen(choice, "sangoma_u100", "10c4:8461:0123/2"));
    EXPECT_FALSE(isChosen(choice, "sangoma_u100", "10c4:8461:0123/1"));
    EXPECT_TRUE(isChosen(choice, "at_modem", "anything"));
}

TEST(DeviceChoice, PortsOfModemsAreLeftToTheirDriver) {
    for (const char* name : {"/dev/ttyACM0", "serial:usb:0572:1340", "sim:v253", "pty:/tmp/m"}) {
        const auto port = adapterPortOf(name, {});
        ASSERT_TRUE(port) << name;
        EXPECT_FALSE(*port) << name;
    }
}

TEST(DeviceChoice, WhatIsNotThereIsToldInWords) {
    const auto absent = adapterPortOf("usb:10c4:8461", {});
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().code, hal::ErrorCode::NoDevice);
    const auto otherSerial = adapterPortOf("usb:10c4:8461:77", {{}, {u100("0123", "1-2")}});
    EXPECT_FALSE(otherSerial);
    const auto isModem = adapterPortOf("usb:0572:1340", {{modem("/dev/ttyACM0")}, {}});
    ASSERT_FALSE(isModem);
    EXPECT_THAT(isModem.error().cause, HasSubstr("--port /dev/ttyACM0"));
    AdapterFound locked = u100("0123", "1-2");
    locked.device.problem = "no permission to open it";
    const auto refused = adapterPortOf("usb:10c4:8461", {{}, {locked}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, hal::ErrorCode::ResourceUnavail);
}

TEST(DeviceChoice, TheOnlyDeviceNeedsNoName) {
    EXPECT_EQ(onlyDevice({{modem("/dev/ttyACM3")}, {}}).value_or(""), "/dev/ttyACM3");
    EXPECT_EQ(onlyDevice({{}, {u100("0123", "1-2")}}).value_or(""), "usb:10c4:8461:0123");
    hal::PortInfo builtIn;
    builtIn.path = "/dev/ttyS0";
    EXPECT_EQ(onlyDevice({{builtIn, modem("/dev/ttyACM3")}, {}}).value_or(""), "/dev/ttyACM3");
    EXPECT_FALSE(onlyDevice({{builtIn}, {}}));
}

TEST(DeviceChoice, OfSeveralDevicesThePersonChooses) {
    const auto several = onlyDevice({{modem("/dev/ttyACM3")}, {u100("0123", "1-2")}});
    ASSERT_FALSE(several);
    EXPECT_THAT(several.error().cause, HasSubstr("2 devices are there"));
    EXPECT_THAT(several.error().cause, HasSubstr("/dev/ttyACM3  Conexant USB Modem"));
    EXPECT_THAT(several.error().cause, HasSubstr("usb:10c4:8461:0123  Sangoma U100"));
}

}  // namespace
}  // namespace tipring::tools

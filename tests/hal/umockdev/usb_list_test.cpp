// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/usb/usb_list.h"

#include <sys/stat.h>

#include "test_bed.h"
#include "tipring/hal/base/epoll_loop.h"

namespace tipring::hal::testing {
namespace {

TEST(UsbList, isEmptyOnAMachineWithoutUsb) {
    const TestBed bed;
    const auto devices = listUsbDevices();
    ASSERT_TRUE(devices) << devices.error().text();
    EXPECT_TRUE(devices->empty());
}

TEST(UsbList, hasWhatIsPluggedInWithItsDrivers) {
    TestBed bed;
    bed.plugUsb(2, adapterDescriptors(), "SN7");
    bed.plugUsb(1, adapterDescriptors(0x10C4, 0x8461), "");
    bed.plugInterface(2, 0, "cdc_acm");
    const auto devices = listUsbDevices();
    ASSERT_TRUE(devices) << devices.error().text();
    ASSERT_EQ(devices->size(), 2U);
    const UsbDeviceInfo& first = devices->at(0);
    EXPECT_EQ(first.identity, (UsbIdentity{0x10C4, 0x8461, 0x0201, "", "1-1"}));
    EXPECT_EQ(first.name, "usb:@1-1");
    const UsbDeviceInfo& second = devices->at(1);
    EXPECT_EQ(second.identity, (UsbIdentity{0x1209, 0x4D43, 0x0201, "SN7", "1-2"}));
    EXPECT_EQ(second.name, "usb:1209:4d43:SN7");
    EXPECT_EQ(second.manufacturer, "Maker");
    EXPECT_EQ(second.product, "Adapter");
    EXPECT_EQ(second.path, "/dev/bus/usb/001/003");
    EXPECT_EQ(second.speed, UsbSpeed::Full);
    EXPECT_EQ(second.configuration, 1);
    ASSERT_EQ(second.descriptors.configurations.size(), 2U);
    const auto& interfaces = second.descriptors.configurations[0].interfaces;
    EXPECT_EQ(interfaces.at(0).driver, "cdc_acm");
    EXPECT_EQ(interfaces.at(1).driver, "");
    EXPECT_EQ(interfaces[0].alternates.at(0).classCode, 0xFF);
}

TEST(UsbList, namesTwinsByTheirBusPath) {
    TestBed bed;
    bed.plugUsb(1, adapterDescriptors(), "SAME");
    bed.plugUsb(2, adapterDescriptors(), "SAME");
    const auto devices = listUsbDevices();
    ASSERT_TRUE(devices);
    ASSERT_EQ(devices->size(), 2U);
    EXPECT_EQ(devices->at(0).name, "usb:@1-1");
    EXPECT_EQ(devices->at(1).name, "usb:@1-2");
}

}  // namespace
}  // namespace tipring::hal::testing

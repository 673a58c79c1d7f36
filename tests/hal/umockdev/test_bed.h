// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <umockdev.h>

#include <string>

#include "hal/usb/descriptor_bytes.h"

namespace tipring::hal::testing {

/// An empty machine of umockdev, to plug USB adapters and modems into.
class TestBed {
public:
    TestBed() : bed_(umockdev_testbed_new()) {
        EXPECT_TRUE(umockdev_in_mock_environment()) << "is umockdev's preload library installed?";
    }
    ~TestBed() { g_object_unref(bed_); }
    TestBed(const TestBed&) = delete;
    TestBed& operator=(const TestBed&) = delete;

    [[nodiscard]] UMockdevTestbed* get() const { return bed_; }

    static std::string path(int port) { return fmt::format("/devices/pci0000:00/usb1/1-{}", port); }

    /// A USB device on port 1-`port`, device number `port`+1.
    void plugUsb(int port, const Bytes& descriptors, const std::string& serial) {
        const int number = port + 1;
        std::string hex;
        for (const std::byte one : descriptors) {
            hex += fmt::format("{:02X}", std::to_integer<int>(one));
        }
        add(
            fmt::format("P: {0}\nN: bus/usb/001/{1:03}\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\n"
                        "E: DRIVER=usb\nE: BUSNUM=001\nE: DEVNUM={1:03}\n"
                        "E: DEVNAME=/dev/bus/usb/001/{1:03}\nE: ID_VENDOR_ID=1209\n"
                        "A: busnum=1\\n\nA: devnum={1}\\n\nA: bConfigurationValue=1\\n\n"
                        "A: idVendor=1209\\n\nA: idProduct=4d43\\n\nA: speed=12\\n\n"
                        "A: manufacturer=Maker\\n\nA: product=Adapter\\n\n{2}H: descriptors={3}\n",
                        path(port), number,
                        serial.empty() ? "" : fmt::format("A: serial={}\\n\n", serial), hex));
    }
    /// An interface of it, held by a kernel driver.
    void plugInterface(int port, int interface, const std::string& driver) {
        add(
            fmt::format("P: {0}/1-{1}:1.{2}\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\n"
                        "E: DRIVER={3}\nL: driver=../../../../../bus/usb/drivers/{3}\n",
                        path(port), port, interface, driver));
    }
    void plugTty(int port, const std::string& name) {
        add(
            fmt::format("P: {}\nN: {}\nE: SUBSYSTEM=tty\nE: DEVNAME=/dev/{}\nE: MAJOR=166\n"
                        "E: MINOR=0\nA: dev=166:0\\n\n",
                        ttyPath(port, name), name, name));
    }
    /// A port of the 8250 driver; `type` as setserial(8) numbers it, 0: nothing is there.
    void plugSerialPort(const std::string& name, int type) {
        add(
            fmt::format("P: /devices/platform/serial8250/tty/{0}\nN: {0}\nE: SUBSYSTEM=tty\n"
                        "E: DEVNAME=/dev/{0}\nA: dev=4:64\\n\nA: type={1}\\n\n",
                        name, type));
    }
    /// A virtual console.
    void plugConsole(const std::string& name) {
        add(
            fmt::format("P: /devices/virtual/tty/{0}\nN: {0}\nE: SUBSYSTEM=tty\n"
                        "E: DEVNAME=/dev/{0}\nA: dev=4:1\\n\n",
                        name));
    }
    static std::string ttyPath(int port, const std::string& name) {
        return fmt::format("{}/1-{}:1.0/tty/{}", path(port), port, name);
    }

    void announce(const std::string& devicePath, const char* action) const {
        umockdev_testbed_uevent(bed_, ("/sys" + devicePath).c_str(), action);
    }
    /// Announces and takes away.
    void unplug(const std::string& devicePath) const {
        announce(devicePath, "remove");
        umockdev_testbed_remove_device(bed_, ("/sys" + devicePath).c_str());
    }

private:
    void add(const std::string& description) {
        GError* error = nullptr;
        EXPECT_TRUE(umockdev_testbed_add_from_string(bed_, description.c_str(), &error))
            << (error != nullptr ? error->message : "") << "\n"
            << description;
    }

    UMockdevTestbed* bed_;
};

}  // namespace tipring::hal::testing

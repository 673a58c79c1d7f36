// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tipring/hal/base/result.h"
#include "tipring/hal/usb/usb_descriptors.h"
#include "tipring/hal/usb/usb_device.h"

namespace tipring::hal {

/// What the system says about a USB device without opening it (libudev, sysfs).
struct UsbDeviceInfo {
    UsbIdentity identity;
    std::string name;  ///< opens it: "usb:0572:1340:SN", "usb:@1-2.3" where it has no serial number
    std::string manufacturer, product;  ///< its own words; may be empty
    std::string path;                   ///< "/dev/bus/usb/001/002"
    UsbSpeed speed = UsbSpeed::Unknown;
    std::uint8_t configuration = 0;  ///< active; 0: none
    UsbDescriptors descriptors;      ///< with the kernel driver of each active interface
    std::string problem;  ///< why this process cannot open it and what to do; empty when it can
};

/// All USB devices of the machine, root hubs left out, in the order of their bus paths. A machine
/// without USB has none.
Result<std::vector<UsbDeviceInfo>> listUsbDevices();

}  // namespace tipring::hal

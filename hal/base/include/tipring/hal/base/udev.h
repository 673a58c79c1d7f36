// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <libudev.h>

#include <memory>
#include <string>

// For rooms that link libudev: its handles as owners.
namespace tipring::hal {

struct FreeUdev {
    void operator()(udev* context) const { udev_unref(context); }
    void operator()(udev_device* device) const { udev_device_unref(device); }
    void operator()(udev_enumerate* enumeration) const { udev_enumerate_unref(enumeration); }
    void operator()(udev_monitor* monitor) const { udev_monitor_unref(monitor); }
};
using Udev = std::unique_ptr<udev, FreeUdev>;
using UdevDevice = std::unique_ptr<udev_device, FreeUdev>;
using UdevEnumeration = std::unique_ptr<udev_enumerate, FreeUdev>;
using UdevMonitor = std::unique_ptr<udev_monitor, FreeUdev>;

/// What udev has not is empty.
inline std::string udevText(const char* text) {
    return text != nullptr ? std::string(text) : std::string{};
}

}  // namespace tipring::hal

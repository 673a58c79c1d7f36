// SPDX-License-Identifier: Apache-2.0
#include "hotplug_device.h"

#include <algorithm>
#include <charconv>

namespace tipring::hal {
namespace {

std::uint16_t hexOf(const std::string& text) {
    std::uint16_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value, 16);
    return value;
}

std::string attribute(udev_device* device, const char* name) {
    return udevText(udev_device_get_sysattr_value(device, name));
}

// Left out: virtual consoles, and the ports that the 8250 driver keeps for chips that are not there
// (PORT_UNKNOWN).
bool isRealTty(udev_device* device) {
    return !udevText(udev_device_get_devpath(device)).starts_with("/devices/virtual/") &&
           attribute(device, "type") != "0";
}

std::optional<HotplugKind> kindOf(udev_device* device) {
    const std::string subsystem = udevText(udev_device_get_subsystem(device));
    const std::string type = udevText(udev_device_get_devtype(device));
    const std::string name = udevText(udev_device_get_sysname(device));
    if (subsystem == "usb" && type == "usb_device" && !name.starts_with("usb")) {
        return HotplugKind::UsbDevice;
    }
    return subsystem == "tty" && isRealTty(device) ? std::optional(HotplugKind::Tty) : std::nullopt;
}

// Once it was removed, sysfs has nothing any more: then what is known from its arrival counts.
void addUsbIdentity(HotplugDevice& result, udev_device* usb) {
    result.busPath = udevText(udev_device_get_sysname(usb));
    result.vendor = hexOf(attribute(usb, "idVendor"));
    result.product = hexOf(attribute(usb, "idProduct"));
    result.serial = attribute(usb, "serial");
}

}  // namespace

std::string_view HotplugDevice::property(std::string_view propertyName) const {
    const auto found =
        std::find_if(properties.begin(), properties.end(),
                     [propertyName](const Property& one) { return one.name == propertyName; });
    return found == properties.end() ? std::string_view{} : std::string_view(found->value);
}

std::optional<HotplugDevice> describeHotplugDevice(udev_device* device) {
    const auto kind = kindOf(device);
    if (!kind) {
        return std::nullopt;
    }
    HotplugDevice result;
    result.kind = *kind;
    result.syspath = udevText(udev_device_get_syspath(device));
    result.node = udevText(udev_device_get_devnode(device));
    if (*kind == HotplugKind::UsbDevice) {
        addUsbIdentity(result, device);
    } else if (udev_device* usb =  // borrowed
               udev_device_get_parent_with_subsystem_devtype(device, "usb", "usb_device")) {
        result.parentPath = udevText(udev_device_get_syspath(usb));
        addUsbIdentity(result, usb);
    }
    udev_list_entry* entry = nullptr;
    udev_list_entry_foreach(entry, udev_device_get_properties_list_entry(device)) {
        result.properties.push_back({udevText(udev_list_entry_get_name(entry)),
                                     udevText(udev_list_entry_get_value(entry))});
    }
    std::sort(result.properties.begin(), result.properties.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return result;
}

}  // namespace tipring::hal

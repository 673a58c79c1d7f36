// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/usb/usb_list.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>

#include "tipring/hal/base/udev.h"
#include "usb_node.h"

namespace tipring::hal {
namespace {

struct SpeedName {
    std::string_view attribute;  // Mbit/s, as sysfs has it
    UsbSpeed speed;
};
constexpr SpeedName kSpeeds[] = {
    {"1.5", UsbSpeed::Low},    {"12", UsbSpeed::Full},     {"480", UsbSpeed::High},
    {"5000", UsbSpeed::Super}, {"10000", UsbSpeed::Super}, {"20000", UsbSpeed::Super},
};

UsbSpeed speedOf(std::string_view attribute) {
    const auto* found =
        std::find_if(std::begin(kSpeeds), std::end(kSpeeds),
                     [attribute](const SpeedName& entry) { return entry.attribute == attribute; });
    return found == std::end(kSpeeds) ? UsbSpeed::Unknown : found->speed;
}

std::uint8_t numberOf(std::string_view text) {
    std::uint8_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// Not by libudev: it takes an attribute for text, which ends at its first zero byte.
Result<UsbDescriptors> readDescriptors(const std::string& syspath) {
    std::ifstream file(syspath + "/descriptors", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    return parseUsbDescriptors(std::as_bytes(std::span(text)));
}

std::string attribute(udev_device* device, const char* name) {
    return udevText(udev_device_get_sysattr_value(device, name));
}

void addDrivers(udev* context, udev_device* device, UsbDeviceInfo& info) {
    for (UsbConfiguration& configuration : info.descriptors.configurations) {
        for (UsbInterface& one : configuration.interfaces) {
            const std::string path =
                fmt::format("{}/{}:{}.{}", udevText(udev_device_get_syspath(device)),
                            info.identity.busPath, configuration.value, one.number);
            if (const UdevDevice child{udev_device_new_from_syspath(context, path.c_str())}) {
                one.driver = udevText(udev_device_get_driver(child.get()));
            }
        }
    }
}

std::optional<UsbDeviceInfo> describe(udev* context, udev_device* device) {
    UsbDeviceInfo info;
    info.identity.busPath = udevText(udev_device_get_sysname(device));
    auto descriptors = readDescriptors(udevText(udev_device_get_syspath(device)));
    // A root hub, or unplugged meanwhile.
    if (info.identity.busPath.starts_with("usb") || !descriptors) {
        return std::nullopt;
    }
    info.descriptors = std::move(*descriptors);
    info.identity.vendor = info.descriptors.vendor;
    info.identity.product = info.descriptors.product;
    info.identity.release = info.descriptors.release;
    info.identity.serial = attribute(device, "serial");
    info.manufacturer = attribute(device, "manufacturer");
    info.product = attribute(device, "product");
    info.path = udevText(udev_device_get_devnode(device));
    info.speed = speedOf(attribute(device, "speed"));
    info.configuration = numberOf(attribute(device, "bConfigurationValue"));
    addDrivers(context, device, info);
    return info;
}

/// By serial number where that is enough; some makers give all their devices the same one.
std::string nameOf(const UsbDeviceInfo& info, const std::vector<UsbDeviceInfo>& all) {
    const UsbIdentity& identity = info.identity;
    const auto alike = std::count_if(all.begin(), all.end(), [&](const UsbDeviceInfo& other) {
        return other.identity.vendor == identity.vendor &&
               other.identity.product == identity.product &&
               other.identity.serial == identity.serial;
    });
    return identity.serial.empty() || alike > 1
               ? "usb:@" + identity.busPath
               : fmt::format("usb:{:04x}:{:04x}:{}", identity.vendor, identity.product,
                             identity.serial);
}

void complete(std::vector<UsbDeviceInfo>& devices) {
    std::sort(devices.begin(), devices.end(), [](const UsbDeviceInfo& a, const UsbDeviceInfo& b) {
        return a.identity.busPath < b.identity.busPath;
    });
    for (UsbDeviceInfo& info : devices) {
        info.name = nameOf(info, devices);
        if (::access(info.path.c_str(), R_OK | W_OK) != 0) {
            info.problem = usbNodeError(info, info.name, errno).cause;
        }
    }
}

}  // namespace

Result<std::vector<UsbDeviceInfo>> listUsbDevices() {
    const Udev context{udev_new()};
    const UdevEnumeration search{context ? udev_enumerate_new(context.get()) : nullptr};
    if (!search) {
        return failSystem("cannot list the USB devices", ENOMEM);
    }
    udev_enumerate_add_match_subsystem(search.get(), "usb");
    udev_enumerate_add_match_property(search.get(), "DEVTYPE", "usb_device");
    if (const int result = udev_enumerate_scan_devices(search.get()); result < 0) {
        return failSystem("cannot list the USB devices", -result);
    }
    std::vector<UsbDeviceInfo> devices;
    for (auto* entry = udev_enumerate_get_list_entry(search.get()); entry != nullptr;
         entry = udev_list_entry_get_next(entry)) {
        const UdevDevice device{
            udev_device_new_from_syspath(context.get(), udev_list_entry_get_name(entry))};
        if (auto info = device ? describe(context.get(), device.get()) : std::nullopt) {
            devices.push_back(std::move(*info));
        }
    }
    complete(devices);
    return devices;
}

}  // namespace tipring::hal

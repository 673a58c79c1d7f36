// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "libusb_device.h"
#include "tipring/hal/base/log.h"
#include "tipring/hal/base/usb_id.h"
#include "usb_node.h"
#include "usb_scheme.h"

namespace tipring::hal {
namespace {

const LogCategory kLog{"usb"};

Result<UsbDeviceInfo> findByPath(std::string_view path, const std::vector<UsbDeviceInfo>& devices) {
    const auto found =
        std::find_if(devices.begin(), devices.end(),
                     [path](const UsbDeviceInfo& info) { return info.identity.busPath == path; });
    if (found != devices.end()) {
        return *found;
    }
    return fail(ErrorCode::NoDevice,
                fmt::format("usb:@{}: nothing is plugged in there; the {} devices of this machine "
                            "have other bus paths",
                            path, devices.size()));
}

Result<UsbDeviceInfo> findById(const UsbId& id, std::string_view rest,
                               std::vector<UsbDeviceInfo> devices) {
    std::erase_if(devices, [&](const UsbDeviceInfo& info) {
        return info.identity.vendor != id.vendor || info.identity.product != id.product ||
               (!id.serial.empty() && info.identity.serial != id.serial);
    });
    if (devices.empty()) {
        return fail(ErrorCode::NoDevice,
                    fmt::format("usb:{}: no such device; is it plugged in?", rest));
    }
    if (devices.size() == 1) {
        return std::move(devices.front());
    }
    std::vector<std::string> names;
    std::transform(devices.begin(), devices.end(), std::back_inserter(names),
                   [](const UsbDeviceInfo& info) { return info.name; });
    return fail(ErrorCode::InvalAddress,
                fmt::format("usb:{} could be each of {} devices; write {}", rest, devices.size(),
                            fmt::join(names, " or ")));
}

Result<std::unique_ptr<UsbDevice>> openByName(EventLoop& loop, std::string_view rest) {
    auto devices = listUsbDevices();
    if (!devices) {
        return tl::unexpected(std::move(devices.error()));
    }
    const auto chosen = chooseUsbDevice(rest, std::move(*devices));
    if (!chosen) {
        return tl::unexpected(chosen.error());
    }
    const std::string name = fmt::format("usb:{}", rest);
    auto node = openUsbNode(*chosen, name);
    if (!node) {
        return tl::unexpected(std::move(node.error()));
    }
    kLog.debug("{} is open ({})", name, chosen->path);
    return LibusbDevice::create(loop, std::move(*node), chosen->identity, name);
}

}  // namespace

Result<UsbDeviceInfo> chooseUsbDevice(std::string_view rest, std::vector<UsbDeviceInfo> devices) {
    if (rest.size() > 1 && rest.starts_with('@')) {
        return findByPath(rest.substr(1), devices);
    }
    const auto id = parseUsbId(rest);
    return id ? findById(*id, rest, std::move(devices)) : tl::unexpected(id.error());
}

Result<FileDescriptor> openUsbNode(const UsbDeviceInfo& device, const std::string& name) {
    FileDescriptor node(::open(device.path.c_str(), O_RDWR | O_CLOEXEC));
    if (!node) {
        return tl::unexpected(usbNodeError(device, name, errno));
    }
    return node;
}

Error usbNodeError(const UsbDeviceInfo& device, const std::string& name, int errnoValue) {
    if (errnoValue != EACCES && errnoValue != EPERM) {
        return systemError(fmt::format("cannot open {} ({})", name, device.path), errnoValue);
    }
    return {ErrorCode::ResourceUnavail,
            fmt::format("no permission to open {} ({}); a udev rule gives it: "
                        "SUBSYSTEM==\"usb\", ATTR{{idVendor}}==\"{:04x}\", "
                        "ATTR{{idProduct}}==\"{:04x}\", MODE=\"0660\", GROUP=\"dialout\", "
                        "TAG+=\"uaccess\" in /etc/udev/rules.d/70-tipring.rules; then plug it in "
                        "again, as a member of that group",
                        name, device.path, device.identity.vendor, device.identity.product)};
}

Result<std::unique_ptr<UsbDevice>> openUsbDevice(EventLoop& loop, std::string_view name) {
    const auto colon = std::min(name.find(':'), name.size());
    const std::string_view scheme = name.substr(0, colon);
    const std::string_view rest = name.substr(std::min(colon + 1, name.size()));
    if (const UsbOpener opener = findUsbScheme(scheme)) {
        return opener(loop, rest);
    }
    if (scheme == "usb") {
        return openByName(loop, rest);
    }
    return fail(ErrorCode::InvalAddress,
                fmt::format("\"{}\" is not the name of a USB device; write usb:VID:PID, "
                            "usb:VID:PID:SERIAL or usb:@BUSPATH",
                            name));
}

}  // namespace tipring::hal

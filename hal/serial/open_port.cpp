// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <string>
#include <utility>

#include "fd_port.h"
#include "libserialport_device.h"
#include "port_name.h"
#include "port_scheme.h"
#include "pty_device.h"
#include "tipring/hal/base/log.h"

namespace tipring::hal {

Result<FileDescriptor> SerialPort::lend() {
    return fail(ErrorCode::OperationUnavail,
                std::string(name()) + " has no descriptor that a program could use");
}

namespace {

const LogCategory kLog{"serial"};

using DeviceOpener = Result<std::unique_ptr<PortDevice>> (*)(const std::string& path,
                                                             const std::string& name,
                                                             const LineSettings& settings);

Result<std::unique_ptr<SerialPort>> openWith(DeviceOpener opener, EventLoop& loop,
                                             const std::string& path, std::string name,
                                             const LineSettings& settings) {
    auto device = opener(path, name, settings);
    if (!device) {
        return tl::unexpected(std::move(device.error()));
    }
    kLog.debug("{} is open ({})", name, path);
    return FdPort::create(loop, std::move(name), std::move(*device));
}

Result<std::unique_ptr<SerialPort>> openPty(EventLoop& loop, std::string_view path,
                                            const LineSettings& settings) {
    std::string name = fmt::format("pty:{}", path);
    auto device = resolveDevice(path, name);
    if (!device) {
        return tl::unexpected(std::move(device.error()));
    }
    return openWith(openPtyDevice, loop, *device, std::move(name), settings);
}

Result<std::string> findSerial(std::string_view rest, std::string_view name) {
    constexpr std::string_view kUsb = "usb:";
    if (!rest.starts_with(kUsb)) {
        return resolveDevice(rest, name);
    }
    const auto id = parseUsbId(rest.substr(kUsb.size()));
    if (!id) {
        return tl::unexpected(id.error());
    }
    return findUsbPort(*id, name);
}

Result<std::unique_ptr<SerialPort>> openSerial(EventLoop& loop, std::string_view rest,
                                               const LineSettings& settings) {
    std::string name = fmt::format("serial:{}", rest);
    auto path = findSerial(rest, name);
    if (!path) {
        return tl::unexpected(std::move(path.error()));
    }
    return openWith(openLibserialportDevice, loop, *path, std::move(name), settings);
}

Result<std::unique_ptr<SerialPort>> openPath(EventLoop& loop, std::string_view path,
                                             const LineSettings& settings) {
    const auto device = resolveDevice(path, path);
    if (!device) {
        return tl::unexpected(device.error());
    }
    return isPseudoTerminal(*device) ? openPty(loop, path, settings)
                                     : openSerial(loop, path, settings);
}

}  // namespace

Result<std::unique_ptr<SerialPort>> openSerialPort(EventLoop& loop, std::string_view name,
                                                   const LineSettings& settings) {
    if (name.starts_with('/')) {
        return openPath(loop, name, settings);
    }
    const auto colon = name.find(':');
    const std::string_view scheme = name.substr(0, colon);
    const std::string_view rest =
        colon == std::string_view::npos ? std::string_view{} : name.substr(colon + 1);
    if (const PortOpener opener = findPortScheme(scheme)) {
        return opener(loop, rest, settings);
    }
    if (scheme == "pty") {
        return openPty(loop, rest, settings);
    }
    if (scheme == "serial") {
        return openSerial(loop, rest, settings);
    }
    return fail(ErrorCode::InvalAddress,
                fmt::format("\"{}\" is not the name of a port; write serial:/dev/ttyACM0, "
                            "serial:usb:VID:PID, pty:/dev/pts/5 or a path",
                            name));
}

}  // namespace tipring::hal

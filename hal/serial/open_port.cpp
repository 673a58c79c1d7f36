// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <string>
#include <utility>

#include "fd_port.h"
#include "port_scheme.h"
#include "pty_device.h"

namespace tipring::hal {
namespace {

Result<std::unique_ptr<SerialPort>> openPty(EventLoop& loop, std::string_view path,
                                            const LineSettings& settings) {
    std::string name = fmt::format("pty:{}", path);
    auto device = openPtyDevice(std::string(path), name, settings);
    if (!device) {
        return tl::unexpected(std::move(device.error()));
    }
    return FdPort::create(loop, std::move(name), std::move(*device));
}

}  // namespace

Result<std::unique_ptr<SerialPort>> openSerialPort(EventLoop& loop, std::string_view name,
                                                   const LineSettings& settings) {
    if (name.starts_with('/')) {
        return openPty(loop, name, settings);
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
    return fail(ErrorCode::InvalAddress, fmt::format("\"{}\" is not the name of a port", name));
}

}  // namespace tipring::hal

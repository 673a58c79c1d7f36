// SPDX-License-Identifier: Apache-2.0
#include "port_name.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <memory>

#include "tipring/hal/serial/port_list.h"

namespace tipring::hal {
namespace {

bool matches(const PortInfo& info, const UsbId& id) {
    return info.usb && info.usb->vendor == id.vendor && info.usb->product == id.product &&
           (id.serial.empty() || info.usb->serial == id.serial);
}

std::string_view kindOf(mode_t mode) {
    if (S_ISDIR(mode)) {
        return "a directory";
    }
    return S_ISREG(mode) ? "a file" : "not a character device";
}

struct FreeText {
    void operator()(char* text) const { std::free(text); }
};

}  // namespace

Result<std::string> resolveDevice(std::string_view path, std::string_view port) {
    if (!path.starts_with('/') || path.find('\0') != std::string_view::npos) {
        return fail(
            ErrorCode::InvalAddress,
            fmt::format("{}: the path of a port starts with /, such as /dev/ttyACM0", port));
    }
    const std::string wanted(path);
    const std::unique_ptr<char, FreeText> resolved(::realpath(wanted.c_str(), nullptr));
    struct stat status {};
    if (!resolved || ::stat(resolved.get(), &status) != 0) {
        return failSystem(fmt::format("cannot open {}", port), errno);
    }
    if (!S_ISCHR(status.st_mode)) {
        return fail(ErrorCode::InvalAddress,
                    fmt::format("{} is {}, not a terminal", port, kindOf(status.st_mode)));
    }
    return std::string(resolved.get());
}

Result<std::string> findUsbPort(const UsbId& id, std::string_view port) {
    const auto all = listSerialPorts();
    if (!all) {
        return tl::unexpected(all.error());
    }
    for (const PortInfo& info : *all) {
        if (matches(info, id)) {
            return info.path;
        }
    }
    return fail(ErrorCode::NoDevice,
                fmt::format("{}: no serial port with this USB identity among the {} of this "
                            "machine; is it plugged in, and does it have a driver?",
                            port, all->size()));
}

bool isPseudoTerminal(const std::string& path) {
    if (path.starts_with("/dev/pts/")) {
        return true;
    }
    const std::string entry = "/sys/class/tty/" + path.substr(path.rfind('/') + 1);
    struct stat status {};
    return ::stat(entry.c_str(), &status) != 0;
}

}  // namespace tipring::hal

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tipring/hal/base/result.h"

namespace tipring::hal {

/// "0572:1340" or "0572:1340:SERIAL"; an empty serial number stands for any.
struct UsbPortId {
    std::uint16_t vendor = 0;
    std::uint16_t product = 0;
    std::string serial;
};
/// InvalAddress for anything but four hexadecimal digits, a colon and four more.
Result<UsbPortId> parseUsbPortId(std::string_view text);

/// The device behind an absolute path, links resolved: NoDevice when it is not there, InvalAddress
/// when it is a file or directory. `port` names it in errors.
Result<std::string> resolveDevice(std::string_view path, std::string_view port);

/// The path of the port with that identity, the first in the order of paths.
Result<std::string> findUsbPort(const UsbPortId& id, std::string_view port);

/// Whether a resolved path is for the termios implementation: a pts, or a tty without an entry in
/// /sys/class/tty.
bool isPseudoTerminal(const std::string& path);

}  // namespace tipring::hal

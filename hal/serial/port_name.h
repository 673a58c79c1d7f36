// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "tipring/hal/base/result.h"
#include "tipring/hal/base/usb_id.h"

namespace tipring::hal {

/// The device behind an absolute path, links resolved: NoDevice when it is not there, InvalAddress
/// when it is a file or directory. `port` names it in errors.
Result<std::string> resolveDevice(std::string_view path, std::string_view port);

/// The path of the port with that identity, the first in the order of paths.
Result<std::string> findUsbPort(const UsbId& id, std::string_view port);

/// Whether a resolved path is for the termios implementation: a pts, or a tty without an entry in
/// /sys/class/tty.
bool isPseudoTerminal(const std::string& path);

}  // namespace tipring::hal

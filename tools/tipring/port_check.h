// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tipring/hal/base/result.h"

namespace tipring::tools {

/// A process that has a device open.
struct PortHolder {
    int pid = 0;
    std::string program;  ///< "ModemManager"
};

/// Whether this user may use a port, and who else does; found without opening it.
struct PortAccess {
    bool exists = false;
    bool allowed = false;  ///< read and write
    std::string group;     ///< group of the device file, "dialout"
    std::vector<PortHolder> holders;
    bool allHoldersKnown =
        true;  ///< false: some processes belong to others and cannot be looked at
};
[[nodiscard]] PortAccess checkPort(const std::string& path);

/// Why the port of that name (as hal::openSerialPort takes it) cannot be opened now, and what to
/// do: NoDevice, ResourceUnavail, Allocated. Nothing for names that are no path.
hal::Result<void> checkPortName(const std::string& name);

/// What to do about a program that has the port.
[[nodiscard]] std::string holderAdvice(const PortHolder& holder);

}  // namespace tipring::tools

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

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

}  // namespace tipring::tools

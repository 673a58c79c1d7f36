// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tipring/hal/base/result.h"

namespace tipring::hal {

/// What the system says about a serial port without opening it (libserialport).
struct PortInfo {
    struct Usb {
        std::uint16_t vendor = 0;
        std::uint16_t product = 0;
        std::string serial, manufacturer, productName;
    };
    std::string name;         ///< "serial:/dev/ttyACM0"
    std::string path;         ///< "/dev/ttyACM0"
    std::string description;  ///< in words, may be empty
    std::optional<Usb> usb;   ///< only for USB ports
};

/// All serial ports of the machine, in the (plain text) order of their paths. Not pseudo-terminals.
/// Ports of 8250 kind are opened for a moment to see whether they exist, which raises their DTR.
Result<std::vector<PortInfo>> listSerialPorts();

}  // namespace tipring::hal

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tipring/hal/base/result.h"

namespace tipring::hal {

/// "0572:1340" or "0572:1340:SERIAL"; an empty serial number stands for any.
struct UsbId {
    std::uint16_t vendor = 0;
    std::uint16_t product = 0;
    std::string serial;
};
/// InvalAddress for anything but four hexadecimal digits, a colon and four more.
Result<UsbId> parseUsbId(std::string_view text);

}  // namespace tipring::hal

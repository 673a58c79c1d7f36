// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "port_device.h"

namespace tipring::hal {

/// A serial port by its resolved path, through libserialport. `name` is what errors say.
Result<std::unique_ptr<PortDevice>> openLibserialportDevice(const std::string& path,
                                                            const std::string& name,
                                                            const LineSettings& settings);

}  // namespace tipring::hal

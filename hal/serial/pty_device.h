// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "port_device.h"

namespace tipring::hal {

/// The slave side of a pseudo-terminal, and any other tty that libserialport does not know.
/// `path` is what is opened, `name` what errors say.
Result<std::unique_ptr<PortDevice>> openPtyDevice(const std::string& path, const std::string& name,
                                                  const LineSettings& settings);

}  // namespace tipring::hal

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "commands.h"
#include "tipring/hal/sim/scenario.h"
#include "tipring/hal/sim/usbip_server.h"

namespace tipring::tools {

/// What `tipring simulate` is to build.
struct SimulatePlan {
    sim::Scenario scenario;
    std::optional<sim::UsbipOptions> usbip;
};

/// The scenario of a file, or one out of the options: a line with a modem, or the USB devices with
/// their lines. `country`: empty leaves the scenario's own. InvalParam, NoDevice (no such file).
[[nodiscard]] hal::Result<SimulatePlan> planSimulation(const SimulateOptions& options,
                                                       const std::string& country);

/// "192.0.2.1:3241", "192.0.2.1", ":3241" or ":"; what is left away is 127.0.0.1 and 3240.
[[nodiscard]] hal::Result<sim::UsbipOptions> readUsbipPlace(std::string_view text);

}  // namespace tipring::tools

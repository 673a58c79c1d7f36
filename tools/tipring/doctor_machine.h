// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "doctor_checks.h"
#include "tipring/hal/base/event_loop.h"

namespace tipring::tools {

/// Looks at the machine without opening anything: devices, udev, who has what. `ports` are looked
/// at as well, whatever they are. `root` in front of /etc, /lib, /usr and /proc; for tests.
[[nodiscard]] DoctorMachine lookAround(const std::vector<std::string>& ports,
                                       const std::string& root = {});

/// Asks what is free: modems `AT`, adapters for their device descriptor. Runs the loop for some
/// seconds at most.
void askDevices(hal::EventLoop& loop, DoctorMachine& machine);

}  // namespace tipring::tools

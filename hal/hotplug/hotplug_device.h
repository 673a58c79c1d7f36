// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "tipring/hal/base/udev.h"
#include "tipring/hal/hotplug/hotplug.h"

namespace tipring::hal {

/// A device as it is told to observers; nothing for what is none of theirs: root hubs, USB
/// interfaces, virtual consoles.
std::optional<HotplugDevice> describeHotplugDevice(udev_device* device);

}  // namespace tipring::hal

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "tipring/hal/usb/usb_device.h"

namespace tipring::hal {

/// The opener that was added last for a scheme; empty where there is none.
UsbOpener findUsbScheme(std::string_view scheme);

}  // namespace tipring::hal

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "tipring/hal/serial/serial_port.h"

namespace tipring::hal {

/// The opener that was added last for a scheme; empty where there is none.
PortOpener findPortScheme(std::string_view scheme);

}  // namespace tipring::hal

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "conformance/provider_under_test.h"

namespace tipring::conformance {

/// The AT provider with a simulated modem of a family on its port.
[[nodiscard]] std::unique_ptr<World> makeAtModemWorld(hal::EventLoop& loop, const char* modem);

}  // namespace tipring::conformance

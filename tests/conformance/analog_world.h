// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "conformance/provider_under_test.h"

namespace tipring::conformance {

/// The analog provider with a port on a line of the simulated exchange.
[[nodiscard]] std::unique_ptr<World> makeFxoWorld(hal::EventLoop& loop);

}  // namespace tipring::conformance

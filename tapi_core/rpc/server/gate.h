// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "bus/bus.h"
#include "tipring/tapi_core/rpc/rights.h"

namespace tipring::rpc {

/// Whose a name on the bus is, or (empty) the other end of a connection without a bus daemon. A bus
/// daemon is asked and waited for, at most 250 ms. Unknown where it does not say.
[[nodiscard]] Identity identityOf(Bus& bus, const std::string& name);

}  // namespace tipring::rpc

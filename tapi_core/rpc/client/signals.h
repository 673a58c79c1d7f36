// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "client/remote.h"

namespace tipring::rpc {

/// The event that a signal of the service tells; none where it is not as defined.
[[nodiscard]] std::optional<tapi::Event> readEvent(Objects& objects, sd_bus_message* signal);

}  // namespace tipring::rpc

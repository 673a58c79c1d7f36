// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/api/tapi.h"
#include "tipring/tapi_core/rpc/bus_address.h"

namespace tipring::tools {

/// What `--bus` takes: "system", "session", "direct:unix:path=FILE" (a service that listens there),
/// or the address of a bus daemon, as "unix:path=FILE".
[[nodiscard]] rpc::BusAddress busAddressOf(std::string_view text);

/// The service's application interface for this program. The cause says what to do.
hal::Result<std::unique_ptr<tapi::Tapi>> connectToService(hal::EventLoop& loop,
                                                          const std::string& bus);

/// With `--bus` a port is a line of the service: its name, number, permanent id or port. No names:
/// every line.
[[nodiscard]] bool isNamed(const tapi::Address& line, const std::vector<std::string>& names);

}  // namespace tipring::tools

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/api/tapi.h"
#include "tipring/tapi_core/rpc/bus_address.h"

namespace tipring::rpc {

struct ClientOptions {
    BusAddress address{};
    std::string name = "tipring";  ///< the application's, for priorities and handing calls off
};

/// The application interface of a service in another process: what a program does with it is the
/// same as in process. Thread: the loop's, which must run on real time.
///
/// What returns a value asks the service and waits for its answer (TIMEOUT after 25 s of silence);
/// no event and no reply comes meanwhile. Names and capabilities are asked once.
///
/// NODEVICE: the bus is there, but no service on it.
///
/// When the service goes away, requests under way are answered with DISCONNECTED, calls end
/// (disconnected, then idle, TempFailure, the cause in words) and lines are out of service; what is
/// asked is answered with what was known, or RESOURCEUNAVAIL. When it is back, the event filter and
/// the registrations stand again, and TapiObjectEvent::Reinit says so.
///
/// Files of Call::play, record and file terminals are files of the service's machine, in a folder
/// that it lets clients use; DescriptorTerminal has sound of one's own.
[[nodiscard]] hal::Result<std::unique_ptr<tapi::Tapi>> connect(hal::EventLoop& loop,
                                                               const ClientOptions& options = {});

}  // namespace tipring::rpc

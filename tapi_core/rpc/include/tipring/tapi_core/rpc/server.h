// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/api/tapi.h"
#include "tipring/tapi_core/rpc/bus_address.h"

namespace tipring::rpc {

/// What one client may have at a time. One more is RESOURCEUNAVAIL.
struct ClientLimits {
    std::size_t clients = 256;
    std::size_t registrations = 4096;
    std::size_t calls = 256;          ///< that it made and that are not idle
    std::size_t requests = 256;       ///< without reply yet
    std::size_t idleCalls = 64;       ///< kept readable; the oldest goes
    std::size_t unreadEvents = 2048;  ///< a client that reads none of them is cut off
};

/// The application interface for other processes: every client has an application of its own, which
/// dies when the client leaves the bus, or its connection. Thread: the loop's.
/// The interfaces are described in docs/reference/dbus.md.
class Server {
public:
    /// Makes an application of that name. Its Tapi dies before the maker.
    using Maker = std::function<std::unique_ptr<tapi::Tapi>(const std::string& name)>;

    /// `soundDirectories`: files in them, and nowhere else, may clients have played and recorded.
    Server(hal::EventLoop& loop, Maker maker, std::string version, ClientLimits limits = {},
           std::vector<std::string> soundDirectories = {});
    /// Requests under way are not answered any more.
    ~Server();

    /// Connects to a bus daemon and takes the service's name there. INUSE: another has it.
    hal::Result<void> join(const BusAddress& bus);
    /// Listens at "unix:path=FILE" for connections without a bus daemon: for the file's owner and
    /// group.
    hal::Result<void> listen(const std::string& address);
    /// The bus daemon went away. Clients of it are lost.
    void onBusLost(std::function<void()> task);

    [[nodiscard]] std::size_t clients() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::rpc

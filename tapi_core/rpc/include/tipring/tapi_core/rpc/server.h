// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/api/tapi.h"
#include "tipring/tapi_core/rpc/bus_address.h"
#include "tipring/tapi_core/rpc/dial_barring.h"
#include "tipring/tapi_core/rpc/rights.h"

namespace tipring::rpc {

/// What one client may have at a time. One more is RESOURCEUNAVAIL.
struct ClientLimits {
    std::size_t clients = 256;
    std::size_t registrations = 4096;
    std::size_t calls = 256;           ///< that it made and that are not idle
    std::size_t requests = 256;        ///< without reply yet
    std::size_t idleCalls = 64;        ///< kept readable; the oldest goes
    std::size_t unreadEvents = 2048;   ///< and replies: a client that reads none is cut off
    std::size_t requestRate = 5000;    ///< requests a second; 0: any
    std::size_t requestBurst = 10000;  ///< as many at once before
};

/// How long requests took, from their arrival to their reply.
struct LatencyHistogram {
    /// Upper bounds of all buckets but the last, which has none.
    static constexpr std::array<std::chrono::microseconds, 10> kBounds{
        std::chrono::microseconds(50),      std::chrono::microseconds(100),
        std::chrono::microseconds(250),     std::chrono::microseconds(1000),
        std::chrono::microseconds(5000),    std::chrono::microseconds(25000),
        std::chrono::microseconds(100000),  std::chrono::microseconds(500000),
        std::chrono::microseconds(2500000), std::chrono::microseconds(10000000)};
    std::array<std::uint64_t, kBounds.size() + 1> counts{};
    std::uint64_t total = 0;
    std::chrono::nanoseconds sum{};

    void add(std::chrono::nanoseconds took);
};

/// What happened since the server was made.
struct ServerCounters {
    std::uint64_t requests = 0;  ///< messages to the object tree
    std::uint64_t overRate = 0;  ///< of these refused
    std::uint64_t noRight = 0;
    std::uint64_t barred = 0;
    std::uint64_t signals = 0;    ///< sent
    std::uint64_t cutOff = 0;     ///< clients
    LatencyHistogram queries{};   ///< answered at once
    LatencyHistogram finished{};  ///< requests that take their time
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
    /// Who may what; at first root and the service's own user all, others nothing. For later
    /// requests.
    void setRights(Rights rights);
    /// Numbers that are dialled for nobody; for later requests.
    void setDialBarring(DialBarring barring);
    /// The bus daemon went away. Clients of it are lost.
    void onBusLost(std::function<void()> task);

    [[nodiscard]] std::size_t clients() const;
    [[nodiscard]] const ServerCounters& counters() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::rpc

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/result.h"
#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::isolation {

/// The other end of the socket: a process with the provider in it. Thread: the loop's.
class Peer {
public:
    virtual ~Peer() = default;
    /// A SOCK_SEQPACKET socket; the peer keeps it.
    [[nodiscard]] virtual int socket() const = 0;
    /// The waits that follow take no longer than this together.
    virtual void limitWaits(hal::Duration limit) = 0;
    /// Blocks until the socket can be read: true. False: the limit passed.
    [[nodiscard]] virtual bool wait() = 0;
    /// Ends it at once. `closed`: it had closed the socket, so it may have ended by itself; then
    /// tells how ("was killed by signal 11 (Segmentation fault)"), or nothing where that is not
    /// known within 20 ms.
    [[nodiscard]] virtual std::string end(bool closed) = 0;
    /// 0: no process of its own.
    [[nodiscard]] virtual int processId() const { return 0; }
};
using Launcher = std::function<hal::Result<std::unique_ptr<Peer>>()>;

/// When a host that died is started again, and when one counts as dead.
struct RestartPolicy {
    hal::Duration firstDelay = std::chrono::seconds(1);  ///< doubles with each death
    hal::Duration longestDelay = std::chrono::seconds(60);
    hal::Duration goodRun = std::chrono::seconds(60);  ///< after it the delay begins anew
    hal::Duration pingEvery = std::chrono::seconds(1);
    hal::Duration pingLimit = std::chrono::seconds(2);
    /// The longest that one function of the provider keeps the loop: five times what the contract
    /// calls too long. A host that needs more is taken for dead.
    hal::Duration callLimit = std::chrono::milliseconds(250);
    hal::Duration startLimit = std::chrono::seconds(5);  ///< load and providerInit, each
};

struct Options {
    /// What providerInit finds with TspiHost::configGet; give the manager the same.
    std::map<std::string, std::string, std::less<>> config{};
    RestartPolicy restart{};
    /// The host program; empty: beside the running program, else where it is installed.
    std::string program{};
};

enum class HostState : std::uint8_t { Starting, Running, Waiting, Ended };
struct HostStatus {
    HostState state = HostState::Starting;
    std::uint32_t deaths = 0;
    std::string lastCause{};    ///< of the last death, in words
    hal::Duration nextDelay{};  ///< in Waiting: the delay that runs
    int processId = 0;
    std::uint32_t lines = 0;
};

class Stub;

/// A provider that runs in another process and looks like any other from here. It must outlive
/// the line manager. When its host dies (ends, hangs, sends rubbish), each pending request
/// fails with the cause, its lines are closed and removed, and a new host brings them back with
/// the same permanent ids. Thread: the loop's.
class IsolatedProvider {
public:
    /// Launches and reads what the provider has; waits for it up to startLimit.
    /// NODRIVER: the host ended before it said what it has, or the library cannot be loaded.
    static hal::Result<std::unique_ptr<IsolatedProvider>> create(Launcher launcher,
                                                                 Options options);
    explicit IsolatedProvider(std::unique_ptr<Stub> stub);
    ~IsolatedProvider();
    IsolatedProvider(const IsolatedProvider&) = delete;
    IsolatedProvider& operator=(const IsolatedProvider&) = delete;

    /// For LineManager::addProvider. A function that the provider lacks is NULL here too.
    [[nodiscard]] const TspiProvider& table() const;
    [[nodiscard]] HostStatus status() const;

private:
    std::unique_ptr<Stub> stub_;
};

/// The provider of a shared library in a `tipring-provider-host` of its own.
[[nodiscard]] hal::Result<std::unique_ptr<IsolatedProvider>> loadProvider(
    const std::string& library, Options options);
/// Starts that program for the library. `program` as in Options.
[[nodiscard]] Launcher processLauncher(const std::string& library, const std::string& program);

/// What a provider's row means that does not say `isolated`: true for a library that does not lie
/// in `providerFolder`, the folder of the installed ones.
[[nodiscard]] bool isolatedByDefault(const std::string& library, std::string_view providerFolder);
/// The same with this installation's folder.
[[nodiscard]] bool isolatedByDefault(const std::string& library);

}  // namespace tipring::isolation

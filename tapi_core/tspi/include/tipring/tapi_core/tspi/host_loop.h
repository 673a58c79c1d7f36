// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/tspi/host.h"

namespace tipring::tspi {

/// The core's loop as a hal::EventLoop, made of the C table that providerInit handed over: with it
/// hal/serial runs inside a provider, on the core's thread and on the core's (maybe virtual) time.
///
/// run(), stop() and signals belong to the core: run() and stop() do nothing but log an error, a
/// SignalWatch is refused with OPERATIONUNAVAIL.
/// Thread: as hal::EventLoop. Made and destroyed on the loop's thread, no later than
/// providerShutdown; posts that have not run by then are dropped.
class HostLoop final : public hal::EventLoop {
public:
    /// The table is borrowed.
    explicit HostLoop(const TspiHost& host);
    ~HostLoop() override;

    [[nodiscard]] hal::TimePoint now() const override;
    [[nodiscard]] hal::WallTime wallNow() const override;
    void post(Task task) override;
    void run() override;
    void stop() override;

private:
    std::unique_ptr<TimerHandle> addTimer(Task task) override;
    hal::Result<std::unique_ptr<WatchHandle>> addWatch(int fd, hal::Io events,
                                                       IoHandler handler) override;
    hal::Result<std::unique_ptr<Handle>> addSignal(int signalNumber, Task task) override;

    class Posts;
    const TspiHost& host_;
    std::unique_ptr<Posts> posts_;
};

}  // namespace tipring::tspi

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tipring/hal/base/event_loop.h"

namespace tipring::hal {

/// The loop of real programs: epoll(7) and CLOCK_MONOTONIC. Nothing wakes it but a ready
/// descriptor, a due timer, a post or a signal.
class EpollLoop final : public EventLoop {
public:
    static Result<std::unique_ptr<EpollLoop>> create();
    ~EpollLoop() override;

    [[nodiscard]] TimePoint now() const override;
    [[nodiscard]] WallTime wallNow() const override;
    void post(Task task) override;
    void run() override;
    void stop() override;

    /// Waits at most `limit` (negative: without limit) for one round of events and runs it. A
    /// stop() is not for this but for run().
    /// For a program that has a loop of its own around descriptor().
    void runOnce(Duration limit);
    /// Becomes readable when runOnce(0) has something to do (timers excepted).
    [[nodiscard]] int descriptor() const;
    /// Times that the loop came back from its wait since the start: the measure of idleness.
    /// Any thread.
    [[nodiscard]] std::uint64_t wakeups() const;

private:
    EpollLoop();
    std::unique_ptr<TimerHandle> addTimer(Task task) override;
    Result<std::unique_ptr<WatchHandle>> addWatch(int fd, Io events, IoHandler handler) override;
    Result<std::unique_ptr<Handle>> addSignal(int signalNumber, Task task) override;

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::hal

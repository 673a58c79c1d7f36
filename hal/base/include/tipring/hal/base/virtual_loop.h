// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tipring/hal/base/event_loop.h"

namespace tipring::hal {

/// Time by hand: an hour of calls runs in milliseconds, and the same run comes out the same.
///
/// Timers due at the same instant run in the order in which they were armed. Descriptors may be
/// watched too; they are polled without waiting before time moves on. Signals are not delivered.
/// A million callbacks at one instant are taken for a fault: an error is logged, and whatever runs
/// the loop returns (advanceUntil() with what done() says) with time standing there.
/// The wall clock starts at 2026-01-01 00:00:00 UTC unless told otherwise, and moves with now().
class VirtualLoop final : public EventLoop {
public:
    explicit VirtualLoop(WallTime start = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1});
    ~VirtualLoop() override;

    [[nodiscard]] TimePoint now() const override;
    [[nodiscard]] WallTime wallNow() const override;
    void post(Task task) override;
    /// Runs until stop(), or until there is nothing left: no post, no armed timer, no ready
    /// descriptor.
    void run() override;
    void stop() override;

    /// Runs all that is due within `span`, then stands exactly `span` later. A stop() is not for
    /// this but for run().
    void advance(Duration span);
    /// Advances until `done()` holds after a callback; false when `limit` passed first. Where it
    /// holds already, nothing runs. Time then stands at that callback, or `limit` later.
    bool advanceUntil(const std::function<bool()>& done, Duration limit);
    /// Runs posts, ready descriptors and timers due now; time does not move.
    void settle() { advance(Duration::zero()); }

private:
    std::unique_ptr<TimerHandle> addTimer(Task task) override;
    Result<std::unique_ptr<WatchHandle>> addWatch(int fd, Io events, IoHandler handler) override;
    Result<std::unique_ptr<Handle>> addSignal(int signalNumber, Task task) override;

    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::hal

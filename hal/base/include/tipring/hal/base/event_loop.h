// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "tipring/hal/base/result.h"

namespace tipring::hal {

/// Monotonic time of a loop; its epoch is the loop's own. Only differences mean something.
struct LoopClock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<LoopClock>;
    static constexpr bool is_steady = true;
};
using Duration = LoopClock::duration;
using TimePoint = LoopClock::time_point;
using WallTime = std::chrono::sys_time<std::chrono::nanoseconds>;

/// What a descriptor is watched for; a bit set. Error and hang-up are always reported.
enum class Io : std::uint32_t { None = 0, Read = 1, Write = 2, Hangup = 4, Error = 8 };
constexpr Io operator|(Io a, Io b) {
    return Io(std::uint32_t(a) | std::uint32_t(b));
}
constexpr bool has(Io set, Io bit) {
    return (std::uint32_t(set) & std::uint32_t(bit)) != 0;
}

/// The one thread that control runs on: watches descriptors, runs timers and posted work.
/// One turn runs the timers that are due, then the descriptors that are ready, then the posts; what
/// these arm or post anew waits for the next turn, so that none of the three starves the others.
/// Timers, watches and signal watches must die before their loop.
///
/// Thread: everything on the loop's thread, but post(), which is safe from any thread and from a
/// signal-free context of any library callback. Callbacks never nest: one runs to its end before
/// the next, and a loop that is run from inside one of its callbacks refuses, with an error in the
/// log.
/// On real time a callback that takes over 20 ms is named in a warning.
/// In steady state neither a timer, a descriptor event nor a post of a small callable allocates.
/// Time comes from here alone: a component that takes an EventLoop& runs unchanged on virtual time.
class EventLoop {
public:
    using Task = std::function<void()>;
    using IoHandler = std::function<void(Io ready)>;

    EventLoop() = default;
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;
    virtual ~EventLoop() = default;

    [[nodiscard]] virtual TimePoint now() const = 0;
    /// Calendar time (UTC), for records that people read; never for measuring.
    [[nodiscard]] virtual WallTime wallNow() const = 0;

    /// Runs `task` on the loop's thread, after the callback that is running now, in posting order.
    virtual void post(Task task) = 0;

    /// Runs callbacks until stop(). Returns at once if stop() came before. What was ready but not
    /// run yet waits for the next run().
    virtual void run() = 0;
    /// Makes run() return after the callback that is running now. Any thread.
    virtual void stop() = 0;

    /// What an implementation keeps behind a Timer, Watch or SignalWatch; opaque to programs.
    struct Handle {
        virtual ~Handle() = default;
    };
    struct TimerHandle : Handle {
        virtual void arm(TimePoint due) = 0;
        virtual void cancel() = 0;
        [[nodiscard]] virtual bool armed() const = 0;
    };
    struct WatchHandle : Handle {
        virtual Result<void> change(Io events) = 0;
    };

protected:
    friend class Timer;
    friend class Watch;
    friend class SignalWatch;
    virtual std::unique_ptr<TimerHandle> addTimer(Task task) = 0;
    virtual Result<std::unique_ptr<WatchHandle>> addWatch(int fd, Io events, IoHandler handler) = 0;
    virtual Result<std::unique_ptr<Handle>> addSignal(int signalNumber, Task task) = 0;
};

/// A timer of a loop. Made once, armed as often as wanted; arming again replaces the old due time.
/// After it died, or after cancel(), the task does not come. May be re-armed, cancelled or
/// destroyed inside its own task.
class Timer {
public:
    Timer(EventLoop& loop, EventLoop::Task task);
    Timer(Timer&&) noexcept = default;
    Timer& operator=(Timer&&) noexcept = default;

    /// Runs the task once, `delay` from now (0 or less: at the loop's next turn). Timers due at the
    /// same instant run in the order in which they were armed; a time in the past counts as now.
    void arm(Duration delay);
    void armAt(TimePoint due);
    void cancel();
    [[nodiscard]] bool armed() const;

private:
    EventLoop* loop_;
    std::unique_ptr<EventLoop::TimerHandle> handle_;
};

/// A watched descriptor; ends when it dies, and no callback comes after that. Level-triggered.
/// The descriptor is borrowed: destroy the watch before closing it.
class Watch {
public:
    Watch() = default;
    /// Fails where the kernel cannot poll the descriptor (a regular file) or it is watched already.
    static Result<Watch> create(EventLoop& loop, int fd, Io events, EventLoop::IoHandler handler);
    Result<void> change(Io events);
    void reset() { handle_.reset(); }
    [[nodiscard]] explicit operator bool() const { return handle_ != nullptr; }

private:
    std::unique_ptr<EventLoop::WatchHandle> handle_;
};

/// Runs a task on the loop for each delivery of a signal (SIGINT, SIGTERM, SIGCHLD, ...).
/// One watch per signal number in a process; the former disposition returns when it dies.
class SignalWatch {
public:
    SignalWatch() = default;
    static Result<SignalWatch> create(EventLoop& loop, int signalNumber, EventLoop::Task task);

private:
    std::unique_ptr<EventLoop::Handle> handle_;
};

}  // namespace tipring::hal

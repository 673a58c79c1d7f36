// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/base/epoll_loop.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <ctime>
#include <optional>
#include <utility>

#include "poller.h"
#include "post_queue.h"
#include "signal_source.h"
#include "timer_queue.h"
#include "tipring/hal/base/log.h"

namespace tipring::hal {
namespace {

const LogCategory kLog{"loop"};
constexpr Duration kSlowCallback = std::chrono::milliseconds(20);

Duration readClock(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

void warnSlow(const CallbackSource& source, Duration took) {
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
    if (source.number < 0) {
        kLog.warning("a {} callback held the loop for {} ms", source.kind, ms);
    } else {
        kLog.warning("the callback of {} {} held the loop for {} ms", source.kind, source.number,
                     ms);
    }
}

}  // namespace

struct EpollLoop::Impl {
    explicit Impl(EpollLoop& loop) : timers(loop) {}

    Result<void> open();
    void wake();
    void drainWake();
    bool enter();
    void leave();
    void turn(std::optional<Duration> limit);
    std::optional<Duration> waitLimit(std::optional<Duration> limit);
    [[nodiscard]] bool halted() const { return heedsStop && stopped.load(); }
    void finished(const CallbackSource& source);

    TimerQueue timers;
    Poller poller;
    PostQueue posts;
    FileDescriptor wakeFd;
    std::unique_ptr<WatchHandle> wakeWatch;
    std::atomic<bool> stopped{false};
    std::atomic<std::uint64_t> wakeups{0};
    bool inside = false;     // in run() or runOnce()
    bool heedsStop = false;  // in run()
    Duration lastReturn{};   // when the callback before this one returned
};

Result<void> EpollLoop::Impl::open() {
    wakeFd.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wakeFd) {
        return failSystem("cannot open a wake-up descriptor for the event loop", errno);
    }
    auto watch = poller.add({"wake-up", -1}, wakeFd.get(), Io::Read, [this](Io) { drainWake(); });
    if (!watch) {
        return tl::unexpected(std::move(watch.error()));
    }
    wakeWatch = std::move(*watch);
    return {};
}

void EpollLoop::Impl::wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wakeFd.get(), &one, sizeof one);
}

void EpollLoop::Impl::drainWake() {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(wakeFd.get(), &count, sizeof count);
}

bool EpollLoop::Impl::enter() {
    if (inside) {
        kLog.error("a callback tried to run the loop that it runs on; callbacks do not nest");
        return false;
    }
    inside = true;
    return true;
}

// Outside of run() the loop counts as asleep: a post must make descriptor() readable.
void EpollLoop::Impl::leave() {
    if (!posts.sleep()) {
        wake();
    }
    inside = false;
}

std::optional<Duration> EpollLoop::Impl::waitLimit(std::optional<Duration> limit) {
    if (!posts.sleep()) {
        return Duration::zero();
    }
    if (timers.empty()) {
        return limit;
    }
    const Duration untilDue = timers.nextDue().time_since_epoch() - readClock(CLOCK_MONOTONIC);
    return limit ? std::min(*limit, untilDue) : untilDue;
}

void EpollLoop::Impl::turn(std::optional<Duration> limit) {
    poller.wait(waitLimit(limit));
    wakeups.fetch_add(1, std::memory_order_relaxed);
    posts.awake();
    lastReturn = readClock(CLOCK_MONOTONIC);
    const TimePoint now{lastReturn};
    const std::uint64_t orderLimit = timers.nextOrder();
    while (!halted() && timers.runNext(now, orderLimit)) {
        finished({"timer", -1});
    }
    while (!halted()) {
        const CallbackSource source = poller.runNext();
        if (source.kind == nullptr) {
            break;
        }
        finished(source);
    }
    posts.beginRound();
    while (!halted() && posts.runNext()) {
        finished({"posted", -1});
    }
}

void EpollLoop::Impl::finished(const CallbackSource& source) {
    const Duration now = readClock(CLOCK_MONOTONIC);
    const Duration took = now - std::exchange(lastReturn, now);
    if (took > kSlowCallback) {
        warnSlow(source, took);
        lastReturn = readClock(CLOCK_MONOTONIC);
    }
}

EpollLoop::EpollLoop() : impl_(std::make_unique<Impl>(*this)) {}

// Tasks that never ran may own timers and watches of this loop: they go while it is whole.
EpollLoop::~EpollLoop() {
    impl_->posts.clear();
}

Result<std::unique_ptr<EpollLoop>> EpollLoop::create() {
    std::unique_ptr<EpollLoop> loop(new EpollLoop);
    if (auto opened = loop->impl_->open(); !opened) {
        return tl::unexpected(std::move(opened.error()));
    }
    return loop;
}

TimePoint EpollLoop::now() const {
    return TimePoint{readClock(CLOCK_MONOTONIC)};
}

WallTime EpollLoop::wallNow() const {
    return WallTime{readClock(CLOCK_REALTIME)};
}

void EpollLoop::post(Task task) {
    if (impl_->posts.push(std::move(task))) {
        impl_->wake();
    }
}

void EpollLoop::run() {
    if (!impl_->enter()) {
        return;
    }
    impl_->heedsStop = true;
    while (!impl_->stopped.exchange(false)) {
        impl_->turn(std::nullopt);
    }
    impl_->heedsStop = false;
    impl_->drainWake();
    impl_->leave();
}

void EpollLoop::stop() {
    impl_->stopped = true;
    impl_->wake();
}

void EpollLoop::runOnce(Duration limit) {
    if (!impl_->enter()) {
        return;
    }
    impl_->turn(limit < Duration::zero() ? std::nullopt : std::optional(limit));
    impl_->leave();
}

int EpollLoop::descriptor() const {
    return impl_->poller.descriptor();
}

std::uint64_t EpollLoop::wakeups() const {
    return impl_->wakeups.load(std::memory_order_relaxed);
}

std::unique_ptr<EventLoop::TimerHandle> EpollLoop::addTimer(Task task) {
    return impl_->timers.add(std::move(task));
}

Result<std::unique_ptr<EventLoop::WatchHandle>> EpollLoop::addWatch(int fd, Io events,
                                                                    IoHandler handler) {
    return impl_->poller.add({"descriptor", fd}, fd, events, std::move(handler));
}

Result<std::unique_ptr<EventLoop::Handle>> EpollLoop::addSignal(int signalNumber, Task task) {
    return watchSignal(impl_->poller, signalNumber, std::move(task));
}

}  // namespace tipring::hal

// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/base/virtual_loop.h"

#include <algorithm>
#include <atomic>
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
// Far above what any simulation needs at one instant, and over in about a second.
constexpr std::uint64_t kCallbacksPerInstant = 1'000'000;

TimePoint later(TimePoint from, Duration span) {
    return span > TimePoint::max() - from ? TimePoint::max() : from + std::max(span, Duration{});
}

}  // namespace

struct VirtualLoop::Impl {
    Impl(VirtualLoop& loop, WallTime wallStart) : timers(loop), start(wallStart) {}

    using Condition = std::function<bool()>;
    bool enter();
    void runUntil(TimePoint end, const Condition& halt);
    bool settle(const Condition& halt);
    bool round(const Condition& halt, bool& halted);
    bool halts(const Condition& halt);
    void moveTo(TimePoint time);

    TimerQueue timers;
    Poller poller;
    PostQueue posts;
    TimePoint now{};
    WallTime start;
    std::atomic<bool> stopped{false};
    bool inside = false;
    std::uint64_t callbacks = 0;  // since time moved
};

bool VirtualLoop::Impl::enter() {
    if (inside) {
        kLog.error("a callback tried to run the loop that it runs on; callbacks do not nest");
        return false;
    }
    inside = true;
    callbacks = 0;
    return true;
}

void VirtualLoop::Impl::moveTo(TimePoint time) {
    if (time > now) {
        now = time;
        callbacks = 0;
    }
}

// Asked after each callback.
bool VirtualLoop::Impl::halts(const Condition& halt) {
    if (++callbacks >= kCallbacksPerInstant) {
        kLog.error(
            "{} callbacks ran without time moving on: something posts, arms or leaves a "
            "descriptor ready for ever; the loop stops here",
            callbacks);
        return true;
    }
    return halt();
}

// One turn, in the order of every loop: timers, descriptors, posts. False: nothing to do.
bool VirtualLoop::Impl::round(const Condition& halt, bool& halted) {
    const std::uint64_t before = callbacks;
    const std::uint64_t orderLimit = timers.nextOrder();
    while (!halted && timers.runNext(now, orderLimit)) {
        halted = halts(halt);
    }
    if (!halted && !poller.empty()) {
        poller.wait(Duration::zero());
        poller.sortBatch();
        while (!halted && poller.runNext().kind != nullptr) {
            halted = halts(halt);
        }
    }
    posts.beginRound();
    while (!halted && posts.runNext()) {
        halted = halts(halt);
    }
    return callbacks != before;
}

// Runs all that this instant holds; true where that was cut short.
bool VirtualLoop::Impl::settle(const Condition& halt) {
    bool halted = false;
    while (!halted && round(halt, halted)) {
    }
    return halted;
}

void VirtualLoop::Impl::runUntil(TimePoint end, const Condition& halt) {
    while (!settle(halt)) {
        if (timers.empty() || timers.nextDue() > end) {
            moveTo(end);
            return;
        }
        moveTo(timers.nextDue());
    }
}

VirtualLoop::VirtualLoop(WallTime start) : impl_(std::make_unique<Impl>(*this, start)) {}

// Tasks that never ran may own timers and watches of this loop: they go while it is whole.
VirtualLoop::~VirtualLoop() {
    impl_->posts.clear();
}

TimePoint VirtualLoop::now() const {
    return impl_->now;
}

WallTime VirtualLoop::wallNow() const {
    return impl_->start + impl_->now.time_since_epoch();
}

void VirtualLoop::post(Task task) {
    impl_->posts.push(std::move(task));
}

void VirtualLoop::run() {
    if (!impl_->enter()) {
        return;
    }
    const auto halt = [this] { return impl_->stopped.load(); };
    while (!halt() && !impl_->settle(halt) && !impl_->timers.empty()) {
        impl_->moveTo(impl_->timers.nextDue());
    }
    impl_->stopped = false;
    impl_->inside = false;
}

void VirtualLoop::stop() {
    impl_->stopped = true;
}

void VirtualLoop::advance(Duration span) {
    if (!impl_->enter()) {
        return;
    }
    impl_->runUntil(later(impl_->now, span), [] { return false; });
    impl_->inside = false;
}

bool VirtualLoop::advanceUntil(const std::function<bool()>& done, Duration limit) {
    if (done()) {
        return true;
    }
    if (!impl_->enter()) {
        return false;
    }
    impl_->runUntil(later(impl_->now, limit), done);
    impl_->inside = false;
    return done();
}

std::unique_ptr<EventLoop::TimerHandle> VirtualLoop::addTimer(Task task) {
    return impl_->timers.add(std::move(task));
}

Result<std::unique_ptr<EventLoop::WatchHandle>> VirtualLoop::addWatch(int fd, Io events,
                                                                      IoHandler handler) {
    return impl_->poller.add({"descriptor", fd}, fd, events, std::move(handler));
}

Result<std::unique_ptr<EventLoop::Handle>> VirtualLoop::addSignal(int signalNumber, Task) {
    if (auto valid = checkSignalNumber(signalNumber); !valid) {
        return tl::unexpected(std::move(valid.error()));
    }
    return std::make_unique<Handle>();
}

}  // namespace tipring::hal

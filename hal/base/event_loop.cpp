// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/base/event_loop.h"

#include <algorithm>
#include <utility>

namespace tipring::hal {

Timer::Timer(EventLoop& loop, EventLoop::Task task)
    : loop_(&loop), handle_(loop.addTimer(std::move(task))) {}

void Timer::arm(Duration delay) {
    const TimePoint now = loop_->now();
    const bool beyondTime = delay > TimePoint::max() - now;
    handle_->arm(beyondTime ? TimePoint::max() : now + std::max(delay, Duration::zero()));
}

void Timer::armAt(TimePoint due) {
    handle_->arm(due);
}

void Timer::cancel() {
    if (handle_) {
        handle_->cancel();
    }
}

bool Timer::armed() const {
    return handle_ && handle_->armed();
}

Result<Watch> Watch::create(EventLoop& loop, int fd, Io events, EventLoop::IoHandler handler) {
    auto handle = loop.addWatch(fd, events, std::move(handler));
    if (!handle) {
        return tl::unexpected(std::move(handle.error()));
    }
    Watch watch;
    watch.handle_ = std::move(*handle);
    return watch;
}

Result<void> Watch::change(Io events) {
    if (!handle_) {
        return fail(ErrorCode::InvalParam, "change of a watch that watches no descriptor");
    }
    return handle_->change(events);
}

Result<SignalWatch> SignalWatch::create(EventLoop& loop, int signalNumber, EventLoop::Task task) {
    auto handle = loop.addSignal(signalNumber, std::move(task));
    if (!handle) {
        return tl::unexpected(std::move(handle.error()));
    }
    SignalWatch watch;
    watch.handle_ = std::move(*handle);
    return watch;
}

}  // namespace tipring::hal

// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/api/event_queue.h"

#include <fmt/format.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "tipring/hal/base/file_descriptor.h"
#include "tipring/hal/base/log.h"

namespace tipring::tapi {
namespace {

const hal::LogCategory kLog{"events"};

/// First in, first out. Takes no memory once it was as full as it gets.
class Fifo {
public:
    [[nodiscard]] std::size_t size() const { return items_.size() - head_; }
    void push(const Event& event) { items_.push_back(event); }
    Event pop() {
        Event event = std::move(items_[head_++]);
        if (head_ == items_.size()) {
            items_.clear();
            head_ = 0;
        } else if (head_ > items_.size() / 2) {
            items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(head_));
            head_ = 0;
        }
        return event;
    }

private:
    std::vector<Event> items_;
    std::size_t head_ = 0;  // of those that were taken
};

/// Runs a loop until it is told to halt or a time is over.
class LoopWait {
public:
    enum class End : std::uint8_t { Halted, TimedOut, Stopped, Nested };

    explicit LoopWait(hal::EventLoop& loop) : loop_(loop) {}

    End run(hal::Duration limit) {
        const auto state = std::make_shared<State>();
        // By way of a post: what is due at the same time, even at once, still comes before the end.
        hal::Timer timer(loop_, [this, state] {
            loop_.post([&loop = loop_, state] { finish(loop, *state, End::TimedOut); });
        });
        timer.arm(limit);
        auto outer = std::exchange(state_, state);
        loop_.run();
        state_ = std::move(outer);
        const std::optional<End> end = std::exchange(state->end, End::Halted);
        return end ? *end : mayRun() ? End::Stopped : End::Nested;
    }
    /// On the loop's thread.
    void halt() {
        if (state_) {
            finish(loop_, *state_, End::Halted);
        }
    }

private:
    struct State {
        std::optional<End> end;
    };

    static void finish(hal::EventLoop& loop, State& state, End how) {
        if (!state.end) {
            state.end = how;
            loop.stop();
        }
    }

    /// The loop came back by itself: it was stopped by somebody, or it refuses to be run from
    /// inside a callback. Then it does not run this either.
    bool mayRun() {
        const auto probe = std::make_shared<State>();
        loop_.post([&loop = loop_, probe] { finish(loop, *probe, End::Halted); });
        loop_.run();
        return std::exchange(probe->end, End::Stopped).has_value();
    }

    hal::EventLoop& loop_;
    std::shared_ptr<State> state_;  // while it runs
};

}  // namespace

struct EventQueue::Impl {
    Impl(hal::EventLoop& eventLoop, std::size_t most)
        : loop(eventLoop), wait(eventLoop), capacity(most) {}

    std::optional<Event> takeLocked();
    Result<Event> awaitOnLoop(std::chrono::milliseconds limit);
    Result<Event> awaitElsewhere(std::chrono::milliseconds limit);

    hal::EventLoop& loop;
    LoopWait wait;
    const std::size_t capacity;
    const std::thread::id loopThread = std::this_thread::get_id();
    hal::FileDescriptor signal;

    std::mutex mutex;
    std::condition_variable arrived;
    Fifo events;              // guarded by mutex
    std::size_t dropped = 0;  // guarded by mutex
    bool dropping = false;    // guarded by mutex: the last one was dropped
};

std::optional<Event> EventQueue::Impl::takeLocked() {
    if (events.size() == 0) {
        return std::nullopt;
    }
    Event event = events.pop();
    if (events.size() == 0) {
        std::uint64_t count = 0;
        [[maybe_unused]] const auto got = ::read(signal.get(), &count, sizeof count);
    }
    return event;
}

Result<Event> EventQueue::Impl::awaitOnLoop(std::chrono::milliseconds limit) {
    const hal::TimePoint begun = loop.now();
    hal::Duration left = limit;
    while (true) {
        const LoopWait::End end = wait.run(left);
        if (end == LoopWait::End::Nested) {
            return hal::fail(ErrorCode::InvalParam,
                             "a callback of the loop cannot wait for an event of the same loop");
        }
        {
            const std::lock_guard lock(mutex);
            if (auto event = takeLocked()) {
                return std::move(*event);
            }
        }
        if (end == LoopWait::End::Stopped) {
            return hal::fail(ErrorCode::UserCancelled,
                             "the loop was stopped while an event was waited for");
        }
        if (end == LoopWait::End::TimedOut) {
            return hal::fail(ErrorCode::Timeout,
                             fmt::format("no event within {} ms", limit.count()));
        }
        // Somebody else took the event.
        left = std::max<hal::Duration>(limit - (loop.now() - begun), hal::Duration::zero());
    }
}

Result<Event> EventQueue::Impl::awaitElsewhere(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex);
    arrived.wait_for(lock, limit, [this] { return events.size() != 0; });
    if (auto event = takeLocked()) {
        return std::move(*event);
    }
    return hal::fail(ErrorCode::Timeout, fmt::format("no event within {} ms", limit.count()));
}

EventQueue::EventQueue(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EventQueue::~EventQueue() = default;

Result<std::unique_ptr<EventQueue>> EventQueue::create(hal::EventLoop& loop, std::size_t capacity) {
    if (capacity == 0) {
        return hal::fail(ErrorCode::InvalParam, "a queue of events holds at least one");
    }
    auto impl = std::make_unique<Impl>(loop, capacity);
    impl->signal.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!impl->signal) {
        return hal::failSystem("cannot open a descriptor for events", errno);
    }
    return std::unique_ptr<EventQueue>(new EventQueue(std::move(impl)));
}

int EventQueue::descriptor() const {
    return impl_->signal.get();
}

std::optional<Event> EventQueue::take() {
    const std::lock_guard lock(impl_->mutex);
    return impl_->takeLocked();
}

Result<Event> EventQueue::next(std::chrono::milliseconds limit) {
    if (auto event = take()) {
        return std::move(*event);
    }
    // A wait of centuries overflows clocks; nobody notices that a year is enough.
    constexpr std::chrono::milliseconds kLongest = std::chrono::hours(24 * 365);
    const auto atMost = std::clamp(limit, std::chrono::milliseconds::zero(), kLongest);
    return std::this_thread::get_id() == impl_->loopThread ? impl_->awaitOnLoop(atMost)
                                                           : impl_->awaitElsewhere(atMost);
}

std::size_t EventQueue::dispatch(EventSink& sink) {
    std::size_t waiting = 0;
    {
        const std::lock_guard lock(impl_->mutex);
        waiting = impl_->events.size();
    }
    // What the sink causes meanwhile waits for the next time.
    std::size_t passed = 0;
    while (passed < waiting) {
        const auto event = take();
        if (!event) {
            break;
        }
        sink.onEvent(*event);
        ++passed;
    }
    return passed;
}

std::size_t EventQueue::dropped() const {
    const std::lock_guard lock(impl_->mutex);
    return impl_->dropped;
}

void EventQueue::onEvent(const Event& event) {
    bool lost = false;
    {
        const std::lock_guard lock(impl_->mutex);
        const bool full = impl_->events.size() == impl_->capacity;
        lost = full && !impl_->dropping;
        impl_->dropping = full;
        if (full) {
            ++impl_->dropped;
        } else {
            impl_->events.push(event);
            if (impl_->events.size() == 1) {
                const std::uint64_t one = 1;
                [[maybe_unused]] const auto put = ::write(impl_->signal.get(), &one, sizeof one);
            }
        }
    }
    if (lost) {
        kLog.warning("{} events wait to be taken: more are dropped until some are",
                     impl_->capacity);
    }
    impl_->arrived.notify_one();
    impl_->wait.halt();
}

}  // namespace tipring::tapi

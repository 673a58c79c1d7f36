// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/tspi/host_loop.h"

#include <fmt/format.h>

#include <mutex>
#include <utility>
#include <vector>

#include "host_callback.h"

namespace tipring::tspi {
namespace {

static_assert(TSPI_IO_READ == std::uint32_t(hal::Io::Read));
static_assert(TSPI_IO_WRITE == std::uint32_t(hal::Io::Write));
static_assert(TSPI_IO_HANGUP == std::uint32_t(hal::Io::Hangup));
static_assert(TSPI_IO_ERROR == std::uint32_t(hal::Io::Error));

using TimerCallback = HostCallback<hal::EventLoop::Task>;
using WatchCallback = HostCallback<hal::EventLoop::IoHandler>;

class HostTimer final : public hal::EventLoop::TimerHandle {
public:
    HostTimer(const TspiHost& host, hal::EventLoop::Task task)
        : host_(host),
          callback_(new TimerCallback(std::move(task))),
          timer_(host.timerCreate(host.context, &HostTimer::onDue, this)) {}
    ~HostTimer() override {
        if (timer_ != nullptr) {
            host_.timerDestroy(host_.context, timer_);
        }
    }

    void arm(hal::TimePoint due) override {
        if (timer_ == nullptr) {
            return;
        }
        armed_ = true;
        const std::int64_t now = host_.now(host_.context);
        const std::int64_t at = due.time_since_epoch().count();
        host_.timerArm(host_.context, timer_, at > now ? at - now : 0);
    }
    void cancel() override {
        armed_ = false;
        if (timer_ != nullptr) {
            host_.timerCancel(host_.context, timer_);
        }
    }
    [[nodiscard]] bool armed() const override { return armed_; }

private:
    static void onDue(void* argument) {
        auto* self = static_cast<HostTimer*>(argument);
        self->armed_ = false;
        self->callback_->run();  // may destroy *self
    }

    const TspiHost& host_;
    std::unique_ptr<TimerCallback, TimerCallback::Release> callback_;
    TspiTimer timer_;
    bool armed_ = false;
};

class HostWatch final : public hal::EventLoop::WatchHandle {
public:
    HostWatch(const TspiHost& host, int fd, hal::Io events, hal::EventLoop::IoHandler handler)
        : host_(host),
          callback_(new WatchCallback(std::move(handler))),
          watch_(host.watchCreate(host.context, fd, std::uint32_t(events), &HostWatch::onReady,
                                  this)) {}
    ~HostWatch() override {
        if (watch_ != nullptr) {
            host_.watchDestroy(host_.context, watch_);
        }
    }

    hal::Result<void> change(hal::Io events) override {
        const int result = host_.watchChange(host_.context, watch_, std::uint32_t(events));
        if (result != 0) {
            return hal::failSystem("the host cannot change what a descriptor is watched for",
                                   -result);
        }
        return {};
    }
    [[nodiscard]] bool good() const { return watch_ != nullptr; }

private:
    static void onReady(void* argument, std::uint32_t ready) {
        static_cast<HostWatch*>(argument)->callback_->run(hal::Io(ready));
    }

    const TspiHost& host_;
    std::unique_ptr<WatchCallback, WatchCallback::Release> callback_;
    TspiWatch watch_;
};

}  // namespace

/// Posted tasks. One post of the host carries all that came since the last: in steady state
/// nothing allocates here.
class HostLoop::Posts {
public:
    explicit Posts(const TspiHost& host) : host_(host) {}

    void push(Task task) {
        bool first = false;
        {
            const std::lock_guard lock(mutex_);
            first = incoming_.empty();
            incoming_.push_back(std::move(task));
        }
        if (first) {
            host_.post(host_.context, &Posts::onTurn, this);
        }
    }

private:
    static void onTurn(void* argument) { static_cast<Posts*>(argument)->runRound(); }

    void runRound() {
        {
            const std::lock_guard lock(mutex_);
            round_.swap(incoming_);
        }
        for (Task& task : round_) {
            task();
            task = nullptr;
        }
        round_.clear();
    }

    const TspiHost& host_;
    std::mutex mutex_;
    std::vector<Task> incoming_;  // guarded by mutex_
    std::vector<Task> round_;
};

HostLoop::HostLoop(const TspiHost& host) : host_(host), posts_(std::make_unique<Posts>(host)) {}

HostLoop::~HostLoop() = default;

hal::TimePoint HostLoop::now() const {
    return hal::TimePoint(hal::Duration(host_.now(host_.context)));
}

hal::WallTime HostLoop::wallNow() const {
    return hal::WallTime(std::chrono::nanoseconds(host_.wallNow(host_.context)));
}

void HostLoop::post(Task task) {
    posts_->push(std::move(task));
}

void HostLoop::run() {
    host_.log(host_.context, TSPI_LOG_ERROR, "tspi", "a provider tried to run the core's loop");
}

void HostLoop::stop() {
    host_.log(host_.context, TSPI_LOG_ERROR, "tspi", "a provider tried to stop the core's loop");
}

std::unique_ptr<hal::EventLoop::TimerHandle> HostLoop::addTimer(Task task) {
    return std::make_unique<HostTimer>(host_, std::move(task));
}

hal::Result<std::unique_ptr<hal::EventLoop::WatchHandle>> HostLoop::addWatch(int fd, hal::Io events,
                                                                             IoHandler handler) {
    auto watch = std::make_unique<HostWatch>(host_, fd, events, std::move(handler));
    if (!watch->good()) {
        return hal::fail(hal::ErrorCode::OperationFailed,
                         fmt::format("the host cannot watch descriptor {}: it is no pollable file, "
                                     "or it is watched already",
                                     fd));
    }
    return watch;
}

hal::Result<std::unique_ptr<hal::EventLoop::Handle>> HostLoop::addSignal(int signalNumber, Task) {
    return hal::fail(
        hal::ErrorCode::OperationUnavail,
        fmt::format("signal {} belongs to the program, not to a provider", signalNumber));
}

}  // namespace tipring::tspi

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "tipring/hal/base/virtual_loop.h"

namespace tipring::test {

/// A virtual loop whose clock can be moved inside a callback, as if the callback took that long,
/// and that tells of each post before it is queued.
class SkewedLoop final : public hal::EventLoop {
public:
    [[nodiscard]] hal::TimePoint now() const override { return inner.now() + skew; }
    [[nodiscard]] hal::WallTime wallNow() const override { return inner.wallNow() + skew; }
    void post(Task task) override {
        if (onPost) {
            onPost();
        }
        inner.post(std::move(task));
    }
    void run() override { inner.run(); }
    void stop() override { inner.stop(); }

    hal::VirtualLoop inner;
    hal::Duration skew{};
    std::function<void()> onPost;

private:
    struct SkewedTimer final : TimerHandle {
        SkewedTimer(SkewedLoop& owner, Task task)
            : loop(owner), timer(owner.inner, std::move(task)) {}
        void arm(hal::TimePoint due) override { timer.armAt(due - loop.skew); }
        void cancel() override { timer.cancel(); }
        [[nodiscard]] bool armed() const override { return timer.armed(); }
        SkewedLoop& loop;
        hal::Timer timer;
    };
    struct SkewedWatch final : WatchHandle {
        explicit SkewedWatch(hal::Watch made) : watch(std::move(made)) {}
        hal::Result<void> change(hal::Io events) override { return watch.change(events); }
        hal::Watch watch;
    };

    std::unique_ptr<TimerHandle> addTimer(Task task) override {
        return std::make_unique<SkewedTimer>(*this, std::move(task));
    }
    hal::Result<std::unique_ptr<WatchHandle>> addWatch(int fd, hal::Io events,
                                                       IoHandler handler) override {
        auto made = hal::Watch::create(inner, fd, events, std::move(handler));
        if (!made) {
            return tl::unexpected(std::move(made.error()));
        }
        return std::make_unique<SkewedWatch>(std::move(*made));
    }
    hal::Result<std::unique_ptr<Handle>> addSignal(int, Task) override {
        return hal::fail(hal::ErrorCode::OperationUnavail, "no signals here");
    }
};

}  // namespace tipring::test

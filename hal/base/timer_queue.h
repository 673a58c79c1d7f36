// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "callback_record.h"
#include "tipring/hal/base/event_loop.h"

namespace tipring::hal {

/// The armed timers of a loop: a binary heap by due time, then by order of arming. Memory is taken
/// when a timer is made, never when it is armed, cancelled or run.
class TimerQueue {
public:
    /// `clock` tells the time at which a timer is armed; it outlives the queue.
    explicit TimerQueue(const EventLoop& clock) : clock_(clock) {}

    std::unique_ptr<EventLoop::TimerHandle> add(EventLoop::Task task);

    [[nodiscard]] bool empty() const { return heap_.empty(); }
    /// Due time of the first timer; only where the queue is not empty.
    [[nodiscard]] TimePoint nextDue() const { return heap_.front()->due; }
    /// Timers armed from here on have an order of at least this.
    [[nodiscard]] std::uint64_t nextOrder() const { return nextOrder_; }
    /// Runs the first timer if it is due at `now` and was armed before `orderLimit`.
    bool runNext(TimePoint now, std::uint64_t orderLimit);

private:
    struct Record : CallbackRecord {
        EventLoop::Task task;
        TimePoint due;
        std::uint64_t order = 0;
        std::size_t slot = kNotArmed;
    };
    class Handle;
    static constexpr std::size_t kNotArmed = SIZE_MAX;

    void arm(Record& record, TimePoint due);
    void remove(Record& record);
    void place(Record& record, std::size_t slot);
    void siftUp(std::size_t slot);
    void siftDown(std::size_t slot);

    const EventLoop& clock_;
    std::vector<Record*> heap_;
    std::size_t timers_ = 0;
    std::uint64_t nextOrder_ = 0;
};

}  // namespace tipring::hal

// SPDX-License-Identifier: Apache-2.0
#include "timer_queue.h"

#include <algorithm>
#include <utility>

namespace tipring::hal {

class TimerQueue::Handle final : public EventLoop::TimerHandle {
public:
    Handle(TimerQueue& queue, EventLoop::Task task) : queue_(queue), record_(new Record) {
        record_->task = std::move(task);
    }
    ~Handle() override {
        queue_.remove(*record_);
        --queue_.timers_;
        releaseRecord(record_);
    }
    void arm(TimePoint due) override { queue_.arm(*record_, due); }
    void cancel() override { queue_.remove(*record_); }
    [[nodiscard]] bool armed() const override { return record_->slot != kNotArmed; }

private:
    TimerQueue& queue_;
    Record* record_;
};

std::unique_ptr<EventLoop::TimerHandle> TimerQueue::add(EventLoop::Task task) {
    ++timers_;
    if (heap_.capacity() < timers_) {
        heap_.reserve(std::max<std::size_t>(16, 2 * timers_));
    }
    return std::make_unique<Handle>(*this, std::move(task));
}

bool TimerQueue::runNext(TimePoint now, std::uint64_t orderLimit) {
    if (heap_.empty()) {
        return false;
    }
    Record* first = heap_.front();
    if (first->due > now || first->order >= orderLimit) {
        return false;
    }
    remove(*first);
    invokeRecord(first, [](Record& record) { record.task(); });
    return true;
}

void TimerQueue::arm(Record& record, TimePoint due) {
    remove(record);
    // Without the clamp a timer that always arms itself in the past would stay first for ever.
    record.due = std::max(due, clock_.now());
    record.order = nextOrder_++;
    heap_.push_back(&record);
    record.slot = heap_.size() - 1;
    siftUp(record.slot);
}

void TimerQueue::remove(Record& record) {
    const std::size_t slot = std::exchange(record.slot, kNotArmed);
    if (slot == kNotArmed) {
        return;
    }
    Record* last = heap_.back();
    heap_.pop_back();
    if (last == &record) {
        return;
    }
    place(*last, slot);
    siftUp(slot);
    siftDown(last->slot);
}

void TimerQueue::place(Record& record, std::size_t slot) {
    heap_[slot] = &record;
    record.slot = slot;
}

namespace {
constexpr auto kEarlier = [](const auto& a, const auto& b) {
    return a.due != b.due ? a.due < b.due : a.order < b.order;
};
}  // namespace

void TimerQueue::siftUp(std::size_t slot) {
    Record& moving = *heap_[slot];
    while (slot > 0) {
        const std::size_t parent = (slot - 1) / 2;
        if (!kEarlier(moving, *heap_[parent])) {
            break;
        }
        place(*heap_[parent], slot);
        slot = parent;
    }
    place(moving, slot);
}

void TimerQueue::siftDown(std::size_t slot) {
    Record& moving = *heap_[slot];
    for (std::size_t child = 2 * slot + 1; child < heap_.size(); child = 2 * slot + 1) {
        if (child + 1 < heap_.size() && kEarlier(*heap_[child + 1], *heap_[child])) {
            ++child;
        }
        if (!kEarlier(*heap_[child], moving)) {
            break;
        }
        place(*heap_[child], slot);
        slot = child;
    }
    place(moving, slot);
}

}  // namespace tipring::hal

// SPDX-License-Identifier: Apache-2.0
#include "post_queue.h"

#include <utility>

namespace tipring::hal {

bool PostQueue::push(EventLoop::Task task) {
    const std::lock_guard lock(mutex_);
    incoming_.push_back(std::move(task));
    return sleeping_ && incoming_.size() == 1;
}

bool PostQueue::sleep() {
    const std::lock_guard lock(mutex_);
    sleeping_ = incoming_.empty() && next_ == round_.size();
    return sleeping_;
}

void PostQueue::awake() {
    const std::lock_guard lock(mutex_);
    sleeping_ = false;
}

void PostQueue::beginRound() {
    if (next_ < round_.size()) {
        return;
    }
    round_.clear();
    next_ = 0;
    const std::lock_guard lock(mutex_);
    incoming_.swap(round_);
}

bool PostQueue::runNext() {
    if (next_ == round_.size()) {
        return false;
    }
    // Moved out first: what the task holds must go when it is done, not when the round is.
    const EventLoop::Task task = std::exchange(round_[next_++], nullptr);
    task();
    return true;
}

void PostQueue::clear() {
    do {
        round_.clear();
        next_ = 0;
        const std::lock_guard lock(mutex_);
        incoming_.swap(round_);
    } while (!round_.empty());
}

}  // namespace tipring::hal

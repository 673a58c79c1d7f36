// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <mutex>
#include <vector>

#include "tipring/hal/base/event_loop.h"

namespace tipring::hal {

/// Work handed to a loop from any thread. Two vectors change places, so that in steady state
/// nothing allocates. push() may be called from anywhere, the rest on the loop's thread.
class PostQueue {
public:
    ~PostQueue() { clear(); }

    /// True where the owner sleeps and this is the first task: it must be woken.
    bool push(EventLoop::Task task);
    /// The owner goes to sleep, if there is no task; false (and it stays awake) if there is one.
    bool sleep();
    void awake();
    /// Takes the tasks that have been posted up to now; those left of the round before come first.
    void beginRound();
    /// Runs one task of the round; false at its end.
    bool runNext();
    /// Drops all tasks unrun, also those that their destructors post.
    void clear();

private:
    std::mutex mutex_;
    std::vector<EventLoop::Task> incoming_;  // guarded by mutex_
    bool sleeping_ = true;                   // guarded by mutex_
    std::vector<EventLoop::Task> round_;
    std::size_t next_ = 0;
};

}  // namespace tipring::hal

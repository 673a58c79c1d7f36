// SPDX-License-Identifier: Apache-2.0
#include "command_queue.h"

#include <algorithm>
#include <utility>

namespace tipring::at_modem {

bool CommandQueue::push(const Job& job) {
    if (count_ == kRoom) {
        return false;
    }
    jobs_[count_++] = job;
    startNext();
    return true;
}

bool CommandQueue::pushFront(const Job& job) {
    if (count_ == kRoom) {
        return false;
    }
    std::move_backward(jobs_.begin(), jobs_.begin() + static_cast<std::ptrdiff_t>(count_),
                       jobs_.begin() + static_cast<std::ptrdiff_t>(count_ + 1));
    jobs_[0] = job;
    ++count_;
    startNext();
    return true;
}

void CommandQueue::endAll(const DialogueEnd& end) {
    const auto waiting = jobs_;
    const std::size_t count = std::exchange(count_, 0);
    for (std::size_t i = 0; i < count; ++i) {
        waiting[i].client->onDialogueEnd(end);
    }
}

void CommandQueue::clear() {
    DialogueEnd end;
    end.how = DialogueEnd::How::Cancelled;
    endAll(end);
}

void CommandQueue::setHeld(bool held) {
    held_ = held;
    startNext();
}

void CommandQueue::startNext() {
    if (held_ || count_ == 0 || engine_.busy() || current_ != nullptr) {
        return;
    }
    const Job job = jobs_[0];
    std::move(jobs_.begin() + 1, jobs_.begin() + static_cast<std::ptrdiff_t>(count_),
              jobs_.begin());
    --count_;
    current_ = job.client;
    engine_.run(job.dialogue, *this, job.start);
}

void CommandQueue::onDialogueEnd(const DialogueEnd& end) {
    std::exchange(current_, nullptr)->onDialogueEnd(end);
    if (end.how == DialogueEnd::How::Gone) {
        endAll(end);
    }
    startNext();
}

}  // namespace tipring::at_modem

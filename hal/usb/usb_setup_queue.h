// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/result.h"
#include "tipring/hal/usb/usb_device.h"

namespace tipring::hal {

/// Runs the requests for which the kernel has blocking calls only (claim, alternate setting,
/// configuration, reset): one after the other, each on a thread that lives as long as it, so that
/// the loop goes on. See docs/adr/0009.
class UsbSetupQueue {
public:
    struct Job {
        std::function<Result<void>()> check;  ///< on the loop, when its turn has come
        std::function<Result<void>()> run;    ///< on the thread; skipped where check() fails
        /// On the loop: keeps what it came to; also when the end comes before the answer.
        std::function<void(const Result<void>&)> applied;
        UsbDone answered;  ///< on the loop; may destroy the queue
    };

    explicit UsbSetupQueue(EventLoop& loop);
    ~UsbSetupQueue() { wait(); }
    UsbSetupQueue(const UsbSetupQueue&) = delete;
    UsbSetupQueue& operator=(const UsbSetupQueue&) = delete;

    void add(Job job);
    /// Waits for the job that runs and answers none; for the end only.
    void wait();
    [[nodiscard]] bool empty() const { return jobs_.empty(); }

private:
    void startFirst();
    void finish();
    Result<void> takeResult();

    EventLoop& loop_;
    std::deque<Job> jobs_;                // the first one runs
    std::optional<Result<void>> result_;  // of the first; written by its thread, read after it
    std::thread thread_;
    std::shared_ptr<UsbSetupQueue*> self_;  // what posts hold weakly
};

}  // namespace tipring::hal

// SPDX-License-Identifier: Apache-2.0
#include "usb_setup_queue.h"

#include <system_error>
#include <utility>

namespace tipring::hal {

UsbSetupQueue::UsbSetupQueue(EventLoop& loop)
    : loop_(loop), self_(std::make_shared<UsbSetupQueue*>(this)) {}

void UsbSetupQueue::add(Job job) {
    jobs_.push_back(std::move(job));
    if (jobs_.size() == 1) {
        startFirst();
    }
}

void UsbSetupQueue::startFirst() {
    const auto report = [this, weak = std::weak_ptr(self_)](Result<void> result) {
        result_ = std::move(result);
        loop_.post([weak] {
            if (const auto self = weak.lock()) {
                (*self)->finish();
            }
        });
    };
    if (auto checked = jobs_.front().check(); !checked) {
        return report(std::move(checked));
    }
    // The deque keeps the job in place while it runs, and wait() this.
    try {
        thread_ = std::thread([report, &run = jobs_.front().run] { report(run()); });
    } catch (const std::system_error& error) {
        report(failSystem("no thread for a USB request", error.code().value()));
    }
}

/// What the first job came to; only where it has been reported or its thread can be waited for.
Result<void> UsbSetupQueue::takeResult() {
    if (thread_.joinable()) {
        thread_.join();
    }
    Result<void> result = std::move(*result_);
    result_.reset();
    jobs_.front().applied(result);
    return result;
}

void UsbSetupQueue::finish() {
    Result<void> result = takeResult();
    const auto answered = std::move(jobs_.front().answered);
    jobs_.pop_front();
    if (!jobs_.empty()) {
        startFirst();
    }
    answered(std::move(result));
}

void UsbSetupQueue::wait() {
    self_.reset();
    if (!jobs_.empty()) {
        static_cast<void>(takeResult());
    }
    jobs_.clear();
}

}  // namespace tipring::hal

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <libusb.h>

#include <functional>
#include <map>
#include <memory>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/result.h"

namespace tipring::hal {

class UsbTransfer;

/// libusb on a loop, one for all devices of that loop: its descriptors are watched, its time-outs
/// come by its timer descriptor, and it is never waited for. libusb looks for no devices (no
/// netlink socket, no thread): they are opened here as descriptors.
///
/// What completes is queued inside libusb's callback and delivered after libusb has returned. So an
/// owner may do anything when told, up to destroying everything.
class UsbContext : public std::enable_shared_from_this<UsbContext> {
public:
    /// The context of a loop; made at the first call, gone with its last user.
    static Result<std::shared_ptr<UsbContext>> of(EventLoop& loop);
    ~UsbContext();
    UsbContext(const UsbContext&) = delete;
    UsbContext& operator=(const UsbContext&) = delete;

    [[nodiscard]] EventLoop& loop() const { return loop_; }
    [[nodiscard]] libusb_context* get() const { return context_; }

    /// Runs when libusb gives up the descriptor of a device because the device is gone. From inside
    /// libusb: to be noted, not to be acted on. Null ends it.
    void onDescriptorLost(int fd, std::function<void()> task);

    /// Lets libusb take what has completed until `done()` holds; false when that took too long.
    /// Delivers nothing.
    bool collectUntil(const std::function<bool()>& done);

    /// When libusb was last asked for what has completed: the arrival of all that is delivered now.
    [[nodiscard]] TimePoint collectedAt() const { return collectedAt_; }

    void enqueue(UsbTransfer& transfer);
    void dequeue(UsbTransfer& transfer);

private:
    explicit UsbContext(EventLoop& loop);
    Result<void> open();
    void collect(int milliseconds);
    void onReady();
    void deliver();
    void watch(int fd, short events);
    void unwatch(int fd);

    EventLoop& loop_;
    libusb_context* context_ = nullptr;
    std::map<int, Watch> watches_;
    std::map<int, std::function<void()>> lost_;
    UsbTransfer* first_ = nullptr;  // completed, in order
    UsbTransfer* last_ = nullptr;
    bool delivering_ = false;
    TimePoint collectedAt_{};
    Timer deliverTimer_;
};

}  // namespace tipring::hal

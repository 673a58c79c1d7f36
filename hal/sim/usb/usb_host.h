// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/sim/usb_model.h"

namespace tipring::sim {

enum class UsbOutcome : std::uint8_t { Ok, Stalled, Lost, Babble, TimedOut, Cancelled, Gone };

struct HostTransfer;

/// Told when a transfer is back: on the loop, never from inside submit() or cancel().
class HostTransferOwner {
public:
    virtual void onTransfer(HostTransfer& transfer) = 0;

protected:
    ~HostTransferOwner() = default;
};

struct HostPacket {
    std::size_t offset = 0, length = 0;
    std::size_t actual = 0;
    UsbOutcome outcome = UsbOutcome::Ok;
};

/// One transfer with its buffer. Lives until it is back or dropped.
struct HostTransfer {
    HostTransferOwner* owner = nullptr;
    std::uint8_t endpoint = 0;  ///< 0 or 0x80: control
    bool isochronous = false;
    hal::UsbSetup setup;          ///< control only
    std::vector<std::byte> data;  ///< `length` bytes of it
    std::size_t length = 0;
    std::vector<HostPacket> packets;  ///< isochronous only
    hal::Duration limit{};            ///< 0: none

    UsbOutcome outcome = UsbOutcome::Ok;
    std::size_t actual = 0;
    std::uint64_t tag = 0;  ///< the owner's

    // The host's.
    bool queued = false;
    std::size_t next = 0;  ///< packet
    hal::TimePoint due{}, deadline{};

    [[nodiscard]] bool isIn() const { return (endpoint & 0x80U) != 0; }
};

/// The bus between a model and those who send transfers: each endpoint one after the other, control
/// requests take a frame, isochronous packets go at the pace of the frames.
class UsbHost final : private UsbModelHost {
public:
    /// `gone`: after all transfers have come back because the device left the bus. Once.
    UsbHost(hal::EventLoop& loop, UsbModel& model, hal::EventLoop::Task gone);
    ~UsbHost() override;

    [[nodiscard]] UsbModel* model() const { return model_; }
    void submit(HostTransfer& transfer);
    void cancel(HostTransfer& transfer);
    /// Nothing is told about it any more.
    void drop(HostTransfer& transfer);
    /// As if the device had left the bus; not from inside a call to the model.
    void leave();
    [[nodiscard]] bool idle() const { return pending_.empty() && done_.empty(); }

private:
    void onReady() override { timer_.arm(hal::Duration::zero()); }
    [[nodiscard]] bool wantsFrames() const override;
    void beforeFrame() override { moveFrame(false); }
    void afterFrame() override { moveFrame(true); }
    void onUnplugged() override;

    void work();
    void expire();
    void pump();
    bool step(HostTransfer& transfer);
    bool control(HostTransfer& transfer);
    bool read(HostTransfer& transfer);
    bool write(HostTransfer& transfer);
    void moveFrame(bool in);
    void movePacket(HostTransfer& transfer);
    void finish(std::size_t index);
    void armNext();
    void deliver();

    hal::EventLoop& loop_;
    UsbModel* model_;
    hal::EventLoop::Task gone_;
    bool left_ = false, told_ = false;
    std::vector<HostTransfer*> pending_, done_;  // in order
    std::uint64_t frame_ = 0;
    bool* died_ = nullptr;
    hal::Timer timer_, limitTimer_;
};

}  // namespace tipring::sim

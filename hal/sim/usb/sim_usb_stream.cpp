// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include "tipring/hal/base/death_watch.h"
#include "usb/sim_usb_device.h"

namespace tipring::sim {

namespace {

hal::UsbPacketStatus statusOf(UsbOutcome outcome) {
    switch (outcome) {
    case UsbOutcome::Ok: return hal::UsbPacketStatus::Ok;
    case UsbOutcome::Babble: return hal::UsbPacketStatus::Babble;
    case UsbOutcome::Stalled: return hal::UsbPacketStatus::Stalled;
    default: return hal::UsbPacketStatus::Lost;
    }
}

}  // namespace

/// Transfers in flight on one endpoint; what both directions have.
class SimUsbStream : private HostTransferOwner {
public:
    SimUsbStream(SimUsbDevice& device, const hal::UsbStreamOptions& options, bool isochronous)
        : device_(device), options_(options), isochronous_(isochronous) {
        transfers_.resize(options.transfers);
        for (HostTransfer& one : transfers_) {
            one.owner = this;
            one.endpoint = options.endpoint;
            one.isochronous = isochronous;
            one.data.resize(options.packetSize * options.packets);
            one.packets.resize(isochronous ? options.packets : 0);
        }
        told_.reserve(options.packets);
    }
    virtual ~SimUsbStream() {
        if (died_ != nullptr) {
            *died_ = true;
        }
        for (HostTransfer& one : transfers_) {
            device_.host().drop(one);
        }
    }
    SimUsbStream(const SimUsbStream&) = delete;
    SimUsbStream& operator=(const SimUsbStream&) = delete;

protected:
    hal::Result<void> begin() {
        if (running_) {
            return hal::fail(hal::ErrorCode::InUse, "the stream runs already");
        }
        if (device_.host().model() == nullptr) {
            return tl::unexpected(device_.error(UsbOutcome::Gone, options_.endpoint));
        }
        running_ = true;
        stopping_ = false;
        why_ = UsbOutcome::Ok;
        statistics_ = {};
        number_ = filled_ = 0;
        for (HostTransfer& one : transfers_) {
            send(one);
        }
        return {};
    }
    void end(UsbOutcome why) {
        if (!running_ || stopping_) {
            return;
        }
        stopping_ = true;
        why_ = why;
        for (HostTransfer& one : transfers_) {
            if (one.queued) {
                device_.host().cancel(one);
            }
        }
        if (noneQueued()) {  // all waited, or this comes from the last one's callback
            comeBack(transfers_.front());
        }
    }
    /// Bulk out: those that wait.
    void resumeWaiting() {
        for (HostTransfer& one : transfers_) {
            if (running_ && !stopping_ && !one.queued) {
                send(one);
            }
        }
    }

    virtual std::size_t fill(std::span<std::byte> packet, std::uint64_t number) = 0;
    virtual void told(std::span<const hal::UsbPacket> packets) = 0;
    virtual void ended(const hal::Error* why) = 0;

    SimUsbDevice& device_;
    hal::UsbStreamOptions options_;
    bool running_ = false;
    hal::UsbStreamStatistics statistics_;

private:
    [[nodiscard]] bool isIn() const { return (options_.endpoint & 0x80U) != 0; }
    [[nodiscard]] bool noneQueued() const {
        return std::none_of(transfers_.begin(), transfers_.end(),
                            [](const HostTransfer& one) { return one.queued; });
    }
    /// Sends nothing: the transfer only comes back, so that the end is told from the loop.
    void comeBack(HostTransfer& transfer) {
        transfer.length = 0;
        device_.host().submit(transfer);
        device_.host().cancel(transfer);
    }

    void send(HostTransfer& transfer) {
        std::size_t offset = 0;
        if (isochronous_) {
            for (HostPacket& packet : transfer.packets) {
                packet = {offset, options_.packetSize, 0, UsbOutcome::Ok};
                if (!isIn()) {
                    packet.length = fillPacket(std::span(transfer.data).subspan(offset));
                }
                offset += options_.packetSize;
            }
            transfer.length = offset;
        } else {
            transfer.length = isIn() ? options_.packetSize : fillPacket(transfer.data);
            if (transfer.length == 0) {
                return;  // waits for resume()
            }
        }
        device_.host().submit(transfer);
    }
    std::size_t fillPacket(std::span<std::byte> room) {
        const std::size_t size = fill(room.first(options_.packetSize), filled_);
        const bool any = size > 0;
        filled_ += any || isochronous_ ? 1U : 0U;
        statistics_.underruns += any || (!isochronous_ && !noneQueued()) ? 0U : 1U;
        return std::min(size, options_.packetSize);
    }

    void onTransfer(HostTransfer& transfer) override {
        const hal::DeathWatch watch(died_);
        count(transfer);
        if (!told_.empty()) {
            told(told_);
            if (watch.died()) {
                return;
            }
        }
        const bool failed = !isochronous_ && transfer.outcome != UsbOutcome::Ok &&
                            transfer.outcome != UsbOutcome::Cancelled;
        if (transfer.outcome == UsbOutcome::Gone || failed) {
            end(transfer.outcome);
        }
        if (!stopping_) {
            statistics_.dryQueues += isIn() && noneQueued() ? 1U : 0U;
            return send(transfer);
        }
        if (noneQueued() && running_) {
            running_ = false;
            const hal::Error why = device_.error(why_, options_.endpoint);
            ended(why_ == UsbOutcome::Ok ? nullptr : &why);
        }
    }
    void count(const HostTransfer& transfer) {
        told_.clear();
        const hal::TimePoint now = device_.loop().now();
        if (isochronous_) {
            for (std::size_t i = 0; i < transfer.next; ++i) {
                const HostPacket& one = transfer.packets[i];
                add(std::span(transfer.data).subspan(one.offset, isIn() ? one.actual : 0),
                    one.outcome, one.actual, now);
            }
        } else if (transfer.outcome != UsbOutcome::Cancelled || transfer.actual > 0) {
            const bool gone = transfer.outcome == UsbOutcome::Gone;
            if (!gone) {
                const auto outcome =
                    transfer.outcome == UsbOutcome::Cancelled ? UsbOutcome::Ok : transfer.outcome;
                add(std::span(transfer.data).first(isIn() ? transfer.actual : 0), outcome,
                    transfer.actual, now);
            }
        }
        statistics_.transfers += told_.empty() ? 0U : 1U;
    }
    void add(std::span<const std::byte> data, UsbOutcome outcome, std::size_t size,
             hal::TimePoint now) {
        const bool fine = outcome == UsbOutcome::Ok;
        told_.push_back({fine ? data : data.first(0), statusOf(outcome), number_++, now});
        ++statistics_.packets;
        statistics_.bytes += fine ? size : 0;
        statistics_.lostPackets += fine ? 0U : 1U;
        statistics_.shortPackets += fine && size < options_.packetSize ? 1U : 0U;
    }

    bool isochronous_;
    std::vector<HostTransfer> transfers_;
    std::vector<hal::UsbPacket> told_;
    bool stopping_ = false;
    UsbOutcome why_ = UsbOutcome::Ok;
    std::uint64_t number_ = 0, filled_ = 0;
    bool* died_ = nullptr;
};

namespace {

class InStream final : public hal::UsbInStream, private SimUsbStream {
public:
    InStream(SimUsbDevice& device, const hal::UsbStreamOptions& options, bool isochronous,
             hal::UsbInStreamObserver& observer)
        : SimUsbStream(device, options, isochronous), observer_(observer) {}
    hal::Result<void> start() override { return begin(); }
    void stop() override { end(UsbOutcome::Ok); }
    [[nodiscard]] bool running() const override { return running_; }
    [[nodiscard]] const hal::UsbStreamStatistics& statistics() const override {
        return statistics_;
    }

private:
    std::size_t fill(std::span<std::byte>, std::uint64_t) override { return 0; }
    void told(std::span<const hal::UsbPacket> packets) override { observer_.onPackets(packets); }
    void ended(const hal::Error* why) override { observer_.onStopped(why); }

    hal::UsbInStreamObserver& observer_;
};

class OutStream final : public hal::UsbOutStream, private SimUsbStream {
public:
    OutStream(SimUsbDevice& device, const hal::UsbStreamOptions& options, bool isochronous,
              hal::UsbOutStreamObserver& observer)
        : SimUsbStream(device, options, isochronous), observer_(observer) {}
    hal::Result<void> start() override { return begin(); }
    void stop() override { end(UsbOutcome::Ok); }
    void resume() override { resumeWaiting(); }
    [[nodiscard]] bool running() const override { return running_; }
    [[nodiscard]] const hal::UsbStreamStatistics& statistics() const override {
        return statistics_;
    }

private:
    std::size_t fill(std::span<std::byte> packet, std::uint64_t number) override {
        return observer_.fillPacket(packet, number);
    }
    void told(std::span<const hal::UsbPacket> packets) override {
        observer_.onPacketsSent(packets);
    }
    void ended(const hal::Error* why) override { observer_.onStopped(why); }

    hal::UsbOutStreamObserver& observer_;
};

}  // namespace

std::unique_ptr<hal::UsbInStream> makeInStream(SimUsbDevice& device,
                                               const hal::UsbStreamOptions& options,
                                               bool isochronous,
                                               hal::UsbInStreamObserver& observer) {
    return std::make_unique<InStream>(device, options, isochronous, observer);
}

std::unique_ptr<hal::UsbOutStream> makeOutStream(SimUsbDevice& device,
                                                 const hal::UsbStreamOptions& options,
                                                 bool isochronous,
                                                 hal::UsbOutStreamObserver& observer) {
    return std::make_unique<OutStream>(device, options, isochronous, observer);
}

}  // namespace tipring::sim

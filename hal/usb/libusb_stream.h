// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tipring/hal/usb/usb_device.h"
#include "usb_pace.h"
#include "usb_transfer.h"

namespace tipring::hal {

class LibusbDevice;

/// How a stream is set up: its options with every default filled in, and its endpoint.
struct StreamPlan {
    UsbEndpoint endpoint;
    UsbStreamOptions options;
};
/// InvalParam where options and endpoint do not fit; `name` says whose they are.
Result<StreamPlan> planStream(const UsbEndpoint& endpoint, UsbSpeed speed,
                              const UsbStreamOptions& options, std::string_view name);

/// What streams of both directions share: the ring of transfers, its start, its clean end, and the
/// statistics.
class LibusbStream : private UsbTransferOwner {
public:
    LibusbStream(const LibusbStream&) = delete;
    LibusbStream& operator=(const LibusbStream&) = delete;

    Result<void> start();
    void stop();
    [[nodiscard]] bool running() const { return state_ != State::Idle; }
    [[nodiscard]] const UsbStreamStatistics& statistics() const { return statistics_; }
    [[nodiscard]] std::uint8_t endpoint() const { return plan_.endpoint.address; }
    /// Ends by itself.
    void fail(Error why);

protected:
    LibusbStream(LibusbDevice& device, StreamPlan plan);
    ~LibusbStream();

    /// Makes a transfer ready; false: it has nothing to carry and stays here.
    virtual bool prepare(libusb_transfer& transfer) = 0;
    /// Hands on what a transfer brought. May destroy the stream.
    virtual void deliver(libusb_transfer& transfer, std::span<const UsbPacket> packets) = 0;
    virtual void ended(const Error* why) = 0;

    [[nodiscard]] bool isochronous() const {
        return plan_.endpoint.type == UsbTransferType::Isochronous;
    }
    [[nodiscard]] const StreamPlan& plan() const { return plan_; }
    /// Sends every transfer that is here and has something to carry, the oldest first.
    void sendIdle();
    /// The kernel has at least one transfer.
    [[nodiscard]] bool anyInFlight() const;
    [[nodiscard]] UsbStreamStatistics& counters() { return statistics_; }

private:
    enum class State : std::uint8_t { Idle, Running, Stopping };

    void onTransfer(UsbTransfer& transfer) override;
    void allocate();
    /// False where the kernel refused; `why` says so.
    bool send(UsbTransfer& transfer, std::optional<Error>& why);
    std::span<const UsbPacket> takePackets(const libusb_transfer& transfer);
    std::size_t takeIsochronous(const libusb_transfer& transfer, TimePoint now);
    std::size_t takeWhole(const libusb_transfer& transfer, TimePoint now);
    void addPacket(std::size_t index, UsbPacketStatus status, std::span<const std::byte> data,
                   TimePoint now);
    void judge(const libusb_transfer& transfer);
    void cancelAll();
    void endIfQuiet();
    void report();
    void countDryQueue(const libusb_transfer& transfer);
    /// Not all transfers are here.
    [[nodiscard]] bool anyOut() const;
    [[nodiscard]] std::string describe(std::string_view what) const;

    LibusbDevice& device_;
    StreamPlan plan_;
    State state_ = State::Idle;
    std::optional<Error> why_;  // the stream ended by itself
    unsigned failures_ = 0;     // transfers that failed one after the other
    std::uint64_t number_ = 0;  // of the next packet to come back
    bool sending_ = false;
    std::size_t nextIdle_ = 0;  // transfers are used in a ring
    bool* died_ = nullptr;
    UsbStreamStatistics statistics_;
    UsbPace pace_;
    std::vector<UsbPacket> packets_;
    std::vector<unsigned char> memory_;
    std::vector<std::unique_ptr<UsbTransfer>> transfers_;
    Timer reportTimer_;
};

Result<std::unique_ptr<UsbInStream>> makeInStream(LibusbDevice& device, StreamPlan plan,
                                                  UsbInStreamObserver& observer);
Result<std::unique_ptr<UsbOutStream>> makeOutStream(LibusbDevice& device, StreamPlan plan,
                                                    UsbOutStreamObserver& observer);

}  // namespace tipring::hal

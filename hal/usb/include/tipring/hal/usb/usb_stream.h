// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/result.h"

namespace tipring::hal {

/// What became of one packet.
enum class UsbPacketStatus : std::uint8_t {
    Ok,
    Lost,     ///< no answer, CRC or bit-stuffing error; nothing of it can be used
    Babble,   ///< the device sent more than was asked for; nothing of it can be used
    Stalled,  ///< the endpoint is halted: the stream stops, UsbDevice::clearHalt() before the next
};

/// Isochronous: the data of one (micro)frame. Bulk and interrupt: of one transfer.
struct UsbPacket {
    std::span<const std::byte> data;  ///< valid during the call; may be empty
    UsbPacketStatus status = UsbPacketStatus::Ok;
    std::uint64_t number = 0;  ///< counts all packets since start() from 0, the lost ones as well
    TimePoint arrived{};       ///< when the loop had it; the same for all packets of a transfer
};

/// How a stream uses its endpoint. Memory is taken once, when the stream is opened:
/// transfers * packets * packetSize bytes.
struct UsbStreamOptions {
    std::uint8_t endpoint = 0;  ///< address with the direction bit
    /// Bytes. Isochronous: 1 to the endpoint's maxPacket, 0: maxPacket. Bulk and interrupt in: a
    /// multiple of maxPacket (less makes the bus controller report babble), 0: maxPacket.
    std::size_t packetSize = 0;
    unsigned packets = 1;    ///< per transfer, 1..128; more than 1 only isochronous
    unsigned transfers = 4;  ///< in flight at once, 1..64
    /// The pace by which gaps are found: `paceBytes` (0: whatever one packet has) every `pace`.
    /// Isochronous: 0 takes it from bInterval. Bulk and interrupt: 0 means that the device has
    /// none.
    Duration pace{};
    std::size_t paceBytes = 0;
};

/// How a stream did since start(). Counters say what happened, never what ought to have.
struct UsbStreamStatistics {
    std::uint64_t transfers = 0;     ///< completed
    std::uint64_t packets = 0;       ///< whatever became of them
    std::uint64_t bytes = 0;         ///< of packets that are Ok
    std::uint64_t shortPackets = 0;  ///< Ok, but with less than packetSize
    std::uint64_t lostPackets = 0;   ///< Lost, Babble, Stalled
    /// Times that every transfer had come back before the first could be sent again: the endpoint
    /// had nothing to work with, so isochronous frames were missed for certain.
    std::uint64_t dryQueues = 0;
    /// By the pace (see there) and the loop's clock: how often units were missing, and how many.
    /// An inference: it is made when the following transfers came late as well, some transfers
    /// after the gap.
    std::uint64_t gaps = 0;
    std::uint64_t missedUnits = 0;
    /// Out: isochronous packets that went out empty; bulk: fillPacket() had nothing to send when
    /// nothing was in flight.
    std::uint64_t underruns = 0;
    Duration maxServiceDelay{};  ///< longest a completed transfer waited for us, by the pace
    Duration maxInterval{};      ///< longest time between two completions

    bool operator==(const UsbStreamStatistics&) const = default;
};

/// What both directions have. Thread: the loop's. May be destroyed at any time, also inside its own
/// callbacks: transfers are cancelled, and nothing is called any more. Must die before its device.
class UsbStream {
public:
    virtual ~UsbStream() = default;

    /// Sends all transfers. InUse while it runs or stops; NoDevice once the device is gone.
    /// Statistics and packet numbers begin anew.
    virtual Result<void> start() = 0;
    /// Cancels all transfers. What has come by then is still delivered; onStopped() comes when
    /// the last transfer is back, never from inside stop(). Without effect where it does not run.
    virtual void stop() = 0;
    /// From start() until onStopped().
    [[nodiscard]] virtual bool running() const = 0;
    [[nodiscard]] virtual const UsbStreamStatistics& statistics() const = 0;

protected:
    UsbStream() = default;
    UsbStream(const UsbStream&) = delete;
    UsbStream& operator=(const UsbStream&) = delete;
};

class UsbInStreamObserver {
public:
    virtual ~UsbInStreamObserver() = default;
    /// The packets of one transfer in the order of the bus. The transfer is sent again after the
    /// call.
    virtual void onPackets(std::span<const UsbPacket> packets) = 0;
    /// Once per start(). `why` is null after stop(); else the stream ended by itself: NoDevice
    /// when the device is gone, OperationFailed when the endpoint is halted or fails again and
    /// again.
    virtual void onStopped(const Error* why) = 0;
};

class UsbInStream : public UsbStream {};

class UsbOutStreamObserver {
public:
    virtual ~UsbOutStreamObserver() = default;
    /// Fills the next packet and returns how many bytes it has; also called from inside start() and
    /// resume(). Must not destroy the stream.
    /// 0: nothing to send. An isochronous packet then goes out empty; bulk and interrupt wait for
    /// resume().
    /// `number` counts from 0 since start(). What is filled in reaches the bus after what is in
    /// flight: transfers * packets later at most.
    virtual std::size_t fillPacket(std::span<std::byte> packet, std::uint64_t number) = 0;
    /// Packets came back, in order; `data` is empty. Only for who wants to know.
    virtual void onPacketsSent(std::span<const UsbPacket> packets) { static_cast<void>(packets); }
    /// As for UsbInStreamObserver.
    virtual void onStopped(const Error* why) = 0;
};

class UsbOutStream : public UsbStream {
public:
    /// Bulk and interrupt: asks fillPacket() again for every transfer that waits.
    virtual void resume() = 0;
};

}  // namespace tipring::hal

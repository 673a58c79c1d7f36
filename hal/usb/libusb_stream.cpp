// SPDX-License-Identifier: Apache-2.0
#include "libusb_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "libusb_device.h"
#include "tipring/hal/base/death_watch.h"
#include "usb_error.h"

namespace tipring::hal {
namespace {

// A device that was pulled out fails its transfers at once, some hundred milliseconds before the
// hub's driver says that it is gone: without a limit they would be sent thousands of times.
constexpr unsigned kFailuresAtMost = 8;

UsbPacketStatus statusOf(int status) {
    switch (status) {
    case LIBUSB_TRANSFER_COMPLETED:
    case LIBUSB_TRANSFER_CANCELLED: return UsbPacketStatus::Ok;
    case LIBUSB_TRANSFER_STALL: return UsbPacketStatus::Stalled;
    case LIBUSB_TRANSFER_OVERFLOW: return UsbPacketStatus::Babble;
    default: return UsbPacketStatus::Lost;
    }
}

std::span<const std::byte> bytesAt(const libusb_transfer& transfer, std::size_t offset,
                                   std::size_t size) {
    return {reinterpret_cast<const std::byte*>(transfer.buffer) + offset, size};
}

}  // namespace

LibusbStream::LibusbStream(LibusbDevice& device, StreamPlan plan)
    : device_(device),
      plan_(plan),
      pace_(plan.options.pace, std::max(UsbPace::kLeastWindow, 2 * plan.options.transfers)),
      reportTimer_(device.context().loop(), [this] { report(); }) {
    allocate();
    device_.addStream(*this);
}

LibusbStream::~LibusbStream() {
    if (died_ != nullptr) {
        *died_ = true;
    }
    cancelAll();
    transfers_.clear();
    device_.removeStream(*this);
}

void LibusbStream::allocate() {
    const UsbStreamOptions& options = plan_.options;
    const std::size_t bytes = options.packetSize * options.packets;
    packets_.resize(options.packets);
    memory_.resize(bytes * options.transfers);
    for (unsigned i = 0; i < options.transfers; ++i) {
        const int packets = isochronous() ? int(options.packets) : 0;
        transfers_.push_back(std::make_unique<UsbTransfer>(
            device_.context(), static_cast<UsbTransferOwner&>(*this), packets));
        libusb_transfer& raw = *transfers_.back()->get();
        raw.dev_handle = device_.handle();
        raw.endpoint = plan_.endpoint.address;
        raw.type = static_cast<unsigned char>(plan_.endpoint.type);
        raw.buffer = memory_.data() + i * bytes;
        raw.length = int(bytes);
        raw.num_iso_packets = packets;
        libusb_set_iso_packet_lengths(&raw, unsigned(options.packetSize));
    }
}

Result<void> LibusbStream::start() {
    if (running()) {
        return hal::fail(ErrorCode::InUse, describe("the stream runs already"));
    }
    if (auto blocked = device_.blocked()) {
        return tl::unexpected(std::move(*blocked));
    }
    statistics_ = {};
    why_.reset();
    failures_ = 0;
    number_ = 0;
    nextIdle_ = 0;
    pace_.begin(device_.context().loop().now());
    state_ = State::Running;
    sendIdle();
    if (why_ && !anyOut()) {
        state_ = State::Idle;
        reportTimer_.cancel();
        return tl::unexpected(*std::exchange(why_, std::nullopt));
    }
    return {};
}

// Transfers come back in the order in which they were sent, so those that are here form one run of
// the ring.
void LibusbStream::sendIdle() {
    if (std::exchange(sending_, true)) {
        return;  // resume() from inside fillPacket()
    }
    std::optional<Error> why;
    while (state_ == State::Running && transfers_[nextIdle_]->idle()) {
        if (!send(*transfers_[nextIdle_], why)) {
            break;
        }
        nextIdle_ = (nextIdle_ + 1) % transfers_.size();
    }
    sending_ = false;
    if (why) {
        fail(std::move(*why));
    }
}

bool LibusbStream::send(UsbTransfer& transfer, std::optional<Error>& why) {
    // stop() may be called from inside.
    if (!prepare(*transfer.get()) || state_ != State::Running) {
        return false;
    }
    const int code = transfer.submit();
    if (code != 0) {
        why = usbError(describe("cannot send a transfer"), code);
    }
    return code == 0;
}

void LibusbStream::stop() {
    if (state_ != State::Running) {
        return;
    }
    state_ = State::Stopping;
    cancelAll();
    endIfQuiet();
}

void LibusbStream::fail(Error why) {
    if (state_ == State::Idle) {
        return;
    }
    if (!why_) {
        why_ = std::move(why);
    }
    if (why_->code == ErrorCode::NoDevice) {
        device_.lose(*why_);
    }
    stop();
}

// The newest first: the controller must not begin with one whose turn has come because the one
// before it was cancelled.
void LibusbStream::cancelAll() {
    for (std::size_t i = 0; i < transfers_.size(); ++i) {
        const std::size_t index = nextIdle_ + transfers_.size() - 1 - i;
        transfers_[index % transfers_.size()]->cancel();
    }
}

bool LibusbStream::anyInFlight() const {
    return std::any_of(transfers_.begin(), transfers_.end(),
                       [](const auto& transfer) { return transfer->pending(); });
}

bool LibusbStream::anyOut() const {
    return std::any_of(transfers_.begin(), transfers_.end(),
                       [](const auto& transfer) { return !transfer->idle(); });
}

void LibusbStream::endIfQuiet() {
    if (state_ == State::Stopping && !anyOut()) {
        reportTimer_.arm(Duration::zero());
    }
}

void LibusbStream::report() {
    state_ = State::Idle;
    const std::optional<Error> why = std::exchange(why_, std::nullopt);
    const DeathWatch watch(died_);
    ended(why ? &*why : nullptr);
    if (!watch.died()) {
        device_.settled();
    }
}

void LibusbStream::onTransfer(UsbTransfer& transfer) {
    libusb_transfer& raw = *transfer.get();
    countDryQueue(raw);
    const std::span<const UsbPacket> packets = takePackets(raw);
    judge(raw);
    const DeathWatch watch(died_);
    if (!packets.empty()) {
        deliver(raw, packets);
    }
    if (!watch.died()) {
        sendIdle();
        endIfQuiet();
    }
}

// Bulk out waits by design; for the others nothing in flight means that the endpoint goes idle.
void LibusbStream::countDryQueue(const libusb_transfer& transfer) {
    const bool matters = isochronous() || plan_.endpoint.isIn();
    if (state_ == State::Running && matters && transfer.status == LIBUSB_TRANSFER_COMPLETED &&
        !anyInFlight()) {
        ++statistics_.dryQueues;
    }
}

/// Counts what a transfer brought. A cancelled one counts only as far as it brought something.
std::span<const UsbPacket> LibusbStream::takePackets(const libusb_transfer& transfer) {
    const TimePoint now = device_.context().collectedAt();
    const std::size_t count =
        isochronous() ? takeIsochronous(transfer, now) : takeWhole(transfer, now);
    if (transfer.status == LIBUSB_TRANSFER_CANCELLED && count == 0) {
        return {};
    }
    ++statistics_.transfers;
    const double paceBytes = isochronous() ? 0 : double(plan_.options.paceBytes);
    const double units = paceBytes > 0 ? double(transfer.actual_length) / paceBytes : double(count);
    pace_.completed(now, units, statistics_);
    return std::span<const UsbPacket>(packets_).first(count);
}

std::size_t LibusbStream::takeIsochronous(const libusb_transfer& transfer, TimePoint now) {
    const bool cut = transfer.status == LIBUSB_TRANSFER_CANCELLED ||
                     transfer.status == LIBUSB_TRANSFER_NO_DEVICE;
    std::size_t count = 0;
    std::size_t offset = 0;
    for (int i = 0; i < transfer.num_iso_packets; ++i) {
        const libusb_iso_packet_descriptor& packet = transfer.iso_packet_desc[i];
        const bool good = packet.status == LIBUSB_TRANSFER_COMPLETED;
        // What was cancelled shows as complete and empty.
        if (!cut || (good && packet.actual_length > 0)) {
            addPacket(count++, statusOf(packet.status),
                      bytesAt(transfer, offset, good ? packet.actual_length : 0), now);
        }
        offset += packet.length;
    }
    return count;
}

std::size_t LibusbStream::takeWhole(const libusb_transfer& transfer, TimePoint now) {
    const bool cut = transfer.status == LIBUSB_TRANSFER_CANCELLED ||
                     transfer.status == LIBUSB_TRANSFER_NO_DEVICE;
    if (cut && transfer.actual_length == 0) {
        return 0;
    }
    const UsbPacketStatus status = statusOf(transfer.status);
    const bool good = status == UsbPacketStatus::Ok;
    addPacket(0, status, bytesAt(transfer, 0, good ? std::size_t(transfer.actual_length) : 0), now);
    return 1;
}

void LibusbStream::addPacket(std::size_t index, UsbPacketStatus status,
                             std::span<const std::byte> data, TimePoint now) {
    packets_[index] = {data, status, number_++, now};
    ++statistics_.packets;
    if (status != UsbPacketStatus::Ok) {
        ++statistics_.lostPackets;
        return;
    }
    statistics_.bytes += data.size();
    statistics_.shortPackets += data.size() < plan_.options.packetSize ? 1U : 0U;
}

/// Whether the stream goes on after this transfer.
void LibusbStream::judge(const libusb_transfer& transfer) {
    if (state_ != State::Running && transfer.status != LIBUSB_TRANSFER_NO_DEVICE) {
        return;
    }
    switch (transfer.status) {
    case LIBUSB_TRANSFER_COMPLETED: failures_ = 0; return;
    case LIBUSB_TRANSFER_STALL:
    case LIBUSB_TRANSFER_CANCELLED:
    case LIBUSB_TRANSFER_NO_DEVICE: failures_ = kFailuresAtMost; break;
    default: ++failures_; break;
    }
    if (failures_ >= kFailuresAtMost) {
        fail(usbTransferError(describe("the stream ended"), transfer));
    }
}

std::string LibusbStream::describe(std::string_view what) const {
    return fmt::format("{}, endpoint 0x{:02x}: {}", device_.name(), endpoint(), what);
}

}  // namespace tipring::hal

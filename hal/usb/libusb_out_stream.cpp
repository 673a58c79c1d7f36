// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "libusb_device.h"
#include "libusb_stream.h"

namespace tipring::hal {
namespace {

class LibusbOutStream final : public UsbOutStream, private LibusbStream {
public:
    LibusbOutStream(LibusbDevice& device, StreamPlan plan, UsbOutStreamObserver& observer)
        : LibusbStream(device, plan), observer_(observer) {}

    Result<void> start() override {
        if (!running()) {
            filled_ = 0;
        }
        return LibusbStream::start();
    }
    void stop() override { LibusbStream::stop(); }
    [[nodiscard]] bool running() const override { return LibusbStream::running(); }
    [[nodiscard]] const UsbStreamStatistics& statistics() const override {
        return LibusbStream::statistics();
    }
    void resume() override { sendIdle(); }

private:
    bool prepare(libusb_transfer& transfer) override;
    std::size_t fill(unsigned char* at);
    void deliver(libusb_transfer& transfer, std::span<const UsbPacket> packets) override;
    void ended(const Error* why) override { observer_.onStopped(why); }

    UsbOutStreamObserver& observer_;
    std::uint64_t filled_ = 0;
    std::vector<UsbPacket> sent_ = std::vector<UsbPacket>(plan().options.packets);
};

std::size_t LibusbOutStream::fill(unsigned char* at) {
    const std::size_t room = plan().options.packetSize;
    const std::span<std::byte> packet(reinterpret_cast<std::byte*>(at), room);
    const std::size_t size = std::min(observer_.fillPacket(packet, filled_), room);
    // Bulk waits for resume() without harm as long as something is on its way.
    if (size == 0 && (isochronous() || !anyInFlight())) {
        ++counters().underruns;
    }
    filled_ += size > 0 || isochronous() ? 1U : 0U;
    return size;
}

bool LibusbOutStream::prepare(libusb_transfer& transfer) {
    if (!isochronous()) {
        transfer.length = int(fill(transfer.buffer));
        return transfer.length > 0;
    }
    std::size_t offset = 0;
    for (int i = 0; i < transfer.num_iso_packets; ++i) {
        const std::size_t size = fill(transfer.buffer + offset);
        transfer.iso_packet_desc[i].length = unsigned(size);
        offset += size;
    }
    return true;
}

void LibusbOutStream::deliver(libusb_transfer& /*transfer*/, std::span<const UsbPacket> packets) {
    std::transform(packets.begin(), packets.end(), sent_.begin(), [](UsbPacket packet) {
        packet.data = {};
        return packet;
    });
    observer_.onPacketsSent(std::span<const UsbPacket>(sent_).first(packets.size()));
}

}  // namespace

Result<std::unique_ptr<UsbOutStream>> makeOutStream(LibusbDevice& device, StreamPlan plan,
                                                    UsbOutStreamObserver& observer) {
    return std::make_unique<LibusbOutStream>(device, plan, observer);
}

}  // namespace tipring::hal

// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/chips/pcm_duplex.h"

#include <fmt/format.h>

#include <utility>

namespace tipring::chips {
namespace {

constexpr unsigned kPackets = 4, kOutTransfers = 6;

}  // namespace

hal::Result<void> IsoPair::start(hal::UsbDevice& device, const Options& options,
                                 hal::UsbInStreamObserver& in, hal::UsbOutStreamObserver& out) {
    auto fromDevice = device.openInStream({.endpoint = options.in,
                                           .packetSize = options.packetSize,
                                           .packets = kPackets,
                                           .transfers = options.inTransfers},
                                          in);
    if (!fromDevice) {
        return tl::unexpected(fromDevice.error());
    }
    in_ = std::move(*fromDevice);
    auto toDevice = device.openOutStream({.endpoint = options.out,
                                          .packetSize = options.packetSize,
                                          .packets = kPackets,
                                          .transfers = kOutTransfers},
                                         out);
    if (!toDevice) {
        return tl::unexpected(toDevice.error());
    }
    out_ = std::move(*toDevice);
    auto started = in_->start();
    return started ? out_->start() : started;
}

void IsoPair::stop() {
    if (in_) {
        in_->stop();
    }
    if (out_) {
        out_->stop();
    }
}

PcmDuplex::PcmDuplex(Exchange exchange, std::function<void(const hal::Error&)> broken)
    : exchange_(std::move(exchange)), broken_(std::move(broken)) {}

hal::Result<void> PcmDuplex::start(hal::UsbDevice& device, std::uint8_t in, std::uint8_t out) {
    return streams_.start(device, {.in = in, .out = out, .packetSize = kPacketSize}, *this, *this);
}

void PcmDuplex::stop() {
    stopped_ = true;
    streams_.stop();
}

void PcmDuplex::setSound(bool on) {
    if (on && !sound_) {
        position_ = 0;
        toPhone_.reset();
    }
    sound_ = on;
}

void PcmDuplex::onStopped(const hal::Error* why) {
    if (why != nullptr && !stopped_) {
        broken_(*why);
    }
}

void PcmDuplex::onPackets(std::span<const hal::UsbPacket> packets) {
    for (const hal::UsbPacket& packet : packets) {
        const bool good =
            packet.status == hal::UsbPacketStatus::Ok && packet.data.size() == kPacketSize;
        bad_ = good ? 0 : bad_ + 1;
        if (good) {
            samplesOfPacket(packet.data, last_);
        }
        if (sound_ && !stopped_) {
            std::array<std::int16_t, kSamples> spoken{};
            exchange_(std::exchange(position_, position_ + kSamples), last_, spoken);
            toPhone_.push(spoken);
        }
    }
    if (bad_ >= kMostBad && !stopped_) {
        broken_({hal::ErrorCode::OperationFailed,
                 fmt::format("none of the last {} packets of sound had 16 bytes", bad_)});
    }
}

std::size_t PcmDuplex::fillPacket(std::span<std::byte> packet, std::uint64_t /*number*/) {
    if (packet.size() < kPacketSize) {
        return 0;
    }
    std::array<std::int16_t, kSamples> samples{};
    if (sound_) {
        toPhone_.pull(samples);
    }
    packetOfSamples(samples, packet.first(kPacketSize));
    return kPacketSize;
}

}  // namespace tipring::chips

// SPDX-License-Identifier: Apache-2.0
#include "tiger_port.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tipring::tiger_jet {
namespace {

using chips::Linefeed;
using hal::ErrorCode;

constexpr unsigned kPackets = 4, kInTransfers = 8, kOutTransfers = 6;
// Register 74: the battery is raised while it rings (wcusb.c, "boost ringer").
constexpr std::uint8_t kRingBattery = 0x3F, kIdleBattery = 0x32;

constexpr std::array<Linefeed, 6> kFeeds{Linefeed::Open,          Linefeed::Forward,
                                         Linefeed::Reverse,       Linefeed::ForwardOnHook,
                                         Linefeed::ReverseOnHook, Linefeed::Ringing};

}  // namespace

TigerPort::TigerPort(SlicRegisters& slic, std::function<void(const hal::Error&)> broken)
    : slic_(slic), broken_(std::move(broken)) {}
TigerPort::~TigerPort() = default;

hal::Result<void> TigerPort::start(hal::UsbDevice& device, std::uint8_t inEndpoint,
                                   std::uint8_t outEndpoint) {
    auto in = device.openInStream({.endpoint = inEndpoint,
                                   .packetSize = kPacketSize,
                                   .packets = kPackets,
                                   .transfers = kInTransfers},
                                  *this);
    if (!in) {
        return tl::unexpected(in.error());
    }
    in_ = std::move(*in);
    auto out = device.openOutStream({.endpoint = outEndpoint,
                                     .packetSize = kPacketSize,
                                     .packets = kPackets,
                                     .transfers = kOutTransfers},
                                    *this);
    if (!out) {
        return tl::unexpected(out.error());
    }
    out_ = std::move(*out);
    auto started = in_->start();
    return started ? out_->start() : started;
}

void TigerPort::gone(const hal::Error& why) {
    if (std::exchange(gone_, true)) {
        return;
    }
    if (in_) {
        in_->stop();
    }
    if (out_) {
        out_->stop();
    }
    if (auto* listener = std::exchange(listener_, nullptr)) {
        listener->onGone(why);
    }
}

void TigerPort::onStopped(const hal::Error* why) {
    if (why != nullptr && !gone_) {
        broken_(*why);
    }
}

void TigerPort::onPackets(std::span<const hal::UsbPacket> packets) {
    for (const hal::UsbPacket& packet : packets) {
        const bool good =
            packet.status == hal::UsbPacketStatus::Ok && packet.data.size() == kPacketSize;
        bad_ = good ? 0 : bad_ + 1;
        if (good) {
            chips::samplesOfPacket(packet.data, last_);
        }
        if (sound_ && listener_ != nullptr) {
            std::array<std::int16_t, kSamples> spoken{};
            const auto position = std::exchange(position_, position_ + kSamples);
            listener_->onSound(position, last_, spoken);
            toPhone_.push(spoken);
        }
    }
    if (bad_ >= kMostBad && !gone_) {
        broken_({ErrorCode::OperationFailed,
                 fmt::format("none of the last {} packets of sound had 16 bytes", bad_)});
    }
}

std::size_t TigerPort::fillPacket(std::span<std::byte> packet, std::uint64_t /*number*/) {
    if (packet.size() < kPacketSize) {
        return 0;
    }
    std::array<std::int16_t, kSamples> samples{};
    if (sound_) {
        toPhone_.pull(samples);
    }
    chips::packetOfSamples(samples, packet.first(kPacketSize));
    return kPacketSize;
}

void TigerPort::onLoopStatus(std::uint8_t status) {
    const bool offHook = chips::si321xOffHook(status);
    if (std::exchange(offHook_, offHook) != offHook && listener_ != nullptr) {
        listener_->onHook(offHook);
    }
}

bool TigerPort::onLinefeed(std::uint8_t linefeed) {
    const bool lost = writing_ == 0 && (linefeed & 0x07) == 0 && wanted_ != Linefeed::Open;
    if (lost) {
        writeFeed();
    }
    return !lost;
}

void TigerPort::fault(const hal::Error* why) {
    if (listener_ != nullptr) {
        listener_->onFault(why);
    }
}

void TigerPort::writeFeed() {
    const bool ring = wanted_ == Linefeed::Ringing;
    ++writing_;
    slic_.write(chips::si321x::kVbatHigh, ring ? kRingBattery : kIdleBattery, {});
    slic_.write(chips::si321x::kLinefeed, static_cast<std::uint8_t>(wanted_),
                [this](const hal::Result<void>& result) {
                    --writing_;
                    if (!result && !gone_) {
                        broken_(result.error());
                    }
                });
}

hal::Result<void> TigerPort::setFeed(analog::FxsFeed feed) {
    if (gone_) {
        return hal::fail(ErrorCode::NoDevice, "the device is gone");
    }
    const Linefeed linefeed = kFeeds.at(static_cast<std::size_t>(feed));
    if (std::exchange(wanted_, linefeed) != linefeed) {
        writeFeed();
    }
    return {};
}

hal::Result<void> TigerPort::setSound(bool on) {
    if (gone_) {
        return hal::fail(ErrorCode::NoDevice, "the device is gone");
    }
    if (on && !sound_) {
        position_ = 0;
        toPhone_.reset();
    }
    sound_ = on;
    return {};
}

hal::Result<void> TigerPort::setNeon(bool /*on*/) {
    return hal::fail(ErrorCode::OperationUnavail, "neon lamps are not driven");
}

}  // namespace tipring::tiger_jet

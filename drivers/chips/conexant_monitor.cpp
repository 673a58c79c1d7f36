// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/chips/conexant_monitor.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tipring::chips {
namespace {

using hal::ErrorCode;

constexpr std::uint8_t kInterface = 2, kCdcData = 0x0A;
constexpr std::size_t kInterfaces = 3, kEndpoints = 2;
constexpr std::array kBegin{std::byte{0x19}, std::byte{0x01}};
constexpr std::chrono::milliseconds kOrderLimit{2000};
constexpr std::uint32_t kWideRate = 16000, kLineRate = 8000;
constexpr unsigned kVolumeMark = 1, kVolumes = 7;

const hal::UsbAlternate* monitorFace(const hal::UsbDescriptors& descriptors, std::uint8_t value) {
    const auto* configuration = descriptors.configuration(value);
    if (configuration == nullptr || configuration->interfaces.size() != kInterfaces) {
        return nullptr;
    }
    const hal::UsbInterface& last = configuration->interfaces.back();
    if (last.number != kInterface || last.alternates.size() != 1 ||
        last.alternates[0].classCode != kCdcData ||
        last.alternates[0].endpoints.size() != kEndpoints) {
        return nullptr;
    }
    const auto& ends = last.alternates[0].endpoints;
    const bool bulk = ends[0].type == hal::UsbTransferType::Bulk &&
                      ends[1].type == hal::UsbTransferType::Bulk &&
                      ends[0].isIn() != ends[1].isIn();
    return bulk ? &last.alternates[0] : nullptr;
}

}  // namespace

bool hasMonitor(const hal::UsbDescriptors& descriptors, std::uint8_t value) noexcept {
    return monitorFace(descriptors, value) != nullptr;
}

std::size_t MonitorDecoder::take(std::span<const std::byte> bytes,
                                 std::span<std::int16_t> samples) noexcept {
    std::size_t count = 0;
    for (const std::byte byte : bytes) {
        if (std::exchange(escaped_, false)) {
            const unsigned value = std::to_integer<unsigned>(byte);
            if (byte != kEscape) {
                const bool isVolume = (value & 0x0FU) == kVolumeMark;
                volume_ = isVolume ? (value >> 4U) & kVolumes : volume_;
                unknown_ += isVolume ? 0 : 1;
                continue;
            }
        } else if (byte == kEscape) {
            escaped_ = true;
            continue;
        }
        if (!high_) {
            high_ = byte;
            continue;
        }
        const auto value = static_cast<std::uint16_t>(
            (std::to_integer<unsigned>(*std::exchange(high_, std::nullopt)) << 8U) |
            std::to_integer<unsigned>(byte));
        if (count < samples.size()) {
            samples[count++] = static_cast<std::int16_t>(value);
        }
    }
    return count;
}

ConexantMonitor::ConexantMonitor(hal::EventLoop& loop, std::unique_ptr<hal::UsbDevice> device,
                                 MonitorListener& listener)
    : device_(std::move(device)),
      listener_(listener),
      startTimer_(loop, [this] { begin(); }),
      toLine_(kWideRate, kLineRate) {
    device_->setObserver(this);
}

ConexantMonitor::~ConexantMonitor() = default;

void ConexantMonitor::start() {
    startTimer_.arm({});
}

hal::UsbDone ConexantMonitor::then(void (ConexantMonitor::*next)()) {
    return [this, next, alive = std::weak_ptr(alive_)](const hal::Result<void>& result) {
        if (alive.expired() || ended_) {
            return;
        }
        if (result) {
            (this->*next)();
        } else {
            end(result.error());
        }
    };
}

hal::Result<void> ConexantMonitor::findEndpoints() {
    const std::uint8_t active = device_->configuration();
    const hal::UsbAlternate* face = monitorFace(device_->descriptors(), active);
    if (face == nullptr && hasMonitor(device_->descriptors(), kMonitorConfiguration)) {
        return hal::fail(ErrorCode::InvalLineState,
                         fmt::format("{} is in configuration {}, its line monitor is in "
                                     "configuration {}: a udev rule can choose that, see "
                                     "/lib/udev/rules.d/70-tipring.rules",
                                     device_->name(), active, kMonitorConfiguration));
    }
    if (face == nullptr) {
        return hal::fail(ErrorCode::OperationUnavail,
                         fmt::format("{} has no line monitor", device_->name()));
    }
    const bool inFirst = face->endpoints[0].isIn();
    in_ = face->endpoints[inFirst ? 0 : 1].address;
    out_ = face->endpoints[inFirst ? 1 : 0].address;
    return {};
}

void ConexantMonitor::begin() {
    if (auto found = findEndpoints(); !found) {
        end(found.error());
        return;
    }
    device_->claimInterface(kInterface, hal::KernelDriver::Keep, then(&ConexantMonitor::order));
}

/// Reads wait before the order is given, as the vendor's driver has it.
void ConexantMonitor::order() {
    auto opened = device_->openInStream({.endpoint = in_, .packetSize = kRead}, *this);
    if (opened) {
        stream_ = std::move(*opened);
    }
    const auto started = opened ? stream_->start() : tl::unexpected(opened.error());
    if (!started) {
        end(started.error());
        return;
    }
    device_->write(out_, kBegin, kOrderLimit,
                   [this, alive = std::weak_ptr(alive_)](const hal::Result<std::size_t>& sent) {
                       if (alive.expired() || ended_) {
                           return;
                       }
                       if (!sent) {
                           end(sent.error());
                       } else if (*sent != kBegin.size()) {
                           end({ErrorCode::OperationFailed, "the monitor took half an order"});
                       }
                   });
}

void ConexantMonitor::onPackets(std::span<const hal::UsbPacket> packets) {
    const std::weak_ptr alive(alive_);
    for (const hal::UsbPacket& packet : packets) {
        if (alive.expired() || ended_) {
            return;
        }
        if (packet.status == hal::UsbPacketStatus::Ok) {
            takeBytes(packet.data);
        }
    }
}

void ConexantMonitor::takeBytes(std::span<const std::byte> bytes) {
    const std::weak_ptr alive(alive_);
    while (!bytes.empty() && !alive.expired()) {
        const auto part = bytes.first(std::min(bytes.size(), kRead));
        bytes = bytes.subspan(part.size());
        const std::size_t count = decoder_.take(part, wide_);
        const auto made = toLine_.process(std::span(wide_).first(count), narrow_);
        if (made.produced > 0 && decoder_.volume() > 0) {
            listener_.onMonitorSound(std::span(narrow_).first(made.produced));
        }
    }
}

void ConexantMonitor::onStopped(const hal::Error* why) {
    if (why != nullptr) {
        end(*why);
    }
}

void ConexantMonitor::end(const hal::Error& why) {
    if (!std::exchange(ended_, true)) {
        if (stream_) {
            stream_->stop();
        }
        listener_.onMonitorEnd(why);
    }
}

}  // namespace tipring::chips

// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/chips/usb_pcm.h"

#include <algorithm>

namespace tipring::chips {
namespace {

constexpr std::uint8_t kInterfaceDescriptor = 0x24;  // CS_INTERFACE
constexpr std::uint8_t kGeneral = 0x01, kFormatType = 0x02;
constexpr std::uint8_t kTypeI = 0x01;

std::uint8_t byteAt(std::span<const std::byte> bytes, std::size_t at) {
    return std::to_integer<std::uint8_t>(bytes[at]);
}
std::uint32_t rateAt(std::span<const std::byte> bytes, std::size_t at) {
    return std::uint32_t{byteAt(bytes, at)} | std::uint32_t{byteAt(bytes, at + 1)} << 8 |
           std::uint32_t{byteAt(bytes, at + 2)} << 16;
}

/// Body of a format type descriptor; false when it is cut off.
bool readFormat(std::span<const std::byte> body, UsbPcmFormat& format) {
    if (body.size() < 8) {
        return false;
    }
    format.channels = byteAt(body, 4);
    format.bytes = byteAt(body, 5);
    format.bits = byteAt(body, 6);
    const std::size_t count = byteAt(body, 7);
    if (body.size() < 8 + 3 * (count == 0 ? 2 : count)) {
        return false;
    }
    if (count == 0) {
        format.lowest = rateAt(body, 8);
        format.highest = rateAt(body, 11);
        return true;
    }
    format.rateCount = static_cast<std::uint8_t>(std::min(count, format.rates.size()));
    for (std::size_t i = 0; i < format.rateCount; ++i) {
        format.rates[i] = rateAt(body, 8 + 3 * i);
    }
    return true;
}

auto wrong(const char* what) {
    return hal::fail(hal::ErrorCode::OperationFailed, what);
}

}  // namespace

bool UsbPcmFormat::takes(std::uint32_t rate) const noexcept {
    const auto* end = rates.begin() + rateCount;
    return std::find(rates.begin(), end, rate) != end ||
           (highest != 0 && rate >= lowest && rate <= highest);
}

hal::Result<UsbPcmFormat> parseUsbPcmFormat(std::span<const std::byte> descriptors) {
    UsbPcmFormat format;
    bool found = false;
    while (descriptors.size() >= 2) {
        const std::size_t size = byteAt(descriptors, 0);
        if (size < 2 || size > descriptors.size()) {
            return wrong("a class-specific audio descriptor is cut off");
        }
        const auto body = descriptors.first(size);
        descriptors = descriptors.subspan(size);
        if (size < 4 || byteAt(body, 1) != kInterfaceDescriptor) {
            continue;
        }
        if (byteAt(body, 2) == kGeneral && size >= 7) {
            format.tag = static_cast<std::uint16_t>(byteAt(body, 5) | byteAt(body, 6) << 8);
        } else if (byteAt(body, 2) == kFormatType && byteAt(body, 3) == kTypeI) {
            if (!readFormat(body, format)) {
                return wrong("the format of the audio interface is cut off");
            }
            found = true;
        }
    }
    if (!found) {
        return wrong("the audio interface names no format of type I");
    }
    return format;
}

std::size_t samplesOfPacket(std::span<const std::byte> packet,
                            std::span<std::int16_t> samples) noexcept {
    const std::size_t count = std::min(packet.size() / 2, samples.size());
    for (std::size_t i = 0; i < count; ++i) {
        samples[i] =
            static_cast<std::int16_t>(byteAt(packet, 2 * i) | byteAt(packet, 2 * i + 1) << 8);
    }
    return count;
}

void packetOfSamples(std::span<const std::int16_t> samples, std::span<std::byte> packet) noexcept {
    const std::size_t count = std::min(packet.size() / 2, samples.size());
    for (std::size_t i = 0; i < count; ++i) {
        const auto sample = static_cast<std::uint16_t>(samples[i]);
        packet[2 * i] = static_cast<std::byte>(sample & 0xFF);
        packet[2 * i + 1] = static_cast<std::byte>(sample >> 8);
    }
}

SlipBuffer::SlipBuffer(std::size_t target) noexcept
    : target_(std::clamp<std::size_t>(target, 1, kRoom / 2)) {}

void SlipBuffer::push(std::span<const std::int16_t> samples) noexcept {
    for (const std::int16_t sample : samples) {
        if (held_ == kRoom) {
            begin_ = (begin_ + 1) % kRoom;
            --held_;
            ++dropped_;
        }
        ring_[(begin_ + held_++) % kRoom] = sample;
    }
    running_ |= held_ >= target_;
}

std::int16_t SlipBuffer::take() noexcept {
    last_ = ring_[begin_];
    begin_ = (begin_ + 1) % kRoom;
    --held_;
    return last_;
}

void SlipBuffer::pull(std::span<std::int16_t> samples) noexcept {
    if (!running_) {
        std::fill(samples.begin(), samples.end(), std::int16_t{0});
        return;
    }
    // One sample a block is nothing that can be heard.
    if (held_ > 2 * target_ + samples.size()) {
        static_cast<void>(take());
        ++dropped_;
    }
    std::size_t at = 0;
    if (held_ > 0 && held_ < samples.size() + target_ / 2 && !samples.empty()) {
        samples[at++] = last_;
        ++repeated_;
    }
    while (at < samples.size() && held_ > 0) {
        samples[at++] = take();
    }
    missing_ += samples.size() - at;
    std::fill(samples.begin() + static_cast<std::ptrdiff_t>(at), samples.end(), std::int16_t{0});
    running_ = held_ > 0 || at == samples.size();
}

}  // namespace tipring::chips

// SPDX-License-Identifier: Apache-2.0
#include "usb/usbip_wire.h"

#include <fmt/format.h>

#include <algorithm>

namespace tipring::sim {

namespace {

using Bytes = std::span<const std::byte>;
using Next = hal::Result<std::optional<UsbipMessage>>;

constexpr unsigned kVersion = 0x0111, kOldVersion = 0x0106;
constexpr unsigned kRequestList = 0x8005, kRequestImport = 0x8003;
constexpr std::uint32_t kSubmit = 1, kUnlink = 2;
constexpr std::size_t kOperation = 8, kBusId = 32, kCommand = 48, kIsoPacket = 16;
constexpr std::uint32_t kShortNotOk = 1;
constexpr std::uint32_t kNoPackets = 0xFFFFFFFF;  // as good as 0

unsigned u16(Bytes bytes, std::size_t at) {
    return (std::to_integer<unsigned>(bytes[at]) << 8U) | std::to_integer<unsigned>(bytes[at + 1]);
}
std::uint32_t u32(Bytes bytes, std::size_t at) {
    return (u16(bytes, at) << 16U) | u16(bytes, at + 2);
}
/// A setup packet is low byte first, as on the bus.
std::uint16_t little(Bytes bytes, std::size_t at) {
    return std::uint16_t(std::to_integer<unsigned>(bytes[at]) |
                         (std::to_integer<unsigned>(bytes[at + 1]) << 8U));
}

tl::unexpected<hal::Error> refuse(std::string why) {
    return hal::fail(hal::ErrorCode::InvalParam, "USB/IP: " + std::move(why));
}

}  // namespace

void UsbipReader::add(Bytes bytes) {
    bytes_.erase(bytes_.begin(), bytes_.begin() + std::ptrdiff_t(taken_));
    taken_ = 0;
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

Bytes UsbipReader::rest() const {
    return Bytes(bytes_).subspan(taken_);
}

Next UsbipReader::next() {
    if (broken_) {
        return refuse("nothing is read after an error");
    }
    auto found = imported_ ? nextCommand() : nextOperation();
    broken_ = !found;
    return found;
}

Next UsbipReader::nextOperation() {
    const Bytes bytes = rest();
    if (bytes.size() < kOperation) {
        return std::optional<UsbipMessage>{};
    }
    const unsigned version = u16(bytes, 0), code = u16(bytes, 2);
    if (version < kOldVersion || version > kVersion) {
        return refuse(fmt::format("version {:04x} where 0111 is spoken", version));
    }
    if (code == kRequestList) {
        take(kOperation);
        return UsbipMessage(UsbipList{});
    }
    if (code != kRequestImport) {
        return refuse(fmt::format("operation {:04x} is unknown", code));
    }
    if (bytes.size() < kOperation + kBusId) {
        return std::optional<UsbipMessage>{};
    }
    UsbipImport message;
    for (const std::byte letter : bytes.subspan(kOperation, kBusId)) {
        if (letter == std::byte{}) {
            break;
        }
        message.busId += char(letter);
    }
    take(kOperation + kBusId);
    return UsbipMessage(std::move(message));
}

Next UsbipReader::nextCommand() {
    const Bytes bytes = rest();
    if (bytes.size() < kCommand) {
        return std::optional<UsbipMessage>{};
    }
    const std::uint32_t command = u32(bytes, 0);
    if (command == kSubmit) {
        return submit(bytes);
    }
    if (command != kUnlink) {
        return refuse(fmt::format("command {} is unknown", command));
    }
    take(kCommand);
    return UsbipMessage(UsbipUnlink{u32(bytes, 4), u32(bytes, 20)});
}

Next UsbipReader::submit(Bytes bytes) {
    UsbipSubmit message;
    message.sequence = u32(bytes, 4);
    const std::uint32_t direction = u32(bytes, 12), endpoint = u32(bytes, 16);
    message.shortNotOk = (u32(bytes, 20) & kShortNotOk) != 0;
    message.length = u32(bytes, 24);
    const std::uint32_t told = u32(bytes, 32);
    const std::uint32_t packets = told == kNoPackets ? 0 : told;
    if (direction > 1 || endpoint > 15) {
        return refuse(fmt::format("endpoint {} in direction {}", endpoint, direction));
    }
    if (message.length > kMaxTransfer || packets > kMaxPackets) {
        return refuse(
            fmt::format("a transfer of {} bytes in {} packets, where {} in {} are the most",
                        message.length, packets, kMaxTransfer, kMaxPackets));
    }
    message.in = direction == 1;
    message.endpoint = std::uint8_t(endpoint);
    message.setup = {std::to_integer<std::uint8_t>(bytes[40]),
                     std::to_integer<std::uint8_t>(bytes[41]), little(bytes, 42),
                     little(bytes, 44)};
    message.setupLength = little(bytes, 46);
    message.isochronous = packets > 0;
    const std::size_t data = message.in ? 0 : message.length;
    const std::size_t whole = kCommand + data + packets * kIsoPacket;
    if (bytes.size() < whole) {
        return std::optional<UsbipMessage>{};
    }
    message.data = bytes.subspan(kCommand, data);
    packets_.clear();
    for (std::size_t i = 0; i < packets; ++i) {
        const std::size_t at = kCommand + data + i * kIsoPacket;
        const UsbipIsoPacket packet{u32(bytes, at), u32(bytes, at + 4)};
        if (packet.offset > message.length || packet.length > message.length - packet.offset) {
            return refuse(fmt::format("packet {} lies outside of the {} bytes of its transfer", i,
                                      message.length));
        }
        packets_.push_back(packet);
    }
    message.packets = packets_;
    take(whole);
    return UsbipMessage(std::move(message));
}

UsbipWriter& UsbipWriter::u8(unsigned value) {
    out_.push_back(std::byte(value));
    return *this;
}
UsbipWriter& UsbipWriter::u16(unsigned value) {
    return u8((value >> 8U) & 0xFFU).u8(value & 0xFFU);
}
UsbipWriter& UsbipWriter::u32(std::uint32_t value) {
    return u16(value >> 16U).u16(value & 0xFFFFU);
}
UsbipWriter& UsbipWriter::text(std::string_view value, std::size_t size) {
    const auto shown = value.substr(0, size - 1);
    return bytes(std::as_bytes(std::span(shown))).zeros(size - shown.size());
}
UsbipWriter& UsbipWriter::bytes(Bytes value) {
    out_.insert(out_.end(), value.begin(), value.end());
    return *this;
}
UsbipWriter& UsbipWriter::zeros(std::size_t count) {
    out_.resize(out_.size() + count);
    return *this;
}

}  // namespace tipring::sim

// SPDX-License-Identifier: Apache-2.0
#include "board_packet.h"

#include <algorithm>

namespace tipring::open_usb_fxs {
namespace {

constexpr std::uint8_t kMagic = 0xBA, kOdd = 0xDD, kEven = 0xEE;
constexpr std::uint8_t kOffHookBit = 0x80, kDtmfBits = 0x1F;

}  // namespace

std::optional<BoardPacket> parseBoardPacket(std::span<const std::byte> packet) noexcept {
    if (packet.size() != kPacketSize) {
        return std::nullopt;
    }
    const auto at = [packet](std::size_t i) { return std::to_integer<std::uint8_t>(packet[i]); };
    if (at(0) != kMagic || (at(1) != kOdd && at(1) != kEven)) {
        return std::nullopt;
    }
    BoardPacket parsed;
    parsed.odd = at(1) == kOdd;
    parsed.mirror = at(3);
    parsed.counter = at(7);
    parsed.codes = packet.subspan(kHeaderSize);
    if (parsed.odd) {
        parsed.offHook = (at(2) & kOffHookBit) != 0;
        parsed.dtmf = static_cast<std::uint8_t>(at(2) & kDtmfBits);
        parsed.missed = at(6);
    }
    return parsed;
}

void writeHostHeader(std::span<std::byte, kPacketSize> packet, std::uint8_t number,
                     const RiderWrite& write) noexcept {
    std::fill_n(packet.begin(), kHeaderSize, std::byte{0});
    packet[3] = std::byte{number};
    packet[4] = std::byte{write.sequence};
    packet[5] = std::byte{write.reg};
    packet[6] = std::byte{write.value};
}

}  // namespace tipring::open_usb_fxs

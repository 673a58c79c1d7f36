// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace tipring::open_usb_fxs {

/// The isochronous packets of the board: 16 bytes a millisecond each way, a header of 8 and 8 codes
/// of G.711 (firmware: tmr1_isr.asm, pcmpacket.h).
inline constexpr std::size_t kPacketSize = 16, kHeaderSize = 8, kSamples = 8;

/// What one packet from the board says. Odd ones and even ones come in turn.
struct BoardPacket {
    bool odd = false;
    // Odd packets only.
    bool offHook = false;
    std::uint8_t dtmf = 0;    ///< as register 24 of the chip has it: bit 4 valid, 3:0 digit
    std::uint8_t missed = 0;  ///< packets from us that the board lacked, modulo 256
    // All.
    std::uint8_t mirror = 0;   ///< the last number of ours that it had
    std::uint8_t counter = 0;  ///< its own, one for each parity
    std::span<const std::byte> codes;
};
/// Nothing for what is not such a packet: another length, no 0xBA in front, neither DD nor EE.
[[nodiscard]] std::optional<BoardPacket> parseBoardPacket(
    std::span<const std::byte> packet) noexcept;

/// A register write that rides in the packets to the board: it is done when `sequence` changes, and
/// stands in every packet until the next.
struct RiderWrite {
    std::uint8_t sequence = 0, reg = 0xFF, value = 0xFF;
};
/// Writes the header; the codes at kHeaderSize are the caller's.
void writeHostHeader(std::span<std::byte, kPacketSize> packet, std::uint8_t number,
                     const RiderWrite& write) noexcept;

}  // namespace tipring::open_usb_fxs

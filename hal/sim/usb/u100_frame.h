// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace tipring::sim {

/// A message of the control channel.
struct U100Command {
    std::array<std::uint8_t, 6> bytes{};
    std::size_t size = 0;
};

/// 32 bytes: 8 samples of two channels in nibbles, 8 control bytes in pairs of bits (WPU; section
/// 2.3 of the notes on adapters). Byte x: slot x/4, channel x mod 2, upper nibble in the second
/// half of the slot; bit 4 marks a slot, bit 5 a frame, bits 7:6 are two bits of the slot's control
/// byte, the high ones first.
struct U100Frame {
    static constexpr std::size_t kSize = 32, kSlots = 8;
    static constexpr std::uint8_t kIdle = 0x7E;

    std::array<std::array<std::uint8_t, kSlots>, 2> samples{};
    std::array<std::uint8_t, kSlots> control{};

    static U100Frame idle(std::uint8_t silence) {
        U100Frame frame;
        frame.samples[0].fill(silence);
        frame.samples[1].fill(silence);
        frame.control.fill(kIdle);
        return frame;
    }

    [[nodiscard]] static std::uint8_t controlOf(std::span<const std::byte> bytes,
                                                std::size_t slot) {
        unsigned value = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            value = (value << 2U) | (std::to_integer<unsigned>(bytes[4 * slot + i]) >> 6U);
        }
        return std::uint8_t(value);
    }
    [[nodiscard]] static bool isHead(std::span<const std::byte> bytes) {
        return (bytes[0] & std::byte{0x30}) == std::byte{0x30} && controlOf(bytes, 0) == kIdle;
    }
    [[nodiscard]] static U100Frame read(std::span<const std::byte> bytes) {
        U100Frame frame;
        for (std::size_t slot = 0; slot < kSlots; ++slot) {
            frame.control[slot] = controlOf(bytes, slot);
            for (std::size_t channel = 0; channel < 2; ++channel) {
                const auto low = std::to_integer<unsigned>(bytes[4 * slot + channel]) & 15U;
                const auto high = std::to_integer<unsigned>(bytes[4 * slot + channel + 2]) & 15U;
                frame.samples[channel][slot] = std::uint8_t(low | (high << 4U));
            }
        }
        return frame;
    }
    /// `hears`: bit 5 of byte 1, device to host only.
    [[nodiscard]] std::array<std::byte, kSize> write(bool hears) const {
        std::array<std::byte, kSize> bytes{};
        for (std::size_t x = 0; x < kSize; ++x) {
            const std::size_t slot = x / 4, quarter = x % 4;
            const unsigned sample = samples[x % 2][slot];
            const unsigned nibble = quarter < 2 ? sample & 15U : sample >> 4U;
            const unsigned bits = (control[slot] >> (6 - 2 * quarter)) & 3U;
            const unsigned mark = quarter == 0 ? 0x10U : 0U;
            bytes[x] = std::byte((bits << 6U) | mark | nibble);
        }
        bytes[0] |= std::byte{0x20};
        bytes[1] |= std::byte(hears ? 0x20 : 0);
        return bytes;
    }

    /// What the host asks: from the second control byte on. Its length follows from its type, so
    /// that 0x7E can be written (guess; towards the host it cannot be told). Nothing when idle.
    [[nodiscard]] std::optional<U100Command> command() const {
        if (control[1] == kIdle) {
            return std::nullopt;
        }
        U100Command found;
        std::copy_n(control.begin() + 1, found.bytes.size(), found.bytes.begin());
        const bool reads = (control[1] & 0x1CU) == 0x04 || (control[1] & 0x1CU) == 0x10;
        found.size = reads ? 2 : 3;
        return found;
    }
    void put(const U100Command& message) {
        std::copy_n(message.bytes.begin(), message.size, control.begin() + 1);
    }
};

}  // namespace tipring::sim

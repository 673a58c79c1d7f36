// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace tipring::sim {

/// A millisecond of sound on a USB audio endpoint: 8 samples, low byte first.
struct PcmFrame {
    static constexpr std::size_t kSamples = 8, kBytes = 16;
    std::array<std::int16_t, kSamples> samples{};

    [[nodiscard]] std::size_t write(std::span<std::byte> room) const {
        const std::size_t size = room.size() < kBytes ? room.size() : kBytes;
        for (std::size_t i = 0; i < size; ++i) {
            const auto value = std::uint16_t(samples[i / 2]);
            room[i] = std::byte(i % 2 == 0 ? value & 0xFFU : value >> 8U);
        }
        return size;
    }
    /// Nothing where the size is another one; every `step`th sample is taken.
    [[nodiscard]] static std::optional<PcmFrame> read(std::span<const std::byte> bytes,
                                                      std::size_t step = 1) {
        if (bytes.size() != kBytes * step) {
            return std::nullopt;
        }
        PcmFrame frame;
        for (std::size_t i = 0; i < kSamples; ++i) {
            const std::size_t at = 2 * i * step;
            frame.samples[i] = std::int16_t(std::to_integer<unsigned>(bytes[at]) |
                                            (std::to_integer<unsigned>(bytes[at + 1]) << 8U));
        }
        return frame;
    }
};

}  // namespace tipring::sim

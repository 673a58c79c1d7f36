// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "tipring/hal/base/result.h"

namespace tipring::chips {

/// How an audio streaming interface writes its samples (USB Audio Class 1.0, Frmts10:
/// class-specific descriptors of format type I).
struct UsbPcmFormat {
    std::uint16_t tag = 0;  ///< 1: PCM
    std::uint8_t channels = 0, bytes = 0, bits = 0;
    std::array<std::uint32_t, 8> rates{};  ///< Hz, discrete ones
    std::uint8_t rateCount = 0;
    std::uint32_t lowest = 0, highest = 0;  ///< Hz, of a range; else 0

    [[nodiscard]] bool takes(std::uint32_t rate) const noexcept;
};
/// The class-specific descriptors of one alternate setting, one after the other. OperationFailed:
/// there is no format type I among them, or one is cut off. Total.
[[nodiscard]] hal::Result<UsbPcmFormat> parseUsbPcmFormat(std::span<const std::byte> descriptors);

/// Samples of isochronous packets, 16-bit, low byte first, mono.
std::size_t samplesOfPacket(std::span<const std::byte> packet,
                            std::span<std::int16_t> samples) noexcept;
void packetOfSamples(std::span<const std::int16_t> samples, std::span<std::byte> packet) noexcept;

/// Between two sample clocks that are nearly the same: holds some samples, drops or repeats one now
/// and then instead of a block at a time. No allocation.
class SlipBuffer {
public:
    static constexpr std::size_t kRoom = 1024;
    /// `target`: samples held on average, up to kRoom / 2.
    explicit SlipBuffer(std::size_t target = 160) noexcept;
    void push(std::span<const std::int16_t> samples) noexcept;
    /// Fills all of it: with silence before the first samples and where none are left.
    void pull(std::span<std::int16_t> samples) noexcept;
    [[nodiscard]] std::size_t held() const noexcept { return held_; }
    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }
    [[nodiscard]] std::uint64_t repeated() const noexcept { return repeated_; }
    [[nodiscard]] std::uint64_t missing() const noexcept { return missing_; }
    void reset() noexcept { *this = SlipBuffer{target_}; }

private:
    [[nodiscard]] std::int16_t take() noexcept;

    std::array<std::int16_t, kRoom> ring_{};
    std::size_t target_, begin_ = 0, held_ = 0;
    std::int16_t last_ = 0;
    bool running_ = false;
    std::uint64_t dropped_ = 0, repeated_ = 0, missing_ = 0;
};

}  // namespace tipring::chips

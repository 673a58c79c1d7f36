// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "tipring/hal/dsp/fsk.h"

namespace tipring::dsp {

/// ITU-T V.41 over bytes in the order of the wire, low bit first, from 0.
[[nodiscard]] std::uint16_t nttCrc(std::span<const std::uint8_t> bytes) noexcept;

/// Puts bytes together to a message. Bounded: a message has at most 255 bytes of content.
class MessageFramer {
public:
    enum class Step : std::uint8_t { More, Complete, Wrong };

    void start(FskFraming framing) noexcept;
    [[nodiscard]] Step push(std::uint8_t byte) noexcept;
    /// After Complete: what FskEvent::bytes is.
    [[nodiscard]] std::span<const std::uint8_t> message() const noexcept;
    [[nodiscard]] bool checksumValid() const noexcept { return valid_; }
    /// Whether a message can begin with that byte.
    [[nodiscard]] static bool begins(FskFraming framing, std::uint8_t byte) noexcept;

private:
    [[nodiscard]] Step pushCounted(std::uint8_t byte) noexcept;
    [[nodiscard]] bool plausible() noexcept;
    [[nodiscard]] Step pushNtt(std::uint8_t byte) noexcept;

    static constexpr std::size_t kRoom = 2 + 255 + 1;
    std::array<std::uint8_t, kRoom> bytes_{};
    std::size_t size_ = 0;
    FskFraming framing_ = FskFraming::Counted;
    bool valid_ = false;
    std::size_t parameterEnd_ = 0;
    // Ntt framing
    std::uint16_t crc_ = 0;
    std::uint8_t place_ = 0;  ///< bytes of the head, then of the CRC, that came
    bool escaped_ = false;    ///< a DLE came
    bool content_ = false;    ///< between STX and ETX
    bool parityValid_ = true;
};

}  // namespace tipring::dsp

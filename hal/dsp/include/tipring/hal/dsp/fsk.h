// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tipring::dsp {

/// Two frequencies and a bit rate.
struct FskModulation {
    double mark = 0, space = 0;  ///< Hz of a one and of a zero
    double rate = 1200;          ///< bit/s

    [[nodiscard]] friend bool operator==(const FskModulation&, const FskModulation&) = default;
};

/// Bell 202: North America and the networks that follow it (GR-30-CORE).
inline constexpr FskModulation kBell202{1200, 2200, 1200};
/// ITU-T V.23 mode 2, forward channel: the networks that follow ETSI EN 300 659.
inline constexpr FskModulation kV23{1300, 2100, 1200};

/// What stands round the bytes of a message, in bits.
struct FskFrame {
    unsigned seizure = 300;  ///< zero and one in turn
    unsigned mark = 180;     ///< ones before the first byte
    unsigned stuffing = 0;   ///< ones between bytes, more than the stop bit
    unsigned after = 10;     ///< ones after the last byte
};

/// How bytes become a message.
enum class FskFraming : std::uint8_t {
    Counted,  ///< type, length, content, sum: GR-30-CORE, ETSI EN 300 659-3
    Ntt,      ///< DLE SOH ... DLE ETX with parity and CRC: Japan
};

}  // namespace tipring::dsp

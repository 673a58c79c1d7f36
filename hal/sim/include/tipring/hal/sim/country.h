// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace tipring::sim {

/// On and off times in milliseconds, repeated; a row ends at its first 0.
using Cadence = std::array<std::uint16_t, 8>;

/// Entries of a cadence that count.
[[nodiscard]] std::size_t cadenceLength(const Cadence& cadence) noexcept;

/// How exchanges treat a line, where countries differ in groups.
struct ExchangeHabits {
    /// What the line shows when the far end has hung up.
    enum class Supervision : std::uint8_t {
        None,         ///< nothing: silence
        BatteryDrop,  ///< loop current is cut for 400 ms, then dial tone (North America)
        Reversal,     ///< the polarity turns back, then the busy tone
        Tones,        ///< the busy tone comes at once
    };
    /// What a hook flash does in a call.
    enum class Flash : std::uint8_t {
        None,
        NorthAmerican,  ///< hold and dial; again: three-way; again: drop the last one
        European,  ///< hold and dial; with two calls a digit: 0 refuse, 1 drop, 2 swap, 3 three
                   ///< together, 4 connect them and leave
        Pbx,       ///< hold and dial; again: swap; hanging up connects the other two
    };
    /// How many pulses a digit n is: n and ten for 0; ten less n; one more than n.
    enum class Pulses : std::uint8_t { Standard, NewZealand, Sweden };

    Supervision supervision;
    Flash flash;
    std::uint16_t flashLeast, flashMost;  ///< ms that a break lasts which is a flash
    std::uint8_t ringHertz;
    Pulses pulses;
};

/// How an exchange of one country speaks to a subscriber. Its tones: dsp::builtinTones().
struct Country {
    std::string_view code;  ///< ISO 3166-1, "US"
    std::uint8_t t35;       ///< ITU-T T.35 country code, as in +GCI
    std::string_view name;
    Cadence ring;
    std::string_view callerId;  ///< dsp::callerIdStandard()
    ExchangeHabits habits;
};

/// All countries known, in the order of their codes.
[[nodiscard]] std::span<const Country> countries() noexcept;
/// By ISO code ("US", small letters too); null when it is not in the table.
[[nodiscard]] const Country* findCountry(std::string_view code) noexcept;
/// By T.35 code.
[[nodiscard]] const Country* findCountry(std::uint8_t t35) noexcept;

}  // namespace tipring::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace tipring::sim {

/// On and off times in milliseconds, repeated; a row ends at its first 0. One value alone is
/// steady.
using Cadence = std::array<std::uint16_t, 8>;

/// A call-progress tone: one or two sines, switched.
struct ToneRow {
    std::uint16_t hertz1 = 0, hertz2 = 0;
    Cadence cadence{};
};

/// How an exchange of one country speaks to a subscriber.
struct Country {
    enum class CallerIdTime : std::uint8_t {
        AfterFirstRing,  ///< in the pause after the first ring burst (Bell; several ETSI countries)
        BeforeRing,      ///< after a line reversal or a ring pulse, before the first ring
    };
    enum class HangUp : std::uint8_t {
        LoopBreak,  ///< loop current is cut for 400 ms, then dial tone (North America)
        BusyTone,   ///< the busy tone comes at once
    };

    std::string_view code;  ///< ISO 3166-1, "US"
    std::uint8_t t35;       ///< ITU-T T.35 country code, as in +GCI
    std::string_view name;
    Cadence ring;
    ToneRow dial, busy, ringback, congestion;
    CallerIdTime callerIdTime;
    HangUp hangUp;
};

/// All countries known, in the order of their codes.
[[nodiscard]] std::span<const Country> countries() noexcept;
/// By ISO code ("US", small letters too); null when it is not in the table.
[[nodiscard]] const Country* findCountry(std::string_view code) noexcept;
/// By T.35 code.
[[nodiscard]] const Country* findCountry(std::uint8_t t35) noexcept;

}  // namespace tipring::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tipring::at_modem {

/// What the exchange does for a hook flash.
enum class FlashKind : std::uint8_t {
    None,
    NorthAmerican,          ///< three-way calling
    NorthAmericanTransfer,  ///< the same, and hanging up connects the two others
    European,               ///< R and a digit (ETSI ETS 300 738)
    Pbx,                    ///< a flash goes to and fro, hanging up transfers
};

/// One kind of exchange: what to dial for each service. `!` is a flash, `,` a pause; empty: the
/// exchange cannot do it. "Talks" is a second party that answered.
struct FlashServices {
    FlashKind kind = FlashKind::None;
    std::string_view name{};        ///< in the configuration
    std::string_view hold{};        ///< in a call: holds it and gives dial tone
    std::string_view retrieve{};    ///< the held call back, while no second party talks
    std::string_view swap{};        ///< while a second party talks
    std::string_view join{};        ///< the same: all three talk
    std::string_view dropActive{};  ///< the same: ends the active call, the held one is back
    std::string_view dropHeld{};    ///< the same: ends the held one
    std::string_view dropLast{};    ///< of three that talk, ends the one that came last
    std::string_view dropFirst{};   ///< of three that talk, ends the other one
    std::string_view transfer{};    ///< while a second party talks: connects the two others
    std::uint16_t breakTime = 0;    ///< of a flash, ms
    bool transferByHangUp = false;  ///< hanging up does so, also while the second party rings

    [[nodiscard]] bool holds() const { return !hold.empty(); }
    [[nodiscard]] bool joins() const { return !join.empty(); }
    [[nodiscard]] bool transfers() const { return transferByHangUp || !transfer.empty(); }
    [[nodiscard]] bool removes() const { return !dropLast.empty(); }
};

[[nodiscard]] const FlashServices& flashServices(FlashKind kind) noexcept;
/// All kinds, None first.
[[nodiscard]] std::span<const FlashServices> allFlashServices() noexcept;
/// The usual kind of public exchanges in an ISO 3166-1 country; None where it is not known.
[[nodiscard]] FlashKind flashKindOf(std::string_view country) noexcept;

}  // namespace tipring::at_modem

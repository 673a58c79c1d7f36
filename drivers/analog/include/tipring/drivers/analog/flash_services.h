// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tipring::analog {

/// What the exchange does for a hook flash.
enum class FlashKind : std::uint8_t {
    None,
    NorthAmerican,          ///< three-way calling
    NorthAmericanTransfer,  ///< the same, and hanging up connects the two others
    European,               ///< R and a digit (ETSI ETS 300 738)
    Pbx,                    ///< a flash goes to and fro, hanging up transfers
};

/// What should be on the line when the exchange has done a service.
enum class FlashAim : std::uint8_t {
    Hold,     ///< the call is held: dial tone
    Consult,  ///< the same, and a number will be dialled
    Route,    ///< the call is held, and the number of a second party is out
    Talk,     ///< a party, or two
    Release,  ///< the only call, to be hung up
};

/// One kind of exchange: what to dial for each service. `!` is a flash, `,` a pause; empty: the
/// exchange cannot do it. "Talks" is a second party that answered.
struct FlashServices {
    FlashKind kind = FlashKind::None;
    std::string_view name{};         ///< in the configuration
    std::string_view hold{};         ///< in a call: holds it and gives dial tone
    std::string_view retrieve{};     ///< the held call back, while no second party talks
    std::string_view swap{};         ///< while a second party talks
    std::string_view join{};         ///< the same: all three talk
    std::string_view dropActive{};   ///< the same: ends the active call, the held one is back
    std::string_view dropHeld{};     ///< the same: ends the held one
    std::string_view dropLast{};     ///< of three that talk, ends the one that came last
    std::string_view dropFirst{};    ///< of three that talk, ends the other one
    std::string_view transfer{};     ///< while a second party talks: connects the two others
    std::string_view takeWaiting{};  ///< in a call: takes one that waits; then swaps the two
    std::uint16_t breakTime = 0;     ///< of a flash, ms
    bool transferByHangUp = false;   ///< hanging up does so, also while the second party rings

    [[nodiscard]] bool holds() const { return !hold.empty(); }
    [[nodiscard]] bool joins() const { return !join.empty(); }
    [[nodiscard]] bool transfers() const { return transferByHangUp || !transfer.empty(); }
    [[nodiscard]] bool removes() const { return !dropLast.empty(); }
};

[[nodiscard]] const FlashServices& flashServices(FlashKind kind) noexcept;
/// All kinds, None first.
[[nodiscard]] std::span<const FlashServices> allFlashServices() noexcept;
/// By its name in the configuration; null for others.
[[nodiscard]] std::optional<FlashKind> flashKindNamed(std::string_view name) noexcept;
/// The usual kind of public exchanges in an ISO 3166-1 country; None where it is not known.
[[nodiscard]] FlashKind flashKindOf(std::string_view country) noexcept;

}  // namespace tipring::analog

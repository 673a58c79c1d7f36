// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "sound/fsk_player.h"
#include "tipring/hal/dsp/caller_id_standard.h"
#include "tipring/hal/sim/line.h"

namespace tipring::sim {

/// A message on its way to a subscriber: what a standard makes of a caller, and how long it takes.
struct CallerIdMessage {
    enum class Kind : std::uint8_t { Call, WaitingCall, Lamp };

    /// False when the standard cannot send that.
    bool setCaller(const dsp::CallerIdStandard& standard, const CallerId& id, bool single,
                   Kind kind);
    /// The lamp; DTMF has none.
    bool setLamp(const dsp::CallerIdStandard& standard, unsigned messages);

    [[nodiscard]] std::span<const std::uint8_t> content() const { return {bytes.data(), size}; }
    [[nodiscard]] const dsp::FskFrame& frame() const {
        return kind == Kind::WaitingCall ? standard->callWaitingFrame : standard->frame;
    }

    const dsp::CallerIdStandard* standard = nullptr;
    Kind kind = Kind::Call;
    CallerId id{};  ///< as it arrives: without what the standard cannot carry
    bool lampOn = false;
    std::array<std::uint8_t, FskPlayer::kRoom> bytes{};
    std::size_t size = 0;
    dsp::DtmfCallerIdKeys keys;
    std::chrono::milliseconds length{0};

private:
    bool encode(const dsp::CallerId& message);
};

/// Of each digit of a caller ID by DTMF, and of the silence after it.
inline constexpr std::chrono::milliseconds kCallerIdKey{70};

}  // namespace tipring::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "sound/tone_pair.h"

namespace tipring::sim {

/// Presses keys one after the other, each a DTMF tone and a pause.
class KeyPlayer {
public:
    /// Times in samples; level of each frequency.
    explicit KeyPlayer(std::size_t on = 800, std::size_t off = 800, double dbm0 = -10) noexcept
        : on_(on), off_(off), dbm0_(dbm0) {}
    /// Queues keys; a `,` is a pause of 2 s. False when one is no key or 64 are waiting already:
    /// then nothing was queued.
    bool push(std::string_view keys) noexcept;
    [[nodiscard]] bool active() const noexcept {
        return count_ > 0 || tone_.active() || pause_ > 0;
    }
    /// Adds the sound to `samples`.
    void mix(std::span<std::int16_t> samples) noexcept;
    void stop() noexcept;

private:
    void startNext() noexcept;

    static constexpr std::size_t kRoom = 64;
    std::size_t on_, off_;
    double dbm0_;
    TonePair tone_;
    std::size_t pause_ = 0;
    std::array<char, kRoom> keys_{};
    std::size_t head_ = 0, count_ = 0;
};

}  // namespace tipring::sim

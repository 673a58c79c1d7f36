// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "tipring/hal/dsp/fsk.h"

namespace tipring::dsp {

/// Sends bytes as FSK without a jump of phase; bits change at their exact time, between samples
/// too. No allocation.
class FskSender {
public:
    explicit FskSender(const FskModulation& modulation = kBell202, double dbm0 = -13.5) noexcept
        : FskSender(modulation, dbm0, dbm0) {}
    /// A level for each frequency, as a long line makes it.
    FskSender(const FskModulation& modulation, double markDbm0, double spaceDbm0) noexcept;

    static constexpr std::size_t kRoom = 280;
    /// Takes a copy of the bytes, the sum included. False when there are more than kRoom: then
    /// nothing is sent.
    bool start(std::span<const std::uint8_t> bytes, const FskFrame& frame = {}) noexcept;
    [[nodiscard]] bool active() const noexcept { return active_; }
    void stop() noexcept { active_ = false; }
    /// Adds the sound to `samples` and returns how many of them it reached.
    std::size_t mix(std::span<std::int16_t> samples) noexcept;

private:
    /// The next bit, or false when there is none.
    bool nextBit(bool& bit) noexcept;

    double markStep_, spaceStep_;  ///< turns of the phase for each sample
    double markPeak_, spacePeak_;
    double bitLength_;  ///< samples
    double phase_ = 0;  ///< turns
    double left_ = 0;   ///< samples that the bit still lasts
    bool bit_ = true;
    bool active_ = false;

    std::array<std::uint8_t, kRoom> bytes_{};
    std::size_t size_ = 0;
    FskFrame frame_;
    std::size_t sentBits_ = 0;  ///< of the part that is being sent
    std::size_t byte_ = 0;
    enum class Part : std::uint8_t { Seizure, Mark, Bytes, After };
    Part part_ = Part::Seizure;
};

}  // namespace tipring::dsp

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace tipring::analog {

/// On and off times in ms, repeated; ends at its first 0.
using RingCadence = std::array<std::uint16_t, 8>;
[[nodiscard]] std::size_t cadenceLength(const RingCadence& cadence) noexcept;

/// How a line shows that the far end has hung up; a set.
enum class Supervision : std::uint8_t { None = 0, LoopBreak = 1, Reversal = 2, Tones = 4 };
[[nodiscard]] constexpr Supervision operator|(Supervision a, Supervision b) {
    return static_cast<Supervision>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
[[nodiscard]] constexpr bool has(Supervision set, Supervision one) {
    return (static_cast<unsigned>(set) & static_cast<unsigned>(one)) != 0;
}

/// How many pulses a digit has: n and ten for 0; ten less n; one more than n.
enum class PulseScheme : std::uint8_t { Standard, NewZealand, Sweden };
/// Pulses of a key, 0 for one that cannot be pulsed; and the key of a number of pulses, 0 for none.
[[nodiscard]] unsigned pulsesOf(char key, PulseScheme scheme) noexcept;
[[nodiscard]] char keyOfPulses(unsigned pulses, PulseScheme scheme) noexcept;

/// What differs from country to country on an analog line. Times in ms. Tones stand in
/// dsp::builtinTones() under the same code.
struct LineProfile {
    std::string_view code;  ///< ISO 3166-1
    RingCadence ring;
    /// Names of dsp::callerIdStandard(), a space between; the first is the one that an FXS port
    /// sends, all of them are listened to.
    std::string_view callerId;
    std::uint16_t ringLeast;  ///< a shorter burst is an alert before a message, or a click
    std::uint16_t flash;      ///< that we send
    std::uint16_t flashLeast, flashMost;  ///< that we take for one
    Supervision supervision;
    PulseScheme pulses;
    std::uint16_t pulseBreak, pulseMake, pulsePause;
    std::uint16_t toneOn, toneOff;
};

[[nodiscard]] std::span<const LineProfile> lineProfiles() noexcept;
/// By ISO code, small letters too; null for others.
[[nodiscard]] const LineProfile* lineProfile(std::string_view code) noexcept;

/// Ring modes told: 1 is the country's own, then those below, the last one anything else.
inline constexpr unsigned kRingModes = 5;
/// Distinctive ring of mode 2 to 4; the country's own for others.
[[nodiscard]] const RingCadence& ringOfMode(const LineProfile& profile, unsigned mode) noexcept;

}  // namespace tipring::analog

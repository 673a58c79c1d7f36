// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace tipring::sim {

/// What is wrong with a pair of wires. All defaults: nothing. Levels in dBm0 (3.14 is a sine at
/// full scale), measured over the whole band of 0 to 4 kHz.
struct CopperSettings {
    float attenuation = 0;  ///< dB at all frequencies, 0..60; less than 0 is a gain
    float slope = 0;        ///< dB by which 3.4 kHz loses more than 300 Hz, 0..15: a long cable
    std::optional<float> whiteNoise{};  ///< level
    std::optional<float> impulses{};    ///< level of the peak of a click, which dies away in 2 ms
    float impulseRate = 1;              ///< clicks a second on average, 0.01..1000
    std::optional<float> hum{};  ///< level of the mains' fundamental; it has odd harmonics too
    float humHertz = 50;
    std::optional<float> echoLoss{};  ///< dB by which what is sent comes back weaker, 0..60
    float echoDelay = 4;              ///< ms until it does, 0..100
    std::optional<float> clipping{};  ///< level of the sine that is just not clipped
    float dropoutRate = 0;            ///< breaks a second on average, 0..100
    float dropoutLength = 50;         ///< ms of a break
    bool cut = false;                 ///< nothing comes through, noise neither

    bool operator==(const CopperSettings&) const = default;
};

/// The wires between a telephone and its exchange, one direction of sound with the echo of the
/// other. The same seed and the same samples give the same result, however they are cut into
/// blocks. Settings may change at any time, also during a call. Allocates in the constructor only.
class Copper {
public:
    explicit Copper(std::uint32_t seed = 1);
    Copper(Copper&&) noexcept;
    Copper& operator=(Copper&&) noexcept;
    ~Copper();

    /// Out of range values are taken as the nearest limit.
    void set(const CopperSettings& settings);
    [[nodiscard]] const CopperSettings& settings() const;

    /// Makes of what the far side put on the wire what arrives. `sent` is what this side sends at
    /// the same time, for the echo: as many samples, or none (silence).
    void carry(std::span<std::int16_t> samples, std::span<const std::int16_t> sent = {});

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tipring::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "tipring/hal/base/result.h"
#include "tipring/tapi_core/media/clock_bridge.h"
#include "tipring/tapi_core/media/mix_limiter.h"

namespace tipring::media {

/// A party of a mix. Not given again before 65,536 more have had its place.
struct PartyId {
    std::uint32_t value = 0;
    friend bool operator==(PartyId, PartyId) = default;
};

struct PartySettings {
    float gain = 0;            ///< dB, of what the others hear: -40 to 20
    bool muted = false;        ///< the others do not hear it
    std::size_t delay = 400;   ///< samples, each way: ClockBridge; a block of the device and 21 ms
    std::size_t echoTail = 0;  ///< samples of the line's echo path to take out; 0 for none, to 1024
    bool comfortNoise = true;  ///< in pauses in which the party sends nothing
};

struct PartyReport {
    float dbm0 = -100;     ///< of the last 20 ms from the party, before gain and mute
    bool talking = false;  ///< louder than -40 dBm0 within the last 400 ms
    bool muted = false;
    float gain = 0;                 ///< dB
    ClockBridgeCounters fromParty;  ///< on the way to the mix
    ClockBridgeCounters toParty;
    double drift = 0;                 ///< ppm by which its clock is taken to be too fast now
    float reduction = 0;              ///< dB by which its mix is turned down now, so as not to clip
    std::chrono::nanoseconds cost{};  ///< of a block of 20 ms, mean; 0 without a clock
};

struct MixerSettings {
    std::size_t mostParties = 256;  ///< 2 to 1024
    /// For the cost of parties; none: not measured.
    std::function<std::chrono::nanoseconds()> clock;
};

/// Everybody hears everybody else: the sum of all without the own part (N-1), in 32 bits, brought
/// to 16 by a limiter of each listener's own. 16-bit, 8000 samples per second, mono.
///
/// Each party pushes and pulls on its own clock, in blocks of any size; tick() makes 20 ms on the
/// mixer's. Results depend on the order of the calls alone; for equal clocks, the mix does not
/// depend on the sizes of the talkers' blocks that divide 20 ms or are whole multiples of it.
/// Parties come, go and are muted with a fade of 20 ms.
///
/// From mouth to ear a sound takes both delays and the limiter's 5 ms. No allocation but in join().
/// Thread: one at a time.
class Mixer {
public:
    static constexpr std::size_t kBlock = 160;
    using Block = std::array<std::int16_t, kBlock>;

    /// INVALPARAM: the settings are out of range.
    static hal::Result<Mixer> create(MixerSettings settings = {});
    /// INVALPARAM: what is out of range.
    static hal::Result<void> check(const PartySettings& settings);
    Mixer(Mixer&&) noexcept;
    Mixer& operator=(Mixer&&) noexcept;
    ~Mixer();

    /// INVALPARAM: the settings are out of range. CONFERENCEFULL.
    hal::Result<PartyId> join(const PartySettings& settings = {});
    // INVALPARAM for a party that is not there.
    hal::Result<void> leave(PartyId party);
    hal::Result<void> setGain(PartyId party, float decibels);
    hal::Result<void> setMuted(PartyId party, bool muted);
    [[nodiscard]] hal::Result<PartyReport> report(PartyId party) const;
    [[nodiscard]] bool talking(PartyId party) const;  ///< as in the report
    [[nodiscard]] std::size_t parties() const;

    /// Sound of the party; `position` is its device's count before it. One that is not there:
    /// nothing.
    void receive(PartyId party, std::uint64_t position, std::span<const std::int16_t> samples);
    /// Fills `samples` with what the party is to hear; with silence for one that is not there.
    void send(PartyId party, std::span<std::int16_t> samples);
    /// Makes the next 20 ms. All hear `announcement`, too; it may be empty, or short.
    void tick(std::span<const std::int16_t> announcement = {});
    /// The last 20 ms of everybody together, for a recording. Valid until the next tick.
    [[nodiscard]] const Block& everybody() const;

private:
    struct Party;
    struct State;
    explicit Mixer(std::unique_ptr<State> state);
    [[nodiscard]] Party* find(PartyId party) const;
    std::unique_ptr<State> state_;
};

}  // namespace tipring::media

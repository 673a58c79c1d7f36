// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tipring/tapi_core/media/concealment.h"

namespace tipring::media {

/// Samples since the bridge was made.
struct ClockBridgeCounters {
    std::uint64_t taken = 0;      ///< pushed
    std::uint64_t concealed = 0;  ///< made up for a gap, or because nothing came in time
    std::uint64_t silent = 0;     ///< given as silence or comfort noise: nothing for long
    std::uint64_t dropped = 0;    ///< late or too many; thrown away
    std::uint64_t dry = 0;        ///< times that there was nothing when it was wanted
};

/// Carries sound from one 8 kHz clock to another: what is pushed comes out a constant delay later.
/// Clocks that differ are followed by playing a little faster or slower (500 ppm at most, a
/// hundredth of a semitone), so nothing is cut or doubled. Equal clocks: the samples come out
/// unchanged, and the same for any size of blocks that ends with a pop.
///
/// The delay is to hold one block of the giver, one of the taker, and 8 samples: clocks that differ
/// pass each other by a block before that is seen.
///
/// A jump of the position is a lost packet: concealed up to 60 ms. When nothing comes in time that
/// is concealed, too; what comes late is still played, and the delay stays that much longer (up to
/// kMostDelay). After 60 ms of nothing there is silence, or comfort noise, until sound comes again.
///
/// No allocation after construction. Thread: one at a time.
class ClockBridge {
public:
    static constexpr std::size_t kLeastDelay = 176, kMostDelay = 960;  ///< samples

    /// `delay` in samples, brought into the range above.
    explicit ClockBridge(std::size_t delay = 400);

    /// `position` is the giver's count before the samples.
    void push(std::uint64_t position, std::span<const std::int16_t> samples) noexcept;
    /// Fills all of `samples`.
    void pop(std::span<std::int16_t> samples) noexcept;
    /// Peak of the noise in long silences; 0 for none.
    void setComfort(std::int16_t peak) noexcept { comfort_ = peak; }

    [[nodiscard]] const ClockBridgeCounters& counters() const noexcept { return counters_; }
    /// What it aims at, in samples.
    [[nodiscard]] std::size_t delay() const noexcept { return target_; }
    /// By how much it plays faster than it was given, parts per million.
    [[nodiscard]] double correction() const noexcept;
    /// Samples given that nobody pushed.
    [[nodiscard]] std::uint64_t madeUp() const noexcept {
        return counters_.concealed + counters_.silent;
    }

private:
    [[nodiscard]] std::size_t held() const noexcept { return end_ - begin_; }
    std::size_t place(std::uint64_t position, std::size_t count) noexcept;
    void gap(std::uint64_t missing) noexcept;
    void append(std::span<const std::int16_t> samples) noexcept;
    void makeRoom(std::size_t count) noexcept;
    void prime() noexcept;
    void skip(std::size_t count) noexcept;
    void steer(std::size_t count) noexcept;
    std::size_t read(std::span<std::int16_t> samples) noexcept;
    std::size_t interpolate(std::span<std::int16_t> samples) noexcept;
    void runDry(std::span<std::int16_t> samples) noexcept;
    void beSilent(std::span<std::int16_t> samples) noexcept;
    void remember(Concealment& concealment, std::size_t until) const noexcept;

    std::vector<std::int16_t> samples_;  ///< what was played, then what is held; [begin_, end_)
    std::size_t begin_, end_;
    std::uint32_t phase_ = 0;  ///< of the next sample after `begin_`, in 2^-32
    std::int64_t step_ = 0;    ///< beyond one sample, in 2^-32
    std::size_t target_;
    std::size_t hold_ = 0;  ///< samples of silence before the first sound
    bool primed_ = false;   ///< the sound runs
    bool placed_ = false;   ///< a position is known
    std::uint64_t expected_ = 0;
    std::size_t made_ = 0;  ///< samples made up since it ran dry
    bool joining_ = false;  ///< the next real samples follow made-up ones
    Concealment dryness_;
    std::size_t most_ = 0, window_ = 0;  ///< most held in this window; samples of the window
    bool wasDry_ = false;                ///< in this window
    std::int16_t comfort_ = 0;
    std::uint32_t random_ = 1;
    ClockBridgeCounters counters_;
};

}  // namespace tipring::media

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tipring::dsp {

/// Factors of two samples: for each of eight frequencies those of the cosine, then of the sine.
struct alignas(64) FactorRow {
    std::int16_t value[32];
};
struct alignas(64) FloatRow {
    float value[16];
};

/// What a frame looks for: a window of two hops (Hann) times the cosine and sine of each frequency.
///
/// Frames follow each other by one hop and overlap by half, so the windows of all frames add up to
/// one at each sample: the amplitudes of the frames, added up, are the length of a tone in hops.
/// The window is folded at its middle: cosines see the sum of the two samples that are as far from
/// it, sines the difference, both halved so that they are 16 bits again.
class FrameTable {
public:
    static constexpr std::size_t kMaxHop = 160;
    static constexpr std::size_t kPerGroup = 8;  ///< frequencies in one row
    static constexpr std::size_t kMaxGroups = 6;

    /// `hop` is a multiple of 32, at most kMaxHop; frequencies in Hz, kMaxGroups * kPerGroup at
    /// most.
    FrameTable(std::size_t hop, std::span<const double> hertz);

    [[nodiscard]] std::size_t hop() const noexcept { return hop_; }
    [[nodiscard]] std::size_t groups() const noexcept { return groups_; }
    /// The group has four frequencies at most: the second half of its rows is 0.
    [[nodiscard]] bool halfEmpty(std::size_t group) const noexcept {
        return frequencies_ - group * kPerGroup <= kPerGroup / 2;
    }
    /// Of one group: hop / 2 rows.
    [[nodiscard]] const FactorRow* factors(std::size_t group) const noexcept {
        return factors_.data() + group * hop_ / 2;
    }
    /// For the halved squares of each two samples: hop / 32 rows.
    [[nodiscard]] const FloatRow* weights() const noexcept { return weights_.data(); }
    /// What a sum of products is multiplied with to be an amplitude.
    [[nodiscard]] float scale() const noexcept { return scale_; }

private:
    std::size_t hop_, frequencies_, groups_;
    std::vector<FactorRow> factors_;
    std::vector<FloatRow> weights_;
    float scale_;
};

/// What came of a frame: for each frequency the phasor of the sine (its length the peak amplitude,
/// its angle taken at the middle of the window), and the mean square of the window.
struct FrameSums {
    FloatRow phasor[FrameTable::kMaxGroups];  ///< real and imaginary parts side by side
    float power[FrameTable::kMaxGroups * FrameTable::kPerGroup];  ///< squared amplitudes
    float meanSquare;
};

/// One channel's frame: the hop `before` and the hop `now` that follows it.
struct FrameJob {
    const std::int16_t* before;
    const std::int16_t* now;
    FrameSums* sums;
    bool loud;  ///< the mean square is not below the floor: phasors and powers are set
};

/// Frames of many channels, which share what is read of the table. What comes of a frame does not
/// hang on those beside it. Chosen for the processor that runs it; the same everywhere in one
/// process, so equal samples give equal sums.
using FrameFunction = void (*)(const FrameTable& table, std::span<FrameJob> jobs, float floor);
[[nodiscard]] FrameFunction frameFunction() noexcept;
/// All that this processor can run, the plain one first.
[[nodiscard]] std::span<const FrameFunction> frameFunctions() noexcept;

/// A frame alone: what FrameJob::loud says.
[[nodiscard]] inline bool oneFrame(FrameFunction function, const FrameTable& table,
                                   const std::int16_t* before, const std::int16_t* now, float floor,
                                   FrameSums& sums) {
    FrameJob job{before, now, &sums, false};
    function(table, {&job, 1}, floor);
    return job.loud;
}

}  // namespace tipring::dsp

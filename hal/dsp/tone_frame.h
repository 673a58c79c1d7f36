// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tipring::dsp {

/// Sixteen floats, the width of the widest vector in use.
struct alignas(64) Lanes {
    float value[16];
};

/// What a frame looks for: a window of two hops (Hann) times the cosine and sine of each frequency.
///
/// Frames follow each other by one hop and overlap by half, so the windows of all frames add up to
/// one at each sample: the amplitudes of the frames, added up, are the length of a tone in hops.
class FrameTable {
public:
    static constexpr std::size_t kMaxHop = 160;
    static constexpr std::size_t kPerGroup = 8;  ///< frequencies in one Lanes
    static constexpr std::size_t kMaxGroups = 6;

    /// `hop` is a multiple of 16, at most kMaxHop; frequencies in Hz, kMaxGroups * kPerGroup at
    /// most.
    FrameTable(std::size_t hop, std::span<const double> hertz);

    [[nodiscard]] std::size_t hop() const noexcept { return hop_; }
    [[nodiscard]] std::size_t groups() const noexcept { return groups_; }
    [[nodiscard]] const Lanes* window() const noexcept { return window_.data(); }
    /// Row n of group g: cosine and sine of each frequency, side by side.
    [[nodiscard]] const Lanes* group(std::size_t g) const noexcept {
        return products_.data() + g * hop_;
    }

private:
    std::size_t hop_, groups_;
    std::vector<Lanes> window_;    ///< half a window squared, from its middle outwards
    std::vector<Lanes> products_;  ///< groups times hop
};

/// What came of a frame: for each frequency the phasor of the sine (its length the peak amplitude,
/// its angle taken at the middle of the window), and the mean square of the window.
struct FrameSums {
    Lanes phasor[FrameTable::kMaxGroups];  ///< real and imaginary parts side by side
    float power[FrameTable::kMaxGroups * FrameTable::kPerGroup];  ///< squared amplitudes
    float meanSquare;
};

/// One frame: the hop `before` and the hop `now` that follows it. Chosen for the processor that
/// runs it; the same everywhere in one process, so equal samples give equal sums. With a mean
/// square below `floor` it is false, and phasors and powers are not set.
using FrameFunction = bool (*)(const FrameTable& table, const std::int16_t* before,
                               const std::int16_t* now, float floor, FrameSums& sums);
[[nodiscard]] FrameFunction frameFunction() noexcept;

}  // namespace tipring::dsp

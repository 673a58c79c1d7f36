// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace tipring::media {

/// Brings a sum of many voices into 16 bits without clipping: it sees kDelay samples ahead, turns
/// down before a peak in a straight line, and comes back by 6 dB a second, so slowly that nothing
/// pumps. Sound below kLimit passes unchanged. No allocation. Thread: one at a time.
class MixLimiter {
public:
    static constexpr std::size_t kPiece = 40;
    static constexpr std::size_t kDelay = kPiece;  ///< 5 ms: the sound comes out that much later
    static constexpr std::int32_t kLimit = 31000;  ///< no sample is larger

    /// As many samples out as in: a multiple of kPiece. In: -2^30..2^30.
    void process(std::span<const std::int32_t> sums, std::span<std::int16_t> samples) noexcept;
    [[nodiscard]] float gain() const noexcept { return gain_; }  ///< 0..1, now

private:
    std::array<std::int32_t, kPiece> waiting_{};
    float bearable_ = 1;  ///< the largest gain that `waiting_` can have
    float gain_ = 1;
};

}  // namespace tipring::media

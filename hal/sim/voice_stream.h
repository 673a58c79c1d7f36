// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tipring/hal/dsp/codec.h"
#include "tipring/hal/dsp/resampler.h"
#include "tipring/hal/sim/exchange.h"
#include "tipring/hal/sim/personality.h"

namespace tipring::sim {

inline constexpr char kDle = 0x10;

/// Sound from the computer: codes in, 8 kHz samples out at the line's pace. Holds 0.75 s.
class VoiceTransmit {
public:
    VoiceTransmit(const VoiceFormat& format, std::uint32_t rate);
    /// Takes codes (shielding removed) while there is room; returns how many.
    std::size_t accept(std::span<const std::byte> codes);
    [[nodiscard]] bool hasRoom() const { return free() >= kMargin; }
    /// One block to the line; returns the samples that were there, the rest stays as it is.
    std::size_t take(SpokenBlock block);
    void discard() { count_ = 0; }
    [[nodiscard]] bool empty() const { return count_ == 0; }
    [[nodiscard]] std::size_t held() const { return count_; }

private:
    [[nodiscard]] std::size_t free() const { return ring_.size() - count_; }

    static constexpr std::size_t kCapacity = 6000;
    static constexpr std::size_t kMargin = 640;  ///< what one round of accept() may give
    dsp::Decoder decoder_;
    dsp::Resampler resampler_;
    std::vector<std::int16_t> ring_;
    std::size_t head_ = 0, count_ = 0;
};

/// Sound to the computer: 20 ms of line in, codes out (not yet shielded).
class VoiceReceive {
public:
    VoiceReceive(const VoiceFormat& format, std::uint32_t rate);
    /// Valid until the next call.
    std::span<const std::byte> encode(HeardBlock block);

private:
    dsp::Encoder encoder_;
    dsp::Resampler resampler_;
    std::array<std::byte, 1024> codes_{};
};

}  // namespace tipring::sim

// SPDX-License-Identifier: Apache-2.0
#include "voice_stream.h"

#include <algorithm>
#include <array>

#include "tipring/hal/dsp/tone.h"

namespace tipring::sim {

namespace {

constexpr std::size_t kRound = 128;  // codes decoded at a time

}  // namespace

VoiceTransmit::VoiceTransmit(const VoiceFormat& format, std::uint32_t rate)
    : decoder_(format.format), resampler_(rate, dsp::kSampleRate), ring_(kCapacity) {}

std::size_t VoiceTransmit::accept(std::span<const std::byte> codes) {
    std::size_t taken = 0;
    while (taken < codes.size() && hasRoom()) {
        // 128 codes are at most 512 samples before, and fewer than 640 after, resampling
        std::array<std::int16_t, kRound * 4> raw;
        std::array<std::int16_t, kMargin> ready;
        const auto decoded =
            decoder_.decode(codes.subspan(taken, std::min(kRound, codes.size() - taken)), raw);
        taken += decoded.consumed;
        const auto done = resampler_.process(std::span{raw}.first(decoded.produced), ready);
        for (std::size_t i = 0; i < done.produced; ++i) {
            ring_[(head_ + count_++) % kCapacity] = ready[i];
        }
    }
    return taken;
}

std::size_t VoiceTransmit::take(SpokenBlock block) {
    const std::size_t count = std::min(count_, block.size());
    for (std::size_t i = 0; i < count; ++i) {
        block[i] = ring_[(head_ + i) % kCapacity];
    }
    head_ = (head_ + count) % kCapacity;
    count_ -= count;
    return count;
}

VoiceReceive::VoiceReceive(const VoiceFormat& format, std::uint32_t rate)
    : encoder_(format.format), resampler_(dsp::kSampleRate, rate) {}

std::span<const std::byte> VoiceReceive::encode(HeardBlock block) {
    std::array<std::int16_t, 256> ready;  // 160 samples at 8000 are 221 at 11025
    const auto done = resampler_.process(block, ready);
    const auto coded = encoder_.encode(std::span{ready}.first(done.produced), codes_);
    return std::span{codes_}.first(coded.produced);
}

}  // namespace tipring::sim

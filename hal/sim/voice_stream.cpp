// SPDX-License-Identifier: Apache-2.0
#include "voice_stream.h"

#include <algorithm>
#include <cstdlib>

#include "tipring/hal/dsp/tone.h"

namespace tipring::sim {

namespace {

constexpr std::size_t kRound = 128;  // codes decoded at a time
constexpr std::array<int, 4> kTwoBit{1000, 8000, -1000, -8000};

unsigned twoBitCode(int sample) {
    return (sample < 0 ? 2U : 0U) | (std::abs(sample) > 4500 ? 1U : 0U);
}

}  // namespace

VoiceCodec::VoiceCodec(const VoiceFormat& format)
    : twoBit_(format.bits == 2), decoder_(format.format), encoder_(format.format) {}

dsp::CodecProgress VoiceCodec::decode(std::span<const std::byte> bytes,
                                      std::span<std::int16_t> samples) {
    if (!twoBit_) {
        return decoder_.decode(bytes, samples);
    }
    dsp::CodecProgress done;
    for (; done.consumed < bytes.size() && samples.size() - done.produced >= 4; ++done.consumed) {
        const auto byte = std::to_integer<unsigned>(bytes[done.consumed]);
        for (unsigned shift = 0; shift < 8; shift += 2) {
            samples[done.produced++] = static_cast<std::int16_t>(kTwoBit[(byte >> shift) & 3]);
        }
    }
    return done;
}

dsp::CodecProgress VoiceCodec::encode(std::span<const std::int16_t> samples,
                                      std::span<std::byte> bytes) {
    if (!twoBit_) {
        return encoder_.encode(samples, bytes);
    }
    dsp::CodecProgress done;
    while (done.consumed < samples.size() && done.produced < bytes.size()) {
        byte_ |= twoBitCode(samples[done.consumed++]) << (2 * taken_);
        if (++taken_ == 4) {
            bytes[done.produced++] = static_cast<std::byte>(byte_);
            byte_ = 0;
            taken_ = 0;
        }
    }
    return done;
}

VoiceTransmit::VoiceTransmit(const VoiceFormat& format, std::uint32_t rate)
    : codec_(format), resampler_(rate, dsp::kSampleRate), ring_(kCapacity) {}

std::size_t VoiceTransmit::accept(std::span<const std::byte> codes) {
    std::size_t taken = 0;
    while (taken < codes.size() && hasRoom()) {
        // 128 codes are at most 512 samples before, and fewer than 640 after, resampling
        std::array<std::int16_t, kRound * 4> raw;
        std::array<std::int16_t, kMargin> ready;
        const auto decoded =
            codec_.decode(codes.subspan(taken, std::min(kRound, codes.size() - taken)), raw);
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
    : codec_(format), resampler_(dsp::kSampleRate, rate) {}

std::span<const std::byte> VoiceReceive::encode(HeardBlock block) {
    std::array<std::int16_t, 256> ready;  // 160 samples at 8000 are 221 at 11025
    const auto done = resampler_.process(block, ready);
    const auto coded = codec_.encode(std::span{ready}.first(done.produced), codes_);
    return std::span{codes_}.first(coded.produced);
}

}  // namespace tipring::sim

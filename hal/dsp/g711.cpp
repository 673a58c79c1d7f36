// SPDX-License-Identifier: Apache-2.0
// ITU-T G.711 in blocks. A code is a small floating-point number: three bits of exponent, four of
// mantissa. So is a float, and turning samples into floats and back is what vector units do.
#include <algorithm>
#include <bit>

#include "simd.h"
#include "tipring/hal/dsp/codec.h"

namespace tipring::dsp {

namespace {

constexpr std::int32_t kFloatBias = 127;
constexpr std::int32_t kMuBias = 132;
constexpr std::int32_t kMuClip = 32635;

/// The lowest bits: 4 of mantissa below those of the exponent over `lowest`.
TIPRING_KERNEL std::int32_t segmentCode(std::int32_t magnitude, std::int32_t lowest) {
    const auto bits = std::bit_cast<std::int32_t>(static_cast<float>(magnitude));
    return (bits >> 19) - ((kFloatBias + lowest) << 4);
}

/// The middle of the step with that 7-bit code, where code 0 starts at 2^lowest.
TIPRING_KERNEL std::int32_t segmentValue(std::int32_t code, std::int32_t lowest) {
    const std::int32_t bits = ((kFloatBias + lowest) << 23) + (code << 19) + (1 << 18);
    return static_cast<std::int32_t>(std::bit_cast<float>(bits));
}

TIPRING_KERNEL std::uint8_t muLawCode(std::int32_t sample) {
    const std::int32_t sign = sample >> 31;
    const std::int32_t magnitude = std::min((sample ^ sign) - sign, kMuClip) + kMuBias;
    return static_cast<std::uint8_t>(~(segmentCode(magnitude, 7) | (sign & 0x80)));
}

TIPRING_KERNEL std::int16_t muLawSample(std::int32_t code) {
    const std::int32_t inverted = ~code;
    const std::int32_t magnitude = segmentValue(inverted & 0x7F, 7) - kMuBias;
    const std::int32_t sign = -((inverted >> 7) & 1);
    return static_cast<std::int16_t>((magnitude ^ sign) - sign);
}

TIPRING_KERNEL std::uint8_t aLawCode(std::int32_t sample) {
    const std::int32_t sign = sample >> 31;
    const std::int32_t magnitude = sample ^ sign;  // -1 becomes 0: both signs have a first step
    const std::int32_t low = magnitude >> 4;       // two equal segments below 512
    const std::int32_t high = segmentCode(magnitude, 8) + 16;
    const std::int32_t inLow = (magnitude - 256) >> 31;  // a mask: g++ 12 keeps a choice scalar
    return static_cast<std::uint8_t>(((low & inLow) | (high & ~inLow) | (~sign & 0x80)) ^ 0x55);
}

TIPRING_KERNEL std::int16_t aLawSample(std::int32_t code) {
    const std::int32_t plain = code ^ 0x55;
    const std::int32_t low = ((plain & 0x0F) << 4) + 8;
    const std::int32_t high = segmentValue((plain & 0x7F) - 16, 8);
    const std::int32_t magnitude = (plain & 0x70) == 0 ? low : high;
    const std::int32_t sign = ((plain >> 7) & 1) - 1;
    return static_cast<std::int16_t>((magnitude ^ sign) - sign);
}

template <auto kCode>
TIPRING_KERNEL void encodeLoop(const std::int16_t* samples, std::byte* codes, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        codes[i] = static_cast<std::byte>(kCode(samples[i]));
    }
}

template <auto kSample>
TIPRING_KERNEL void decodeLoop(const std::byte* codes, std::int16_t* samples, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        samples[i] = kSample(static_cast<std::uint8_t>(codes[i]));
    }
}

using Encode = void (*)(const std::int16_t*, std::byte*, std::size_t);
using Decode = void (*)(const std::byte*, std::int16_t*, std::size_t);

template <auto kCode>
void encodePlain(const std::int16_t* samples, std::byte* codes, std::size_t count) {
    encodeLoop<kCode>(samples, codes, count);
}
template <auto kCode>
TIPRING_AVX2 void encodeAvx2(const std::int16_t* samples, std::byte* codes, std::size_t count) {
    encodeLoop<kCode>(samples, codes, count);
}
template <auto kSample>
void decodePlain(const std::byte* codes, std::int16_t* samples, std::size_t count) {
    decodeLoop<kSample>(codes, samples, count);
}
template <auto kSample>
TIPRING_AVX2 void decodeAvx2(const std::byte* codes, std::int16_t* samples, std::size_t count) {
    decodeLoop<kSample>(codes, samples, count);
}

template <auto kCode>
void encodeBlock(std::span<const std::int16_t> samples, std::span<std::byte> codes) {
    static const Encode kEncode = hasAvx2() ? encodeAvx2<kCode> : encodePlain<kCode>;
    kEncode(samples.data(), codes.data(), std::min(samples.size(), codes.size()));
}
template <auto kSample>
void decodeBlock(std::span<const std::byte> codes, std::span<std::int16_t> samples) {
    static const Decode kDecode = hasAvx2() ? decodeAvx2<kSample> : decodePlain<kSample>;
    kDecode(codes.data(), samples.data(), std::min(samples.size(), codes.size()));
}

}  // namespace

std::uint8_t encodeMuLaw(std::int16_t sample) noexcept {
    return muLawCode(sample);
}
std::int16_t decodeMuLaw(std::uint8_t code) noexcept {
    return muLawSample(code);
}
std::uint8_t encodeALaw(std::int16_t sample) noexcept {
    return aLawCode(sample);
}
std::int16_t decodeALaw(std::uint8_t code) noexcept {
    return aLawSample(code);
}

void encodeMuLaw(std::span<const std::int16_t> samples, std::span<std::byte> codes) noexcept {
    encodeBlock<muLawCode>(samples, codes);
}
void decodeMuLaw(std::span<const std::byte> codes, std::span<std::int16_t> samples) noexcept {
    decodeBlock<muLawSample>(codes, samples);
}
void encodeALaw(std::span<const std::int16_t> samples, std::span<std::byte> codes) noexcept {
    encodeBlock<aLawCode>(samples, codes);
}
void decodeALaw(std::span<const std::byte> codes, std::span<std::int16_t> samples) noexcept {
    decodeBlock<aLawSample>(codes, samples);
}

}  // namespace tipring::dsp

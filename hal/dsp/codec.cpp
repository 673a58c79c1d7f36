// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/codec.h"

#include <algorithm>
#include <array>

#include "simd.h"

namespace tipring::dsp {

namespace {

constexpr std::array<std::int16_t, 89> kImaSteps{
    7,     8,     9,     10,    11,    12,    13,    14,    16,    17,    19,   21,    23,
    25,    28,    31,    34,    37,    41,    45,    50,    55,    60,    66,   73,    80,
    88,    97,    107,   118,   130,   143,   157,   173,   190,   209,   230,  253,   279,
    307,   337,   371,   408,   449,   494,   544,   598,   658,   724,   796,  876,   963,
    1060,  1166,  1282,  1411,  1552,  1707,  1878,  2066,  2272,  2499,  2749, 3024,  3327,
    3660,  4026,  4428,  4871,  5358,  5894,  6484,  7132,  7845,  8630,  9493, 10442, 11487,
    12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767};
constexpr std::array<std::int8_t, 8> kImaMoves{-1, -1, -1, -1, 2, 4, 6, 8};

/// By step and magnitude: the parts of the step that the bits stand for, each rounded down.
constexpr auto kImaDifferences = [] {
    std::array<std::array<std::uint16_t, 8>, kImaSteps.size()> table{};
    for (std::size_t index = 0; index < table.size(); ++index) {
        const int step = kImaSteps[index];
        for (unsigned bits = 0; bits < 8; ++bits) {
            table[index][bits] = static_cast<std::uint16_t>(
                (step >> 3) + ((bits & 4) != 0 ? step : 0) + ((bits & 2) != 0 ? step >> 1 : 0) +
                ((bits & 1) != 0 ? step >> 2 : 0));
        }
    }
    return table;
}();

std::int16_t clamp16(std::int32_t value) {
    return static_cast<std::int16_t>(std::clamp(value, -32768, 32767));
}

// Rounded to the nearest of 256 steps, so that a round trip has no offset.
template <int kCentre>
void encodeLinear8(std::span<const std::int16_t> samples, std::span<std::byte> bytes) {
    for (std::size_t i = 0; i < samples.size(); ++i) {
        bytes[i] = static_cast<std::byte>(std::min((samples[i] + 128) >> 8, 127) + kCentre);
    }
}

template <int kCentre>
void decodeLinear8(std::span<const std::byte> bytes, std::span<std::int16_t> samples) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const int code = std::to_integer<std::uint8_t>(bytes[i]);
        samples[i] = static_cast<std::int16_t>((code - kCentre) * 256);
    }
}

struct Format {
    std::string_view name;
    unsigned bits;
    // Whole blocks of one size, for the formats of one byte a sample.
    void (*encode)(std::span<const std::int16_t>, std::span<std::byte>);
    void (*decode)(std::span<const std::byte>, std::span<std::int16_t>);
};
constexpr std::array<Format, 12> kFormats{{
    {"unsigned 8-bit linear", 8, encodeLinear8<128>, decodeLinear8<128>},
    {"signed 8-bit linear", 8, encodeLinear8<0>, decodeLinear8<0>},
    {"G.711 mu-law", 8, encodeMuLaw, decodeMuLaw},
    {"G.711 A-law", 8, encodeALaw, decodeALaw},
    {"16-bit linear", 16, nullptr, nullptr},
    {"IMA ADPCM", 4, nullptr, nullptr},
    {"Rockwell ADPCM, 2 bits", 2, nullptr, nullptr},
    {"Rockwell ADPCM, 3 bits", 3, nullptr, nullptr},
    {"Rockwell ADPCM, 4 bits", 4, nullptr, nullptr},
    {"ZyXEL ADPCM, 2 bits", 2, nullptr, nullptr},
    {"ZyXEL ADPCM, 3 bits", 3, nullptr, nullptr},
    {"ZyXEL ADPCM, 4 bits", 4, nullptr, nullptr},
}};

const Format& traits(SampleFormat format) {
    return kFormats[static_cast<std::size_t>(format)];
}

TIPRING_KERNEL std::int16_t imaSample(ImaState& state, std::uint8_t nibble) {
    const auto index = static_cast<std::size_t>(state.index);
    const std::int32_t difference = kImaDifferences[index][nibble & 7];
    const std::int32_t sign = -((nibble >> 3) & 1);
    state.value = clamp16(state.value + ((difference ^ sign) - sign));
    state.index = std::clamp(state.index + kImaMoves[nibble & 7], 0, 88);
    return static_cast<std::int16_t>(state.value);
}

TIPRING_KERNEL std::uint8_t imaNibble(ImaState& state, std::int16_t sample) {
    const std::int32_t missing = sample - state.value;
    const std::int32_t sign = missing >> 31;
    const std::int32_t rest = (missing ^ sign) - sign;
    const std::int32_t whole = kImaSteps[static_cast<std::size_t>(state.index)];
    const std::int32_t half = whole >> 1;
    const std::int32_t quarter = whole >> 2;
    // How many of the seven limits are reached: all at once, since no branch can be guessed here.
    const std::int32_t low =
        (rest >= quarter) + (rest >= half) + (rest >= half + quarter) + (rest >= whole);
    const std::int32_t high =
        (rest >= whole + quarter) + (rest >= whole + half) + (rest >= whole + half + quarter);
    const std::int32_t nibble = (sign & 8) | (low + high);
    static_cast<void>(imaSample(state, static_cast<std::uint8_t>(nibble)));
    return static_cast<std::uint8_t>(nibble);
}

}  // namespace

std::string_view formatName(SampleFormat format) noexcept {
    return traits(format).name;
}

unsigned bitsPerSample(SampleFormat format) noexcept {
    return traits(format).bits;
}

std::int16_t decodeIma(ImaState& state, std::uint8_t nibble) noexcept {
    return imaSample(state, nibble);
}

std::uint8_t encodeIma(ImaState& state, std::int16_t sample) noexcept {
    return imaNibble(state, sample);
}

Decoder::Decoder(SampleFormat format) noexcept
    : format_(format), width_(bitsPerSample(format)), rockwell_(width_), zyxel_(width_) {}

/// Elements narrower or wider than a byte. The state is a copy, so that the loop can keep it in
/// registers.
template <bool kHighFirst, class SampleOf>
CodecProgress Decoder::unpack(std::span<const std::byte> bytes, std::span<std::int16_t> samples,
                              SampleOf sampleOf) noexcept {
    CodecProgress done;
    std::uint32_t bits = bits_;
    unsigned count = count_;
    const unsigned width = width_;
    while (done.produced < samples.size()) {
        if (count >= width) {
            count -= width;
            if constexpr (kHighFirst) {
                samples[done.produced++] = sampleOf((bits >> count) & ((1U << width) - 1));
            } else {
                samples[done.produced++] = sampleOf(bits & ((1U << width) - 1));
                bits >>= width;
            }
        } else if (done.consumed < bytes.size()) {
            const auto byte = std::to_integer<std::uint32_t>(bytes[done.consumed++]);
            bits = kHighFirst ? bits << 8 | byte : bits | byte << count;
            count += 8;
        } else {
            break;
        }
    }
    bits_ = bits;
    count_ = count;
    return done;
}

CodecProgress Decoder::decode(std::span<const std::byte> bytes,
                              std::span<std::int16_t> samples) noexcept {
    if (width_ == 8) {
        const std::size_t count = std::min(bytes.size(), samples.size());
        traits(format_).decode(bytes.first(count), samples.first(count));
        return {count, count};
    }
    if (format_ == SampleFormat::Linear16) {
        return unpack<false>(bytes, samples,
                             [](std::uint32_t bits) { return static_cast<std::int16_t>(bits); });
    }
    if (format_ >= SampleFormat::ZyxelAdpcm2) {
        return unpack<true>(bytes, samples,
                            [this](std::uint32_t bits) { return zyxel_.decode(bits); });
    }
    if (format_ != SampleFormat::ImaAdpcm4) {
        return unpack<false>(bytes, samples,
                             [this](std::uint32_t bits) { return rockwell_.decode(bits); });
    }
    ImaState state = ima_;
    const CodecProgress done = unpack<false>(bytes, samples, [&state](std::uint32_t bits) {
        return imaSample(state, static_cast<std::uint8_t>(bits));
    });
    ima_ = state;
    return done;
}

Encoder::Encoder(SampleFormat format) noexcept
    : format_(format), width_(bitsPerSample(format)), rockwell_(width_), zyxel_(width_) {}

template <bool kHighFirst, class ElementOf>
CodecProgress Encoder::pack(std::span<const std::int16_t> samples, std::span<std::byte> bytes,
                            ElementOf elementOf) noexcept {
    CodecProgress done;
    std::uint32_t bits = bits_;
    unsigned count = count_;
    while (done.produced < bytes.size()) {
        if (count >= 8) {
            count -= 8;
            if constexpr (kHighFirst) {
                bytes[done.produced++] = static_cast<std::byte>(bits >> count & 0xFF);
            } else {
                bytes[done.produced++] = static_cast<std::byte>(bits & 0xFF);
                bits >>= 8;
            }
        } else if (done.consumed < samples.size()) {
            const auto element = static_cast<std::uint32_t>(elementOf(samples[done.consumed++]));
            bits = kHighFirst ? bits << width_ | element : bits | element << count;
            count += width_;
        } else {
            break;
        }
    }
    bits_ = bits;
    count_ = count;
    return done;
}

CodecProgress Encoder::encode(std::span<const std::int16_t> samples,
                              std::span<std::byte> bytes) noexcept {
    if (width_ == 8) {
        const std::size_t count = std::min(bytes.size(), samples.size());
        traits(format_).encode(samples.first(count), bytes.first(count));
        return {count, count};
    }
    if (format_ == SampleFormat::Linear16) {
        return pack<false>(samples, bytes,
                           [](std::int16_t sample) { return static_cast<std::uint16_t>(sample); });
    }
    if (format_ >= SampleFormat::ZyxelAdpcm2) {
        return pack<true>(samples, bytes,
                          [this](std::int16_t sample) { return zyxel_.encode(sample); });
    }
    if (format_ != SampleFormat::ImaAdpcm4) {
        return pack<false>(samples, bytes,
                           [this](std::int16_t sample) { return rockwell_.encode(sample); });
    }
    ImaState state = ima_;
    const CodecProgress done = pack<false>(
        samples, bytes, [&state](std::int16_t sample) { return imaNibble(state, sample); });
    ima_ = state;
    return done;
}

}  // namespace tipring::dsp

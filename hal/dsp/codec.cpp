// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/codec.h"

#include <algorithm>
#include <array>
#include <bit>

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

std::int16_t clamp16(std::int32_t value) {
    return static_cast<std::int16_t>(std::clamp(value, -32768, 32767));
}

/// 8-bit codes of one sample; the 8-bit formats only.
std::uint8_t encodeByte(SampleFormat format, std::int16_t sample) {
    switch (format) {
    case SampleFormat::MuLaw: return encodeMuLaw(sample);
    case SampleFormat::ALaw: return encodeALaw(sample);
    default: break;
    }
    // Round to the nearest of 256 steps, so that a round trip has no offset.
    const int rounded = std::clamp((sample + 128) >> 8, -128, 127);
    return static_cast<std::uint8_t>(format == SampleFormat::Signed8 ? rounded : rounded + 128);
}

std::int16_t decodeByte(SampleFormat format, std::uint8_t code) {
    switch (format) {
    case SampleFormat::MuLaw: return decodeMuLaw(code);
    case SampleFormat::ALaw: return decodeALaw(code);
    case SampleFormat::Signed8:
        return static_cast<std::int16_t>(static_cast<std::int8_t>(code) * 256);
    default: return static_cast<std::int16_t>((code - 128) * 256);
    }
}

}  // namespace

std::string_view formatName(SampleFormat format) noexcept {
    switch (format) {
    case SampleFormat::Unsigned8: return "unsigned 8-bit linear";
    case SampleFormat::Signed8: return "signed 8-bit linear";
    case SampleFormat::MuLaw: return "G.711 mu-law";
    case SampleFormat::ALaw: return "G.711 A-law";
    case SampleFormat::Linear16: return "16-bit linear";
    case SampleFormat::ImaAdpcm4: return "IMA ADPCM";
    }
    return "unknown";
}

unsigned bitsPerSample(SampleFormat format) noexcept {
    switch (format) {
    case SampleFormat::Linear16: return 16;
    case SampleFormat::ImaAdpcm4: return 4;
    default: return 8;
    }
}

std::uint8_t encodeMuLaw(std::int16_t sample) noexcept {
    constexpr int kBias = 132;
    const bool negative = sample < 0;
    const auto magnitude =
        static_cast<unsigned>(std::min(negative ? -int{sample} : int{sample}, 32635) + kBias);
    const auto width = static_cast<unsigned>(std::bit_width(magnitude));  // 8..15
    const unsigned mantissa = (magnitude >> (width - 5)) & 0x0FU;
    return static_cast<std::uint8_t>(~((negative ? 0x80U : 0U) | ((width - 8) << 4) | mantissa));
}

std::int16_t decodeMuLaw(std::uint8_t code) noexcept {
    const int inverted = ~code & 0xFF;
    const int exponent = (inverted >> 4) & 7;
    const int magnitude = ((((inverted & 0x0F) << 3) + 132) << exponent) - 132;
    return static_cast<std::int16_t>((inverted & 0x80) != 0 ? -magnitude : magnitude);
}

std::uint8_t encodeALaw(std::int16_t sample) noexcept {
    const bool negative = sample < 0;
    // 13 bits as in G.711; -1 becomes 0 in magnitude, so that both signs have a smallest step
    const int magnitude = (negative ? -(sample + 1) : int{sample}) >> 3;
    const int exponent =
        std::max(0, static_cast<int>(std::bit_width(static_cast<unsigned>(magnitude))) - 5);
    const int mantissa = (exponent == 0 ? magnitude >> 1 : magnitude >> exponent) & 0x0F;
    return static_cast<std::uint8_t>(((negative ? 0 : 0x80) | (exponent << 4) | mantissa) ^ 0x55);
}

std::int16_t decodeALaw(std::uint8_t code) noexcept {
    const int plain = code ^ 0x55;
    const int exponent = (plain >> 4) & 7;
    const int mantissa = ((plain & 0x0F) << 4) + 8;
    const int magnitude = exponent == 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
    return static_cast<std::int16_t>((plain & 0x80) != 0 ? magnitude : -magnitude);
}

std::int16_t decodeIma(ImaState& state, std::uint8_t nibble) noexcept {
    const std::int32_t step = kImaSteps[static_cast<std::size_t>(state.index)];
    std::int32_t difference = step >> 3;
    difference += (nibble & 4) != 0 ? step : 0;
    difference += (nibble & 2) != 0 ? step >> 1 : 0;
    difference += (nibble & 1) != 0 ? step >> 2 : 0;
    state.value = clamp16(state.value + ((nibble & 8) != 0 ? -difference : difference));
    state.index = std::clamp(state.index + kImaMoves[nibble & 7], 0, 88);
    return static_cast<std::int16_t>(state.value);
}

std::uint8_t encodeIma(ImaState& state, std::int16_t sample) noexcept {
    std::int32_t rest = sample - state.value;
    std::uint8_t nibble = rest < 0 ? 8 : 0;
    rest = rest < 0 ? -rest : rest;
    std::int32_t step = kImaSteps[static_cast<std::size_t>(state.index)];
    for (std::uint8_t bit = 4; bit != 0; bit = static_cast<std::uint8_t>(bit >> 1), step >>= 1) {
        if (rest >= step) {
            nibble = static_cast<std::uint8_t>(nibble | bit);
            rest -= step;
        }
    }
    static_cast<void>(decodeIma(state, nibble));
    return nibble;
}

CodecProgress Decoder::decode(std::span<const std::byte> bytes,
                              std::span<std::int16_t> samples) noexcept {
    CodecProgress done;
    while (done.produced < samples.size()) {
        if (held_ && format_ == SampleFormat::ImaAdpcm4) {
            samples[done.produced++] = decodeIma(ima_, low_);
            held_ = false;
            continue;
        }
        if (done.consumed == bytes.size()) {
            break;
        }
        const auto code = std::to_integer<std::uint8_t>(bytes[done.consumed++]);
        if (format_ == SampleFormat::ImaAdpcm4) {
            samples[done.produced++] = decodeIma(ima_, code & 0x0F);
            low_ = code >> 4;
            held_ = true;
        } else if (format_ != SampleFormat::Linear16) {
            samples[done.produced++] = decodeByte(format_, code);
        } else if (!held_) {
            low_ = code;
            held_ = true;
        } else {
            samples[done.produced++] = static_cast<std::int16_t>(low_ | (code << 8));
            held_ = false;
        }
    }
    return done;
}

CodecProgress Encoder::encode(std::span<const std::int16_t> samples,
                              std::span<std::byte> bytes) noexcept {
    CodecProgress done;
    while (done.produced < bytes.size()) {
        if (held_ && format_ == SampleFormat::Linear16) {
            bytes[done.produced++] = std::byte{part_};
            held_ = false;
            continue;
        }
        if (done.consumed == samples.size()) {
            break;
        }
        const std::int16_t sample = samples[done.consumed++];
        if (format_ == SampleFormat::Linear16) {
            const auto bits = static_cast<std::uint16_t>(sample);
            bytes[done.produced++] = static_cast<std::byte>(bits & 0xFF);
            part_ = static_cast<std::uint8_t>(bits >> 8);
            held_ = true;
        } else if (format_ != SampleFormat::ImaAdpcm4) {
            bytes[done.produced++] = std::byte{encodeByte(format_, sample)};
        } else if (!held_) {
            part_ = encodeIma(ima_, sample);
            held_ = true;
        } else {
            const auto high = static_cast<unsigned>(encodeIma(ima_, sample)) << 4;
            bytes[done.produced++] = static_cast<std::byte>(part_ | high);
            held_ = false;
        }
    }
    return done;
}

}  // namespace tipring::dsp

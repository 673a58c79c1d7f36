// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "tipring/hal/dsp/rockwell_adpcm.h"
#include "tipring/hal/dsp/zyxel_adpcm.h"

namespace tipring::dsp {

/// How a device writes samples on the wire. Inside, sound is 16-bit linear.
enum class SampleFormat : std::uint8_t {
    Unsigned8,       ///< 8-bit linear, 0x80 is silence
    Signed8,         ///< 8-bit linear, 0x00 is silence
    MuLaw,           ///< ITU-T G.711 mu-law
    ALaw,            ///< ITU-T G.711 A-law, even bits inverted
    Linear16,        ///< 16-bit linear, low byte first
    ImaAdpcm4,       ///< IMA/DVI ADPCM, 4 bits, no block headers, low nibble first
    RockwellAdpcm2,  ///< Rockwell's ADPCM (rockwell_adpcm.h), 2 bits, first code in the low bits
    RockwellAdpcm3,  ///< the same, 3 bits: codes run on from byte to byte
    RockwellAdpcm4,  ///< the same, 4 bits
    ZyxelAdpcm2,     ///< ZyXEL's ADPCM (zyxel_adpcm.h), 2 bits, first code in the high bits
    ZyxelAdpcm3,     ///< the same, 3 bits: codes run on from byte to byte
    ZyxelAdpcm4,     ///< the same, 4 bits
};

/// "unsigned 8-bit linear", for logs and messages.
[[nodiscard]] std::string_view formatName(SampleFormat format) noexcept;
/// Bits on the wire for one sample: 2, 3, 4, 8 or 16.
[[nodiscard]] unsigned bitsPerSample(SampleFormat format) noexcept;

/// ITU-T G.711, one sample. Linear values use the full 16-bit range.
[[nodiscard]] std::uint8_t encodeMuLaw(std::int16_t sample) noexcept;
[[nodiscard]] std::int16_t decodeMuLaw(std::uint8_t code) noexcept;
[[nodiscard]] std::uint8_t encodeALaw(std::int16_t sample) noexcept;
[[nodiscard]] std::int16_t decodeALaw(std::uint8_t code) noexcept;

/// ITU-T G.711, as many samples as the shorter span holds: the same codes, several at a time.
void encodeMuLaw(std::span<const std::int16_t> samples, std::span<std::byte> codes) noexcept;
void decodeMuLaw(std::span<const std::byte> codes, std::span<std::int16_t> samples) noexcept;
void encodeALaw(std::span<const std::int16_t> samples, std::span<std::byte> codes) noexcept;
void decodeALaw(std::span<const std::byte> codes, std::span<std::int16_t> samples) noexcept;

/// What a call took and gave.
struct CodecProgress {
    std::size_t consumed = 0;  ///< elements taken from the input
    std::size_t produced = 0;  ///< elements written to the output
};

/// State of the IMA/DVI ADPCM predictor (IMA Digital Audio Doc-Pac, 1992).
struct ImaState {
    std::int32_t value = 0;
    std::int32_t index = 0;  ///< 0..88
};
[[nodiscard]] std::uint8_t encodeIma(ImaState& state, std::int16_t sample) noexcept;
[[nodiscard]] std::int16_t decodeIma(ImaState& state, std::uint8_t nibble) noexcept;

/// Wire bytes to samples, streaming: any split of the bytes gives the same samples. No allocation.
class Decoder {
public:
    explicit Decoder(SampleFormat format) noexcept;
    /// Stops when the input is used up or the output is full; what was consumed is remembered.
    CodecProgress decode(std::span<const std::byte> bytes,
                         std::span<std::int16_t> samples) noexcept;
    /// Back to the state after construction.
    void reset() noexcept { *this = Decoder{format_}; }
    [[nodiscard]] SampleFormat format() const noexcept { return format_; }

private:
    template <bool kHighFirst, class SampleOf>
    CodecProgress unpack(std::span<const std::byte> bytes, std::span<std::int16_t> samples,
                         SampleOf sampleOf) noexcept;

    SampleFormat format_;
    unsigned width_;  ///< bits of an element
    ImaState ima_{};
    RockwellAdpcm rockwell_;
    ZyxelAdpcm zyxel_;
    std::uint32_t bits_ = 0;  ///< consumed and not yet a sample
    unsigned count_ = 0;      ///< of them
};

/// Samples to wire bytes, streaming: any split of the samples gives the same bytes. No allocation.
/// A byte is given when it is full: up to 7 bits of the last samples may stay behind.
class Encoder {
public:
    explicit Encoder(SampleFormat format) noexcept;
    /// Stops when the input is used up or the output is full.
    CodecProgress encode(std::span<const std::int16_t> samples,
                         std::span<std::byte> bytes) noexcept;
    void reset() noexcept { *this = Encoder{format_}; }
    [[nodiscard]] SampleFormat format() const noexcept { return format_; }

private:
    template <bool kHighFirst, class ElementOf>
    CodecProgress pack(std::span<const std::int16_t> samples, std::span<std::byte> bytes,
                       ElementOf elementOf) noexcept;

    SampleFormat format_;
    unsigned width_;  ///< bits of an element
    ImaState ima_{};
    RockwellAdpcm rockwell_;
    ZyxelAdpcm zyxel_;
    std::uint32_t bits_ = 0;  ///< not yet written
    unsigned count_ = 0;      ///< of them
};

}  // namespace tipring::dsp

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "at_reader.h"
#include "dle_decoder.h"
#include "reply.h"

namespace tipring::at_modem {

class AtEngine;

/// Finds a result between the bytes of sound, for modems that end a reception without DLE ETX.
class ResultTail {
public:
    void reset() { size_ = 0; }
    /// The result whose last byte this is, or None.
    Reply feed(char byte) noexcept;
    /// DLE ETX stood right before that result.
    [[nodiscard]] bool marked() const { return marked_; }

private:
    std::array<char, 16> tail_{};
    std::size_t size_ = 0;
    bool marked_ = false;
};

/// Gives a modem's bytes to the engine: lines, DLE codes, and the sound of a reception. Total: any
/// bytes may come, in any pieces.
class EngineReader final : private AtReaderSink, private DleSink {
public:
    explicit EngineReader(AtEngine& engine) : engine_(engine) {}

    void reset();
    void beginSound();
    /// Returns how many bytes that took, at least one; the engine may have switched between sound
    /// and lines there.
    std::size_t read(std::span<const std::byte> bytes);

private:
    bool onLine(std::string_view line) override;
    void onDle(char code) override;
    void onOverlong(std::string_view beginning) override;
    void onVoice(std::span<const std::byte> bytes) override;

    std::size_t readSound(std::span<const std::byte> bytes);
    void take(const AtLine& line, std::string_view whole);
    void tellNoMark();

    AtEngine& engine_;
    AtReader lines_;
    DleDecoder sound_;
    ResultTail tail_;
    bool dropLf_ = false;  ///< sound begins behind the LF of CONNECT, which may come later
    bool toldNoMark_ = false;
};

}  // namespace tipring::at_modem

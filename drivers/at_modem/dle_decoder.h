// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace tipring::at_modem {

/// Who gets the sound and the events of a voice phase. Views are valid during the call only.
class DleSink {
public:
    virtual ~DleSink() = default;
    virtual void onVoice(std::span<const std::byte> bytes) = 0;
    virtual void onDle(char code) = 0;
};

/// Takes the shielding off a voice stream (V.253 clause 9, TIA/IS-101): 10 10 is one byte 10,
/// 10 1A two of them, 10 51 and 10 53 are XON and XOFF, 10 03 is the end of the phase, any other
/// pair an event. The text of a complex report (10 58 text 10 2E, V.253 clause 9; Rockwell's
/// buffer count, which a lone DLE ends) is no sound and is dropped; what cannot be such text, or is
/// too long for it, is sound again. Runs of sound are handed on in place, without a copy. A pair
/// may be cut anywhere.
class DleDecoder {
public:
    /// Returns how many bytes were taken: all, or up to the end of the phase (ETX included); what
    /// follows is text again.
    std::size_t feed(std::span<const std::byte> bytes, DleSink& sink);
    /// True after ETX, until reset().
    [[nodiscard]] bool ended() const { return ended_; }
    void reset() { ended_ = afterDle_ = inReport_ = false; }

    static constexpr std::size_t kLongestReport = 512;

private:
    void endPair(std::byte code, DleSink& sink);
    const std::byte* skipReport(const std::byte* at, const std::byte* end);
    [[nodiscard]] bool endsBufferCount(std::byte code) const;

    bool afterDle_ = false;
    bool ended_ = false;
    bool inReport_ = false;
    bool bufferCount_ = false;  ///< the report begins with Z
    std::size_t reportSize_ = 0;
};

/// Shields sound for the modem: every byte 10 is doubled. `out` has room for twice the input;
/// returns the bytes written.
std::size_t dleShield(std::span<const std::byte> in, std::span<std::byte> out);

}  // namespace tipring::at_modem

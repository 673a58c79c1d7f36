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
/// 10 1A two of them, 10 03 the end of the phase, any other pair an event. Runs of sound are handed
/// on in place, without a copy. A pair may be cut anywhere.
class DleDecoder {
public:
    /// Returns how many bytes were taken: all, or up to the end of the phase (ETX included); what
    /// follows is text again.
    std::size_t feed(std::span<const std::byte> bytes, DleSink& sink);
    /// True after ETX, until reset().
    [[nodiscard]] bool ended() const { return ended_; }
    void reset() { ended_ = afterDle_ = false; }

private:
    void endPair(std::byte code, DleSink& sink);

    bool afterDle_ = false;
    bool ended_ = false;
};

/// Shields sound for the modem: every byte 10 is doubled. `out` has room for twice the input;
/// returns the bytes written.
std::size_t dleShield(std::span<const std::byte> in, std::span<std::byte> out);

}  // namespace tipring::at_modem

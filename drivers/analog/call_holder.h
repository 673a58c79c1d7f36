// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "analog_call.h"
#include "media_tap.h"
#include "tone_player.h"

namespace tipring::analog {

/// What FXO and FXS lines have in common: at most one live call that has the sound and the tones,
/// and calls that wait, are held, or that the core has not closed yet.
class CallHolder : public CallOwner {
public:
    hal::Result<void> swapHold(AnalogCall& call, tspi::Request&& request,
                               AnalogCall& held) override;
    hal::Result<void> generateTone(AnalogCall& call, std::uint32_t endToEndId, std::uint32_t mode,
                                   std::uint32_t duration,
                                   std::span<const TspiGenerateTone> tones) override;

protected:
    CallHolder(const tspi::LineEvents& events, const LineProfile& profile)
        : events_(events), profile_(profile) {}

    AnalogCall& newCall(std::uint32_t origin);
    /// Announces an incoming call; null where nobody has room. `waits`: it is not the live one.
    AnalogCall* announce(std::uint32_t origin, bool waits = false);
    /// The disconnected state; sound and tones end.
    void endCall(std::uint32_t mode, std::string_view cause);
    void idleCall();
    /// The core forgets it; true when it was the live one.
    bool forget(AnalogCall& call);
    void abandonCalls(const hal::Error& why);
    /// Sound of the live call, both ways.
    void pump(std::uint64_t position, std::span<const std::int16_t> heard,
              std::span<std::int16_t> spoken);
    void generated(std::uint32_t how);
    /// The live call's sound is not the far end's for a while, or is again.
    void interrupted(bool on, const char* cause);
    /// Ends one that is not the live one.
    static void endAside(AnalogCall& call, std::uint32_t mode, std::string_view cause);
    [[nodiscard]] bool live() const { return call_ != nullptr; }

    tspi::LineEvents events_;
    const LineProfile& profile_;
    AnalogCall* call_ = nullptr;
    std::uint32_t generation_ = 0;  ///< endToEndId of what is being sent
    bool generating_ = false;

private:
    AnalogCall& addCall(std::uint32_t origin);

    std::vector<std::unique_ptr<AnalogCall>> calls_;
    TonePlayer tones_;
};

}  // namespace tipring::analog

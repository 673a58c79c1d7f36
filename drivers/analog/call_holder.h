// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "analog_call.h"
#include "media_tap.h"
#include "tipring/drivers/analog/call_group.h"
#include "tone_player.h"

namespace tipring::analog {

/// What FXO and FXS lines have in common: one live call, or a group of them where the exchange does
/// that; calls that the core has not closed yet; their sound and tones.
class CallHolder : public CallOwner {
public:
    hal::Result<std::unique_ptr<tspi::MediaStream>> openMedia(AnalogCall& call,
                                                              const tspi::MediaEvents& events,
                                                              TspiMediaCaps& caps) override;
    hal::Result<void> swapHold(AnalogCall& call, tspi::Request&& request,
                               AnalogCall& held) override;
    hal::Result<void> generateTone(AnalogCall& call, std::uint32_t endToEndId, std::uint32_t mode,
                                   std::uint32_t duration,
                                   std::span<const TspiGenerateTone> tones) override;

protected:
    /// `group` may be null, and is not looked at before the first call.
    CallHolder(const tspi::LineEvents& events, const LineProfile& profile,
               CallGroup* group = nullptr)
        : events_(events), profile_(profile), callGroup_(group) {}

    /// A call beside the live one; nobody was told of it.
    AnalogCall& keepCall(std::uint32_t origin);
    AnalogCall& newCall(std::uint32_t origin);
    /// Announces an incoming call; null where nobody has room. `waits`: it is not the live one.
    AnalogCall* announce(std::uint32_t origin, bool waits = false);
    /// The disconnected state of all live calls; sound and tones end.
    void endCall(std::uint32_t mode, std::string_view cause);
    void idleCall();
    /// The core forgets it; true when it was the live one. Calls of a group leave that before.
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
    /// The sound of that call, or of all, is over; tones too.
    void endSound(const LineCall* call, std::string_view cause);
    [[nodiscard]] bool live() const { return call_ != nullptr; }

    tspi::LineEvents events_;
    const LineProfile& profile_;
    AnalogCall* call_ = nullptr;    ///< the live one; of two the active one
    std::uint32_t generation_ = 0;  ///< endToEndId of what is being sent
    bool generating_ = false;
    bool silent_ = false;  ///< the port has no sound

private:
    [[nodiscard]] CallGroup::All liveCalls() const;

    CallGroup* callGroup_;
    std::vector<std::unique_ptr<AnalogCall>> calls_;
    const AnalogCall* pumped_ = nullptr;  ///< compared only
    TonePlayer tones_;
};

}  // namespace tipring::analog

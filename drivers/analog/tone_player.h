// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "tipring/drivers/analog/line_profile.h"
#include "tipring/hal/base/result.h"
#include "tipring/hal/dsp/tone_sequence.h"
#include "tipring/tapi_core/tspi/line.h"

namespace tipring::analog {

/// lineGenerateTone by samples.
class TonePlayer {
public:
    static constexpr std::uint32_t kModes =
        LINETONEMODE_CUSTOM | LINETONEMODE_BEEP | LINETONEMODE_RINGBACK | LINETONEMODE_BUSY;
    static constexpr std::uint32_t kFrequencies = dsp::ToneStep::kMost;

    /// InvalToneMode, InvalTone with the reason. `duration` in ms, 0: until stop().
    hal::Result<void> start(const LineProfile& profile, std::uint32_t mode, std::uint32_t duration,
                            std::span<const TspiGenerateTone> tones);
    void stop() { sequence_.reset(); }
    [[nodiscard]] bool active() const { return sequence_.has_value(); }
    /// Adds the tone; true when it ended in here.
    bool mix(std::span<std::int16_t> samples);

private:
    std::optional<dsp::ToneSequence> sequence_;
    std::optional<std::uint64_t> left_;  ///< samples; null: endless
};

}  // namespace tipring::analog

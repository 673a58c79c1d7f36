// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>

#include "tipring/hal/dsp/caller_id_standard.h"
#include "tipring/hal/dsp/tone_plan.h"
#include "tipring/hal/sim/line.h"

namespace tipring::sim {

/// What an exchange needs of a country, looked up once.
struct Profile {
    explicit Profile(const Country& country);

    /// Null: silence.
    [[nodiscard]] const dsp::TonePattern* tone(Signal signal) const {
        return tones[static_cast<std::size_t>(signal)];
    }

    static constexpr std::size_t kSignals = 9;
    const Country* country;
    std::array<const dsp::TonePattern*, kSignals> tones{};
    const dsp::TonePattern* waiting = nullptr;  ///< the beep of a waiting call
    const dsp::CallerIdStandard* callerId = nullptr;
    std::chrono::milliseconds ringbackRound{6000};
};

}  // namespace tipring::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "profile.h"
#include "tipring/hal/base/event_loop.h"

namespace tipring::at_modem {

/// Judges from a modem's reports whether the far end hung up. No single weak report decides: modems
/// send false ones (USR: dial tone while playing), and some send none at all.
///
/// By strength: loop current broken; busy or reorder tone twice, 2.5 to 8 s apart (V.253 repeats it
/// every 4 s); dial tone while nothing is played, or twice; silence since the start of a recording,
/// where the modem was told to look for it.
class HangUpEvidence {
public:
    struct Situation {
        bool playing = false;
        bool recording = false;
        bool silenceArmed = false;
    };

    /// The cause in words when the line must be taken as hung up; none while that is not proved.
    std::optional<std::string_view> judge(EventMeaning meaning, hal::TimePoint now,
                                          const Situation& situation);
    /// The TSPI_HANGUPSIGN_* that a report is for the core; 0: none.
    [[nodiscard]] static std::uint32_t sign(EventMeaning meaning);
    void reset() { *this = HangUpEvidence{}; }

private:
    std::optional<hal::TimePoint> busy_, dialTone_;
};

}  // namespace tipring::at_modem

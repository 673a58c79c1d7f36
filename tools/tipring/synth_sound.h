// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/hal/base/result.h"
#include "tipring/hal/sim/copper.h"

namespace tipring::tools {

/// One sound of many: "tone" and "busy".
struct SynthPiece {
    std::string kind, text;
};

/// How the pieces sound. Levels in dBm0, times in ms where not said otherwise.
struct SynthSettings {
    std::vector<SynthPiece> pieces;  ///< one after the other
    std::string country = "US";
    std::optional<double> level{};    ///< of each frequency; else what networks use
    double twist = 0;                 ///< dB by which the high frequency of a key is stronger
    unsigned on = 80, off = 80;       ///< of a key
    unsigned pause = 200;             ///< before, between and after the pieces
    std::optional<double> seconds{};  ///< of pieces that last; else as long as they need
    std::string standard;             ///< of caller ID, see standardNamed()
    std::string format = "mdmf";      ///< or "sdmf"
    std::string alert;  ///< "none", "dt-as", "ring", "reversal"; empty: the standard's
    sim::CopperSettings copper;
    std::uint32_t seed = 1;  ///< of the noises
};

/// A kind of piece, as an option of the command line.
struct SynthKind {
    std::string_view name, value, help;
    std::vector<std::string> values;  ///< the only ones; may be empty
};
[[nodiscard]] std::vector<SynthKind> synthKinds();

/// The whole sound, 8 kHz. INVALPARAM: a piece cannot be that, or all are longer than an hour.
[[nodiscard]] hal::Result<std::vector<std::int16_t>> synthesize(const SynthSettings& settings);

}  // namespace tipring::tools

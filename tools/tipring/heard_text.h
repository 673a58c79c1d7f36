// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "ear.h"
#include "json_line.h"
#include "sound_plot.h"
#include "tipring/hal/dsp/tone_plan.h"

namespace tipring::tools {

/// One object: "at" in seconds, "event", what belongs to it; docs/guides/tipring-command.md.
[[nodiscard]] JsonLine toJson(const Heard& heard);
/// One line without its end: "   0.120 s  key 5 (80 ms, -9.5 dBm0)".
[[nodiscard]] std::string describe(const Heard& heard);
/// As it stands over a picture.
[[nodiscard]] PlotMark plotMark(const Heard& heard);

/// "425/480 0/480": what parseTonePattern() reads.
[[nodiscard]] std::string patternText(const dsp::TonePattern& pattern);

}  // namespace tipring::tools

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tipring/hal/base/result.h"

namespace tipring::tools {

/// Something that was heard, as it stands over the picture.
struct PlotMark {
    double from = 0, until = 0;  ///< seconds; until <= from: a moment
    std::string text;            ///< short: "dtmf 5"
};

/// Draws the spectrogram of 16-bit mono sound, 0 to 4 kHz, with marks over it. FILE.svg gives SVG,
/// FILE.png PNG: INVALPARAM for another ending, NODEVICE or RESOURCEUNAVAIL where the file cannot
/// be written. Any length: a long sound gets fewer columns a second.
[[nodiscard]] hal::Result<void> plotSound(const std::string& path,
                                          std::span<const std::int16_t> samples,
                                          const std::vector<PlotMark>& marks);

}  // namespace tipring::tools

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "tipring/hal/dsp/tone.h"
#include "tipring/tapi_core/media/terminal.h"

namespace tipring::media {

/// One step of a tone's cadence. Both frequencies 0: a pause.
struct ToneStep {
    double hertz1 = 0, hertz2 = 0;
    double dbm0 = -13;        ///< of each sine
    std::size_t samples = 0;  ///< 1 or more
};

/// Plays a tone with its cadence to the line, a number of times or until it is stopped. EndOfFile
/// after the last step. Starts from the beginning each time it is started.
class ToneTerminal final : public Terminal {
public:
    /// `repeats` 0 is for ever. INVALTONE: no steps, more than 64, an empty step, a frequency
    /// beyond 0..4000 Hz, a level above 3.14 dBm0.
    static hal::Result<std::unique_ptr<ToneTerminal>> create(std::vector<ToneStep> steps,
                                                             std::size_t repeats = 0);

private:
    ToneTerminal(std::vector<ToneStep> steps, std::size_t repeats);
    hal::Result<void> onStart() override;
    std::size_t onCapture(std::span<std::int16_t> samples) override;
    void begin(std::size_t step);

    const std::vector<ToneStep> steps_;
    const std::size_t repeats_;
    std::size_t step_ = 0, left_ = 0, round_ = 0;
    dsp::ToneGenerator generator_;
};

/// Takes everything and gives nothing: holds a direction open.
class NullTerminal final : public Terminal {
public:
    explicit NullTerminal(TerminalDirection direction = TerminalDirection::Both)
        : Terminal("null", TerminalClass::Dynamic, direction) {}
};

}  // namespace tipring::media

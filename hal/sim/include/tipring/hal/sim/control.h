// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "tipring/hal/sim/at_modem.h"
#include "tipring/hal/sim/exchange.h"
#include "tipring/hal/sim/far_end.h"

namespace tipring::sim {

/// The line protocol of the simulator: one command in, one line out. No I/O of its own.
///
///     call number=5551234 name="J DOE" [country=GB] [rings=4] [private] [unavailable]
///         [date=MMDD time=HHMM]
///     rings? answer? state? digits? dialled? data? help quit
///     play FILE.wav | digits 123# | record FILE.wav | record off | hangup | answer
///     plan number=5559999 does=answer|busy|congestion|noanswer|unassigned [rings=2] [modem]
///          [text="login: "]      (number=* for all others)
///     dialtone on|off | extension on|off
///
/// A reply is "ok", "ok WORDS" or "error WHAT AND WHAT TO DO". Thread: the loop's.
class Control {
public:
    /// All borrowed; the line is the one that calls go to.
    Control(Exchange& exchange, Line& line, FarEnd& farEnd, AtModem& modem);
    ~Control();

    /// Never throws; any bytes may come. The reply has no end of line.
    [[nodiscard]] std::string run(std::string_view command);
    /// True after "quit".
    [[nodiscard]] bool quitAsked() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::sim

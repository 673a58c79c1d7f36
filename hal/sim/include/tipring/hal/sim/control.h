// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "tipring/hal/sim/at_modem.h"
#include "tipring/hal/sim/command_receiver.h"
#include "tipring/hal/sim/exchange.h"
#include "tipring/hal/sim/far_end.h"

namespace tipring::sim {

/// The line protocol of the simulator: one command in, one line out. No I/O of its own.
///
///     call number=5551234 name="J DOE" [country=GB] [rings=4] [to=NUMBER] [private] [unavailable]
///         [date=MMDD time=HHMM]
///     rings? answer? state? digits? dialled? data? line? copper? electrics? help quit
///     play FILE.wav | digits 123# | record FILE.wav | record off | hangup | answer
///     plan number=5559999 does=answer|busy|congestion|noanswer|unassigned|vacant|changed
///          [rings=2] [byhand] [modem] [text="login: "] [new=5558888]  (number=* for all others)
///     line waiting=on flash=european supervision=drop ...        (line? shows all settings)
///     copper noise=-40 echo=12 cut=on ... | copper clear         (copper? shows all settings)
///     flash | forward always|busy|noanswer NUMBER|off | messages 2
///     number 5550101 ring=2            (another number of the line, with a ring of its own)
///     dialtone on|off | extension on|off
///     script dial line; wait answer; speech 3; hangup | script off | script?
///
/// A reply is "ok", "ok WORDS" or "error WHAT AND WHAT TO DO". Thread: the loop's.
class Control final : public CommandReceiver {
public:
    /// All borrowed; the line is the one that calls go to. `modem`: null where it has none.
    Control(Exchange& exchange, Line& line, FarEnd& farEnd, AtModem* modem);
    ~Control() override;

    [[nodiscard]] std::string run(std::string_view command) override;
    [[nodiscard]] bool quitAsked() const override;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/result.h"
#include "tipring/hal/sim/at_modem.h"
#include "tipring/hal/sim/control.h"
#include "tipring/hal/sim/exchange.h"
#include "tipring/hal/sim/far_end.h"

namespace tipring::sim {

struct SimulationOptions {
    std::string modem = "v253";      ///< a personality: see personalities()
    std::string country = "US";      ///< of the exchange
    std::string number = "5550100";  ///< of the modem's line
    std::string portName = "modem";  ///< opened as "sim:modem" in this process; empty: not offered
    std::chrono::minutes utcOffset{0};
    bool paced = false;  ///< the sim: port takes time like a wire
};

/// An exchange, a line with a modem, somebody far away, and the controls: all that is needed for
/// `tipring simulate` and for a demonstration in one process.
class Simulation {
public:
    /// InvalParam names the modems or countries there are.
    static hal::Result<std::unique_ptr<Simulation>> create(hal::EventLoop& loop,
                                                           const SimulationOptions& options = {});
    ~Simulation();

    [[nodiscard]] Exchange& exchange();
    [[nodiscard]] Line& line();
    [[nodiscard]] AtModem& modem();
    [[nodiscard]] FarEnd& farEnd();
    [[nodiscard]] Control& control();

    /// Puts the modem behind a PTY too; returns the path to open (the link, or /dev/pts/N).
    /// The in-process port is not offered from then on.
    hal::Result<std::string> openPty(const std::string& link = {});
    /// Serves the controls on a Unix socket.
    hal::Result<void> listen(const std::string& path);
    /// Serves them on descriptors (0 and 1 for the standard ones).
    hal::Result<void> attach(int input, int output);
    /// Called when a client says "quit".
    void onQuit(std::function<void()> task);

private:
    struct Impl;
    explicit Simulation(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tipring/hal/serial/serial_port.h"
#include "tipring/hal/sim/at_modem.h"

namespace tipring::sim {

/// A modem's in-process port: while this lives, `sim:NAME` opens it (hal::openSerialPort).
///
/// One port at a time: a second open fails with Allocated. Opening raises DTR, closing drops it.
/// The modem lines are there: DTR, CTS, DSR, DCD, RI. Thread: the loop's.
class SimPortName {
public:
    /// `modem` outlives this. A name that exists already is replaced.
    /// `paced`: bytes take the time that they take on a wire of the port's rate; else no time.
    SimPortName(std::string_view name, AtModem& modem, bool paced = false);
    SimPortName(const SimPortName&) = delete;
    SimPortName& operator=(const SimPortName&) = delete;
    ~SimPortName();

private:
    std::string name_;
    std::uint64_t id_;
};

}  // namespace tipring::sim

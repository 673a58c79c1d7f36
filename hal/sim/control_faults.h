// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "tipring/hal/sim/at_modem.h"

namespace tipring::sim {

/// `fault NAME=VALUE ..`, after the verb: adds faults to the modem's; `clear` is a healthy one.
/// `ok`, or what is wrong, and nothing changes.
[[nodiscard]] std::string runFaultCommand(AtModem& modem, std::span<const std::string> words);
/// The names, for help.
[[nodiscard]] std::string faultNames();

}  // namespace tipring::sim

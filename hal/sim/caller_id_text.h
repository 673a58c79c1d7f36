// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tipring/hal/sim/exchange.h"
#include "tipring/hal/sim/personality.h"

namespace tipring::sim {

/// The lines of a formatted report (+VCID=1): DATE, TIME, NMBR, NAME.
[[nodiscard]] std::vector<std::string> callerIdLines(const CallerId& id,
                                                     Personality::CallerIdText style);
/// The message as it came over the line, in hexadecimal with its checksum (+VCID=2): the multiple
/// data message format of Bellcore GR-30 and ETSI EN 300 659-3.
[[nodiscard]] std::string callerIdHex(const CallerId& id);

}  // namespace tipring::sim

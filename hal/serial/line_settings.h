// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <termios.h>

#include <string_view>

#include "tipring/hal/base/result.h"
#include "tipring/hal/serial/serial_port.h"

namespace tipring::hal {

/// InvalParam, naming the port and the field, for settings outside their range.
Result<void> checkSettings(std::string_view port, const LineSettings& settings);

/// A transparent channel: no line discipline, reads that never return 0 but for a hang-up, carrier
/// ignored, DTR dropped at the last close (termios(3): cfmakeraw, VMIN, CLOCAL, HUPCL).
void makeRaw(termios& term);
/// Bits, parity, stop bits and flow control of `settings`; not the rate.
void applyFraming(termios& term, const LineSettings& settings);
void applyFlow(termios& term, FlowControl flow);

}  // namespace tipring::hal

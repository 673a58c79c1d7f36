// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "analog_options.h"
#include "tipring/drivers/analog/port_source.h"
#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::analog {

/// What a line of that port can ever do; of an FXS port too.
void describeLine(const PortInfo& port, const AnalogOptions& options, TspiLineCaps& caps);
/// Its only address; `line` is what describeLine() said.
void describeAddress(const TspiLineCaps& line, FlashKind flash, TspiAddressCaps& caps);
/// The telephone on an FXS port.
void describePhone(const PortInfo& port, std::uint32_t lineDeviceId, TspiPhoneCaps& caps);

}  // namespace tipring::analog

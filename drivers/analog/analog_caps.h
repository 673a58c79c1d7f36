// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tipring/drivers/analog/line_profile.h"
#include "tipring/drivers/analog/port_source.h"
#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::analog {

/// What a line of that port can ever do; of an FXS port too.
/// `swaps`: a flash takes a waiting call.
void describeLine(const PortInfo& port, const LineProfile& profile, bool swaps, TspiLineCaps& caps);
/// The telephone on an FXS port.
void describePhone(const PortInfo& port, std::uint32_t lineDeviceId, TspiPhoneCaps& caps);

}  // namespace tipring::analog

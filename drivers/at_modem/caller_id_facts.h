// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tipring/drivers/at_modem/caller_id.h"
#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::at_modem {

/// Puts caller ID into the core's terms: flags, texts, and the network's date and time.
void fillCallerId(const CallerId& id, TspiCallInfo& facts);

}  // namespace tipring::at_modem

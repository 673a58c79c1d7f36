// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/at_modem/provider.h"

/// The one symbol of the loadable provider.
extern "C" __attribute__((visibility("default"))) const TspiProvider* TSPI_ENTRY_POINT(void) {
    return tipring_at_modem_provider();
}

// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/sangoma_u100/sangoma_u100.h"

/// The one symbol of the loadable provider.
extern "C" __attribute__((visibility("default"))) const TspiProvider* TSPI_ENTRY_POINT(void) {
    return tipring_sangoma_u100_provider();
}

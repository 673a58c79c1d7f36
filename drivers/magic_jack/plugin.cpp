// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/magic_jack/magic_jack.h"

/// The one symbol of the loadable provider.
extern "C" __attribute__((visibility("default"))) const TspiProvider* TSPI_ENTRY_POINT(void) {
    return tipring_magic_jack_provider();
}

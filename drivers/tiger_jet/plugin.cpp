// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/tiger_jet/tiger_jet.h"

/// The one symbol of the loadable provider.
extern "C" __attribute__((visibility("default"))) const TspiProvider* TSPI_ENTRY_POINT(void) {
    return tipring_tiger_jet_provider();
}

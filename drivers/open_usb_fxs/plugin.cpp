// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/open_usb_fxs/open_usb_fxs.h"

/// The one symbol of the loadable provider.
extern "C" __attribute__((visibility("default"))) const TspiProvider* TSPI_ENTRY_POINT(void) {
    return tipring_open_usb_fxs_provider();
}

// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/hid_phone/hid_phone.h"

/// The one symbol of the loadable provider.
extern "C" __attribute__((visibility("default"))) const TspiProvider* TSPI_ENTRY_POINT(void) {
    return tipring_hid_phone_provider();
}

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "tipring/drivers/adapters/usb_model_row.h"
#include "tipring/hal/usb/usb_list.h"

namespace tipring::tools {

/// A USB adapter that is plugged in, and the driver that knows it.
struct AdapterFound {
    hal::UsbDeviceInfo device;
    adapters::UsbModelRow model;
};

/// All adapters of the drivers' device tables, in the order of their bus paths.
hal::Result<std::vector<AdapterFound>> listAdapters();

}  // namespace tipring::tools

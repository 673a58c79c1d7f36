// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "tipring/drivers/adapters/usb_model_row.h"
#include "tipring/hal/usb/usb_list.h"
#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::tools {

/// A driver of USB adapters: the devices that it knows, and its provider.
struct AdapterDriver {
    std::string_view family;
    std::span<const adapters::UsbModelRow> models;
    const TspiProvider* provider = nullptr;
};
[[nodiscard]] std::span<const AdapterDriver> adapterDrivers();
/// By family; null for others.
[[nodiscard]] const AdapterDriver* findAdapterDriver(std::string_view family);

/// A USB adapter that is plugged in, and the driver that knows it.
struct AdapterFound {
    hal::UsbDeviceInfo device;
    adapters::UsbModelRow model;
};

/// All adapters of the drivers' device tables, in the order of their bus paths.
hal::Result<std::vector<AdapterFound>> listAdapters();

}  // namespace tipring::tools

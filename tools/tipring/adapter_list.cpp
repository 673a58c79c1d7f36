// SPDX-License-Identifier: Apache-2.0
#include "adapter_list.h"

#include <utility>

#include "tipring/drivers/hid_phone/hid_phone.h"
#include "tipring/drivers/open_usb_fxs/open_usb_fxs.h"
#include "tipring/drivers/sangoma_u100/sangoma_u100.h"
#include "tipring/drivers/tiger_jet/tiger_jet.h"

namespace tipring::tools {

hal::Result<std::vector<AdapterFound>> listAdapters() {
    auto devices = hal::listUsbDevices();
    if (!devices) {
        return tl::unexpected(std::move(devices.error()));
    }
    const std::span<const adapters::UsbModelRow> tables[] = {
        hid_phone::models(), open_usb_fxs::models(), sangoma_u100::models(), tiger_jet::models()};
    std::vector<AdapterFound> found;
    for (hal::UsbDeviceInfo& device : *devices) {
        for (const auto& rows : tables) {
            const auto* row =
                adapters::findModel(rows, device.identity.vendor, device.identity.product);
            if (row != nullptr) {
                found.push_back({std::move(device), *row});
                break;
            }
        }
    }
    return found;
}

}  // namespace tipring::tools

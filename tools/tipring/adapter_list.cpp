// SPDX-License-Identifier: Apache-2.0
#include "adapter_list.h"

#include <algorithm>
#include <utility>

#include "tipring/drivers/hid_phone/hid_phone.h"
#include "tipring/drivers/magic_jack/magic_jack.h"
#include "tipring/drivers/open_usb_fxs/open_usb_fxs.h"
#include "tipring/drivers/sangoma_u100/sangoma_u100.h"
#include "tipring/drivers/tiger_jet/tiger_jet.h"

namespace tipring::tools {

std::span<const AdapterDriver> adapterDrivers() {
    static const AdapterDriver drivers[] = {
        {"hid_phone", hid_phone::models(), tipring_hid_phone_provider()},
        {"magic_jack", magic_jack::models(), tipring_magic_jack_provider()},
        {"open_usb_fxs", open_usb_fxs::models(), tipring_open_usb_fxs_provider()},
        {"sangoma_u100", sangoma_u100::models(), tipring_sangoma_u100_provider()},
        {"tiger_jet", tiger_jet::models(), tipring_tiger_jet_provider()},
    };
    return drivers;
}

const AdapterDriver* findAdapterDriver(std::string_view family) {
    const auto all = adapterDrivers();
    const auto found = std::find_if(all.begin(), all.end(), [family](const AdapterDriver& each) {
        return each.family == family;
    });
    return found == all.end() ? nullptr : &*found;
}

hal::Result<std::vector<AdapterFound>> listAdapters() {
    auto devices = hal::listUsbDevices();
    if (!devices) {
        return tl::unexpected(std::move(devices.error()));
    }
    std::vector<AdapterFound> found;
    for (hal::UsbDeviceInfo& device : *devices) {
        for (const AdapterDriver& driver : adapterDrivers()) {
            const auto* row =
                adapters::findModel(driver.models, device.identity.vendor, device.identity.product);
            if (row != nullptr) {
                found.push_back({std::move(device), *row});
                break;
            }
        }
    }
    return found;
}

}  // namespace tipring::tools

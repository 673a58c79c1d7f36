// SPDX-License-Identifier: Apache-2.0
#include "usb_scheme.h"

#include <utility>

namespace tipring::hal {
namespace {

// Never destroyed: tokens stand in static objects of other files.
SchemeTable<UsbOpener>& schemes() {
    static auto* const table = new SchemeTable<UsbOpener>;
    return *table;
}

}  // namespace

UsbOpener findUsbScheme(std::string_view scheme) {
    return schemes().find(scheme);
}

UsbScheme addUsbScheme(std::string_view scheme, UsbOpener opener) {
    return schemes().add(scheme, std::move(opener));
}

}  // namespace tipring::hal

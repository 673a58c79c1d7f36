// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/usb_catalog.h"

#include <algorithm>

#include "tipring/hal/sim/conexant_modem.h"
#include "tipring/hal/sim/hid_phone.h"
#include "tipring/hal/sim/magic_jack.h"
#include "tipring/hal/sim/open_usb_fxs.h"
#include "tipring/hal/sim/sangoma_u100.h"
#include "tipring/hal/sim/tiger_jet.h"

namespace tipring::sim {

namespace {

using Jack = UsbModelKind::Jack;
using Model = std::unique_ptr<UsbModel>;

Line* lineAt(const UsbParts& parts, std::size_t jack) {
    return jack < parts.lines.size() ? parts.lines[jack] : nullptr;
}

constexpr UsbModelKind kKinds[] = {
    {"cx93010", "an AT modem behind CDC-ACM (0572:1329): /dev/ttyACM0", Jack::Modem, 1,
     [](const UsbParts& parts) -> Model {
         return std::make_unique<ConexantModem>(parts.loop, *parts.modem, *lineAt(parts, 0));
     }},
    {"sangoma-u100", "an adapter with two FXO ports (10c4:8461)", Jack::Line, 2,
     [](const UsbParts& parts) -> Model {
         return std::make_unique<SangomaU100>(parts.loop, lineAt(parts, 0), lineAt(parts, 1));
     }},
    {"hid-phone", "a HID telephone line (335e:8a01), without its sound", Jack::Line, 1,
     [](const UsbParts& parts) -> Model {
         return std::make_unique<HidPhone>(parts.loop, lineAt(parts, 0));
     }},
    {"open-usb-fxs", "an adapter with an FXS port (04d8:fcf1)", Jack::Telephone, 1,
     [](const UsbParts& parts) -> Model {
         return std::make_unique<OpenUsbFxs>(parts.loop, *parts.telephone);
     }},
    {"tiger-jet", "an adapter with an FXS port (06e6:831c)", Jack::Telephone, 1,
     [](const UsbParts& parts) -> Model {
         return std::make_unique<TigerJet560>(parts.loop, *parts.telephone);
     }},
    {"magic-jack", "an adapter with an FXS port (06e6:c200)", Jack::Telephone, 1,
     [](const UsbParts& parts) -> Model {
         return std::make_unique<MagicJack>(parts.loop, *parts.telephone);
     }},
};

}  // namespace

std::span<const UsbModelKind> usbModelKinds() noexcept {
    return kKinds;
}

const UsbModelKind* findUsbModelKind(std::string_view name) noexcept {
    const auto* const at = std::find_if(std::begin(kKinds), std::end(kKinds),
                                        [name](const auto& kind) { return kind.name == name; });
    return at == std::end(kKinds) ? nullptr : at;
}

}  // namespace tipring::sim

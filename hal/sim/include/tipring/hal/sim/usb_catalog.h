// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "tipring/hal/sim/at_modem.h"
#include "tipring/hal/sim/telephone.h"
#include "tipring/hal/sim/usb_model.h"

namespace tipring::sim {

/// What a model is put together from; all of it outlives the model.
struct UsbParts {
    hal::EventLoop& loop;
    std::span<Line* const> lines;    ///< on its jacks, in order; null or missing: an open jack
    AtModem* modem = nullptr;        ///< of a kind that has one
    Telephone* telephone = nullptr;  ///< of a kind that has one
};

/// A USB device that the simulator has, by the name that scenarios and people use.
struct UsbModelKind {
    enum class Jack : std::uint8_t {
        Modem,      ///< a line, with an AT modem on it
        Line,       ///< lines of the exchange
        Telephone,  ///< a telephone with somebody at it
    };
    std::string_view name;         ///< "sangoma-u100"
    std::string_view description;  ///< for people
    Jack jack;
    unsigned jacks;
    std::unique_ptr<UsbModel> (*make)(const UsbParts& parts);
};

/// cx93010, sangoma-u100, hid-phone, open-usb-fxs, tiger-jet, magic-jack.
[[nodiscard]] std::span<const UsbModelKind> usbModelKinds() noexcept;
/// Null when there is none.
[[nodiscard]] const UsbModelKind* findUsbModelKind(std::string_view name) noexcept;

}  // namespace tipring::sim

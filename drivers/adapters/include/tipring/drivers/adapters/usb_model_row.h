// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tipring::adapters {

/// What a USB adapter has: telephone lines, telephones, or both.
enum class AdapterKind : std::uint8_t { Fxo, Fxs };

/// One USB device that a driver knows. The rows stand in `devices.inc` of the driver's folder,
/// where the rules and the hardware database for udev are made from as well.
struct UsbModelRow {
    std::uint16_t vendor = 0, product = 0;
    std::string_view name;    ///< for people: "Open USB FXS"
    std::string_view chip;    ///< "PIC18F2550, Si3210"
    std::string_view family;  ///< the driver's folder
    AdapterKind kind = AdapterKind::Fxo;
    std::uint8_t variant = 0;  ///< the driver's own meaning

    bool operator==(const UsbModelRow&) const = default;
};

/// The row of a device; null where there is none.
[[nodiscard]] const UsbModelRow* findModel(std::span<const UsbModelRow> rows, std::uint16_t vendor,
                                           std::uint16_t product) noexcept;

}  // namespace tipring::adapters

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tipring/hal/base/result.h"

namespace tipring::hal {

/// Signalling rate of a device: it decides what an interval means (USB 2.0, 9.6.6).
enum class UsbSpeed : std::uint8_t { Unknown, Low, Full, High, Super };

/// bmAttributes 1:0 of an endpoint descriptor (USB 2.0, table 9-13).
enum class UsbTransferType : std::uint8_t { Control, Isochronous, Bulk, Interrupt };

struct UsbEndpoint {
    std::uint8_t address = 0;  ///< bit 7 set: to the host
    UsbTransferType type = UsbTransferType::Control;
    std::uint16_t maxPacket = 0;  ///< bytes in one (micro)frame, additional transactions included
    std::uint8_t interval = 0;    ///< bInterval as it stands in the descriptor

    [[nodiscard]] bool isIn() const { return (address & 0x80U) != 0; }
    bool operator==(const UsbEndpoint&) const = default;
};

/// One alternate setting of an interface.
struct UsbAlternate {
    std::uint8_t number = 0;
    std::uint8_t classCode = 0, subclass = 0, protocol = 0;
    std::vector<UsbEndpoint> endpoints;
    std::vector<std::byte> extra;  ///< class-specific descriptors, as they stand

    bool operator==(const UsbAlternate&) const = default;
};

struct UsbInterface {
    std::uint8_t number = 0;
    std::vector<UsbAlternate> alternates;
    std::string driver;  ///< kernel driver that holds it; filled in by listUsbDevices() only

    bool operator==(const UsbInterface&) const = default;
};

struct UsbConfiguration {
    std::uint8_t value = 0;  ///< what setConfiguration() takes
    std::vector<UsbInterface> interfaces;

    bool operator==(const UsbConfiguration&) const = default;
};

/// The descriptors of a device: the device descriptor and every configuration.
struct UsbDescriptors {
    std::uint16_t vendor = 0, product = 0;
    std::uint16_t release = 0;  ///< bcdDevice
    std::uint8_t classCode = 0, subclass = 0, protocol = 0;
    std::vector<UsbConfiguration> configurations;

    [[nodiscard]] const UsbConfiguration* configuration(std::uint8_t value) const;
    bool operator==(const UsbDescriptors&) const = default;
};

/// Reads what the kernel hands out for a device (sysfs "descriptors", usbfs read): the device
/// descriptor, then each configuration with all that belongs to it. Lengths that lie end the
/// descriptor at hand, not the device; what is no descriptor at all is InvalParam.
Result<UsbDescriptors> parseUsbDescriptors(std::span<const std::byte> bytes);

}  // namespace tipring::hal

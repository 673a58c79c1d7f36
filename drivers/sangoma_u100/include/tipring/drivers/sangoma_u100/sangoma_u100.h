// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>

#include "tipring/drivers/adapters/usb_adapter.h"
#include "tipring/drivers/chips/si3050.h"
#include "tipring/tapi_core/tspi/provider.h"

namespace tipring::sangoma_u100 {

/// The devices that this driver knows.
[[nodiscard]] std::span<const adapters::UsbModelRow> models() noexcept;

/// Sangoma U100 "USBfxo": two telephone lines (Si3050), full duplex, behind a USB-UART bridge with
/// frames of a millisecond. Starting takes 7 to 15 s. The firmware update is never entered: an
/// adapter that is in it is told as such and left alone. `country` (ISO 3166-1) sets the
/// terminations; empty or unknown: those of the FCC.
[[nodiscard]] std::unique_ptr<adapters::UsbAdapter> makeAdapter(
    hal::EventLoop& loop, std::unique_ptr<hal::UsbDevice> device, adapters::AdapterHost& host,
    std::string_view country);

/// The provider: configuration as analog::createProvider(), whose `country` counts here too, and
///
///     device    opens this one only ("usb:10c4:8461:SERIAL", "sim:NAME"); default: all that are
///               plugged in
class SangomaU100Provider {
public:
    static hal::Result<std::unique_ptr<tspi::Provider>> create(tspi::Session& session);
};

}  // namespace tipring::sangoma_u100

extern "C" const TspiProvider* tipring_sangoma_u100_provider(void);

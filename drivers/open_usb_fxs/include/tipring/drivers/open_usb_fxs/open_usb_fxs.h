// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>

#include "tipring/drivers/adapters/usb_adapter.h"
#include "tipring/tapi_core/tspi/provider.h"

namespace tipring::open_usb_fxs {

/// The devices that this driver knows.
[[nodiscard]] std::span<const adapters::UsbModelRow> models() noexcept;

/// The Open USB FXS board: one telephone port (Si3210) behind bulk commands and isochronous packets
/// of a millisecond. Starting takes some 8 s, most of it the calibration of the chip. It hears DTMF
/// by itself. Its firmware and its serial number are never written.
[[nodiscard]] std::unique_ptr<adapters::UsbAdapter> makeAdapter(
    hal::EventLoop& loop, std::unique_ptr<hal::UsbDevice> device, const adapters::UsbModelRow& row,
    adapters::AdapterHost& host);

/// The provider: configuration as analog::createProvider(), and
///
///     device    opens this one only ("usb:04d8:fcf1:SERIAL", "sim:NAME"); default: all that are
///               plugged in
class OpenUsbFxsProvider {
public:
    static hal::Result<std::unique_ptr<tspi::Provider>> create(tspi::Session& session);
};

}  // namespace tipring::open_usb_fxs

extern "C" const TspiProvider* tipring_open_usb_fxs_provider(void);

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>

#include "tipring/drivers/adapters/usb_adapter.h"
#include "tipring/tapi_core/tspi/provider.h"

namespace tipring::hid_phone {

/// The devices that this driver knows.
[[nodiscard]] std::span<const adapters::UsbModelRow> models() noexcept;

/// The telephone line of a HID interface whose top usage is "dual mode phone" (HID Usage Tables,
/// page 0x0B): loop, ring, hook and polarity, found by usage and not by place. Its sound belongs to
/// a sound card of its own and is not here: setSound() is OperationUnavail.
[[nodiscard]] std::unique_ptr<adapters::UsbAdapter> makeAdapter(
    hal::EventLoop& loop, std::unique_ptr<hal::UsbDevice> device, const adapters::UsbModelRow& row,
    adapters::AdapterHost& host);

/// The provider: configuration as analog::createProvider(), and
///
///     device    opens this one only ("usb:335e:8a01", "sim:NAME"); default: all that are plugged
///     in
class HidPhoneProvider {
public:
    static hal::Result<std::unique_ptr<tspi::Provider>> create(tspi::Session& session);
};

}  // namespace tipring::hid_phone

extern "C" const TspiProvider* tipring_hid_phone_provider(void);

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>

#include "tipring/drivers/adapters/usb_adapter.h"
#include "tipring/tapi_core/tspi/provider.h"

namespace tipring::magic_jack {

/// The devices that this driver knows.
[[nodiscard]] std::span<const adapters::UsbModelRow> models() noexcept;

/// magicJack, a TigerJet 780 with an ARM: one telephone port behind HID feature reports and 16
/// bytes of sound a millisecond. It plays dial tone and hears keys by itself. The hook is asked for
/// every 20 ms: flashes are told, pulses of a dial not reliably. Its flash is never written, its
/// disk is left to the kernel.
[[nodiscard]] std::unique_ptr<adapters::UsbAdapter> makeAdapter(
    hal::EventLoop& loop, std::unique_ptr<hal::UsbDevice> device, const adapters::UsbModelRow& row,
    adapters::AdapterHost& host);

/// The provider: configuration as analog::createProvider(), and
///
///     device    opens this one only ("usb:06e6:c200", "sim:NAME"); default: all that are plugged
///     in
class MagicJackProvider {
public:
    static hal::Result<std::unique_ptr<tspi::Provider>> create(tspi::Session& session);
};

}  // namespace tipring::magic_jack

extern "C" const TspiProvider* tipring_magic_jack_provider(void);

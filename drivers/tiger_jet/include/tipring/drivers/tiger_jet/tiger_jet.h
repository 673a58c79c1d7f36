// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>

#include "tipring/drivers/adapters/usb_adapter.h"
#include "tipring/tapi_core/tspi/provider.h"

namespace tipring::tiger_jet {

/// The devices that this driver knows.
[[nodiscard]] std::span<const adapters::UsbModelRow> models() noexcept;

/// TigerJet 560B with a Si3210: one telephone port behind vendor control requests and 16 bytes of
/// sound a millisecond. The hook is asked for every 20 ms: flashes are told, pulses of a dial not
/// reliably. Its EEPROM is never written.
[[nodiscard]] std::unique_ptr<adapters::UsbAdapter> makeAdapter(
    hal::EventLoop& loop, std::unique_ptr<hal::UsbDevice> device, const adapters::UsbModelRow& row,
    adapters::AdapterHost& host);

/// The provider: configuration as analog::createProvider(), and
///
///     device    opens this one only ("usb:06e6:831c", "sim:NAME"); default: all that are plugged
///     in
class TigerJetProvider {
public:
    static hal::Result<std::unique_ptr<tspi::Provider>> create(tspi::Session& session);
};

}  // namespace tipring::tiger_jet

extern "C" const TspiProvider* tipring_tiger_jet_provider(void);

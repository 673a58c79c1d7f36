// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/magic_jack/magic_jack.h"

#include "jack_adapter.h"
#include "tipring/drivers/adapters/adapter_ports.h"

namespace tipring::magic_jack {
namespace {

constexpr const char* kFamily = "magic_jack";

#define TIPRING_USB_DEVICE(vendor, product, name, chip, kind, variant) \
    {vendor, product, name, chip, kFamily, adapters::AdapterKind::kind, variant},
constexpr adapters::UsbModelRow kModels[] = {
#include "devices.inc"
};
#undef TIPRING_USB_DEVICE

}  // namespace

std::span<const adapters::UsbModelRow> models() noexcept {
    return kModels;
}

std::unique_ptr<adapters::UsbAdapter> makeAdapter(hal::EventLoop& loop,
                                                  std::unique_ptr<hal::UsbDevice> device,
                                                  const adapters::UsbModelRow& /*row*/,
                                                  adapters::AdapterHost& host) {
    return std::make_unique<JackAdapter>(loop, std::move(device), host);
}

hal::Result<std::unique_ptr<tspi::Provider>> MagicJackProvider::create(tspi::Session& session) {
    return adapters::createProvider(session, models(), makeAdapter);
}

}  // namespace tipring::magic_jack

extern "C" const TspiProvider* tipring_magic_jack_provider(void) {
    return tipring::tspi::providerTable<tipring::magic_jack::MagicJackProvider>("magic_jack");
}

// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/tiger_jet/tiger_jet.h"

#include "tiger_adapter.h"
#include "tipring/drivers/adapters/adapter_ports.h"

namespace tipring::tiger_jet {
namespace {

constexpr const char* kFamily = "tiger_jet";
constexpr std::uint8_t kWithRelay = 1;

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
                                                  const adapters::UsbModelRow& row,
                                                  adapters::AdapterHost& host) {
    return std::make_unique<TigerAdapter>(loop, std::move(device), host, row.variant == kWithRelay);
}

hal::Result<std::unique_ptr<tspi::Provider>> TigerJetProvider::create(tspi::Session& session) {
    return adapters::createProvider(session, models(), makeAdapter);
}

}  // namespace tipring::tiger_jet

extern "C" const TspiProvider* tipring_tiger_jet_provider(void) {
    return tipring::tspi::providerTable<tipring::tiger_jet::TigerJetProvider>("tiger_jet");
}

// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/open_usb_fxs/open_usb_fxs.h"

#include "board_adapter.h"
#include "tipring/drivers/adapters/adapter_ports.h"

namespace tipring::open_usb_fxs {
namespace {

constexpr const char* kFamily = "open_usb_fxs";

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
    return std::make_unique<BoardAdapter>(loop, std::move(device), host);
}

hal::Result<std::unique_ptr<tspi::Provider>> OpenUsbFxsProvider::create(tspi::Session& session) {
    return adapters::createProvider(session, models(), makeAdapter);
}

}  // namespace tipring::open_usb_fxs

extern "C" const TspiProvider* tipring_open_usb_fxs_provider(void) {
    return tipring::tspi::providerTable<tipring::open_usb_fxs::OpenUsbFxsProvider>("open_usb_fxs");
}

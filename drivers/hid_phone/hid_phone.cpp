// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/hid_phone/hid_phone.h"

#include "hid_line.h"
#include "tipring/drivers/adapters/adapter_ports.h"

namespace tipring::hid_phone {
namespace {

constexpr const char* kFamily = "hid_phone";

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
    return std::make_unique<HidLine>(loop, std::move(device), host);
}

hal::Result<std::unique_ptr<tspi::Provider>> HidPhoneProvider::create(tspi::Session& session) {
    return adapters::createProvider(session, models(), makeAdapter);
}

}  // namespace tipring::hid_phone

extern "C" const TspiProvider* tipring_hid_phone_provider(void) {
    return tipring::tspi::providerTable<tipring::hid_phone::HidPhoneProvider>("hid_phone");
}

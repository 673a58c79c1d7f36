// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/sangoma_u100/sangoma_u100.h"

#include "tipring/drivers/adapters/adapter_ports.h"
#include "u100_adapter.h"

namespace tipring::sangoma_u100 {
namespace {

constexpr const char* kFamily = "sangoma_u100";
constexpr const char* kDefaultCountry = "US";  // as analog::createProvider()

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
                                                  adapters::AdapterHost& host,
                                                  std::string_view country) {
    chips::Si3050Settings settings;
    settings.country = chips::si3050Country(country);
    return std::make_unique<U100Adapter>(loop, std::move(device), host, settings);
}

hal::Result<std::unique_ptr<tspi::Provider>> SangomaU100Provider::create(tspi::Session& session) {
    const std::string country = session.config("country").value_or(kDefaultCountry);
    auto factory = [country](hal::EventLoop& loop, std::unique_ptr<hal::UsbDevice> device,
                             const adapters::UsbModelRow& /*row*/, adapters::AdapterHost& host) {
        return makeAdapter(loop, std::move(device), host, country);
    };
    return adapters::createProvider(session, models(), std::move(factory));
}

}  // namespace tipring::sangoma_u100

extern "C" const TspiProvider* tipring_sangoma_u100_provider(void) {
    return tipring::tspi::providerTable<tipring::sangoma_u100::SangomaU100Provider>("sangoma_u100");
}

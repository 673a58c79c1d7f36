// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/manager/line_manager.h"

#include <utility>

#include "core.h"

namespace tipring::core {

struct LineManager::Impl {
    std::shared_ptr<Core> core;
};

LineManager::LineManager(hal::EventLoop& loop, std::string stateDirectory)
    : impl_(std::make_unique<Impl>()) {
    impl_->core = std::make_shared<Core>(loop, std::move(stateDirectory));
}

LineManager::~LineManager() {
    impl_->core->shutDown();
}

hal::Result<void> LineManager::addProvider(const TspiProvider& table, ProviderConfig config) {
    return impl_->core->addProvider(table, std::move(config), {});
}

hal::Result<void> LineManager::loadProvider(const std::string& libraryPath, ProviderConfig config) {
    auto loaded = openLibrary(libraryPath);
    if (!loaded) {
        return tl::unexpected(std::move(loaded.error()));
    }
    return impl_->core->addProvider(*loaded->table, std::move(config), std::move(loaded->library));
}

std::vector<ContractBreach> LineManager::breaches() const {
    return impl_->core->contract().breaches();
}

void LineManager::observeBreaches(BreachObserver observer) {
    impl_->core->contract().observe(std::move(observer));
}

void LineManager::setDialRules(std::unique_ptr<tapi::AddressTranslation> rules) {
    impl_->core->setDialRules(std::move(rules));
}

std::unique_ptr<tapi::Tapi> LineManager::createApplication(std::string name) {
    return std::make_unique<TapiView>(impl_->core->addApplication(std::move(name)));
}

}  // namespace tipring::core

// SPDX-License-Identifier: Apache-2.0
#include "provider_library.h"

namespace tipring::tools {

hal::Result<void> addLibrary(core::LineManager& manager, const std::string& library,
                             const core::ProviderConfig& config, bool isolate,
                             IsolatedProviders& isolated) {
    if (!isolate) {
        return manager.loadProvider(library, config);
    }
    isolation::Options options;
    options.config = config;
    auto loaded = isolation::loadProvider(library, std::move(options));
    if (!loaded) {
        return tl::unexpected(std::move(loaded.error()));
    }
    isolated.push_back(std::move(*loaded));
    return manager.addProvider(isolated.back()->table(), config);
}

}  // namespace tipring::tools

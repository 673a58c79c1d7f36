// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tipring/tapi_core/isolation/isolated_provider.h"
#include "tipring/tapi_core/manager/line_manager.h"

namespace tipring::tools {

/// Providers that run in processes of their own; they outlive the manager.
using IsolatedProviders = std::vector<std::unique_ptr<isolation::IsolatedProvider>>;

/// Adds the provider of a library, in this process or in one of its own.
hal::Result<void> addLibrary(core::LineManager& manager, const std::string& library,
                             const core::ProviderConfig& config, bool isolate,
                             IsolatedProviders& isolated);

}  // namespace tipring::tools

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tipring/hal/base/result.h"
#include "tipring/tapi_core/api/interfaces.h"
#include "tipring/tapi_core/tspi/interface.h"

namespace tipring::core {

/// What a provider wrote of an interface, copied and checked: names after the rules of D-Bus, known
/// types, bounded counts. The cause says which rule is broken.
[[nodiscard]] hal::Result<tapi::InterfaceDescription> describeInterface(
    const TspiInterface& description, const std::string& provider);

}  // namespace tipring::core

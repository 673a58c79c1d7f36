// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "tipring/hal/base/result.h"

namespace tipring::tools {

/// True for what starts like a tel: URI, whatever follows.
[[nodiscard]] bool isTelUri(std::string_view text) noexcept;

/// The number of a tel: URI (RFC 3966), ready for dialling: "tel:+1-202-555-0123;ext=12" gives
/// "+12025550123". A local number with a global phone-context is completed by it. Visual separators
/// go; an extension is left out, because it cannot be dialled before somebody answered.
/// INVALDESTADDRESS, with the reason, for what is none; at most 1024 characters.
[[nodiscard]] hal::Result<std::string> numberOfTelUri(std::string_view uri);

}  // namespace tipring::tools

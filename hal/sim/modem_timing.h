// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace tipring::sim {

/// From both carriers to CONNECT. Real modems train for 10 s and more; the order of events is what
/// programs depend on, so this is short.
inline constexpr std::chrono::milliseconds kHandshake{400};

}  // namespace tipring::sim

// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/api/events.h"

namespace tipring::tapi {

EventClass classOf(const Event& event) noexcept {
    return detail::kEventClasses[event.index()];
}

std::int32_t subEventOf(const Event& event) noexcept {
    return std::visit([](const auto& single) { return subEventOf(single); }, event);
}

}  // namespace tipring::tapi

// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/api/interfaces.h"

#include <array>

namespace tipring::tapi {

char typeOf(const Value& value) noexcept {
    constexpr std::array<char, std::variant_size_v<Value>> kTypes = {'b', 'i', 'u', 'x',
                                                                     't', 'd', 's', 'y'};
    return kTypes[value.index()];
}

}  // namespace tipring::tapi

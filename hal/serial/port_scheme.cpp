// SPDX-License-Identifier: Apache-2.0
#include "port_scheme.h"

#include <utility>

namespace tipring::hal {
namespace {

// Never destroyed: tokens stand in static objects of other files.
SchemeTable<PortOpener>& schemes() {
    static auto* const table = new SchemeTable<PortOpener>;
    return *table;
}

}  // namespace

PortOpener findPortScheme(std::string_view scheme) {
    return schemes().find(scheme);
}

PortScheme addPortScheme(std::string_view scheme, PortOpener opener) {
    return schemes().add(scheme, std::move(opener));
}

}  // namespace tipring::hal

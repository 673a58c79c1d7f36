// SPDX-License-Identifier: Apache-2.0
#include "server/rows.h"

namespace tipring::rpc::detail {

int Parameter<const std::shared_ptr<tapi::Call>&>::get(sd_bus_message* message,
                                                       const Target& target, Stored& value) {
    ObjectPath path;
    const int result = rpc::get(message, path);
    std::uint64_t id = 0;
    value = result >= 0 && parseCall(path.text, id) ? target.session->call(id) : nullptr;
    return value ? result : -ENOENT;
}

int Parameter<const std::shared_ptr<tapi::Address>&>::get(sd_bus_message* message,
                                                          const Target& target, Stored& value) {
    ObjectPath path;
    const int result = rpc::get(message, path);
    std::uint32_t id = 0;
    value = result >= 0 && parseAddress(path.text, id) ? target.session->address(id) : nullptr;
    return value ? result : -ENOENT;
}

}  // namespace tipring::rpc::detail

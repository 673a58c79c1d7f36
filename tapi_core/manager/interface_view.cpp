// SPDX-License-Identifier: Apache-2.0
#include "interface_view.h"

#include "core.h"

namespace tipring::core {

tapi::Result<tapi::RequestId> InterfaceView::call(std::string_view method,
                                                  std::vector<tapi::Value> arguments,
                                                  tapi::ValuesReply reply) {
    const auto application = application_.lock();
    if (!application) {
        return hal::fail(hal::ErrorCode::InvalAppHandle, "the application's Tapi is gone");
    }
    auto core = coreOf(*application);
    if (!core) {
        return tl::unexpected(std::move(core.error()));
    }
    return (*core)->interfaces().call(*entry_, target_, application, method, arguments,
                                      std::move(reply));
}

}  // namespace tipring::core

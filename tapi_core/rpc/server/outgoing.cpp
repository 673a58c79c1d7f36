// SPDX-License-Identifier: Apache-2.0
#include "server/outgoing.h"

#include "server/session.h"

namespace tipring::rpc {

ObjectPath Outgoing<std::shared_ptr<tapi::Call>>::make(Session& session,
                                                       const std::shared_ptr<tapi::Call>& call) {
    if (!call) {
        return {kNoPath};
    }
    session.know(call);
    return {callPath(call->id())};
}

std::vector<WireInterface> Outgoing<std::vector<tapi::InterfaceDescription>>::make(
    Session&, const std::vector<tapi::InterfaceDescription>& all) {
    std::vector<WireInterface> out;
    for (const tapi::InterfaceDescription& one : all) {
        out.push_back(toWire(one));
    }
    return out;
}

}  // namespace tipring::rpc

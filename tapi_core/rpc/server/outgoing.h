// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "tipring/tapi_core/api/tapi.h"
#include "wire/members.h"
#include "wire/paths.h"
#include "wire/records.h"

/// Objects of the application interface as they are named on the bus.
namespace tipring::rpc {

class Session;

/// What a value becomes on its way to a client. A call becomes known to its session by it.
template <class T>
struct Outgoing {
    static T make(Session&, T value) { return value; }
};
template <>
struct Outgoing<std::shared_ptr<tapi::Address>> {
    static ObjectPath make(Session&, const std::shared_ptr<tapi::Address>& address) {
        return {address ? addressPath(address->id()) : kNoPath};
    }
};
template <>
struct Outgoing<std::shared_ptr<tapi::Phone>> {
    static ObjectPath make(Session&, const std::shared_ptr<tapi::Phone>& phone) {
        return {phone ? phonePath(phone->id()) : kNoPath};
    }
};
template <>
struct Outgoing<std::shared_ptr<tapi::CallHub>> {
    static ObjectPath make(Session&, const std::shared_ptr<tapi::CallHub>& hub) {
        return {hub ? hubPath(hub->id()) : kNoPath};
    }
};
template <>
struct Outgoing<std::shared_ptr<tapi::Call>> {
    static ObjectPath make(Session& session, const std::shared_ptr<tapi::Call>& call);
};
template <>
struct Outgoing<std::vector<tapi::InterfaceDescription>> {
    static std::vector<WireInterface> make(Session&,
                                           const std::vector<tapi::InterfaceDescription>& all);
};
template <class T>
struct Outgoing<std::vector<std::shared_ptr<T>>> {
    static std::vector<ObjectPath> make(Session& session,
                                        const std::vector<std::shared_ptr<T>>& all) {
        std::vector<ObjectPath> paths;
        for (const auto& one : all) {
            paths.push_back(Outgoing<std::shared_ptr<T>>::make(session, one));
        }
        return paths;
    }
};
template <>
struct Outgoing<tapi::AssistedRequest> {
    static auto make(Session&, const tapi::AssistedRequest& r) {
        return std::make_tuple(r.number, r.appName, r.calledParty, r.comment);
    }
};
template <class T>
using OutgoingType = decltype(Outgoing<T>::make(std::declval<Session&>(), std::declval<T>()));

}  // namespace tipring::rpc

// SPDX-License-Identifier: Apache-2.0
// org.tipring.Address1.
#include <string_view>

#include "definition.h"
#include "server/rows.h"

namespace tipring::rpc {
namespace {

using tapi::Address;
using tapi::Result;
using CallPtr = std::shared_ptr<tapi::Call>;

std::string_view textOf(const std::vector<std::byte>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<CallPtr> createCall(const Target& target, std::string_view destination,
                           const tapi::CallParams& params) {
    if (auto room = target.session->checkCalls(); !room) {
        return tl::unexpected(std::move(room.error()));
    }
    if (auto allowed = target.session->checkNumber(destination); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    auto made = target.address->createCall(destination, params);
    if (made) {
        // Digits that follow make one number with these.
        (void)target.session->checkDigits(**made, destination);
    }
    return made;
}
Result<CallPtr> dial(const Target& target, std::string_view destination, tapi::Reply reply) {
    if (auto allowed = target.session->checkNumber(destination); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    auto made = target.session->context().dialForClient(target.address->id(),
                                                        std::string(destination), std::move(reply));
    if (!made) {
        return made;
    }
    // The house's call as this client sees it.
    auto seen = target.session->call((*made)->id());
    return seen ? Result<CallPtr>(std::move(seen)) : made;
}
Result<tapi::RequestId> forward(const Target& target, const std::vector<tapi::Forwarding>& list,
                                std::uint32_t rings, tapi::Reply reply) {
    for (const tapi::Forwarding& one : list) {
        if (auto allowed = target.session->checkNumber(one.destination); !allowed) {
            return tl::unexpected(std::move(allowed.error()));
        }
    }
    return target.address->forward(list, rings, std::move(reply));
}
Result<tapi::RequestId> devSpecific(const Target& target, const std::vector<std::byte>& data,
                                    tapi::Reply reply) {
    return target.address->devSpecific(textOf(data), std::move(reply));
}
Result<tapi::RequestId> devSpecificFeature(const Target& target, std::uint32_t feature,
                                           const std::vector<std::byte>& data, tapi::Reply reply) {
    return target.address->devSpecificFeature(feature, textOf(data), std::move(reply));
}

constexpr MethodRow kMethods[] = {
    method<def::address::kGetDeviceId, &Address::deviceId>(),
    method<def::address::kCreateCall, &createCall>(),
    method<def::address::kDial, &dial>(),
    method<def::address::kPickup, &Address::pickup>(),
    method<def::address::kSetRingsBeforeAnswer, &Address::setRingsBeforeAnswer>(),
    method<def::address::kSetDevStatus, &Address::setDevStatus>(),
    method<def::address::kForward, &forward>(),
    method<def::address::kSetupConference, &Address::setupConference>(),
    method<def::address::kSetCallHubTracking, &Address::setCallHubTracking>(),
    method<def::address::kGetDeviceConfig, &Address::deviceConfig>(),
    method<def::address::kSetDeviceConfig, &Address::setDeviceConfig>(),
    method<def::address::kCheckMediaDetection, &Address::checkMediaDetection>(),
    method<def::address::kSetEventFilter, &Address::setEventFilter>(),
    method<def::address::kDevSpecific, &devSpecific>(),
    method<def::address::kDevSpecificFeature, &devSpecificFeature>(),
    method<def::address::kNegotiateExtVersion, &Address::negotiateExtVersion>(),
    method<def::address::kListInterfaces, &Address::interfaces>(),
};
constexpr PropertyRow kProperties[] = {
    property<def::address::kId, &Address::id>(),
    property<def::address::kName, &Address::name>(),
    property<def::address::kProviderName, &Address::providerName>(),
    property<def::address::kState, &Address::state>(),
    property<def::address::kStateCause, &Address::stateCause>(),
    property<def::address::kCapabilities, &Address::capabilities>(),
    property<def::address::kStatus, &Address::status>(),
    property<def::address::kCallHubTracking, &Address::callHubTracking>(),
    property<def::address::kCalls, &Address::calls>(),
    property<def::address::kPhones, &Address::phones>(),
};
static_assert(complete(def::address::kMethods, kMethods));
static_assert(complete(def::address::kProperties, kProperties));

}  // namespace

InterfaceRows addressRows() {
    return {def::address::kInterface, Place::Address, kMethods, kProperties,
            def::address::kSignals};
}

}  // namespace tipring::rpc

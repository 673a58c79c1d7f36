// SPDX-License-Identifier: Apache-2.0
// org.tipring.Phone1 and org.tipring.CallHub1.
#include "definition.h"
#include "server/rows.h"

namespace tipring::rpc {
namespace {

using tapi::Phone;
using tapi::Result;

Result<tapi::RequestId> devSpecific(const Target& target, const std::vector<std::byte>& data,
                                    tapi::Reply reply) {
    return target.phone->devSpecific({reinterpret_cast<const char*>(data.data()), data.size()},
                                     std::move(reply));
}

constexpr MethodRow kMethods[] = {
    method<def::phone::kOpen, &Phone::open>(),
    method<def::phone::kClose, &Phone::close>(),
    method<def::phone::kGetStatus, &Phone::status>(),
    method<def::phone::kSetHookSwitch, &Phone::setHookSwitch>(),
    method<def::phone::kSetRing, &Phone::setRing>(),
    method<def::phone::kSetVolume, &Phone::setVolume>(),
    method<def::phone::kSetGain, &Phone::setGain>(),
    method<def::phone::kGetLamp, &Phone::lamp>(),
    method<def::phone::kSetLamp, &Phone::setLamp>(),
    method<def::phone::kGetButtonInfo, &Phone::buttonInfo>(),
    method<def::phone::kSetButtonInfo, &Phone::setButtonInfo>(),
    method<def::phone::kDevSpecific, &devSpecific>(),
    method<def::phone::kGetDeviceId, &Phone::deviceId>(),
    method<def::phone::kNegotiateExtVersion, &Phone::negotiateExtVersion>(),
};
constexpr PropertyRow kProperties[] = {
    property<def::phone::kId, &Phone::id>(),
    property<def::phone::kName, &Phone::name>(),
    property<def::phone::kProviderName, &Phone::providerName>(),
    property<def::phone::kCapabilities, &Phone::capabilities>(),
    property<def::phone::kAddress, &Phone::address>(),
};
static_assert(complete(def::phone::kMethods, kMethods));
static_assert(complete(def::phone::kProperties, kProperties));

using tapi::CallHub;
constexpr MethodRow kHubMethods[] = {
    method<def::callhub::kClear, &CallHub::clear>(),
};
constexpr PropertyRow kHubProperties[] = {
    property<def::callhub::kId, &CallHub::id>(),
    property<def::callhub::kState, &CallHub::state>(),
    property<def::callhub::kCalls, &CallHub::calls>(),
    property<def::callhub::kNumberOfCalls, &CallHub::numberOfCalls>(),
};
static_assert(complete(def::callhub::kMethods, kHubMethods));
static_assert(complete(def::callhub::kProperties, kHubProperties));

}  // namespace

InterfaceRows hubRows() {
    return {def::callhub::kInterface, Place::Hub, kHubMethods, kHubProperties,
            def::callhub::kSignals};
}
InterfaceRows phoneRows() {
    return {def::phone::kInterface, Place::Phone, kMethods, kProperties, def::phone::kSignals};
}

}  // namespace tipring::rpc

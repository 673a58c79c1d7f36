// SPDX-License-Identifier: Apache-2.0
#include "client/remote.h"
#include "definition.h"

namespace tipring::rpc {

namespace address = def::address;
using tapi::Reply;
using tapi::RequestId;
using tapi::Result;

std::string RemoteAddress::name() const {
    return askedOnce<address::kName>(link(), path_, name_);
}
std::string RemoteAddress::providerName() const {
    return askedOnce<address::kProviderName>(link(), path_, provider_);
}
tapi::AddressState RemoteAddress::state() const {
    return link().get<address::kState, tapi::AddressState>(path_).value_or(
        tapi::AddressState::OutOfService);
}
std::string RemoteAddress::stateCause() const {
    auto cause = link().get<address::kStateCause, std::string>(path_);
    return cause ? *cause : cause.error().cause;
}
const tapi::AddressCapabilities& RemoteAddress::capabilities() const {
    if (!capabilitiesKnown_) {
        if (auto found = link().get<address::kCapabilities, tapi::AddressCapabilities>(path_)) {
            capabilities_ = std::move(*found);
            capabilitiesKnown_ = true;
        }
    }
    return capabilities_;
}
tapi::AddressStatus RemoteAddress::status() const {
    auto found = link().get<address::kStatus, tapi::AddressStatus>(path_);
    if (found) {
        return std::move(*found);
    }
    tapi::AddressStatus unknown;
    unknown.cause = found.error().cause;
    return unknown;
}
Result<std::string> RemoteAddress::deviceId(std::string_view deviceClass) const {
    return link().call<address::kGetDeviceId, std::string>(path_, deviceClass);
}
Result<std::shared_ptr<tapi::Call>> RemoteAddress::createCall(std::string_view destination,
                                                              const tapi::CallParams& params) {
    auto made = link().call<address::kCreateCall, ObjectPath>(path_, destination, params);
    if (!made) {
        return tl::unexpected(std::move(made.error()));
    }
    return objects_->call(made->text);
}
std::vector<std::shared_ptr<tapi::Call>> RemoteAddress::calls() const {
    return Objects::all<tapi::Call>(
        link().get<address::kCalls, std::vector<ObjectPath>>(path_),
        [this](const std::string& path) { return objects_->call(path); });
}
Result<std::shared_ptr<tapi::Call>> RemoteAddress::pickup(std::string_view group, Reply reply) {
    std::vector<ObjectPath> calls;
    auto asked = link().request<address::kPickup>(path_, std::move(reply), &calls, group);
    if (!asked) {
        return tl::unexpected(std::move(asked.error()));
    }
    return objects_->call(calls.empty() ? std::string() : calls.front().text);
}
Result<void> RemoteAddress::setRingsBeforeAnswer(std::uint32_t rings) {
    return link().call<address::kSetRingsBeforeAnswer>(path_, rings);
}
Result<RequestId> RemoteAddress::setDevStatus(std::uint32_t flags, bool on, Reply reply) {
    return link().request<address::kSetDevStatus>(path_, std::move(reply), nullptr, flags, on);
}
Result<RequestId> RemoteAddress::forward(const std::vector<tapi::Forwarding>& list,
                                         std::uint32_t ringsNoAnswer, Reply reply) {
    return link().request<address::kForward>(path_, std::move(reply), nullptr, list, ringsNoAnswer);
}
Result<std::string> RemoteAddress::deviceConfig(std::string_view deviceClass) const {
    return link().call<address::kGetDeviceConfig, std::string>(path_, deviceClass);
}
Result<void> RemoteAddress::setDeviceConfig(std::string_view deviceClass,
                                            const std::string& config) {
    return link().call<address::kSetDeviceConfig>(path_, deviceClass, config);
}
Result<void> RemoteAddress::checkMediaDetection(tapi::MediaModes modes) const {
    return link().call<address::kCheckMediaDetection>(path_, modes);
}
Result<void> RemoteAddress::setEventFilter(tapi::EventClass eventClass, std::int32_t subEvent,
                                           bool on) {
    return link().call<address::kSetEventFilter>(path_, eventClass, subEvent, on);
}
Result<tapi::ConferenceCalls> RemoteAddress::setupConference(std::uint32_t parties,
                                                             const tapi::CallParams& params,
                                                             Reply reply) {
    std::vector<ObjectPath> calls;
    auto asked =
        link().request<address::kSetupConference>(path_, std::move(reply), &calls, parties, params);
    if (!asked) {
        return tl::unexpected(std::move(asked.error()));
    }
    calls.resize(2);
    return tapi::ConferenceCalls{objects_->call(calls[0].text), objects_->call(calls[1].text)};
}
Result<void> RemoteAddress::setCallHubTracking(tapi::CallHubTracking level) {
    return link().call<address::kSetCallHubTracking>(path_, level);
}
tapi::CallHubTracking RemoteAddress::callHubTracking() const {
    return link().get<address::kCallHubTracking, tapi::CallHubTracking>(path_).value_or(
        tapi::CallHubTracking::None);
}
std::vector<std::shared_ptr<tapi::Phone>> RemoteAddress::phones() const {
    return Objects::all<tapi::Phone>(
        link().get<address::kPhones, std::vector<ObjectPath>>(path_),
        [this](const std::string& path) { return objects_->phone(path); });
}
Result<RequestId> RemoteAddress::devSpecific(std::string_view data, Reply reply) {
    return link().request<address::kDevSpecific>(path_, std::move(reply), nullptr, bytesOf(data));
}
Result<RequestId> RemoteAddress::devSpecificFeature(std::uint32_t feature, std::string_view data,
                                                    Reply reply) {
    return link().request<address::kDevSpecificFeature>(path_, std::move(reply), nullptr, feature,
                                                        bytesOf(data));
}
Result<std::uint32_t> RemoteAddress::negotiateExtVersion(std::uint32_t low, std::uint32_t high) {
    return link().call<address::kNegotiateExtVersion, std::uint32_t>(path_, low, high);
}
std::vector<tapi::InterfaceDescription> RemoteAddress::interfaces() const {
    return fromWire(link().call<address::kListInterfaces, std::vector<WireInterface>>(path_));
}
Result<std::shared_ptr<tapi::ProviderInterface>> RemoteAddress::queryInterface(
    std::string_view name, std::uint32_t version) {
    return makeInterface(objects_, path_, interfaces(), name, version);
}

}  // namespace tipring::rpc

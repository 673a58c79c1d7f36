// SPDX-License-Identifier: Apache-2.0
#include "client/remote.h"
#include "definition.h"

namespace tipring::rpc {

namespace phone = def::phone;
using tapi::Reply;
using tapi::RequestId;
using tapi::Result;

std::string RemotePhone::name() const {
    return askedOnce<phone::kName>(link(), path_, name_);
}
std::string RemotePhone::providerName() const {
    return askedOnce<phone::kProviderName>(link(), path_, provider_);
}
const tapi::PhoneCapabilities& RemotePhone::capabilities() const {
    if (!capabilitiesKnown_) {
        if (auto found = link().get<phone::kCapabilities, tapi::PhoneCapabilities>(path_)) {
            capabilities_ = std::move(*found);
            capabilitiesKnown_ = true;
        }
    }
    return capabilities_;
}
std::shared_ptr<tapi::Address> RemotePhone::address() const {
    const auto path = link().get<phone::kAddress, ObjectPath>(path_);
    return path ? objects_->address(path->text) : nullptr;
}
Result<void> RemotePhone::open(tapi::PhonePrivilege privilege) {
    return link().call<phone::kOpen>(path_, privilege);
}
Result<void> RemotePhone::close() {
    return link().call<phone::kClose>(path_);
}
Result<tapi::PhoneStatus> RemotePhone::status() const {
    return link().call<phone::kGetStatus, tapi::PhoneStatus>(path_);
}
Result<RequestId> RemotePhone::setHookSwitch(tapi::HookSwitchDevice device, std::uint32_t mode,
                                             Reply reply) {
    return link().request<phone::kSetHookSwitch>(path_, std::move(reply), nullptr, device, mode);
}
Result<RequestId> RemotePhone::setRing(std::uint32_t ringMode, std::uint32_t volume, Reply reply) {
    return link().request<phone::kSetRing>(path_, std::move(reply), nullptr, ringMode, volume);
}
Result<RequestId> RemotePhone::setVolume(tapi::HookSwitchDevice device, std::uint32_t volume,
                                         Reply reply) {
    return link().request<phone::kSetVolume>(path_, std::move(reply), nullptr, device, volume);
}
Result<RequestId> RemotePhone::setGain(tapi::HookSwitchDevice device, std::uint32_t gain,
                                       Reply reply) {
    return link().request<phone::kSetGain>(path_, std::move(reply), nullptr, device, gain);
}
Result<std::uint32_t> RemotePhone::lamp(std::uint32_t lampId) const {
    return link().call<phone::kGetLamp, std::uint32_t>(path_, lampId);
}
Result<RequestId> RemotePhone::setLamp(std::uint32_t lampId, std::uint32_t mode, Reply reply) {
    return link().request<phone::kSetLamp>(path_, std::move(reply), nullptr, lampId, mode);
}
Result<tapi::ButtonInfo> RemotePhone::buttonInfo(std::uint32_t buttonId) const {
    return link().call<phone::kGetButtonInfo, tapi::ButtonInfo>(path_, buttonId);
}
Result<RequestId> RemotePhone::setButtonInfo(std::uint32_t buttonId, const tapi::ButtonInfo& info,
                                             Reply reply) {
    return link().request<phone::kSetButtonInfo>(path_, std::move(reply), nullptr, buttonId, info);
}
Result<RequestId> RemotePhone::devSpecific(std::string_view data, Reply reply) {
    return link().request<phone::kDevSpecific>(path_, std::move(reply), nullptr, bytesOf(data));
}
Result<std::string> RemotePhone::deviceId(std::string_view deviceClass) const {
    return link().call<phone::kGetDeviceId, std::string>(path_, deviceClass);
}
Result<std::uint32_t> RemotePhone::negotiateExtVersion(std::uint32_t low, std::uint32_t high) {
    return link().call<phone::kNegotiateExtVersion, std::uint32_t>(path_, low, high);
}

tapi::CallHubState RemoteHub::state() const {
    return idle_ ? tapi::CallHubState::Idle
                 : link().get<def::callhub::kState, tapi::CallHubState>(path_).value_or(
                       tapi::CallHubState::Idle);
}
std::vector<std::shared_ptr<tapi::Call>> RemoteHub::calls() const {
    if (idle_) {
        return {};
    }
    return Objects::all<tapi::Call>(
        link().get<def::callhub::kCalls, std::vector<ObjectPath>>(path_),
        [this](const std::string& path) { return objects_->call(path); });
}
std::size_t RemoteHub::numberOfCalls() const {
    return idle_ ? 0 : link().get<def::callhub::kNumberOfCalls, std::uint64_t>(path_).value_or(0);
}
Result<void> RemoteHub::clear() {
    if (idle_) {
        return hal::fail(hal::ErrorCode::InvalCallState, "the hub is idle");
    }
    return link().call<def::callhub::kClear>(path_);
}

}  // namespace tipring::rpc

// SPDX-License-Identifier: Apache-2.0
// What an implementation of the application contract does not have.
#include <fmt/format.h>

#include "tipring/tapi_core/api/tapi.h"

namespace tipring::tapi {
namespace {

tl::unexpected<Error> unavailable(const char* what) {
    return hal::fail(ErrorCode::OperationUnavail, fmt::format("{} is not to be had here", what));
}
tl::unexpected<Error> noInterface(std::string_view name) {
    return hal::fail(ErrorCode::InvalFeature,
                     fmt::format("there is no interface {} on this object", name));
}

}  // namespace

CallStatus Call::status() const {
    CallStatus status;
    status.state = lineState();
    status.privilege = privilege();
    return status;
}
Result<RequestId> Call::accept(Reply) {
    return unavailable("accepting a call");
}
Result<void> Call::setMediaMode(MediaModes) {
    return unavailable("setting the media mode");
}
Result<RequestId> Call::setCallParams(BearerMode, std::uint32_t, std::uint32_t, const DialParams&,
                                      Reply) {
    return unavailable("changing the call's parameters");
}
Result<hal::FileDescriptor> Call::takeDescriptor(std::string_view) {
    return unavailable("the raw port");
}
Result<void> Call::setAppSpecific(std::uint32_t) {
    return unavailable("an application's own value");
}
Result<RequestId> Call::setCallData(std::vector<std::byte>, Reply) {
    return unavailable("call data");
}
Result<RequestId> Call::secure(Reply) {
    return unavailable("securing a call");
}
Result<void> Call::setPrivilege(CallPrivilege) {
    return unavailable("changing the privilege");
}
Result<void> Call::handoff(std::string_view) {
    return unavailable("handing a call off");
}
Result<void> Call::handoff(MediaMode) {
    return unavailable("handing a call off");
}
Result<void> Call::deallocate() {
    return unavailable("giving a call back");
}
Result<void> Call::setEventFilter(EventClass, std::int32_t, bool) {
    return unavailable("a filter of one call");
}
Result<void> Call::monitorTones(std::span<const MonitoredTone>) {
    return unavailable("listening for tones");
}
Result<void> Call::monitorMedia(MediaModes) {
    return unavailable("listening for media");
}
Result<void> Call::gatherDigits(const GatherDigits&) {
    return unavailable("gathering digits");
}
Result<TerminalId> Call::addTerminal(TerminalSpec) {
    return unavailable("a terminal");
}
Result<RequestId> Call::startTerminal(TerminalId, Reply) {
    return unavailable("a terminal");
}
Result<void> Call::pauseTerminal(TerminalId) {
    return unavailable("a terminal");
}
Result<RequestId> Call::stopTerminal(TerminalId, StopMode, Reply) {
    return unavailable("a terminal");
}
Result<void> Call::removeTerminal(TerminalId) {
    return unavailable("a terminal");
}
MediaStatus Call::mediaStatus() const {
    return {};
}
Result<void> Call::setHangUpWatch(const HangUpWatch&) {
    return unavailable("a watch for hang-up");
}
Result<RequestId> Call::hold(Reply) {
    return unavailable("holding a call");
}
Result<RequestId> Call::unhold(Reply) {
    return unavailable("holding a call");
}
Result<RequestId> Call::swapHold(const std::shared_ptr<Call>&, Reply) {
    return unavailable("holding a call");
}
Result<RequestId> Call::blindTransfer(std::string_view, Reply) {
    return unavailable("a transfer");
}
Result<std::shared_ptr<Call>> Call::setupTransfer(const CallParams&, Reply) {
    return unavailable("a transfer");
}
Result<RequestId> Call::completeTransfer(const std::shared_ptr<Call>&, Reply) {
    return unavailable("a transfer");
}
Result<std::shared_ptr<Call>> Call::completeAsConference(const std::shared_ptr<Call>&, Reply) {
    return unavailable("a conference");
}
Result<ConferenceCalls> Call::setupConference(std::uint32_t, const CallParams&, Reply) {
    return unavailable("a conference");
}
Result<std::shared_ptr<Call>> Call::prepareAddToConference(const CallParams&, Reply) {
    return unavailable("a conference");
}
Result<RequestId> Call::addToConference(const std::shared_ptr<Call>&, Reply) {
    return unavailable("a conference");
}
Result<RequestId> Call::removeFromConference(Reply) {
    return unavailable("a conference");
}
Result<RequestId> Call::conference(const std::shared_ptr<Call>&, Reply) {
    return unavailable("a conference");
}
Result<RequestId> Call::transfer(const std::shared_ptr<Call>&, Reply) {
    return unavailable("a transfer");
}
Result<RequestId> Call::finish(FinishMode, Reply) {
    return unavailable("a consultation");
}
Result<void> Call::setMember(const MemberSettings&) {
    return unavailable("the core's own conference");
}
Result<MemberStatus> Call::memberStatus() const {
    return unavailable("the core's own conference");
}
std::shared_ptr<CallHub> Call::hub() const {
    return nullptr;
}
Result<RequestId> Call::devSpecific(std::string_view, Reply) {
    return unavailable("the provider's own request");
}
std::vector<InterfaceDescription> Call::interfaces() const {
    return {};
}
Result<std::shared_ptr<ProviderInterface>> Call::queryInterface(std::string_view name,
                                                                std::uint32_t) {
    return noInterface(name);
}

AddressStatus Address::status() const {
    return {};
}
Result<std::shared_ptr<Call>> Address::pickup(std::string_view, Reply) {
    return unavailable("picking up a call");
}
Result<ConferenceCalls> Address::setupConference(std::uint32_t, const CallParams&, Reply) {
    return unavailable("a conference");
}
Result<void> Address::setRingsBeforeAnswer(std::uint32_t) {
    return unavailable("a number of rings");
}
Result<RequestId> Address::setDevStatus(std::uint32_t, bool, Reply) {
    return unavailable("setting the device's status");
}
Result<RequestId> Address::forward(const std::vector<Forwarding>&, std::uint32_t, Reply) {
    return unavailable("forwarding");
}
Result<std::string> Address::deviceConfig(std::string_view) const {
    return unavailable("the device's configuration");
}
Result<void> Address::setDeviceConfig(std::string_view, const std::string&) {
    return unavailable("the device's configuration");
}
Result<void> Address::checkMediaDetection(MediaModes) const {
    return unavailable("a check of media detection");
}
Result<void> Address::setEventFilter(EventClass, std::int32_t, bool) {
    return unavailable("a filter of one address");
}
Result<void> Address::setCallHubTracking(CallHubTracking) {
    return unavailable("tracking of hubs");
}
CallHubTracking Address::callHubTracking() const {
    return CallHubTracking::None;
}
std::vector<std::shared_ptr<Phone>> Address::phones() const {
    return {};
}
Result<RequestId> Address::devSpecificFeature(std::uint32_t, std::string_view, Reply) {
    return unavailable("a feature of the vendor");
}
Result<std::uint32_t> Address::negotiateExtVersion(std::uint32_t, std::uint32_t) {
    return 0U;
}
std::vector<InterfaceDescription> Address::interfaces() const {
    return {};
}
Result<std::shared_ptr<ProviderInterface>> Address::queryInterface(std::string_view name,
                                                                   std::uint32_t) {
    return noInterface(name);
}

std::vector<std::shared_ptr<Phone>> Tapi::phones() const {
    return {};
}
std::vector<std::shared_ptr<CallHub>> Tapi::callHubs() const {
    return {};
}
Result<std::shared_ptr<Address>> Tapi::findAddress(const CallParams&) const {
    return hal::fail(ErrorCode::LineMapperFailed, "no line fits");
}
Result<void> Tapi::setPriority(MediaMode, Priority) {
    return unavailable("a priority");
}
Priority Tapi::priority(MediaMode) const {
    return Priority::Normal;
}
Result<std::shared_ptr<Room>> Tapi::createRoom(const RoomSettings&) {
    return unavailable("a conference room");
}
Result<RegistrationCookie> Tapi::registerRequestRecipient() {
    return unavailable("assisted telephony");
}
Result<void> Tapi::setRequestPriority(Priority) {
    return unavailable("assisted telephony");
}
Result<AssistedRequest> Tapi::takeRequest() {
    return unavailable("assisted telephony");
}
Result<void> Tapi::requestMakeCall(const AssistedRequest&) {
    return unavailable("assisted telephony");
}
AddressTranslation* Tapi::translation() const {
    return nullptr;
}
std::vector<InterfaceDescription> Tapi::interfaces() const {
    return {};
}
Result<std::shared_ptr<ProviderInterface>> Tapi::queryInterface(std::string_view name,
                                                                std::uint32_t) {
    return noInterface(name);
}

}  // namespace tipring::tapi

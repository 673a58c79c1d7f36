// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/tspi/provider.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace tipring::tspi {
namespace {

auto unavailable(const char* what) {
    return hal::fail(hal::ErrorCode::OperationUnavail,
                     fmt::format("this provider cannot {}", what));
}

}  // namespace

hal::Result<void> Call::dial(Request&&, std::string_view) {
    return unavailable("dial more digits");
}
hal::Result<void> Call::accept(Request&&) {
    return unavailable("accept a call");
}
hal::Result<void> Call::answer(Request&&) {
    return unavailable("answer a call");
}
hal::Result<void> Call::drop(Request&&) {
    return unavailable("drop a call");
}
hal::Result<void> Call::info(TspiCallInfo&) {
    return unavailable("tell the facts of a call");
}
hal::Result<void> Call::status(TspiCallStatus&) {
    return unavailable("tell the status of a call");
}
hal::Result<void> Call::setMediaMode(std::uint32_t) {
    return unavailable("set the media mode of a call");
}
hal::Result<void> Call::generateDigits(std::uint32_t, std::uint32_t, std::string_view,
                                       std::uint32_t) {
    return unavailable("send digits on a call");
}
hal::Result<void> Call::generateTone(std::uint32_t, std::uint32_t, std::uint32_t,
                                     std::span<const TspiGenerateTone>) {
    return unavailable("send tones on a call");
}
hal::Result<void> Call::monitorDigits(std::uint32_t) {
    return unavailable("hear digits on a call");
}
hal::Result<void> Call::monitorMedia(std::uint32_t) {
    return unavailable("hear what media a call has");
}
hal::Result<void> Call::monitorTones(std::span<const TspiMonitorTone>) {
    return unavailable("hear tones on a call");
}
hal::Result<void> Call::gatherDigits(std::uint32_t, std::uint32_t, std::uint32_t, std::string_view,
                                     std::uint32_t, std::uint32_t) {
    return unavailable("gather digits by itself");
}
hal::Result<void> Call::setParams(Request&&, std::uint32_t, std::uint32_t, std::uint32_t,
                                  const TspiDialParams&) {
    return unavailable("change the parameters of a call");
}
hal::Result<hal::FileDescriptor> Call::descriptor(std::string_view deviceClass) {
    return hal::fail(hal::ErrorCode::InvalDeviceClass,
                     fmt::format("this call has no descriptor of class \"{}\"", deviceClass));
}
hal::Result<void> Call::setTreatment(Request&&, std::uint32_t) {
    return unavailable("choose what a held party hears");
}
hal::Result<void> Call::secure(Request&&) {
    return unavailable("keep call waiting from a call under way");
}
hal::Result<std::uint32_t> Call::addressId() {
    return 0U;
}
hal::Result<void> Call::hold(Request&&) {
    return unavailable("hold a call");
}
hal::Result<void> Call::unhold(Request&&) {
    return unavailable("take a call from hold");
}
hal::Result<void> Call::swapHold(Request&&, Call&) {
    return unavailable("swap two calls");
}
hal::Result<Call*> Call::setupTransfer(Request&&, HTAPICALL, const TspiCallParams&) {
    return unavailable("transfer a call");
}
hal::Result<Call*> Call::completeTransfer(Request&&, Call&, HTAPICALL, std::uint32_t) {
    return unavailable("transfer a call");
}
hal::Result<void> Call::blindTransfer(Request&&, std::string_view) {
    return unavailable("transfer a call");
}
hal::Result<Call*> Call::prepareAddToConference(Request&&, HTAPICALL, const TspiCallParams&) {
    return unavailable("make a conference");
}
hal::Result<void> Call::addToConference(Request&&, Call&) {
    return unavailable("make a conference");
}
hal::Result<void> Call::removeFromConference(Request&&) {
    return unavailable("make a conference");
}
hal::Result<std::unique_ptr<MediaStream>> Call::openMedia(const MediaEvents&, TspiMediaCaps&) {
    return unavailable("give the sound of a call");
}

hal::Result<void> Line::setDefaultMediaDetection(std::uint32_t) {
    return unavailable("choose by media type");
}
hal::Result<void> Line::conditionalMediaDetection(std::uint32_t, const TspiCallParams&) {
    return unavailable("tell which media it can watch for together");
}
hal::Result<void> Line::setStatusMessages(std::uint32_t, std::uint32_t) {
    return {};  // it reports all: more than what was asked for does no harm
}
hal::Result<void> Line::addressStatus(std::uint32_t, TspiAddressStatus&) {
    return unavailable("tell the status of an address");
}
hal::Result<std::uint32_t> Line::addressId(std::string_view address) {
    return hal::fail(
        hal::ErrorCode::InvalAddress,
        fmt::format("this line does not know which address has the number {}", address));
}
hal::Result<void> Line::setDevStatus(Request&&, std::uint32_t, bool) {
    return unavailable("set the status of its device");
}
hal::Result<std::string> Line::devConfig(std::string_view deviceClass) {
    return hal::fail(hal::ErrorCode::InvalDeviceClass,
                     fmt::format("there are no settings of class \"{}\"", deviceClass));
}
hal::Result<void> Line::setDevConfig(std::string_view deviceClass, std::string_view) {
    return hal::fail(hal::ErrorCode::InvalDeviceClass,
                     fmt::format("there are no settings of class \"{}\"", deviceClass));
}
hal::Result<void> Line::forward(Request&&, std::uint32_t, std::span<const TspiForward>,
                                std::uint32_t) {
    return unavailable("forward calls");
}
hal::Result<void> Line::selectExtVersion(std::uint32_t version) {
    if (version == 0) {
        return {};
    }
    return hal::fail(hal::ErrorCode::InvalExtVersion, "this provider has no extension");
}
hal::Result<void> Line::devSpecificFeature(Request&&, std::uint32_t, std::span<const std::byte>) {
    return unavailable("press a feature button");
}
hal::Result<Line::ConferenceCalls> Line::setupConference(Request&&, Call*, HTAPICALL, HTAPICALL,
                                                         std::uint32_t, const TspiCallParams&) {
    return unavailable("make a conference");
}
hal::Result<Call*> Line::pickup(Request&&, std::uint32_t, HTAPICALL, std::string_view) {
    return unavailable("pick up a call");
}
hal::Result<std::uint32_t> Line::callHubTracking() {
    return std::uint32_t{LINECALLHUBTRACKING_NONE};
}
hal::Result<void> Line::setCallHubTracking(std::uint32_t) {
    return unavailable("track call hubs");
}
hal::Result<Call*> Line::makeCall(Request&&, HTAPICALL, std::string_view, const TspiCallParams&) {
    return unavailable("make calls");
}
hal::Result<void> Line::devSpecific(Request&&, Call*, std::span<const std::byte>) {
    return unavailable("take requests of its own");
}
hal::Result<std::string> Line::deviceId(std::string_view deviceClass) {
    return hal::fail(hal::ErrorCode::OperationUnavail,
                     fmt::format("no device of class \"{}\" stands behind this line", deviceClass));
}

hal::Result<void> Phone::setStatusMessages(std::uint32_t, std::uint32_t, std::uint32_t) {
    return {};  // it reports all
}
hal::Result<void> Phone::setHookSwitch(Request&&, std::uint32_t, std::uint32_t) {
    return unavailable("set a hook switch");
}
hal::Result<void> Phone::setRing(Request&&, std::uint32_t, std::uint32_t) {
    return unavailable("ring a phone");
}
hal::Result<void> Phone::setGain(Request&&, std::uint32_t, std::uint32_t) {
    return unavailable("set a microphone's gain");
}
hal::Result<void> Phone::setVolume(Request&&, std::uint32_t, std::uint32_t) {
    return unavailable("set a volume");
}
hal::Result<std::uint32_t> Phone::lamp(std::uint32_t) {
    return unavailable("tell the state of a lamp");
}
hal::Result<void> Phone::setLamp(Request&&, std::uint32_t, std::uint32_t) {
    return unavailable("light a lamp");
}
hal::Result<void> Phone::buttonInfo(std::uint32_t, TspiButtonInfo&) {
    return unavailable("tell what a button does");
}
hal::Result<void> Phone::setButtonInfo(Request&&, std::uint32_t, const TspiButtonInfo&) {
    return unavailable("change what a button does");
}
hal::Result<void> Phone::devSpecific(Request&&, std::span<const std::byte>) {
    return unavailable("take requests of its own");
}
hal::Result<std::string> Phone::deviceId(std::string_view deviceClass) {
    return hal::fail(
        hal::ErrorCode::InvalDeviceClass,
        fmt::format("no device of class \"{}\" stands behind this phone", deviceClass));
}
hal::Result<void> Phone::selectExtVersion(std::uint32_t version) {
    if (version == 0) {
        return {};
    }
    return hal::fail(hal::ErrorCode::InvalExtVersion, "this provider has no extension");
}

hal::Result<void> Provider::addressCaps(std::uint32_t, std::uint32_t, TspiAddressCaps&) {
    return unavailable("tell the abilities of an address");
}
hal::Result<TspiExtensionId> Provider::extensionId(std::uint32_t) {
    return TspiExtensionId{};
}
hal::Result<std::uint32_t> Provider::negotiateExtVersion(std::uint32_t, std::uint32_t,
                                                         std::uint32_t) {
    return hal::fail(hal::ErrorCode::IncompatibleExtVersion, "this provider has no extension");
}
std::vector<std::string> Provider::phoneKeys() {
    return {};
}
hal::Result<void> Provider::createPhoneDevice(std::string_view, std::uint32_t) {
    return unavailable("have phones");
}
hal::Result<void> Provider::phoneCaps(std::uint32_t, TspiPhoneCaps&) {
    return unavailable("have phones");
}
hal::Result<TspiExtensionId> Provider::phoneExtensionId(std::uint32_t) {
    return TspiExtensionId{};
}
hal::Result<std::uint32_t> Provider::negotiatePhoneExtVersion(std::uint32_t, std::uint32_t,
                                                              std::uint32_t) {
    return hal::fail(hal::ErrorCode::IncompatibleExtVersion, "this provider has no extension");
}
hal::Result<std::unique_ptr<Phone>> Provider::openPhone(std::uint32_t, const PhoneEvents&) {
    return unavailable("have phones");
}
std::span<const TspiInterface> Provider::interfaces() {
    return {};
}
hal::Result<void> Provider::callInterface(Request&&, const InterfaceTarget&, std::uint32_t,
                                          std::uint32_t, std::span<const TspiValue>) {
    return unavailable("take calls of its interfaces");
}

InterfaceValues& InterfaceValues::push(std::uint32_t type, std::string_view data) {
    const std::string& kept = texts_.emplace_back(data);
    TspiValue value{};
    value.type = type;
    value.size = kept.size();
    value.as.data = kept.data();
    values_.push_back(value);
    return *this;
}
InterfaceValues& InterfaceValues::add(bool value) {
    values_.push_back({TSPI_TYPE_BOOLEAN, 0, {.integer = value ? 1 : 0}});
    return *this;
}
InterfaceValues& InterfaceValues::add(std::int32_t value) {
    values_.push_back({TSPI_TYPE_INT32, 0, {.integer = value}});
    return *this;
}
InterfaceValues& InterfaceValues::add(std::uint32_t value) {
    values_.push_back({TSPI_TYPE_UINT32, 0, {.unsignedInteger = value}});
    return *this;
}
InterfaceValues& InterfaceValues::add(std::int64_t value) {
    values_.push_back({TSPI_TYPE_INT64, 0, {.integer = value}});
    return *this;
}
InterfaceValues& InterfaceValues::add(std::uint64_t value) {
    values_.push_back({TSPI_TYPE_UINT64, 0, {.unsignedInteger = value}});
    return *this;
}
InterfaceValues& InterfaceValues::add(double value) {
    values_.push_back({TSPI_TYPE_DOUBLE, 0, {.real = value}});
    return *this;
}
InterfaceValues& InterfaceValues::add(std::string_view text) {
    return push(TSPI_TYPE_STRING, text);
}
InterfaceValues& InterfaceValues::add(std::span<const std::byte> bytes) {
    return push(TSPI_TYPE_BYTES, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

void copyText(char* field, std::size_t capacity, std::string_view text) noexcept {
    if (capacity == 0) {
        return;
    }
    std::size_t length = std::min(text.size(), capacity - 1);
    const auto continues = [&](std::size_t at) {
        return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
    };
    while (length > 0 && continues(length)) {
        --length;
    }
    std::memcpy(field, text.data(), length);
    field[length] = '\0';
}

}  // namespace tipring::tspi

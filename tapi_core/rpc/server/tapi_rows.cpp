// SPDX-License-Identifier: Apache-2.0
// org.tipring.Tapi1 and org.tipring.Translation1.
#include "definition.h"
#include "server/rows.h"
#include "tipring/tapi_core/api/translation.h"

namespace tipring::rpc {
namespace {

using hal::ErrorCode;
using tapi::Result;
using tapi::Tapi;

Result<void> open(const Target& target, std::string_view name) {
    return target.session->open(std::string(name));
}
Result<void> setEventFilter(const Target& target, std::uint32_t classes) {
    return target.session->setEventFilter(tapi::EventFilter::fromBits(classes));
}
Result<void> setAnnounceAccepted(const Target& target, bool on) {
    target.session->announceAccepted = on;
    return {};
}
Result<void> setPropertyChanges(const Target& target, bool on) {
    target.session->propertyChanges = on;
    return {};
}
Result<tapi::RegistrationCookie> registerCalls(const Target& target,
                                               const std::shared_ptr<tapi::Address>& address,
                                               bool owner, bool monitor, tapi::MediaModes modes,
                                               std::uint32_t instance) {
    return target.session->registerFor(address, {owner, monitor, modes, instance});
}
Result<void> unregister(const Target& target, tapi::RegistrationCookie cookie) {
    return target.session->unregister(cookie);
}
Result<tapi::Priority> checkPriority(std::uint32_t priority) {
    if (priority > static_cast<std::uint32_t>(tapi::Priority::Lowest)) {
        return hal::fail(ErrorCode::InvalParam, "a priority is 0, 1 or 2");
    }
    return static_cast<tapi::Priority>(priority);
}
Result<void> setPriority(const Target& target, tapi::MediaMode mode, std::uint32_t priority) {
    const auto checked = checkPriority(priority);
    return checked ? target.session->tapi().setPriority(mode, *checked)
                   : tl::unexpected(checked.error());
}
Result<void> setRequestPriority(const Target& target, std::uint32_t priority) {
    const auto checked = checkPriority(priority);
    return checked ? target.session->tapi().setRequestPriority(*checked)
                   : tl::unexpected(checked.error());
}
Result<void> requestMakeCall(const Target& target, std::string_view number, std::string_view name,
                             std::string_view party, std::string_view comment) {
    if (auto allowed = target.session->checkNumber(number); !allowed) {
        return allowed;
    }
    return target.session->tapi().requestMakeCall(
        {std::string(number), std::string(name), std::string(party), std::string(comment)});
}
std::string version(const Target& target) {
    return target.session->context().version;
}

constexpr MethodRow kTapiMethods[] = {
    method<def::tapi::kOpen, &open>(),
    method<def::tapi::kSetEventFilter, &setEventFilter>(),
    method<def::tapi::kSetAnnounceAccepted, &setAnnounceAccepted>(),
    method<def::tapi::kSetPropertyChanges, &setPropertyChanges>(),
    method<def::tapi::kRegisterCallNotifications, &registerCalls>(),
    method<def::tapi::kUnregisterNotifications, &unregister>(),
    method<def::tapi::kFindAddress, &Tapi::findAddress>(),
    method<def::tapi::kSetPriority, &setPriority>(),
    method<def::tapi::kGetPriority, &Tapi::priority>(),
    method<def::tapi::kRegisterRequestRecipient, &Tapi::registerRequestRecipient>(),
    method<def::tapi::kSetRequestPriority, &setRequestPriority>(),
    method<def::tapi::kTakeRequest, &Tapi::takeRequest>(),
    method<def::tapi::kRequestMakeCall, &requestMakeCall>(),
    method<def::tapi::kListInterfaces, &Tapi::interfaces>(),
};
constexpr PropertyRow kTapiProperties[] = {
    property<def::tapi::kVersion, &version>(),
    property<def::tapi::kAddresses, &Tapi::addresses>(),
    property<def::tapi::kPhones, &Tapi::phones>(),
    property<def::tapi::kEventFilter, &Tapi::eventFilter>(),
    property<def::tapi::kCallHubs, &Tapi::callHubs>(),
};
static_assert(complete(def::tapi::kMethods, kTapiMethods));
static_assert(complete(def::tapi::kProperties, kTapiProperties));

Result<tapi::AddressTranslation*> rules(const Target& target) {
    tapi::AddressTranslation* found = target.session->tapi().translation();
    if (found == nullptr) {
        return hal::fail(ErrorCode::OperationUnavail, "the service has no dial rules");
    }
    return found;
}
/// A member function of AddressTranslation as a function of a Target.
template <auto Fn>
struct Rule;
template <class R, class... A, R (tapi::AddressTranslation::*Fn)(A...) const>
struct Rule<Fn> {
    using Value = typename detail::Value<R>::Type;
    static Result<Value> call(const Target& target, A... arguments) {
        const auto found = rules(target);
        if (!found) {
            return tl::unexpected(found.error());
        }
        return ((*found)->*Fn)(std::forward<A>(arguments)...);
    }
};
template <class R, class... A, R (tapi::AddressTranslation::*Fn)(A...)>
struct Rule<Fn> {
    static R call(const Target& target, A... arguments) {
        const auto found = rules(target);
        if (!found) {
            return tl::unexpected(found.error());
        }
        return ((*found)->*Fn)(std::forward<A>(arguments)...);
    }
};
bool hasRules(const Target& target) {
    return target.session->tapi().translation() != nullptr;
}

using tapi::AddressTranslation;
constexpr MethodRow kTranslationMethods[] = {
    method<def::translation::kTranslate, &Rule<&AddressTranslation::translate>::call>(),
    method<def::translation::kCanonicalOf, &Rule<&AddressTranslation::canonicalOf>::call>(),
    method<def::translation::kIsEmergency, &Rule<&AddressTranslation::isEmergency>::call>(),
    method<def::translation::kGetCountries, &Rule<&AddressTranslation::countries>::call>(),
    method<def::translation::kGetLocations, &Rule<&AddressTranslation::locations>::call>(),
    method<def::translation::kGetCards, &Rule<&AddressTranslation::cards>::call>(),
    method<def::translation::kGetCurrentLocation,
           &Rule<&AddressTranslation::currentLocation>::call>(),
    method<def::translation::kSetCurrentLocation,
           &Rule<&AddressTranslation::setCurrentLocation>::call>(),
    method<def::translation::kAddLocation, &Rule<&AddressTranslation::addLocation>::call>(),
    method<def::translation::kChangeLocation, &Rule<&AddressTranslation::changeLocation>::call>(),
    method<def::translation::kRemoveLocation, &Rule<&AddressTranslation::removeLocation>::call>(),
    method<def::translation::kAddCard, &Rule<&AddressTranslation::addCard>::call>(),
    method<def::translation::kRemoveCard, &Rule<&AddressTranslation::removeCard>::call>(),
    method<def::translation::kAddToTollList, &Rule<&AddressTranslation::addToTollList>::call>(),
    method<def::translation::kRemoveFromTollList,
           &Rule<&AddressTranslation::removeFromTollList>::call>(),
};
constexpr PropertyRow kTranslationProperties[] = {
    property<def::translation::kAvailable, &hasRules>(),
};
static_assert(complete(def::translation::kMethods, kTranslationMethods));
static_assert(complete(def::translation::kProperties, kTranslationProperties));

}  // namespace

InterfaceRows tapiRows() {
    return {def::tapi::kInterface, Place::Root, kTapiMethods, kTapiProperties, def::tapi::kSignals};
}
InterfaceRows translationRows() {
    return {
        def::translation::kInterface, Place::Root, kTranslationMethods, kTranslationProperties, {}};
}

}  // namespace tipring::rpc

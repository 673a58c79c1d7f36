// SPDX-License-Identifier: Apache-2.0
// What phones tell, and to whom.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "application.h"
#include "phone_manager.h"
#include "phone_view.h"

namespace tipring::core {
namespace {

using Kind = tapi::PhoneEvent::Kind;

/// PHONESTATE_* with a value, and where a status has that value.
struct StateRow {
    std::uint32_t bit;
    Kind kind;
    std::uint32_t device;  ///< PHONEHOOKSWITCHDEV_*
    std::uint32_t (*value)(const TspiPhoneStatus& status);
};
constexpr StateRow kValues[] = {
    {PHONESTATE_RINGMODE, Kind::RingMode, 0, [](const auto& s) { return s.ringMode; }},
    {PHONESTATE_RINGVOLUME, Kind::RingVolume, 0, [](const auto& s) { return s.ringVolume; }},
    {PHONESTATE_HANDSETHOOKSWITCH, Kind::HookSwitch, PHONEHOOKSWITCHDEV_HANDSET,
     [](const auto& s) { return s.hookSwitchMode[TSPI_HANDSET]; }},
    {PHONESTATE_SPEAKERHOOKSWITCH, Kind::HookSwitch, PHONEHOOKSWITCHDEV_SPEAKER,
     [](const auto& s) { return s.hookSwitchMode[TSPI_SPEAKER]; }},
    {PHONESTATE_HEADSETHOOKSWITCH, Kind::HookSwitch, PHONEHOOKSWITCHDEV_HEADSET,
     [](const auto& s) { return s.hookSwitchMode[TSPI_HEADSET]; }},
    {PHONESTATE_HANDSETVOLUME, Kind::Volume, PHONEHOOKSWITCHDEV_HANDSET,
     [](const auto& s) { return s.volume[TSPI_HANDSET]; }},
    {PHONESTATE_SPEAKERVOLUME, Kind::Volume, PHONEHOOKSWITCHDEV_SPEAKER,
     [](const auto& s) { return s.volume[TSPI_SPEAKER]; }},
    {PHONESTATE_HEADSETVOLUME, Kind::Volume, PHONEHOOKSWITCHDEV_HEADSET,
     [](const auto& s) { return s.volume[TSPI_HEADSET]; }},
    {PHONESTATE_HANDSETGAIN, Kind::Gain, PHONEHOOKSWITCHDEV_HANDSET,
     [](const auto& s) { return s.gain[TSPI_HANDSET]; }},
    {PHONESTATE_SPEAKERGAIN, Kind::Gain, PHONEHOOKSWITCHDEV_SPEAKER,
     [](const auto& s) { return s.gain[TSPI_SPEAKER]; }},
    {PHONESTATE_HEADSETGAIN, Kind::Gain, PHONEHOOKSWITCHDEV_HEADSET,
     [](const auto& s) { return s.gain[TSPI_HEADSET]; }},
};
/// Told as they are; the rest of the status says more.
constexpr std::uint32_t kPlainStates = PHONESTATE_OTHER | PHONESTATE_CONNECTED |
                                       PHONESTATE_DISCONNECTED | PHONESTATE_SUSPEND |
                                       PHONESTATE_RESUME | PHONESTATE_DEVSPECIFIC;

}  // namespace

void PhoneManager::breach(const PhoneRecord& phone, ContractRule rule, const char* function,
                          std::string what) const {
    phone.provider->breach(rule, function, phone.name, std::move(what));
}

void PhoneManager::onEvent(ProviderRecord& provider, const ProviderItem& item) {
    const auto session = phoneHandles().find(item.phone);
    const PhonePtr phone = session ? session->phone.lock() : nullptr;
    if (!phone || phone->handle != item.phone || phone->provider != &provider) {
        return;  // it was closed while this was on its way
    }
    switch (item.number) {
    case PHONE_STATE: return onState(phone, item);
    case PHONE_BUTTON: return onButton(phone, item);
    case PHONE_CLOSE: return closeForAll(phone);
    case PHONE_DEVSPECIFIC:
        for (const PhoneOpening& opening : phone->openings) {
            outbox_->event(opening.application,
                           tapi::PhoneDevSpecificEvent{phoneViewFor(opening.application, phone),
                                                       {item.p1, item.p2, item.p3}});
        }
        return;
    default:
        breach(*phone, ContractRule::UnknownMessage, "the phone's event routine",
               fmt::format("message {} is not one of the contract", item.number));
    }
}

void PhoneManager::onState(const PhonePtr& phone, const ProviderItem& item) {
    constexpr std::uint64_t kAll =
        0xFFFFFF & ~std::uint64_t{PHONESTATE_OWNER | PHONESTATE_MONITORS};
    if (item.p1 == 0 || (item.p1 & ~kAll) != 0) {
        breach(*phone, ContractRule::BadValue, "PHONE_STATE",
               fmt::format("{:#x} are no states of a phone", item.p1));
        return;
    }
    const auto bits = static_cast<std::uint32_t>(item.p1);
    // Several changes cannot share one value: it is read then.
    const bool single = std::has_single_bit(bits);
    const TspiPhoneStatus status = single ? TspiPhoneStatus{} : readStatus(*phone);
    for (const StateRow& row : kValues) {
        if ((bits & row.bit) != 0) {
            onStateBit(phone, row.bit,
                       single ? static_cast<std::uint32_t>(item.p2) : row.value(status));
        }
    }
    if ((bits & PHONESTATE_LAMP) != 0) {
        onLampState(phone, static_cast<std::uint32_t>(item.p2));
    }
    if ((bits & PHONESTATE_CAPSCHANGE) != 0 && describe(*phone->provider, *phone)) {
        tell(phone, tapi::PhoneEvent{nullptr, Kind::CapsChange});
    }
    for (std::uint32_t rest = bits & kPlainStates; rest != 0; rest &= rest - 1) {
        tapi::PhoneEvent event{nullptr, Kind::State};
        event.value = rest & (~rest + 1);
        tell(phone, event);
    }
}

void PhoneManager::onStateBit(const PhonePtr& phone, std::uint32_t bit, std::uint32_t value) {
    const StateRow& row = *std::find_if(std::begin(kValues), std::end(kValues),
                                        [bit](const StateRow& each) { return each.bit == bit; });
    tapi::PhoneEvent event{nullptr, row.kind};
    event.device = row.device;
    event.value = value;
    if (row.kind == Kind::HookSwitch && !isOneOf(value, kHookSwitchModes)) {
        breach(*phone, ContractRule::BadValue, "PHONE_STATE",
               fmt::format("{:#x} is no mode of a hook switch", value));
        event.value = PHONEHOOKSWITCHMODE_UNKNOWN;
    }
    const bool level =
        row.kind == Kind::Volume || row.kind == Kind::Gain || row.kind == Kind::RingVolume;
    if (level && value > kMaxLevel) {
        breach(*phone, ContractRule::BadValue, "PHONE_STATE",
               fmt::format("{:#x} is more than {:#x}", value, kMaxLevel));
        event.value = kMaxLevel;
    }
    tell(phone, event);
}

void PhoneManager::onLampState(const PhonePtr& phone, std::uint32_t lampId) {
    if (lampId >= phone->caps.buttonCount) {
        breach(*phone, ContractRule::BadValue, "PHONE_STATE",
               fmt::format("there is no lamp {}", lampId));
        return;
    }
    tapi::PhoneEvent event{nullptr, Kind::Lamp};
    event.buttonId = lampId;
    event.value = PHONELAMPMODE_UNKNOWN;
    const auto get = phone->provider->table().phoneGetLamp;
    if (get != nullptr) {
        static_cast<void>(
            phone->provider->call("phoneGetLamp", get, phone->driverPhone, lampId, &event.value));
    }
    tell(phone, event);
}

void PhoneManager::onButton(const PhonePtr& phone, const ProviderItem& item) {
    if (item.p1 >= phone->caps.buttonCount || !isOneOf(item.p2, kButtonModes) ||
        !isOneOf(item.p3, kButtonStates)) {
        breach(*phone, ContractRule::BadValue, "PHONE_BUTTON",
               fmt::format("button {}, mode {:#x}, state {:#x} is none of the phone's", item.p1,
                           item.p2, item.p3));
        return;
    }
    tapi::PhoneEvent event{nullptr, Kind::Button};
    event.buttonId = static_cast<std::uint32_t>(item.p1);
    event.value = static_cast<std::uint32_t>(item.p2);
    event.buttonState = static_cast<std::uint32_t>(item.p3);
    auto& down = phone->downKeys;
    const auto found = std::find(down.begin(), down.end(), event.buttonId);
    if (event.buttonState == PHONEBUTTONSTATE_DOWN) {
        if (found != down.end()) {
            breach(*phone, ContractRule::BadValue, "PHONE_BUTTON",
                   fmt::format("button {} went down twice without coming up", event.buttonId));
            return;
        }
        down.push_back(event.buttonId);
    } else if (found != down.end()) {
        down.erase(found);
    }
    tell(phone, event);
}

void PhoneManager::tell(const PhonePtr& phone, tapi::PhoneEvent event,
                        const ApplicationRecord* except) const {
    for (const PhoneOpening& opening : phone->openings) {
        if (opening.application.get() != except &&
            opening.application->wants(tapi::EventClass::Phone)) {
            event.phone = phoneViewFor(opening.application, phone);
            outbox_->event(opening.application, event);
        }
    }
}

void PhoneManager::tellAll(const PhonePtr& phone, tapi::TapiObjectEvent::Kind kind) const {
    for (const ApplicationPtr& application : applications_) {
        if (application->wants(tapi::EventClass::TapiObject)) {
            tapi::TapiObjectEvent event{kind};
            event.phone = phoneViewFor(application, phone);
            outbox_->event(application, event);
        }
    }
}

}  // namespace tipring::core

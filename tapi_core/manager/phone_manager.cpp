// SPDX-License-Identifier: Apache-2.0
// Phones: their devices, and who has them open.
#include "phone_manager.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "application.h"
#include "line_record.h"
#include "phone_view.h"
#include "tipring/hal/base/log.h"

namespace tipring::core {
namespace {

const hal::LogCategory kLog{"manager"};
constexpr std::uint32_t kMaxPhones = 4096;  // of one provider

}  // namespace

tapi::PhoneCapabilities capabilitiesOf(const TspiPhoneCaps& caps) {
    tapi::PhoneCapabilities out;
    out.permanentId = fieldText(caps.permanentId);
    out.providerInfo = fieldText(caps.providerInfo);
    out.hookSwitchDevices = caps.hookSwitchDevices;
    std::copy_n(caps.settableHookSwitchModes, out.settableHookSwitchModes.size(),
                out.settableHookSwitchModes.begin());
    std::copy_n(caps.monitoredHookSwitchModes, out.monitoredHookSwitchModes.size(),
                out.monitoredHookSwitchModes.begin());
    out.volumeDevices = caps.volumeDevices;
    out.gainDevices = caps.gainDevices;
    out.ringModes = caps.ringModes;
    out.settableRing = caps.settableRing != 0;
    out.buttonCount = caps.buttonCount;
    out.phoneStates = caps.phoneStates;
    return out;
}

PhoneManager::PhoneManager(std::string stateDirectory, std::shared_ptr<Outbox> outbox,
                           RequestTable& requests, const std::vector<ApplicationPtr>& applications,
                           AskProvider ask)
    : ids_(std::move(stateDirectory), "phone"),
      outbox_(std::move(outbox)),
      requests_(requests),
      applications_(applications),
      ask_(std::move(ask)) {}

void PhoneManager::enumerate(ProviderRecord& provider) {
    const TspiProvider& table = provider.table();
    if (table.providerEnumPhones == nullptr) {
        return;
    }
    std::uint32_t count = 0;
    auto listed =
        provider.call("providerEnumPhones", table.providerEnumPhones, provider.session(), &count);
    if (count > kMaxPhones) {
        provider.breach(ContractRule::BadValue, "providerEnumPhones", "",
                        fmt::format("claims {} phones", count));
        count = 0;
    }
    for (std::uint32_t index = 0; listed && index < count; ++index) {
        std::array<char, 512> key{};
        listed = provider.call("providerGetPhoneKey", table.providerGetPhoneKey, provider.session(),
                               index, key.data(), key.size());
        if (listed) {
            addDevice(provider, fieldText(key.data(), key.size()));
        }
    }
    if (!listed) {
        kLog.error("the phones of provider {} cannot be listed: {}", provider.name(),
                   listed.error().text());
    }
}

void PhoneManager::addDevice(ProviderRecord& provider, const std::string& deviceKey) {
    const std::uint32_t id = ids_.idFor(provider.name(), deviceKey);
    PhonePtr phone = find(id);
    if (phone && phone->provider != nullptr) {
        provider.breach(ContractRule::DuplicateDevice, "phoneCreate", phone->name,
                        fmt::format("phone \"{}\" was there already", deviceKey));
        return;
    }
    if (!phone) {
        phone = std::make_shared<PhoneRecord>();
        phone->id = id;
        phone->providerName = provider.name();
        phone->deviceKey = deviceKey;
    }
    auto made =
        provider.call("providerCreatePhoneDevice", provider.table().providerCreatePhoneDevice,
                      provider.session(), deviceKey.c_str(), id);
    if (made) {
        made = describe(provider, *phone);
    }
    if (!made) {
        kLog.error("phone {} of provider {} cannot be used: {}", deviceKey, provider.name(),
                   made.error().text());
        return;
    }
    if (!find(id)) {
        phones_.push_back(phone);
    }
    kLog.info("phone {}: {} ({})", id, phone->name, provider.name());
    tellAll(phone, tapi::TapiObjectEvent::Kind::PhoneCreate);
}

hal::Result<void> PhoneManager::describe(ProviderRecord& provider, PhoneRecord& phone) {
    const TspiProvider& table = provider.table();
    std::uint32_t version = TSPI_VERSION;
    if (table.phoneNegotiateTSPIVersion != nullptr) {
        auto agreed =
            provider.call("phoneNegotiateTSPIVersion", table.phoneNegotiateTSPIVersion,
                          provider.session(), phone.id, TSPI_VERSION, TSPI_VERSION, &version);
        if (!agreed) {
            return agreed;
        }
        if (version != TSPI_VERSION) {
            return hal::fail(hal::ErrorCode::IncompatibleApiVersion,
                             fmt::format("the phone agreed on version {:#x}, asked was {:#x}",
                                         version, TSPI_VERSION));
        }
    }
    Filled<TspiPhoneCaps> caps;
    auto described =
        provider.fill("phoneGetDevCaps", table.phoneGetDevCaps, caps, provider.session(), phone.id);
    if (described) {
        phone.provider = &provider;
        phone.caps = caps.value();
        phone.capabilities = capabilitiesOf(phone.caps);
        phone.capabilities.features = possibleFeatures(phone);
        phone.name = fieldText(caps->name);
        if (phone.name.empty()) {
            phone.name = phone.deviceKey;
        }
    }
    return described;
}

void PhoneManager::removeDevice(ProviderRecord& provider, std::uint32_t deviceId) {
    const PhonePtr phone = find(deviceId);
    if (!phone || phone->provider != &provider) {
        provider.breach(ContractRule::UnknownDevice, "phoneRemove", "",
                        fmt::format("phone {} is not one of its own", deviceId));
        return;
    }
    kLog.info("phone {} is gone: {}", phone->id, phone->name);
    closeForAll(phone);
    phone->provider = nullptr;
    tellAll(phone, tapi::TapiObjectEvent::Kind::PhoneRemove);
}

PhoneManager::PhonePtr PhoneManager::find(std::uint32_t id) const {
    const auto found = std::find_if(phones_.begin(), phones_.end(),
                                    [id](const PhonePtr& phone) { return phone->id == id; });
    return found == phones_.end() ? nullptr : *found;
}

void PhoneManager::shutDown() {
    for (const PhonePtr& phone : phones_) {
        phone->openings.clear();
        closeDevice(phone);
        phone->provider = nullptr;
    }
}

void PhoneManager::removeApplication(const ApplicationRecord& application) {
    for (const PhonePtr& phone : phones_) {
        if (phone->opening(application) != nullptr) {
            static_cast<void>(close(phone, application));
        }
    }
}

std::vector<std::shared_ptr<tapi::Phone>> PhoneManager::phonesFor(
    const ApplicationPtr& application) const {
    std::vector<std::shared_ptr<tapi::Phone>> out;
    for (const PhonePtr& phone : phones_) {
        if (phone->provider != nullptr) {
            out.push_back(phoneViewFor(application, phone));
        }
    }
    return out;
}

std::vector<std::shared_ptr<tapi::Phone>> PhoneManager::phonesOfLine(
    const ApplicationPtr& application, const ProviderRecord* provider, std::uint32_t lineId) const {
    std::vector<std::shared_ptr<tapi::Phone>> out;
    for (const PhonePtr& phone : phones_) {
        const bool belongs = phone->provider != nullptr && phone->provider == provider &&
                             phone->caps.lineDeviceId == lineId + 1;
        if (belongs) {
            out.push_back(phoneViewFor(application, phone));
        }
    }
    return out;
}

hal::Result<void> PhoneManager::open(const PhonePtr& phone, const ApplicationPtr& application,
                                     tapi::PhonePrivilege privilege) {
    if (phone->provider == nullptr) {
        return hal::fail(hal::ErrorCode::NoDevice,
                         fmt::format("phone {} ({}) is unplugged", phone->id, phone->name));
    }
    const PhoneOpening* owner = phone->owner();
    if (privilege == tapi::PhonePrivilege::Owner && owner != nullptr &&
        owner->application != application) {
        return hal::fail(hal::ErrorCode::InUse, fmt::format("phone {} belongs to {}", phone->name,
                                                            owner->application->name));
    }
    if (auto opened = openDevice(phone); !opened) {
        return opened;
    }
    const bool had = phone->opening(*application) != nullptr;
    const bool wasOwner = owner != nullptr && owner->application == application;
    auto& all = phone->openings;
    all.erase(std::remove_if(all.begin(), all.end(),
                             [&](const auto& each) { return each.application == application; }),
              all.end());
    all.push_back({application, privilege});
    const bool isOwner = privilege == tapi::PhonePrivilege::Owner;
    if (!had || wasOwner != isOwner) {
        tapi::PhoneEvent event{nullptr, tapi::PhoneEvent::Kind::State};
        event.value = isOwner || wasOwner ? PHONESTATE_OWNER : PHONESTATE_MONITORS;
        tell(phone, event, application.get());
    }
    return {};
}

hal::Result<void> PhoneManager::openDevice(const PhonePtr& phone) {
    if (phone->isOpen()) {
        return {};
    }
    ProviderRecord& provider = *phone->provider;
    const TspiProvider& table = provider.table();
    const auto session = std::make_shared<PhoneSession>();
    session->queue = provider.queue();
    session->phone = phone;
    session->name = phone->name;
    const HTAPIPHONE handle = phoneHandles().add(session);
    HDRVPHONE driverPhone = nullptr;
    auto opened = provider.call("phoneOpen", table.phoneOpen, provider.session(), phone->id, handle,
                                &core::onPhoneEvent, TSPI_VERSION, &driverPhone);
    if (opened && driverPhone == nullptr) {
        breach(*phone, ContractRule::MissingHandle, "phoneOpen", "gave no handle");
        opened = hal::fail(
            hal::ErrorCode::OperationFailed,
            fmt::format("provider {} gave no handle for phone {}", provider.name(), phone->name));
    }
    if (!opened) {
        phoneHandles().remove(handle);
        return opened;
    }
    phone->handle = handle;
    phone->driverPhone = driverPhone;
    phone->extVersion = 0;
    phone->downKeys.clear();
    if (table.phoneSetStatusMessages != nullptr) {
        // Wishes of applications come and go with their filters; here all that there is.
        auto told =
            provider.call("phoneSetStatusMessages", table.phoneSetStatusMessages, driverPhone,
                          phone->caps.phoneStates, kButtonModes, kButtonStates);
        if (!told && told.error().code != hal::ErrorCode::OperationUnavail) {
            kLog.warning("phone {}: {}", phone->name, told.error().text());
        }
    }
    return {};
}

hal::Result<void> PhoneManager::close(const PhonePtr& phone, const ApplicationRecord& application) {
    if (auto open = usable(*phone, application); !open) {
        return tl::unexpected(std::move(open.error()));
    }
    auto& all = phone->openings;
    const bool wasOwner = phone->opening(application)->privilege == tapi::PhonePrivilege::Owner;
    all.erase(
        std::remove_if(all.begin(), all.end(),
                       [&](const auto& each) { return each.application.get() == &application; }),
        all.end());
    if (all.empty()) {
        closeDevice(phone);
        return {};
    }
    tapi::PhoneEvent event{nullptr, tapi::PhoneEvent::Kind::State};
    event.value = wasOwner ? PHONESTATE_OWNER : PHONESTATE_MONITORS;
    tell(phone, event);
    return {};
}

void PhoneManager::closeDevice(const PhonePtr& phone) {
    const HTAPIPHONE handle = std::exchange(phone->handle, nullptr);
    const HDRVPHONE driverPhone = std::exchange(phone->driverPhone, nullptr);
    if (handle == nullptr || phone->provider == nullptr) {
        return;
    }
    ProviderRecord& provider = *phone->provider;
    if (auto closed = provider.call("phoneClose", provider.table().phoneClose, driverPhone);
        !closed) {
        kLog.warning("phone {}: {}", phone->name, closed.error().text());
    }
    if (const auto session = phoneHandles().find(handle)) {
        session->closed = true;
    }
    ProviderItem marker;
    marker.kind = ProviderItem::Kind::PhoneClosed;
    marker.phone = handle;
    provider.queue()->push(std::move(marker));
}

void PhoneManager::closeForAll(const PhonePtr& phone) {
    tell(phone, tapi::PhoneEvent{nullptr, tapi::PhoneEvent::Kind::Close});
    phone->openings.clear();
    closeDevice(phone);
}

/// The provider had until phoneClose returned to complete what was pending.
void PhoneManager::onClosed(ProviderRecord& provider, const ProviderItem& item) {
    const auto session = phoneHandles().find(item.phone);
    const PhonePtr phone = session ? session->phone.lock() : nullptr;
    if (session) {
        DeadHandles::instance().add(DeadHandles::Kind::Phone, item.phone,
                                    {provider.queue()->source(), session->name});
    }
    phoneHandles().remove(item.phone);
    if (!phone || phone->isOpen()) {
        return;
    }
    const bool gone = phone->provider == nullptr;
    for (const tapi::RequestId id : requests_.pendingOf(*phone)) {
        provider.breach(ContractRule::MissingCompletion, "phoneClose", phone->name,
                        fmt::format("request {} was left without completion", id));
        requests_.finish(
            id, hal::fail(gone ? hal::ErrorCode::NoDevice : hal::ErrorCode::OperationFailed,
                          "the phone was closed before the request was completed"));
    }
}

}  // namespace tipring::core

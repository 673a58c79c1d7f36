// SPDX-License-Identifier: Apache-2.0
// What applications ask of phones.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "application.h"
#include "line_record.h"
#include "phone_manager.h"
#include "tipring/tapi_core/tspi/provider.h"

namespace tipring::core {
namespace {

constexpr hal::Duration kRequestLimit = std::chrono::seconds(30);
constexpr std::size_t kMaxDevSpecific = 1U << 20;

constexpr std::size_t indexOf(tapi::HookSwitchDevice device) {
    return static_cast<std::size_t>(device);
}

hal::Result<void> checkLevel(const char* what, std::uint32_t level) {
    if (level > kMaxLevel) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("a {} is 0 to {:#x}, not {:#x}", what, kMaxLevel, level));
    }
    return {};
}

hal::Result<void> checkButton(const PhoneRecord& phone, std::uint32_t id) {
    if (id >= phone.caps.buttonCount) {
        return hal::fail(hal::ErrorCode::InvalButtonLampId,
                         fmt::format("phone {} has {} buttons and lamps, from 0: there is no {}",
                                     phone.name, phone.caps.buttonCount, id));
    }
    return {};
}

hal::Result<void> checkButtonInfo(const tapi::ButtonInfo& info) {
    if (!isOneOf(info.mode, kButtonModes)) {
        return hal::fail(hal::ErrorCode::InvalButtonMode,
                         fmt::format("{:#x} is not one button mode", info.mode));
    }
    if (info.state != 0 && !isOneOf(info.state, kButtonStates)) {
        return hal::fail(hal::ErrorCode::InvalButtonState,
                         fmt::format("{:#x} is not one button state", info.state));
    }
    return {};
}

}  // namespace

hal::Result<tapi::PhonePrivilege> PhoneManager::usable(const PhoneRecord& phone,
                                                       const ApplicationRecord& application) {
    if (phone.provider == nullptr) {
        return hal::fail(hal::ErrorCode::NoDevice,
                         fmt::format("phone {} ({}) is unplugged", phone.id, phone.name));
    }
    const PhoneOpening* opening = phone.opening(application);
    if (opening == nullptr) {
        return hal::fail(
            hal::ErrorCode::InvalPhoneHandle,
            fmt::format("{} does not have phone {} open", application.name, phone.name));
    }
    return opening->privilege;
}

/// Where the provider cannot tell, all that is possible is taken to be possible now.
TspiPhoneStatus PhoneManager::readStatus(const PhoneRecord& phone) const {
    Filled<TspiPhoneStatus> status;
    ProviderRecord& provider = *phone.provider;
    const auto get = provider.table().phoneGetStatus;
    if (get == nullptr) {
        status->statusFlags = PHONESTATUSFLAGS_CONNECTED;
        status->features = phone.capabilities.features;
    } else if (auto got = provider.fill("phoneGetStatus", get, status, phone.driverPhone); !got) {
        status.value() = {};
        tspi::copyText(status->cause, got.error().text());
    }
    return status.value();
}

hal::Result<void> PhoneManager::check(const PhoneRecord& phone,
                                      const ApplicationRecord& application, PhoneAct act,
                                      std::size_t device) const {
    auto privilege = usable(phone, application);
    if (!privilege) {
        return tl::unexpected(std::move(privilege.error()));
    }
    const TspiPhoneStatus status = readStatus(phone);
    auto allowed = checkPhoneAct(phone, act, device, *privilege, status);
    if (!allowed && allowed.error().code == hal::ErrorCode::InvalPhoneState) {
        const std::string cause = fieldText(status.cause);
        allowed.error().cause += cause.empty() ? "" : ": " + cause;
    }
    return allowed;
}

hal::Result<tapi::PhoneStatus> PhoneManager::status(const PhoneRecord& phone,
                                                    const ApplicationRecord& application) {
    auto privilege = usable(phone, application);
    if (!privilege) {
        return tl::unexpected(std::move(privilege.error()));
    }
    const TspiPhoneStatus now = readStatus(phone);
    tapi::PhoneStatus out;
    out.connected = (now.statusFlags & PHONESTATUSFLAGS_CONNECTED) != 0;
    out.suspended = (now.statusFlags & PHONESTATUSFLAGS_SUSPENDED) != 0;
    const PhoneOpening* owner = phone.owner();
    out.owners = owner == nullptr ? 0 : 1;
    out.monitors = static_cast<std::uint32_t>(phone.openings.size()) - out.owners;
    out.ownerName = owner == nullptr ? "" : owner->application->name;
    out.ringMode = now.ringMode;
    out.ringVolume = now.ringVolume;
    std::copy_n(now.hookSwitchMode, out.hookSwitchMode.size(), out.hookSwitchMode.begin());
    std::copy_n(now.volume, out.volume.size(), out.volume.begin());
    std::copy_n(now.gain, out.gain.size(), out.gain.begin());
    out.features = featuresNow(phone.capabilities.features, now, *privilege);
    out.cause = fieldText(now.cause);
    return out;
}

hal::Result<tapi::RequestId> PhoneManager::request(
    const PhonePtr& phone, const ApplicationPtr& application, const char* function,
    tapi::Reply reply, const std::function<TSPI_RESULT(tapi::RequestId)>& invoke) {
    PendingRequest pending;
    pending.function = function;
    pending.phone = phone;
    pending.limit = kRequestLimit;
    pending.done = [outbox = outbox_, application,
                    reply = std::move(reply)](const hal::Result<void>& result) {
        outbox->reply(application, reply, result);
    };
    return ask_(*phone->provider, std::move(pending), invoke);
}

hal::Result<tapi::RequestId> PhoneManager::setHookSwitch(const PhonePtr& phone,
                                                         const ApplicationPtr& application,
                                                         tapi::HookSwitchDevice device,
                                                         std::uint32_t mode, tapi::Reply reply) {
    const std::size_t index = indexOf(device);
    if (auto allowed = check(*phone, *application, PhoneAct::SetHook, index); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    if (!isOneOf(mode, phone->caps.settableHookSwitchModes[index])) {
        return hal::fail(
            hal::ErrorCode::InvalHookSwitchMode,
            fmt::format("{:#x} is not one of the modes {:#x} that this hook switch of "
                        "phone {} can be set to",
                        mode, phone->caps.settableHookSwitchModes[index], phone->name));
    }
    return request(phone, application, "phoneSetHookSwitch", std::move(reply), [&](auto id) {
        return phone->provider->table().phoneSetHookSwitch(id, phone->driverPhone, 1U << index,
                                                           mode);
    });
}

hal::Result<tapi::RequestId> PhoneManager::setRing(const PhonePtr& phone,
                                                   const ApplicationPtr& application,
                                                   std::uint32_t ringMode, std::uint32_t volume,
                                                   tapi::Reply reply) {
    auto allowed = check(*phone, *application, PhoneAct::SetRing);
    if (allowed && ringMode >= phone->caps.ringModes) {
        allowed = hal::fail(hal::ErrorCode::InvalRingMode,
                            fmt::format("phone {} has ring modes 0 to {}, not {}", phone->name,
                                        phone->caps.ringModes - 1, ringMode));
    }
    if (allowed) {
        allowed = checkLevel("volume", volume);
    }
    if (!allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    return request(phone, application, "phoneSetRing", std::move(reply), [&](auto id) {
        return phone->provider->table().phoneSetRing(id, phone->driverPhone, ringMode, volume);
    });
}

hal::Result<tapi::RequestId> PhoneManager::setVolume(const PhonePtr& phone,
                                                     const ApplicationPtr& application,
                                                     tapi::HookSwitchDevice device,
                                                     std::uint32_t volume, tapi::Reply reply) {
    const std::size_t index = indexOf(device);
    auto allowed = check(*phone, *application, PhoneAct::SetVolume, index);
    if (allowed) {
        allowed = checkLevel("volume", volume);
    }
    if (!allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    return request(phone, application, "phoneSetVolume", std::move(reply), [&](auto id) {
        return phone->provider->table().phoneSetVolume(id, phone->driverPhone, 1U << index, volume);
    });
}

hal::Result<tapi::RequestId> PhoneManager::setGain(const PhonePtr& phone,
                                                   const ApplicationPtr& application,
                                                   tapi::HookSwitchDevice device,
                                                   std::uint32_t gain, tapi::Reply reply) {
    const std::size_t index = indexOf(device);
    auto allowed = check(*phone, *application, PhoneAct::SetGain, index);
    if (allowed) {
        allowed = checkLevel("gain", gain);
    }
    if (!allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    return request(phone, application, "phoneSetGain", std::move(reply), [&](auto id) {
        return phone->provider->table().phoneSetGain(id, phone->driverPhone, 1U << index, gain);
    });
}

hal::Result<std::uint32_t> PhoneManager::lamp(const PhoneRecord& phone,
                                              const ApplicationRecord& application,
                                              std::uint32_t lampId) {
    auto allowed = check(phone, application, PhoneAct::GetLamp);
    if (allowed) {
        allowed = checkButton(phone, lampId);
    }
    std::uint32_t mode = PHONELAMPMODE_UNKNOWN;
    if (allowed) {
        allowed = phone.provider->call("phoneGetLamp", phone.provider->table().phoneGetLamp,
                                       phone.driverPhone, lampId, &mode);
    }
    if (!allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    return mode;
}

hal::Result<tapi::RequestId> PhoneManager::setLamp(const PhonePtr& phone,
                                                   const ApplicationPtr& application,
                                                   std::uint32_t lampId, std::uint32_t mode,
                                                   tapi::Reply reply) {
    auto allowed = check(*phone, *application, PhoneAct::SetLamp);
    if (allowed) {
        allowed = checkButton(*phone, lampId);
    }
    if (allowed && !isOneOf(mode, kSettableLampModes)) {
        allowed = hal::fail(hal::ErrorCode::InvalLampMode,
                            fmt::format("{:#x} is not one mode of a lamp", mode));
    }
    if (!allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    return request(phone, application, "phoneSetLamp", std::move(reply), [&](auto id) {
        return phone->provider->table().phoneSetLamp(id, phone->driverPhone, lampId, mode);
    });
}

hal::Result<tapi::ButtonInfo> PhoneManager::buttonInfo(const PhoneRecord& phone,
                                                       const ApplicationRecord& application,
                                                       std::uint32_t buttonId) {
    auto allowed = check(phone, application, PhoneAct::GetButton);
    if (allowed) {
        allowed = checkButton(phone, buttonId);
    }
    Filled<TspiButtonInfo> info;
    if (allowed) {
        allowed =
            phone.provider->fill("phoneGetButtonInfo", phone.provider->table().phoneGetButtonInfo,
                                 info, phone.driverPhone, buttonId);
    }
    if (!allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    return tapi::ButtonInfo{info->mode, info->function, info->state, fieldText(info->text)};
}

hal::Result<tapi::RequestId> PhoneManager::setButtonInfo(const PhonePtr& phone,
                                                         const ApplicationPtr& application,
                                                         std::uint32_t buttonId,
                                                         const tapi::ButtonInfo& info,
                                                         tapi::Reply reply) {
    auto allowed = check(*phone, *application, PhoneAct::SetButton);
    if (allowed) {
        allowed = checkButton(*phone, buttonId);
    }
    if (allowed) {
        allowed = checkButtonInfo(info);
    }
    if (!allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    TspiButtonInfo wanted{};
    wanted.size = sizeof wanted;
    wanted.mode = info.mode;
    wanted.function = info.function;
    wanted.state = info.state;
    tspi::copyText(wanted.text, info.text);
    return request(phone, application, "phoneSetButtonInfo", std::move(reply), [&](auto id) {
        return phone->provider->table().phoneSetButtonInfo(id, phone->driverPhone, buttonId,
                                                           &wanted);
    });
}

hal::Result<tapi::RequestId> PhoneManager::devSpecific(const PhonePtr& phone,
                                                       const ApplicationPtr& application,
                                                       std::string_view data, tapi::Reply reply) {
    if (auto open = usable(*phone, *application); !open) {
        return tl::unexpected(std::move(open.error()));
    }
    const auto function = phone->provider->table().phoneDevSpecific;
    if (function == nullptr) {
        return tl::unexpected(phone->provider->missing("phoneDevSpecific").error());
    }
    if (data.size() > kMaxDevSpecific) {
        return hal::fail(hal::ErrorCode::InvalParam,
                         fmt::format("{} bytes are too many for one request", data.size()));
    }
    return request(phone, application, "phoneDevSpecific", std::move(reply), [&](auto id) {
        return function(id, phone->driverPhone, data.data(), data.size());
    });
}

hal::Result<std::string> PhoneManager::deviceId(const PhoneRecord& phone,
                                                const ApplicationRecord& application,
                                                std::string_view deviceClass) {
    if (auto open = usable(phone, application); !open) {
        return tl::unexpected(std::move(open.error()));
    }
    std::array<char, 256> id{};
    const std::string name(deviceClass);
    auto got = phone.provider->call("phoneGetID", phone.provider->table().phoneGetID,
                                    phone.driverPhone, name.c_str(), id.data(), id.size());
    if (!got) {
        return tl::unexpected(std::move(got.error()));
    }
    return fieldText(id.data(), id.size());
}

hal::Result<std::uint32_t> PhoneManager::negotiateExtVersion(const PhonePtr& phone,
                                                             const ApplicationRecord& application,
                                                             std::uint32_t low,
                                                             std::uint32_t high) {
    if (auto open = usable(*phone, application); !open) {
        return tl::unexpected(std::move(open.error()));
    }
    if (low == 0 || low > high) {
        return hal::fail(hal::ErrorCode::InvalExtVersion,
                         fmt::format("{:#x} to {:#x} are no versions", low, high));
    }
    ProviderRecord& provider = *phone->provider;
    const TspiProvider& table = provider.table();
    const auto outside = [&](std::uint32_t version) { return version < low || version > high; };
    if (phone->extVersion != 0) {
        if (outside(phone->extVersion)) {
            return hal::fail(hal::ErrorCode::IncompatibleExtVersion,
                             fmt::format("phone {} speaks version {:#x} of its extension, as "
                                         "somebody wanted before",
                                         phone->name, phone->extVersion));
        }
        return phone->extVersion;
    }
    if (table.phoneGetExtensionID == nullptr || table.phoneNegotiateExtVersion == nullptr) {
        return 0U;
    }
    TspiExtensionId extension{};
    const TspiExtensionId none{};
    auto done = provider.call("phoneGetExtensionID", table.phoneGetExtensionID, provider.session(),
                              phone->id, &extension);
    if (done && std::equal(std::begin(extension.id), std::end(extension.id), none.id)) {
        return 0U;
    }
    std::uint32_t version = 0;
    if (done) {
        done = provider.call("phoneNegotiateExtVersion", table.phoneNegotiateExtVersion,
                             provider.session(), phone->id, low, high, &version);
    }
    if (done && outside(version)) {
        breach(*phone, ContractRule::BadValue, "phoneNegotiateExtVersion",
               fmt::format("chose {:#x}, asked was {:#x} to {:#x}", version, low, high));
        done = hal::fail(hal::ErrorCode::IncompatibleExtVersion,
                         "the provider chose a version that was not asked for");
    }
    if (done && table.phoneSelectExtVersion != nullptr) {
        done = provider.call("phoneSelectExtVersion", table.phoneSelectExtVersion,
                             phone->driverPhone, version);
    }
    if (!done) {
        return tl::unexpected(std::move(done.error()));
    }
    phone->extVersion = version;
    return version;
}

}  // namespace tipring::core

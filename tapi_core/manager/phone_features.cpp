// SPDX-License-Identifier: Apache-2.0
#include "phone_features.h"

#include <fmt/format.h>

#include <bit>

#include "provider_record.h"

namespace tipring::core {
namespace {

struct ActRow {
    PhoneAct act;
    std::size_t device;  ///< kNoDevice where the act has none
    std::uint32_t feature;
    bool forOwner;
    const char* words;
};
constexpr std::size_t kNoDevice = tapi::kHookSwitchDevices;

constexpr ActRow kActs[] = {
    {PhoneAct::GetButton, kNoDevice, PHONEFEATURE_GETBUTTONINFO, false, "tell of its buttons"},
    {PhoneAct::SetButton, kNoDevice, PHONEFEATURE_SETBUTTONINFO, true, "change its buttons"},
    {PhoneAct::GetGain, TSPI_HANDSET, PHONEFEATURE_GETGAINHANDSET, false, "tell a gain"},
    {PhoneAct::GetGain, TSPI_SPEAKER, PHONEFEATURE_GETGAINSPEAKER, false, "tell a gain"},
    {PhoneAct::GetGain, TSPI_HEADSET, PHONEFEATURE_GETGAINHEADSET, false, "tell a gain"},
    {PhoneAct::SetGain, TSPI_HANDSET, PHONEFEATURE_SETGAINHANDSET, true, "set a gain"},
    {PhoneAct::SetGain, TSPI_SPEAKER, PHONEFEATURE_SETGAINSPEAKER, true, "set a gain"},
    {PhoneAct::SetGain, TSPI_HEADSET, PHONEFEATURE_SETGAINHEADSET, true, "set a gain"},
    {PhoneAct::GetHook, TSPI_HANDSET, PHONEFEATURE_GETHOOKSWITCHHANDSET, false, "tell its hook"},
    {PhoneAct::GetHook, TSPI_SPEAKER, PHONEFEATURE_GETHOOKSWITCHSPEAKER, false, "tell its hook"},
    {PhoneAct::GetHook, TSPI_HEADSET, PHONEFEATURE_GETHOOKSWITCHHEADSET, false, "tell its hook"},
    {PhoneAct::SetHook, TSPI_HANDSET, PHONEFEATURE_SETHOOKSWITCHHANDSET, true, "set a hook switch"},
    {PhoneAct::SetHook, TSPI_SPEAKER, PHONEFEATURE_SETHOOKSWITCHSPEAKER, true, "set a hook switch"},
    {PhoneAct::SetHook, TSPI_HEADSET, PHONEFEATURE_SETHOOKSWITCHHEADSET, true, "set a hook switch"},
    {PhoneAct::GetLamp, kNoDevice, PHONEFEATURE_GETLAMP, false, "tell of its lamps"},
    {PhoneAct::SetLamp, kNoDevice, PHONEFEATURE_SETLAMP, true, "light its lamps"},
    {PhoneAct::GetRing, kNoDevice, PHONEFEATURE_GETRING, false, "tell of its ringer"},
    {PhoneAct::SetRing, kNoDevice, PHONEFEATURE_SETRING, true, "set its ringer"},
    {PhoneAct::GetVolume, TSPI_HANDSET, PHONEFEATURE_GETVOLUMEHANDSET, false, "tell a volume"},
    {PhoneAct::GetVolume, TSPI_SPEAKER, PHONEFEATURE_GETVOLUMESPEAKER, false, "tell a volume"},
    {PhoneAct::GetVolume, TSPI_HEADSET, PHONEFEATURE_GETVOLUMEHEADSET, false, "tell a volume"},
    {PhoneAct::SetVolume, TSPI_HANDSET, PHONEFEATURE_SETVOLUMEHANDSET, true, "set a volume"},
    {PhoneAct::SetVolume, TSPI_SPEAKER, PHONEFEATURE_SETVOLUMESPEAKER, true, "set a volume"},
    {PhoneAct::SetVolume, TSPI_HEADSET, PHONEFEATURE_SETVOLUMEHEADSET, true, "set a volume"},
};

/// Each act has a row. A device that is none is taken as the first one: hasBit() refuses it later.
const ActRow& rowOf(PhoneAct act, std::size_t device) {
    const std::size_t known =
        device < tapi::kHookSwitchDevices ? device : std::size_t{TSPI_HANDSET};
    return *std::find_if(std::begin(kActs), std::end(kActs), [&](const ActRow& row) {
        return row.act == act && (row.device == kNoDevice || row.device == known);
    });
}

bool hasBit(std::uint32_t devices, std::size_t device) {
    return device < tapi::kHookSwitchDevices && (devices >> device & 1U) != 0;
}

/// The provider has the function, and the device the part.
bool isThere(const PhoneRecord& phone, const ActRow& row) {
    const TspiProvider& table = phone.provider->table();
    const TspiPhoneCaps& caps = phone.caps;
    const bool device = hasBit(caps.hookSwitchDevices, row.device);
    switch (row.act) {
    case PhoneAct::GetButton: return table.phoneGetButtonInfo != nullptr && caps.buttonCount > 0;
    case PhoneAct::SetButton: return table.phoneSetButtonInfo != nullptr && caps.buttonCount > 0;
    case PhoneAct::GetLamp: return table.phoneGetLamp != nullptr && caps.buttonCount > 0;
    case PhoneAct::SetLamp: return table.phoneSetLamp != nullptr && caps.buttonCount > 0;
    case PhoneAct::GetHook: return table.phoneGetStatus != nullptr && device;
    case PhoneAct::SetHook:
        return table.phoneSetHookSwitch != nullptr && device &&
               caps.settableHookSwitchModes[row.device] != 0;
    case PhoneAct::GetRing: return table.phoneGetStatus != nullptr && caps.ringModes > 0;
    case PhoneAct::SetRing:
        return table.phoneSetRing != nullptr && caps.ringModes > 0 && caps.settableRing != 0;
    case PhoneAct::GetVolume: return table.phoneGetStatus != nullptr && device;
    case PhoneAct::SetVolume:
        return table.phoneSetVolume != nullptr && hasBit(caps.volumeDevices, row.device) && device;
    case PhoneAct::GetGain: return table.phoneGetStatus != nullptr && device;
    case PhoneAct::SetGain:
        return table.phoneSetGain != nullptr && hasBit(caps.gainDevices, row.device) && device;
    }
    return false;
}

bool isUsable(const TspiPhoneStatus& status) {
    return (status.statusFlags & PHONESTATUSFLAGS_CONNECTED) != 0 &&
           (status.statusFlags & PHONESTATUSFLAGS_SUSPENDED) == 0;
}

}  // namespace

bool isOneOf(std::uint64_t value, std::uint64_t known) noexcept {
    return std::has_single_bit(value) && (value & known) != 0;
}

std::uint32_t possibleFeatures(const PhoneRecord& phone) {
    std::uint32_t features = 0;
    for (const ActRow& row : kActs) {
        features |= isThere(phone, row) ? row.feature & phone.caps.features : 0U;
    }
    return features;
}

std::uint32_t featuresNow(std::uint32_t possible, const TspiPhoneStatus& status,
                          tapi::PhonePrivilege privilege) {
    if (!isUsable(status)) {
        return 0;
    }
    std::uint32_t features = possible & status.features;
    for (const ActRow& row : kActs) {
        if (row.forOwner && privilege != tapi::PhonePrivilege::Owner) {
            features &= ~row.feature;
        }
    }
    return features;
}

hal::Result<void> checkPhoneAct(const PhoneRecord& phone, PhoneAct act, std::size_t device,
                                tapi::PhonePrivilege privilege, const TspiPhoneStatus& status) {
    const ActRow& row = rowOf(act, device);
    if (row.forOwner && privilege != tapi::PhonePrivilege::Owner) {
        return hal::fail(hal::ErrorCode::NotOwner,
                         fmt::format("a monitor of phone {} cannot {}", phone.name, row.words));
    }
    if (row.device != kNoDevice && !hasBit(phone.caps.hookSwitchDevices, device)) {
        return hal::fail(hal::ErrorCode::InvalHookSwitchDev,
                         fmt::format("phone {} has no hook switch device {}", phone.name, device));
    }
    if ((possibleFeatures(phone) & row.feature) == 0) {
        return hal::fail(hal::ErrorCode::OperationUnavail,
                         fmt::format("phone {} can never {}", phone.name, row.words));
    }
    if ((featuresNow(row.feature, status, privilege) & row.feature) == 0) {
        return hal::fail(hal::ErrorCode::InvalPhoneState,
                         fmt::format("phone {} cannot {} now", phone.name, row.words));
    }
    return {};
}

}  // namespace tipring::core

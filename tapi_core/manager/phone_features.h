// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "phone_record.h"
#include "tipring/hal/base/result.h"

namespace tipring::core {

/// What is done with a phone; each kind of it has one PHONEFEATURE_* bit, or one by hook switch
/// device.
enum class PhoneAct : std::uint8_t {
    GetButton,
    SetButton,
    GetGain,
    SetGain,
    GetHook,
    SetHook,
    GetLamp,
    SetLamp,
    GetRing,
    SetRing,
    GetVolume,
    SetVolume,
};

/// The rules of phone functions in one place, so that the features of a status are exactly what
/// would succeed. `device` is the index of the hook switch device where the act has one.

/// PHONEFEATURE_* that the phone could have, whatever its state is: what its caps claim and its
/// provider has functions for.
[[nodiscard]] std::uint32_t possibleFeatures(const PhoneRecord& phone);
/// Those of `possible` that are there in this status, for this privilege.
[[nodiscard]] std::uint32_t featuresNow(std::uint32_t possible, const TspiPhoneStatus& status,
                                        tapi::PhonePrivilege privilege);

/// INVALHOOKSWITCHDEV: no such device. NOTOWNER. OPERATIONUNAVAIL: never possible.
/// INVALPHONESTATE: not possible now.
[[nodiscard]] hal::Result<void> checkPhoneAct(const PhoneRecord& phone, PhoneAct act,
                                              std::size_t device, tapi::PhonePrivilege privilege,
                                              const TspiPhoneStatus& status);

/// One bit of `known`.
[[nodiscard]] bool isOneOf(std::uint64_t value, std::uint64_t known) noexcept;

inline constexpr std::uint32_t kHookSwitchModes =
    PHONEHOOKSWITCHMODE_ONHOOK | PHONEHOOKSWITCHMODE_MIC | PHONEHOOKSWITCHMODE_SPEAKER |
    PHONEHOOKSWITCHMODE_MICSPEAKER | PHONEHOOKSWITCHMODE_UNKNOWN;
inline constexpr std::uint32_t kButtonModes = PHONEBUTTONMODE_DUMMY | PHONEBUTTONMODE_CALL |
                                              PHONEBUTTONMODE_FEATURE | PHONEBUTTONMODE_KEYPAD |
                                              PHONEBUTTONMODE_LOCAL | PHONEBUTTONMODE_DISPLAY;
inline constexpr std::uint32_t kButtonStates = PHONEBUTTONSTATE_UP | PHONEBUTTONSTATE_DOWN |
                                               PHONEBUTTONSTATE_UNKNOWN | PHONEBUTTONSTATE_UNAVAIL;
/// Modes that a lamp can be set to: DUMMY and UNKNOWN say only how one is.
inline constexpr std::uint32_t kSettableLampModes =
    PHONELAMPMODE_OFF | PHONELAMPMODE_STEADY | PHONELAMPMODE_WINK | PHONELAMPMODE_FLASH |
    PHONELAMPMODE_FLUTTER | PHONELAMPMODE_BROKENFLUTTER;
inline constexpr std::uint32_t kMaxLevel = 0xFFFF;  ///< of volume and gain

}  // namespace tipring::core

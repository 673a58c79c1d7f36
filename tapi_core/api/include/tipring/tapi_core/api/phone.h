// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "tipring/tapi_core/api/types.h"

namespace tipring::tapi {

class Address;

/// Hook switch devices, as indices of the arrays below.
enum class HookSwitchDevice : std::uint8_t { Handset, Speaker, Headset };
inline constexpr std::size_t kHookSwitchDevices = 3;

/// What a phone can ever do. Source: PHONECAPS.
struct PhoneCapabilities {
    std::string permanentId;
    std::string providerInfo;
    std::uint32_t hookSwitchDevices = 0;  ///< PHONEHOOKSWITCHDEV_*
    std::array<std::uint32_t, kHookSwitchDevices>
        settableHookSwitchModes{};  ///< PHONEHOOKSWITCHMODE_*
    std::array<std::uint32_t, kHookSwitchDevices> monitoredHookSwitchModes{};
    std::uint32_t volumeDevices = 0, gainDevices = 0;  ///< PHONEHOOKSWITCHDEV_*
    std::uint32_t ringModes = 0;                       ///< how many; mode 0 is silence
    bool settableRing = false;
    std::uint32_t buttonCount = 0;  ///< ids 0..buttonCount-1; 0..11 is the keypad
    std::uint32_t phoneStates = 0;  ///< PHONESTATE_* that can occur
    std::uint32_t features = 0;     ///< PHONEFEATURE_* that can ever be possible
};

/// How a phone is now. Source: PHONESTATUS.
struct PhoneStatus {
    bool connected = false;
    bool suspended = false;
    std::uint32_t owners = 0, monitors = 0;  ///< applications; one owner at most
    std::string ownerName;
    std::uint32_t ringMode = 0, ringVolume = 0;
    std::array<std::uint32_t, kHookSwitchDevices> hookSwitchMode{};  ///< PHONEHOOKSWITCHMODE_*
    std::array<std::uint32_t, kHookSwitchDevices> volume{}, gain{};  ///< 0..0xFFFF
    std::uint32_t features = 0;  ///< PHONEFEATURE_* that would succeed now, with this privilege
    std::string cause;
};

struct ButtonInfo {
    std::uint32_t mode = 0;      ///< PHONEBUTTONMODE_*
    std::uint32_t function = 0;  ///< PHONEBUTTONFUNCTION_*
    std::uint32_t state = 0;     ///< PHONEBUTTONSTATE_*
    std::string text;
};

enum class PhonePrivilege : std::uint8_t { Owner, Monitor };

/// A telephone as one application sees it. One owner, many monitors: all but the set... functions
/// are a monitor's too. Not open: INVALPHONEHANDLE. Other errors: NOTOWNER, INVALHOOKSWITCHDEV,
/// INVALHOOKSWITCHMODE, INVALRINGMODE, INVALBUTTONLAMPID, INVALLAMPMODE, INVALPHONESTATE,
/// OPERATIONUNAVAIL, NODEVICE.
class Phone {
public:
    virtual ~Phone() = default;

    [[nodiscard]] virtual std::uint32_t id() const = 0;  ///< stable for the device
    [[nodiscard]] virtual std::string name() const = 0;
    [[nodiscard]] virtual std::string providerName() const = 0;
    [[nodiscard]] virtual const PhoneCapabilities& capabilities() const = 0;
    /// The line that it belongs to; null: none that is known.
    [[nodiscard]] virtual std::shared_ptr<Address> address() const = 0;

    /// INUSE where it has another owner. Open already: the privilege changes.
    virtual Result<void> open(PhonePrivilege privilege) = 0;
    virtual Result<void> close() = 0;
    [[nodiscard]] virtual Result<PhoneStatus> status() const = 0;

    virtual Result<RequestId> setHookSwitch(HookSwitchDevice device, std::uint32_t mode,
                                            Reply reply) = 0;
    virtual Result<RequestId> setRing(std::uint32_t ringMode, std::uint32_t volume,
                                      Reply reply) = 0;
    /// 0..0xFFFF.
    virtual Result<RequestId> setVolume(HookSwitchDevice device, std::uint32_t volume,
                                        Reply reply) = 0;
    virtual Result<RequestId> setGain(HookSwitchDevice device, std::uint32_t gain, Reply reply) = 0;
    [[nodiscard]] virtual Result<std::uint32_t> lamp(std::uint32_t lampId) const = 0;
    virtual Result<RequestId> setLamp(std::uint32_t lampId, std::uint32_t mode, Reply reply) = 0;
    [[nodiscard]] virtual Result<ButtonInfo> buttonInfo(std::uint32_t buttonId) const = 0;
    virtual Result<RequestId> setButtonInfo(std::uint32_t buttonId, const ButtonInfo& info,
                                            Reply reply) = 0;
    virtual Result<RequestId> devSpecific(std::string_view data, Reply reply) = 0;
    [[nodiscard]] virtual Result<std::string> deviceId(std::string_view deviceClass) const = 0;
    /// The vendor's extension that devSpecific speaks, negotiated: 0 where it has none. The first
    /// choice holds until the phone is closed by all: INCOMPATIBLEEXTVERSION, INVALEXTVERSION.
    virtual Result<std::uint32_t> negotiateExtVersion(std::uint32_t low, std::uint32_t high) = 0;
};

}  // namespace tipring::tapi

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tipring/tapi_core/api/tapi.h"
#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::core {

struct ApplicationRecord;
struct CallRecord;
class ProviderRecord;

/// A wish to hear of new calls on a line. First come, first served.
struct Registration {
    tapi::RegistrationCookie cookie = 0;
    std::shared_ptr<ApplicationRecord> application;
    tapi::CallNotification wanted;
};

/// A line: it lives on while its device is unplugged, with its id and its registrations.
struct LineRecord {
    // First what each event needs.
    ProviderRecord* provider = nullptr;  ///< null: the device or the provider is gone
    HTAPILINE handle = nullptr;          ///< null: not open
    HDRVLINE driverLine = nullptr;
    std::vector<Registration> registrations;
    std::vector<std::shared_ptr<CallRecord>> calls;  ///< begun and not idle
    unsigned pendingRequests = 0;                    ///< of the line itself

    std::uint32_t id = 0;
    std::string providerName;
    std::string deviceKey;
    std::string name;
    TspiLineCaps caps{};  ///< as the provider told them
    TspiLineCaps able{};  ///< and what the core hears in the device's place
    tapi::AddressCapabilities capabilities;

    TspiAddressCaps addressCaps{};  ///< as the provider told them, or made of the line's
    bool hasAddressCaps = false;    ///< the provider told them
    TspiLineStatus status{};        ///< as last read
    std::uint32_t extVersion = 0;   ///< in force since the line is open; 0: none
    std::uint32_t extAgreed = 0;    ///< negotiated, for the next open
    std::uint32_t addressCount = 1;
    std::uint32_t statusMessages = 0;  ///< LINEDEVSTATE_* as last told to the provider
    struct RingWish {
        std::weak_ptr<ApplicationRecord> application;
        std::uint32_t rings = 0;
    };
    struct HubWish {
        std::weak_ptr<ApplicationRecord> application;
        tapi::CallHubTracking level{};
    };
    std::vector<HubWish> hubWishes;    ///< of Address::setCallHubTracking
    bool hubsTold = false;             ///< the provider was told of them once
    std::vector<RingWish> ringWishes;  ///< before an answering application answers

    tapi::AddressState state = tapi::AddressState::InService;
    std::string stateCause;
    std::uint32_t mediaDetection = 0;  ///< as last told to the provider

    [[nodiscard]] bool isOpen() const { return handle != nullptr; }
    [[nodiscard]] bool isNeeded() const {
        return !registrations.empty() || !calls.empty() || pendingRequests > 0;
    }
};

/// Text of a fixed field of the contract, terminated or not.
[[nodiscard]] std::string fieldText(const char* field, std::size_t capacity);
template <std::size_t N>
[[nodiscard]] std::string fieldText(const char (&field)[N]) {
    return fieldText(field, N);
}

[[nodiscard]] tapi::AddressCapabilities capabilitiesOf(const TspiLineCaps& caps);
/// What an address can do, as far as the caps of its line tell.
[[nodiscard]] TspiAddressCaps addressCapsOf(const TspiLineCaps& caps);
/// Adds what an address can do to what its line can.
void addCapabilities(tapi::AddressCapabilities& out, const TspiAddressCaps& caps);
[[nodiscard]] tapi::CallInfo callInfoOf(const TspiCallInfo& info);
/// The most that Call::setCallData takes, on any line: the core keeps it.
inline constexpr std::uint32_t kMaxCallData = 4096;

/// The one media mode of a call; Unknown where it has none yet, or several that it might be.
[[nodiscard]] tapi::MediaMode mediaModeOf(std::uint32_t callModes) noexcept;
/// True where a registration for `wanted` is meant by a call of these media modes. Providers often
/// cannot tell voices apart, so each kind of voice stands for the other, and unknown for all.
[[nodiscard]] bool mediaMatches(tapi::MediaModes wanted, std::uint32_t callModes) noexcept;

}  // namespace tipring::core

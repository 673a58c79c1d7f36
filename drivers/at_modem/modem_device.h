// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "profile_store.h"
#include "tipring/drivers/analog/flash_services.h"

namespace tipring::at_modem {

/// What a user may choose; see the configuration keys in provider.h.
struct LineOptions {
    std::string profile;  ///< forced; empty: by what the modem says
    std::string country;  ///< T.35 code, two hexadecimal digits; empty: as the modem is set
    std::chrono::milliseconds ringTimeout{9000};
    std::chrono::milliseconds noAnswer{60'000};
    std::chrono::milliseconds heartbeat{3'600'000};  ///< 0: never
    std::chrono::milliseconds reopen{10'000};
    bool waitForDialTone = false;  ///< X4, else X3: dials blind
    bool pulse = false;
    analog::FlashKind flash = analog::FlashKind::None;  ///< of the exchange
    std::string lineMonitor;       ///< "": off; "on"; or the name of its USB device
    std::string callerIdStandard;  ///< of dsp::callerIdStandard(), for the line monitor
};

inline constexpr std::string_view kMonitorOn = "on";

/// A modem as the provider knows it, over openings of its line.
struct ModemDevice {
    std::string portName;     ///< as configured
    std::string permanentId;  ///< also the device key
    std::string reopenName;   ///< by identity, where it is known; else portName
    std::string usbName;      ///< of hal::openUsbDevice(); empty: not known
    std::uint32_t deviceId = 0;
    bool inUse = false;  ///< its line is open
    bool lends = true;   ///< a program can have its port; claimed until the port was opened

    // Found by the start-up; kept until the modem says something else.
    ModemFacts facts;
    const Profile* profile = nullptr;        ///< null: not identified yet
    std::optional<std::size_t> format;       ///< of profile->formats: the one that was accepted
    std::optional<std::size_t> callerIdWay;  ///< of profile->callerId: the one that stuck
    bool callerIdVerified = false;           ///< it was read back
    bool voice = false;                      ///< class 8 and a sample format are really there

    [[nodiscard]] std::string title() const;  ///< "CONEXANT CX93001 at serial:/dev/ttyACM0"
};

/// What the line can do by hook flash: none where the modem has no `!` or no voice.
[[nodiscard]] const analog::FlashServices& flashServicesOf(const ModemDevice& device,
                                                           const LineOptions& options) noexcept;

}  // namespace tipring::at_modem

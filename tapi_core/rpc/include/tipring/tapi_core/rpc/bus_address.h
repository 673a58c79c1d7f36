// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace tipring::rpc {

/// Where the service is met.
struct BusAddress {
    enum class Kind : std::uint8_t {
        System,   ///< DBUS_SYSTEM_BUS_ADDRESS, or the machine's
        Session,  ///< DBUS_SESSION_BUS_ADDRESS, or the user's
        Bus,      ///< a bus daemon at `address`
        Peer,     ///< the service itself at `address`, without a bus daemon
    };
    Kind kind = Kind::System;
    std::string address{};  ///< "unix:path=/run/tipring/bus"
};

inline constexpr const char* kServiceName = "org.tipring.Tipring1";
inline constexpr const char* kRootPath = "/org/tipring/Tipring1";

}  // namespace tipring::rpc

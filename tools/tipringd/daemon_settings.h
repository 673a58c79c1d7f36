// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/hal/base/result.h"
#include "tipring/tapi_core/rpc/server.h"

namespace tipring::tools {

/// What /etc/tipring/tipringd.toml says (docs/guides/tipringd.md has the keys).
struct DaemonSettings {
    struct Provider {
        std::string library;
        std::map<std::string, std::string, std::less<>> config;
        std::optional<bool> isolated;  ///< nothing: as isolation::isolatedByDefault() says
    };
    std::string bus = "system";       ///< "system", "session", "none", or an address
    std::vector<std::string> listen;  ///< "unix:path=/run/tipring/bus"
    std::string log = "info";
    std::string stateDirectory = "/var/lib/tipring";
    std::string dialRules = "/etc/tipring/dial-rules.toml";
    std::string country;
    std::vector<std::string> ports;
    bool discover = true;  ///< modems at /dev/tipring/modem-*
    bool adapters = true;  ///< USB adapters, as they are plugged in
    std::string profile;
    std::map<std::string, std::string, std::less<>> modem;  ///< [at_modem]: handed on as it is
    std::vector<Provider> providers;
    std::vector<std::string> soundDirectories;  ///< files in them may be played and recorded
    rpc::ClientLimits limits;
    /// Users, and groups with "@" before the name.
    struct Rights {
        std::vector<std::string> monitor{"@tipring-monitor", "@tipring"};
        std::vector<std::string> answer{"@tipring-answer", "@tipring"};
        std::vector<std::string> dial{"@tipring-dial", "@tipring"};
        std::vector<std::string> configure{"@tipring-configure", "@tipring"};
        bool polkit = true;  ///< on the system bus, where it runs
    } rights;
    rpc::DialBarring barring;
    std::vector<std::string> metrics;  ///< "127.0.0.1:9717", "unix:/run/tipring/metrics"
};

inline constexpr const char* kDaemonSettingsFile = "/etc/tipring/tipringd.toml";

/// The cause of an error is "FILE:LINE: KEY what is wrong". The default file need not exist.
[[nodiscard]] hal::Result<DaemonSettings> loadDaemonSettings(const std::string& path,
                                                             bool mustExist);
[[nodiscard]] hal::Result<DaemonSettings> readDaemonSettings(std::string_view text,
                                                             const std::string& file);

}  // namespace tipring::tools

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tipring/hal/base/result.h"

namespace tipring::tools {

/// What the configuration file says, after the command line had its word.
struct Settings {
    std::string bus;  ///< where the service is met whose lines are used; empty: own lines
    std::vector<std::string> ports;  ///< "/dev/ttyACM0", "serial:usb:0572:1340", ...
    std::string profile;             ///< empty: found by asking the modem
    std::string country;             ///< ISO code; empty: what the modem has
    std::string log;                 ///< as hal::configureLog takes it
    std::string callLog;             ///< SQLite file
    std::string recordings;          ///< folder
    std::string stateDirectory;      ///< where line ids are kept
    std::string dialRules;           ///< TOML file of locations and cards
    std::string dialRulesDropIns;    ///< folder
    std::string greeting;            ///< sound file; empty: the built-in one
    std::uint32_t rings = 2;
    std::chrono::seconds limit{120};
    std::map<std::string, std::string, std::less<>> provider;  ///< [at_modem]: handed on as it is
    std::string source;  ///< the file that was read; empty: none
};

/// Reads `path`; when it is empty, ~/.config/tipring/tipring.toml or else
/// /etc/tipring/tipring.toml, where neither is an error. A key that is not known is an error that
/// names file and line.
hal::Result<Settings> loadSettings(const std::string& path);

/// Takes `file` for the dial rules, with drop-ins beside it (dial-rules.d beside dial-rules.toml).
/// Empty: $XDG_CONFIG_HOME/tipring/dial-rules.toml or ~/.config/..., in /etc without a home, with
/// drop-ins in /etc/tipring/dial-rules.d.
void useDialRules(Settings& settings, const std::string& file);

/// $XDG_DATA_HOME/tipring or ~/.local/share/tipring; /var/lib/tipring without a home.
[[nodiscard]] std::string dataDirectory();

}  // namespace tipring::tools

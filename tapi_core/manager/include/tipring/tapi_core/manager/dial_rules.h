// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "tipring/tapi_core/api/translation.h"

namespace tipring::core {

/// Where dial rules are kept (docs/guides/dial-rules.md has the keys).
struct DialRulesFiles {
    std::string configFile;  ///< need not exist; changes are written here, mode 0600
    std::string dropInDir;   ///< NAME.toml read before it in order of names; need not exist
    std::string country;     ///< ISO code of the first location if none is configured; empty: "US"
};

/// Address translation in this process, on TOML files.
class DialRules : public tapi::AddressTranslation {
public:
    /// INVALPARAM names file, line and key of what is wrong, never a value of a card.
    [[nodiscard]] static tapi::Result<std::unique_ptr<DialRules>> open(const DialRulesFiles& files);
};

/// The country of a locale name such as "de_AT.UTF-8": "AT". Empty for "C" and other names without.
[[nodiscard]] std::string countryOfLocale(std::string_view locale);
/// The country of this process by LC_ALL, LC_TELEPHONE, LANG, the first that is set. May be empty.
[[nodiscard]] std::string countryOfEnvironment();

}  // namespace tipring::core

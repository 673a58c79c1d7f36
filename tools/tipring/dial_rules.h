// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "commands.h"
#include "tipring/tapi_core/manager/dial_rules.h"

namespace tipring::tools {

/// Opens the dial rules that options and configuration file name; a first location has the country
/// of --country, the configuration file, or the locale.
hal::Result<std::unique_ptr<core::DialRules>> openDialRules(const CommonOptions& common,
                                                            const std::string& file);

/// By name, or else by id. INVALLOCATION, INVALCARD: there is none; the cause lists what there is.
hal::Result<tapi::Location> findLocation(const tapi::AddressTranslation& rules,
                                         const std::string& wanted);
hal::Result<tapi::CardId> findCard(const tapi::AddressTranslation& rules,
                                   const std::string& wanted);

/// The location and the card of `place`, found.
hal::Result<tapi::TranslateOptions> optionsFor(const tapi::AddressTranslation& rules,
                                               const DialPlace& place);
/// What a line dials for a number: a canonical one (`+`) by the dial rules, another as it is.
hal::Result<tapi::Translation> translateNumber(const CommonOptions& common, const DialPlace& place,
                                               const std::string& number);

}  // namespace tipring::tools

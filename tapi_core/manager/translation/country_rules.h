// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "rule_book.h"

namespace tipring::core {

/// How a country dials as far as the numbering plan tells, corrected by a table of exceptions.
/// All three rules are set. Any text is taken; an unknown country has "G", "FG", "00EFG".
[[nodiscard]] tapi::DialingRules builtInRules(std::string_view iso);

/// The same with what the book says about the country on top, rule by rule.
[[nodiscard]] tapi::DialingRules countryRules(std::string_view iso, const RuleBook& book);

[[nodiscard]] tapi::CountryId countryIdOf(std::string_view iso);
/// All countries, in order of ISO codes, with the book's rules.
[[nodiscard]] std::vector<tapi::Country> allCountries(const RuleBook& book);

}  // namespace tipring::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "number_text.h"
#include "numbering.h"
#include "rule_book.h"

namespace tipring::core {

// Address translation as functions of the book. Contracts as in tapi::AddressTranslation.

[[nodiscard]] tapi::Result<tapi::Translation> translate(std::string_view address,
                                                        const tapi::TranslateOptions& options,
                                                        const RuleBook& book);
[[nodiscard]] tapi::Result<std::string> canonicalOf(std::string_view number,
                                                    tapi::NumberSource source,
                                                    const tapi::Location& location,
                                                    const RuleBook& book);
[[nodiscard]] bool isEmergency(const tapi::Location& location, std::string_view dialable);

/// What a canonical address stands for. INVALCOUNTRYCODE, INVALADDRESS.
[[nodiscard]] tapi::Result<PlanNumber> numberOf(const CanonicalText& parts);

/// The prefix under which a canonical address stands in a location's toll list.
[[nodiscard]] tapi::Result<std::string> tollPrefixOf(std::string_view address,
                                                     const tapi::Location& location);

/// The location of `id`, or the current one where none is said. INVALLOCATION.
[[nodiscard]] tapi::Result<tapi::Location> locationOf(std::optional<tapi::LocationId> id,
                                                      const RuleBook& book);

}  // namespace tipring::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "tipring/tapi_core/api/translation.h"

namespace tipring::core {

/// The parts of a canonical address as they were written.
struct CanonicalText {
    std::string countryCode;  ///< digits; empty: not set off, it stands in front of `subscriber`
    std::string area;         ///< digits that stood in brackets
    std::string subscriber;   ///< digits; with the area code in front if no brackets set it off
    std::string shown;        ///< the same as written, with its punctuation
    std::string tail;  ///< from the first modifier on (`,` `#` `W` ...), letters in upper case
    std::string subaddress, name;
};

/// One address of a string, before its meaning is looked at.
struct AddressText {
    bool canonical = false;
    std::string text;     ///< the first address, unchanged
    CanonicalText parts;  ///< of a canonical one
};

/// Takes the first address off a string: INVALADDRESS for more than
/// AddressTranslation::kMaxAddress bytes, for control characters (CR LF separates addresses),
/// for bytes that are not ASCII before the name (`^`), and for `+` with no canonical address behind
/// it. The cause names the position, not the text. Source: TAPI, "Canonical Addresses".
[[nodiscard]] tapi::Result<AddressText> readAddress(std::string_view text);

/// 0-9 and nothing else; at least one.
[[nodiscard]] bool isDigits(std::string_view text);
/// What the far exchange would count: 0-9 * #, with punctuation, pauses and modifiers dropped.
[[nodiscard]] std::string keysOf(std::string_view dialable);

}  // namespace tipring::core

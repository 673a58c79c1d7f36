// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace tipring::at_modem {

/// The T.35 code that +GCI takes, as two capital hexadecimal digits, for "GB" or "B4". Empty for
/// anything else. Text of the program's lifetime, or the argument's own.
[[nodiscard]] std::string_view countryCode(std::string_view country) noexcept;

/// The ISO 3166-1 country of a T.35 code; empty where it is not known.
[[nodiscard]] std::string_view countryOfCode(std::string_view code) noexcept;

}  // namespace tipring::at_modem

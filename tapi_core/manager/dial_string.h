// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/hal/base/result.h"

namespace tipring::core {

/// Longest dial string that is looked at.
inline constexpr std::size_t kMaxDialText = 1024;

/// Checks a dialable string whole, before anything happens on the line, and returns what the
/// provider gets: digits (0-9 * # A-D), `,` `!` `T` `P` in upper case, the modifiers `W` `@` `$`
/// that the line has (LINEDEVCAPFLAGS_DIAL*), and a `;` at the end (more digits follow).
/// Spaces and punctuation are dropped; subaddress (`|`) and name (`^`) are not dialled.
///
/// Errors: DIALDIALTONE, DIALQUIET, DIALBILLING, DIALPROMPT (`?`, always), DIALVOICEDETECT (`:`,
/// always), the first one found; INVALADDRESS for control characters (they would end a modem's
/// command line), for `+` (a canonical number must be translated first), letters, a `;` inside, and
/// text over kMaxDialText bytes. Source: TAPI, "Dialable Addresses".
[[nodiscard]] hal::Result<std::string> scanDialString(std::string_view text,
                                                      std::uint32_t devCapFlags);

/// Cuts a checked string into pieces of at most `limit` characters (0: no limit; less than 4 counts
/// as 4), each but the last ended by `;`, and each in the dialling mode (T or P) of the one before.
[[nodiscard]] std::vector<std::string> cutDialString(std::string_view dialable, std::size_t limit);

}  // namespace tipring::core

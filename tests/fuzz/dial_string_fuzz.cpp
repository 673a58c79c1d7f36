// SPDX-License-Identifier: Apache-2.0
// A dial string from an application: whatever it holds, what the provider gets has none but the
// characters of the contract, and its pieces keep the limit.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "dial_string.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) {
        return 0;
    }
    const std::uint32_t flags = std::uint32_t{data[0]} << 6;
    const std::size_t limit = data[1] % 64;
    const std::string_view text(reinterpret_cast<const char*>(data + 2), size - 2);
    const auto scanned = tipring::core::scanDialString(text, flags);
    if (!scanned) {
        return scanned.error().cause.empty() ? std::abort(), 0 : 0;
    }
    if (scanned->find_first_not_of("0123456789ABCD*#,!TPW@$;") != scanned->npos) {
        std::abort();
    }
    for (const std::string& piece : tipring::core::cutDialString(*scanned, limit)) {
        if (limit != 0 && piece.size() > limit && piece.size() > 4) {
            std::abort();
        }
    }
    return 0;
}

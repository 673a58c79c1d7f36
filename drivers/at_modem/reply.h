// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "at_response.h"
#include "tipring/hal/base/result.h"

namespace tipring::at_modem {

using Reply = ResultCode;

/// A set of final results.
struct ReplySet {
    std::uint32_t bits = 0;

    [[nodiscard]] constexpr bool has(Reply reply) const {
        return (bits >> static_cast<unsigned>(reply) & 1U) != 0;
    }
    [[nodiscard]] constexpr bool empty() const { return bits == 0; }
};
constexpr ReplySet only(Reply reply) {
    return {1U << static_cast<unsigned>(reply)};
}
constexpr ReplySet operator|(ReplySet a, ReplySet b) {
    return {a.bits | b.bits};
}

/// Success of a voice command: OK, or VCON where the family says that.
inline constexpr ReplySet kAnyOk = only(Reply::Ok) | only(Reply::Vcon);
inline constexpr ReplySet kAnyFinal{~1U};

}  // namespace tipring::at_modem

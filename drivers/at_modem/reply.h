// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "tipring/hal/base/result.h"

namespace tipring::at_modem {

/// Final results, as far as the driver tells them apart.
enum class Reply : std::uint8_t {
    None,
    Ok,
    Vcon,
    Connect,
    NoCarrier,
    Error,
    NoDialTone,
    Busy,
    NoAnswer,
    Delayed,
    Blacklisted,
    LineInUse,
    NoLine,
    Fax,
    Data,
    Other,  ///< a final result without a meaning for us
};
inline constexpr std::size_t kReplyCount = 16;

/// A set of replies.
struct ReplySet {
    std::uint32_t bits = 0;

    [[nodiscard]] constexpr bool has(Reply reply) const {
        return (bits >> static_cast<unsigned>(reply) & 1U) != 0;
    }
    [[nodiscard]] constexpr bool empty() const { return bits == 0; }
};
constexpr ReplySet only(Reply reply) { return {1U << static_cast<unsigned>(reply)}; }
constexpr ReplySet operator|(ReplySet a, ReplySet b) { return {a.bits | b.bits}; }

/// Success of a voice command: OK, or VCON where the family says that.
inline constexpr ReplySet kAnyOk = only(Reply::Ok) | only(Reply::Vcon);
inline constexpr ReplySet kAnyFinal{~1U};

}  // namespace tipring::at_modem

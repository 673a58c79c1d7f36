// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "reply.h"

namespace tipring::at_modem {

/// What a final result of dialling means for the call.
struct CallOutcome {
    Reply reply = Reply::None;
    hal::ErrorCode refusal{};  ///< not 0: when it comes at once, nothing was dialled
    std::uint32_t state = 0;   ///< a state to pass through, or 0
    std::uint32_t stateMode = 0;
    std::uint32_t disconnectMode = 0;
    std::string_view cause;
};

[[nodiscard]] const CallOutcome& callOutcome(Reply reply) noexcept;

}  // namespace tipring::at_modem

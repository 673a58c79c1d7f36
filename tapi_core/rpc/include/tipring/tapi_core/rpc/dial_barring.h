// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/hal/base/result.h"

namespace tipring::rpc {

/// Numbers that the service does not dial, for whatever client.
///
/// A pattern has dialling keys (0-9 * # A-D); `?` is any one key, `*` at the end any rest, and the
/// star key elsewhere itself (`\*` at the end). With a leading `+` it is compared with the
/// canonical number ("+18095551234"), else with the keys as they are dialled. Keys behind a pause,
/// a wait or a hook flash are compared by themselves too, and behind a service code (*67, #31#):
/// what follows an access code is a number of its own. Emergency numbers go before `allowed`, and
/// these before `barred`.
struct DialBarring {
    std::vector<std::string> barred{};
    std::vector<std::string> allowed{};
    /// Besides 112, 911 and what the numbering plan of the place says.
    std::vector<std::string> emergency{};
};

/// What a number is judged with that only the numbering plan knows. May be empty.
struct NumberingPlan {
    /// "+1 (809) 5551234", in any dress; nothing where it is no such number.
    std::function<std::optional<std::string>(std::string_view number)> canonicalOf{};
    std::function<bool(std::string_view number)> isEmergency{};
};

/// Total for any text. The pattern that bars the number; nothing: it may be dialled.
[[nodiscard]] std::optional<std::string> barredBy(const DialBarring& rules, std::string_view number,
                                                  const NumberingPlan& plan = {});
/// INVALPARAM names what is wrong with a pattern.
[[nodiscard]] hal::Result<void> checkDialPattern(std::string_view pattern);
[[nodiscard]] bool matchesDialPattern(std::string_view pattern, std::string_view keys);

}  // namespace tipring::rpc

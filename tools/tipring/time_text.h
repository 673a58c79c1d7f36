// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "tipring/hal/base/event_loop.h"

namespace tipring::tools {

/// "2026-11-24T14:03:07.250Z"
[[nodiscard]] std::string utcText(hal::WallTime time);
/// The reverse of utcText; empty for anything else.
[[nodiscard]] std::optional<hal::WallTime> parseUtc(std::string_view text);
/// "14:03:07" in this machine's time zone.
[[nodiscard]] std::string localClock(hal::WallTime time);
/// "2026-11-24 14:03:07" in this machine's time zone.
[[nodiscard]] std::string localDateTime(hal::WallTime time);
/// "2026-11-24_14-03-07" in this machine's time zone: part of a file name.
[[nodiscard]] std::string fileStamp(hal::WallTime time);
/// This machine's local time minus UTC at that moment.
[[nodiscard]] std::chrono::minutes utcOffset(hal::WallTime time);
/// "7 s", "2 min 5 s", "1 h 3 min".
[[nodiscard]] std::string durationText(hal::Duration duration);

}  // namespace tipring::tools

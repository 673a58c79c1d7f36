// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/api/events.h"
#include "tipring/tapi_core/api/tapi.h"

namespace tipring::tools {

class JsonLine;

/// The word of a caller-ID status in JSON and in the call log: ok, private, unavailable, partial,
/// absent (nothing was sent, or not yet).
[[nodiscard]] std::string statusWord(tapi::PartyStatus status);
/// "5551234, J DOE"; "number withheld"; "number not available"; "no caller ID".
[[nodiscard]] std::string callerText(const tapi::Party& caller);
/// "11-24 14:03"
[[nodiscard]] std::string networkTimeText(const tapi::NetworkTime& time);
/// Why a call ended, from its Disconnected event: "normal", "busy", "no answer (after 60 s)".
[[nodiscard]] std::string disconnectText(const tapi::CallStateEvent& event);
/// What ended it, with the signs that spoke for a hang-up; empty where nothing is known.
[[nodiscard]] std::string hangUpText(const tapi::CallStateEvent& event);

/// One sentence for people; empty for an event that tells them nothing.
[[nodiscard]] std::string describe(const tapi::Event& event);
/// The same for programs. Keys: event (line, ring, call, state, caller, digit, sent, media, file),
/// time (UTC), line, call, and what the event carries.
[[nodiscard]] JsonLine toJson(const tapi::Event& event, hal::WallTime now);

}  // namespace tipring::tools

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::tspi {

class Call;
class HostSession;

/// The way up for one open line: its event routine and the core's handle. Cheap to copy; dead
/// after lineClose. Thread: any, but never from inside another routine of the core.
class LineEvents {
public:
    LineEvents() = default;
    LineEvents(HostSession& session, LINEEVENT routine, HTAPILINE line)
        : session_(&session), routine_(routine), line_(line) {}

    /// Announces an incoming call. Null: the core has no room, end the call by yourself and say
    /// nothing more of it. Follow it with callState().
    [[nodiscard]] HTAPICALL newCall(Call& call) const;
    /// `state` is LINECALLSTATE_*, `mode` the mode of that state, `mediaMode` LINEMEDIAMODE_*.
    void callState(HTAPICALL call, std::uint32_t state, std::uint32_t mode = 0,
                   std::uint32_t mediaMode = 0) const;
    /// LINECALLINFOSTATE_* that changed; Call::info() gives the new values.
    void callInfo(HTAPICALL call, std::uint32_t changed) const;
    /// `mode` from 1, `count` from 0.
    void ringing(std::uint32_t mode, std::uint32_t count) const;
    /// Another LINEDEVSTATE_*.
    void lineState(std::uint32_t state) const;
    /// `tick` in ms of the device or the loop; 0: the core fills it in.
    void digit(HTAPICALL call, char digit, std::uint32_t mode = LINEDIGITMODE_DTMF,
               std::uint32_t tick = 0) const;
    void mediaHeard(HTAPICALL call, std::uint32_t mediaModes) const;
    /// `how` is LINEGENERATETERM_*, `endToEndId` that of the request.
    void generated(HTAPICALL call, std::uint32_t how, std::uint32_t endToEndId) const;
    /// `end` is LINEGATHERTERM_*, `endToEndId` that of the request; the text is copied.
    void gathered(HTAPICALL call, std::uint32_t end, std::uint32_t endToEndId,
                  const char* digits) const;
    /// `appSpecific` of the tone that was heard.
    void tone(HTAPICALL call, std::uint32_t appSpecific, std::uint32_t tick = 0) const;
    /// A vote that the far end hung up: `sign` is TSPI_HANGUPSIGN_*, `percent` how sure it is.
    void hangUpSign(HTAPICALL call, std::uint32_t sign, std::uint32_t percent,
                    std::uint32_t lasted = 0) const;
    /// LINEADDRESSSTATE_* that changed.
    void addressState(std::uint32_t changed) const;
    /// Three numbers of the provider's own; `call` may be null.
    void devSpecific(HTAPICALL call, std::uintptr_t p1, std::uintptr_t p2 = 0,
                     std::uintptr_t p3 = 0) const;
    /// Event number `event` of interface number `interfaceIndex` (interface.h); `call` may be null.
    void interfaceEvent(HTAPICALL call, std::uint32_t interfaceIndex, std::uint32_t event,
                        std::span<const TspiValue> values) const;
    /// The device is gone: the line's handles are dead from here on.
    void closed() const;

private:
    void send(HTAPICALL call, std::uint32_t message, std::uintptr_t p1 = 0, std::uintptr_t p2 = 0,
              std::uintptr_t p3 = 0) const;

    HostSession* session_ = nullptr;
    LINEEVENT routine_ = nullptr;
    HTAPILINE line_ = nullptr;
};

}  // namespace tipring::tspi

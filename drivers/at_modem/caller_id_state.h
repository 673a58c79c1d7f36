// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>

#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::at_modem {

/// What one burst of caller ID said, in the core's terms.
struct CallerIdState {
    /// True when the line tells of a caller (a call may be offered), false for message waiting.
    bool takeLine(std::string_view line);
    /// True when the code is DTMF; `digit` is called once per key that was pressed.
    bool takeDigitCode(char code, hal::TimePoint now, const std::function<void(char)>& digit);
    /// Something arrived that was not taken yet.
    [[nodiscard]] bool pending() const { return pending_; }
    /// Puts what arrived into the call's facts; false when nothing useful came.
    bool apply(TspiCallInfo& facts);
    /// 1 on, 0 off, -1: nothing was said of messages. Forgotten by asking.
    int takeMessageWaiting();
    void reset();

private:
    void take(std::string_view tag, std::string_view value);

    bool pending_ = false;
    TspiPartyId party_{};
    std::uint8_t month_ = 0, day_ = 0, hour_ = 0xFF, minute_ = 0;
    int messageWaiting_ = -1;
    bool inBlock_ = false;
    char blockDigit_ = 0;
    char lastDigit_ = 0;
    hal::TimePoint lastAt_{};
};

}  // namespace tipring::at_modem

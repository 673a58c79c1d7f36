// SPDX-License-Identifier: Apache-2.0
#include "call_outcome.h"

#include <algorithm>
#include <array>

#include "tipring/tapi_core/tspi/constants.h"

namespace tipring::at_modem {
namespace {

using hal::ErrorCode;

constexpr std::array<CallOutcome, 12> kOutcomes{{
    {Reply::None, {}, 0, 0, LINEDISCONNECTMODE_UNKNOWN, "the dialling was given up"},
    {Reply::Busy,
     {},
     LINECALLSTATE_BUSY,
     LINEBUSYMODE_UNKNOWN,
     LINEDISCONNECTMODE_BUSY,
     "the modem reports busy tone"},
    {Reply::NoDialTone,
     {},
     0,
     0,
     LINEDISCONNECTMODE_NODIALTONE,
     "there is no dial tone on the line"},
    {Reply::NoAnswer, {}, 0, 0, LINEDISCONNECTMODE_NOANSWER, "nobody answered"},
    {Reply::NoCarrier,
     {},
     0,
     0,
     LINEDISCONNECTMODE_UNKNOWN,
     "the modem ended the call without saying why"},
    {Reply::Delayed,
     {},
     0,
     0,
     LINEDISCONNECTMODE_TEMPFAILURE,
     "the modem delays this number: it was dialled too often without success"},
    {Reply::Blacklisted,
     {},
     0,
     0,
     LINEDISCONNECTMODE_BLOCKED,
     "the modem refuses this number: it was dialled too often without success"},
    {Reply::LineInUse, ErrorCode::CallUnavail, 0, 0, LINEDISCONNECTMODE_UNAVAIL,
     "another telephone uses the line"},
    {Reply::NoLine, ErrorCode::CallUnavail, 0, 0, LINEDISCONNECTMODE_OUTOFORDER,
     "no telephone line is plugged in"},
    {Reply::Error, ErrorCode::OperationFailed, 0, 0, LINEDISCONNECTMODE_UNKNOWN,
     "the modem refused the dial command"},
    {Reply::Fax, {}, 0, 0, LINEDISCONNECTMODE_INCOMPATIBLE, "a fax answered"},
    {Reply::Data, {}, 0, 0, LINEDISCONNECTMODE_INCOMPATIBLE, "a data modem answered"},
}};

}  // namespace

const CallOutcome& callOutcome(Reply reply) noexcept {
    const auto* found =
        std::find_if(kOutcomes.begin(), kOutcomes.end(),
                     [reply](const CallOutcome& outcome) { return outcome.reply == reply; });
    return found != kOutcomes.end() ? *found : kOutcomes[0];
}

}  // namespace tipring::at_modem

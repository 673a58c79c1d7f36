// SPDX-License-Identifier: Apache-2.0
#include "hang_up_evidence.h"

#include "tipring/tapi_core/tspi/constants.h"

namespace tipring::at_modem {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kRepeatAfter{2500};
constexpr milliseconds kRepeatBefore{8000};

/// True when the report comes for the second time, as a lasting tone is reported.
bool repeated(std::optional<hal::TimePoint>& last, hal::TimePoint now) {
    if (!last || now - *last > kRepeatBefore) {
        last = now;
        return false;
    }
    return now - *last >= kRepeatAfter;
}

}  // namespace

std::uint32_t HangUpEvidence::sign(EventMeaning meaning) {
    switch (meaning) {
    case EventMeaning::LoopBreak: return TSPI_HANGUPSIGN_MODEMHANGUP;
    case EventMeaning::PolarityReversal: return TSPI_HANGUPSIGN_POLARITY;
    case EventMeaning::Busy:
    case EventMeaning::Reorder:
    case EventMeaning::DialTone: return TSPI_HANGUPSIGN_MODEMTONE;
    case EventMeaning::Silence: return TSPI_HANGUPSIGN_SILENCE;
    default: return 0;
    }
}

std::optional<std::string_view> HangUpEvidence::judge(EventMeaning meaning, hal::TimePoint now,
                                                      const Situation& situation) {
    switch (meaning) {
    case EventMeaning::LoopBreak: return "the loop current was interrupted: the far end hung up";
    case EventMeaning::Busy:
    case EventMeaning::Reorder:
        if (repeated(busy_, now)) {
            return "the line gives busy tone: the far end hung up";
        }
        return std::nullopt;
    case EventMeaning::DialTone:
        if (repeated(dialTone_, now) || !situation.playing) {
            return "the line gives dial tone: the far end hung up";
        }
        return std::nullopt;
    case EventMeaning::Silence:
        if (situation.silenceArmed && situation.recording) {
            return "the line is silent since the recording began: the far end seems gone";
        }
        return std::nullopt;
    default: return std::nullopt;
    }
}

}  // namespace tipring::at_modem

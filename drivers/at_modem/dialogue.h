// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

#include "profile.h"
#include "reply.h"

namespace tipring::at_modem {

/// What follows when a step ended.
enum class Then : std::uint8_t {
    Next,    ///< the next step (after the last one: success)
    Finish,  ///< the dialogue ends well here
    Fail,    ///< the dialogue ends with this step's failure
    Again,   ///< the step again, up to its tries; then Fail
};

/// One exchange with the modem, as a row of a const table.
struct Step {
    enum class Send : std::uint8_t {
        Line,    ///< command lines: of the profile's sequence, or the text
        Bytes,   ///< the text as it is, no CR
        Codes,   ///< a stop code of the profile, and the next one after each stopWait
        DtrOff,  ///< circuit 108/2 off
        DtrOn,
    };
    std::uint8_t id = 0;  ///< for the client
    Send send = Send::Line;
    Sequence sequence = Sequence::None;
    std::string_view text{};
    Profile::Codes Profile::*codes = nullptr;
    ReplySet wanted = kAnyOk;  ///< empty: no answer is expected, the limit is a plain wait
    std::chrono::milliseconds limit{1000};
    std::chrono::milliseconds before{0};  ///< nothing is sent for that long before
    Then onWanted = Then::Next;
    Then onError = Then::Fail;
    Then onTimeout = Then::Fail;
    std::uint8_t tries = 1;
    bool interruptible = false;  ///< any byte ends it: dialling, answering (V.250 5.6.1)
};
using Dialogue = std::span<const Step>;

/// How a dialogue ended.
struct DialogueEnd {
    enum class How : std::uint8_t { Done, Refused, TimedOut, Cancelled, Gone };
    How how = How::Done;
    std::uint8_t step = 0;      ///< id of the last one
    Reply reply = Reply::None;  ///< its final result, if one came
    std::string_view command;   ///< the line it sent; valid during the call
    std::string_view line;      ///< the result as the modem wrote it; valid during the call

    [[nodiscard]] bool done() const { return how == How::Done; }
    /// What happened, in words.
    [[nodiscard]] hal::Error error() const;
};

/// Who runs a dialogue. Calls come on the loop's thread, from inside the port's.
class DialogueClient {
public:
    virtual ~DialogueClient() = default;
    /// The step's last command line went out.
    virtual void onSent(std::uint8_t /*step*/) {}
    /// A line that is neither a result nor unsolicited, while step `step` waits.
    virtual void onInformation(std::uint8_t /*step*/, std::string_view /*line*/) {}
    /// A command of the step was answered; what comes next is decided afterwards.
    virtual void onReply(std::uint8_t /*step*/, Reply /*reply*/, std::string_view /*line*/) {}
    /// The last call of the dialogue. Another one may be started from inside.
    virtual void onDialogueEnd(const DialogueEnd& end) = 0;
};

// The dialogues of the driver, as data.
namespace dialogues {

/// Ids of steps whose answers somebody wants.
enum StepId : std::uint8_t {
    kOther,
    kProduct,
    kFirmware,
    kManufacturer,
    kFaxManufacturer,
    kModel,
    kClasses,
    kHashClasses,
    kFormats,
    kLineSelects,
    kCountryBack,
    kCallerIdEnable,
    kCallerIdRead,
    kFormat,
    kDialLast,
    kStream,
    kRawLine,
};

extern const Dialogue kAwaken;         ///< AT until it answers, reset, echo off
extern const Dialogue kIdentify;       ///< what are you?
extern const Dialogue kIdentifyVoice;  ///< only where class 8 is there
extern const Dialogue kInit;           ///< the profile's
extern const Dialogue kCountry;        ///< set and read back
extern const Dialogue kCallerId;       ///< <enable>, then <verify> read back
extern const Dialogue kCallerIdBlind;  ///< <enable> alone
extern const Dialogue kCallerIdBack;   ///< <verify> alone
extern const Dialogue kTryFormat;      ///< voice class, format; tolerant
extern const Dialogue kIdle;           ///< back to the idle class
extern const Dialogue kAnswerVoice;
extern const Dialogue kAnswerData;
extern const Dialogue kDialVoice;
extern const Dialogue kDialData;
extern const Dialogue kDialPart;  ///< the first part of a long number
extern const Dialogue kDialMore;  ///< a part in the middle
extern const Dialogue kDialLastPart;
extern const Dialogue kFlash;  ///< a hook flash, and keys
extern const Dialogue kOffHook;
extern const Dialogue kHangUp;
extern const Dialogue kHangUpData;  ///< escape first
extern const Dialogue kStartPlay;
extern const Dialogue kStartRecord;
extern const Dialogue kEndPlay;
extern const Dialogue kDiscardPlay;
extern const Dialogue kEndRecord;
extern const Dialogue kDigit;
extern const Dialogue kTone;
extern const Dialogue kHeartbeat;
extern const Dialogue kRaw;
extern const Dialogue kRecovery;  ///< the ladder, mildest first

}  // namespace dialogues
}  // namespace tipring::at_modem

// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "dialogue.h"

namespace tipring::at_modem::dialogues {
namespace {

using std::chrono::milliseconds;
using Send = Step::Send;

constexpr milliseconds kSimple{1000}, kReset{3000}, kVoice{5000}, kSetUp{90'000};

constexpr std::array kAwakenSteps{
    Step{.text = "AT", .onError = Then::Next, .onTimeout = Then::Again, .tries = 3},
    Step{.text = "ATZ", .limit = kReset, .onError = Then::Next, .onTimeout = Then::Next},
    Step{.text = "ATE0Q0V1", .onTimeout = Then::Again, .tries = 2},
};

// An ERROR means that the modem does not know the question, which is an answer too.
constexpr Step ask(std::uint8_t id, std::string_view text) {
    return {.id = id, .text = text, .onError = Then::Next, .onTimeout = Then::Next};
}
constexpr std::array kIdentifySteps{ask(kProduct, "ATI0"),        ask(kFirmware, "ATI3"),
                                    ask(kManufacturer, "AT+GMI"), ask(kFaxManufacturer, "AT+FMI"),
                                    ask(kModel, "AT+GMM"),        ask(kClasses, "AT+FCLASS=?"),
                                    ask(kHashClasses, "AT#CLS=?")};
constexpr std::array kIdentifyVoiceSteps{
    Step{.text = "AT+FCLASS=8", .limit = kVoice, .onError = Then::Fail},
    ask(kFormats, "AT+VSM=?"),
    ask(kLineSelects, "AT+VLS=?"),
    Step{.text = "AT+FCLASS=0", .limit = kVoice, .onError = Then::Next},
};

constexpr std::array kInitSteps{Step{.sequence = Sequence::Init}};
constexpr std::array kCountrySteps{
    Step{.sequence = Sequence::Country, .onError = Then::Next},
    ask(kCountryBack, "AT+GCI?"),
};

constexpr Step kEnableStep{.id = kCallerIdEnable, .text = "<enable>"};
constexpr Step kBackStep{.id = kCallerIdRead, .text = "<verify>"};
constexpr std::array kCallerIdSteps{kEnableStep, kBackStep};
constexpr std::array kCallerIdBlindSteps{kEnableStep};
constexpr std::array kCallerIdBackSteps{kBackStep};

constexpr Step kEnterVoice{.sequence = Sequence::VoiceEnter, .limit = kVoice};
constexpr Step kSelectFormat{.id = kFormat, .sequence = Sequence::SelectFormat, .limit = kVoice};
constexpr std::array kTryFormatSteps{kEnterVoice, kSelectFormat};
constexpr Step kBackToIdle{.sequence = Sequence::Idle,
                           .limit = kVoice,
                           .onError = Then::Next,
                           .onTimeout = Then::Again,
                           .tries = 2};
constexpr std::array kIdleSteps{kBackToIdle};

constexpr Step kVoiceSet{.sequence = Sequence::VoiceSetup, .limit = kVoice};
constexpr std::array kAnswerVoiceSteps{
    kEnterVoice, kSelectFormat, kVoiceSet,
    Step{.sequence = Sequence::Answer, .limit = milliseconds{10'000}, .interruptible = true}};
constexpr std::array kAnswerDataSteps{Step{.sequence = Sequence::DataAnswer,
                                           .wanted = only(Reply::Connect),
                                           .limit = kSetUp,
                                           .interruptible = true}};

constexpr Step kPrepareDial{.text = "AT<raw>", .onError = Then::Next, .onTimeout = Then::Next};
constexpr Step kDialRest{
    .id = kDialLast, .sequence = Sequence::Dial, .limit = kSetUp, .interruptible = true};
constexpr Step kDialSome{.sequence = Sequence::DialPart, .limit = kSetUp, .interruptible = true};
constexpr std::array kDialVoiceSteps{kEnterVoice, kSelectFormat, kVoiceSet, kPrepareDial,
                                     kDialRest};
constexpr std::array kDialPartSteps{kEnterVoice, kSelectFormat, kVoiceSet, kPrepareDial, kDialSome};
constexpr std::array kDialMoreSteps{kDialSome};
constexpr std::array kFlashSteps{
    Step{.sequence = Sequence::FlashTime, .onError = Then::Next, .onTimeout = Then::Next},
    kDialSome};
constexpr std::array kDialLastPartSteps{kDialRest};
constexpr std::array kDialDataSteps{kPrepareDial, Step{.id = kDialLast,
                                                       .sequence = Sequence::DataDial,
                                                       .wanted = only(Reply::Connect),
                                                       .limit = kSetUp,
                                                       .interruptible = true}};
constexpr std::array kOffHookSteps{kEnterVoice, kSelectFormat, kVoiceSet,
                                   Step{.sequence = Sequence::OffHook, .limit = kVoice}};

constexpr Step kRelease{.sequence = Sequence::HangUp,
                        .wanted = kAnyOk | only(Reply::NoCarrier),
                        .limit = kVoice,
                        .onError = Then::Next,
                        .onTimeout = Then::Again,
                        .tries = 2};
constexpr std::array kHangUpSteps{kRelease, kBackToIdle};
constexpr std::array kHangUpDataSteps{
    // V.250 leaves the escape to the maker; this one (guard, +++, guard) is what all of them know.
    Step{.send = Send::Bytes,
         .text = "+++",
         .wanted = kAnyOk | only(Reply::NoCarrier),
         .limit = milliseconds{2000},
         .before = milliseconds{1100},
         .onError = Then::Next,
         .onTimeout = Then::Next},
    kRelease, kBackToIdle};

constexpr std::array kStartPlaySteps{Step{.sequence = Sequence::PlayPrepare, .limit = kVoice},
                                     Step{.id = kStream,
                                          .sequence = Sequence::Play,
                                          .wanted = only(Reply::Connect),
                                          .limit = kVoice}};
constexpr std::array kStartRecordSteps{Step{.sequence = Sequence::RecordPrepare, .limit = kVoice},
                                       Step{.id = kStream,
                                            .sequence = Sequence::Record,
                                            .wanted = only(Reply::Connect),
                                            .limit = kVoice}};

constexpr Step endOf(Profile::Codes Profile::*codes) {
    return {.send = Send::Codes,
            .codes = codes,
            .limit = milliseconds{2000},
            .onError = Then::Next,
            .onTimeout = Then::Next};
}
/// The last resort when no code was understood: a character, then a command.
constexpr Step kPoke{.send = Send::Bytes, .text = "\r", .wanted = {}, .limit = milliseconds{300}};
constexpr Step kProbeAfter{.text = "AT", .onError = Then::Next};
constexpr Step finishOnReply(Step step) {
    step.onWanted = Then::Finish;
    return step;
}
constexpr std::array kEndPlaySteps{finishOnReply(endOf(&Profile::playEnd)), kPoke, kProbeAfter};
constexpr std::array kDiscardPlaySteps{finishOnReply(endOf(&Profile::playDiscard)), kPoke,
                                       kProbeAfter};
constexpr std::array kEndRecordSteps{finishOnReply(endOf(&Profile::recordStop)), kPoke,
                                     kProbeAfter};

constexpr std::array kDigitSteps{Step{.sequence = Sequence::Digit, .limit = kVoice}};
constexpr std::array kToneSteps{Step{.sequence = Sequence::Tone, .limit = milliseconds{30'000}}};
constexpr std::array kHeartbeatSteps{
    Step{.text = "AT", .onError = Then::Next, .onTimeout = Then::Again, .tries = 3}};
constexpr std::array kRawSteps{
    Step{.id = kRawLine, .text = "AT<raw>", .wanted = kAnyFinal, .limit = milliseconds{30'000}}};

constexpr Step rung(Step::Send send, std::string_view bytes, milliseconds before,
                    milliseconds wait) {
    return {.send = send, .text = bytes, .wanted = {}, .limit = wait, .before = before};
}
constexpr Step kAlive{
    .text = "AT", .onWanted = Then::Finish, .onError = Then::Finish, .onTimeout = Then::Next};
constexpr Step tryLine(std::string_view text, milliseconds limit) {
    return {.text = text, .limit = limit, .onError = Then::Next, .onTimeout = Then::Next};
}
constexpr std::array kRecoverySteps{
    rung(Send::Bytes, "\x10\x18\x10\x03", milliseconds{0}, milliseconds{200}),
    rung(Send::Bytes, "\x10!", milliseconds{0}, milliseconds{200}),
    rung(Send::Bytes, "\r", milliseconds{0}, milliseconds{200}),
    kAlive,
    rung(Send::Bytes, "+++", milliseconds{1100}, milliseconds{1100}),
    tryLine("ATH", kSimple),
    kAlive,
    tryLine("ATZ", kReset),
    kAlive,
    // Some modems need more than two seconds to come back (Zoom 2949L).
    rung(Send::DtrOff, "", milliseconds{0}, milliseconds{500}),
    rung(Send::DtrOn, "", milliseconds{0}, milliseconds{2600}),
    Step{.text = "AT", .onError = Then::Next, .onTimeout = Then::Again, .tries = 3},
};

}  // namespace

const Dialogue kAwaken{kAwakenSteps};
const Dialogue kIdentify{kIdentifySteps};
const Dialogue kIdentifyVoice{kIdentifyVoiceSteps};
const Dialogue kInit{kInitSteps};
const Dialogue kCountry{kCountrySteps};
const Dialogue kCallerId{kCallerIdSteps};
const Dialogue kCallerIdBlind{kCallerIdBlindSteps};
const Dialogue kCallerIdBack{kCallerIdBackSteps};
const Dialogue kTryFormat{kTryFormatSteps};
const Dialogue kIdle{kIdleSteps};
const Dialogue kAnswerVoice{kAnswerVoiceSteps};
const Dialogue kAnswerData{kAnswerDataSteps};
const Dialogue kDialVoice{kDialVoiceSteps};
const Dialogue kDialPart{kDialPartSteps};
const Dialogue kDialMore{kDialMoreSteps};
const Dialogue kFlash{kFlashSteps};
const Dialogue kDialLastPart{kDialLastPartSteps};
const Dialogue kDialData{kDialDataSteps};
const Dialogue kOffHook{kOffHookSteps};
const Dialogue kHangUp{kHangUpSteps};
const Dialogue kHangUpData{kHangUpDataSteps};
const Dialogue kStartPlay{kStartPlaySteps};
const Dialogue kStartRecord{kStartRecordSteps};
const Dialogue kEndPlay{kEndPlaySteps};
const Dialogue kDiscardPlay{kDiscardPlaySteps};
const Dialogue kEndRecord{kEndRecordSteps};
const Dialogue kDigit{kDigitSteps};
const Dialogue kTone{kToneSteps};
const Dialogue kHeartbeat{kHeartbeatSteps};
const Dialogue kRaw{kRawSteps};
const Dialogue kRecovery{kRecoverySteps};

}  // namespace tipring::at_modem::dialogues

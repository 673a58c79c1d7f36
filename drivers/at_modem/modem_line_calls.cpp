// SPDX-License-Identifier: Apache-2.0
// Answering, dialling, hanging up.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "call_outcome.h"
#include "dial_string.h"
#include "modem_line.h"
#include "tipring/hal/base/log.h"

namespace tipring::at_modem {
namespace {

const hal::LogCategory kLog{"at_modem"};

using hal::ErrorCode;
using std::chrono::milliseconds;
using namespace dialogues;

/// A result that comes that soon after the dial command is no result of dialling.
constexpr milliseconds kAccepted{500};

std::uint32_t rateOf(std::string_view line) {
    const std::size_t digit = line.find_first_of("0123456789");
    std::uint32_t rate = 0;
    if (digit != line.npos) {
        std::from_chars(line.data() + digit, line.data() + line.size(), rate);
    }
    return rate;
}

}  // namespace

ModemCall& ModemLine::newCall(std::uint32_t origin) {
    calls_.push_back(std::make_unique<ModemCall>(*this, events_, group_, origin));
    call_ = calls_.back().get();
    call_->facts.mediaMode = device_.voice ? LINEMEDIAMODE_UNKNOWN : LINEMEDIAMODE_DATAMODEM;
    wasConnected_ = false;
    evidence_.reset();
    return *call_;
}

void ModemLine::setVoiceValues(AtEngine::Start& start) {
    if (!device_.format) {
        return;
    }
    const VoiceFormatChoice& format = device_.profile->formats[*device_.format];
    rate_ = fmt::format("{}", format.rate);
    start.values.set(Placeholder::Format, format.id)
        .set(Placeholder::Rate, rate_)
        .set(Placeholder::Bits, bitsText(format.codec));
}

hal::Result<void> ModemLine::answer(ModemCall& call, tspi::Request&& request) {
    if (&call != call_ || hook_ != Hook::OnHook || service_ != Service::Ready) {
        return hal::fail(ErrorCode::InvalCallState, "this call rings no more");
    }
    ringTimer_.cancel();
    hook_ = Hook::Answering;
    AtEngine::Start start;
    setVoiceValues(start);
    call.answering = std::move(request);
    queue_.push({call.isData() ? kAnswerData : kAnswerVoice, &answering_, start});
    return {};
}

void ModemLine::onAnswerEnd(const DialogueEnd& end) {
    if (end.how == DialogueEnd::How::Gone) {
        return;
    }
    if (!live() || hook_ != Hook::Answering) {
        return;  // dropped meanwhile: hanging up goes on
    }
    if (end.done()) {
        call_->answering.succeed();
        connected(end);
        return;
    }
    const hal::Error why = end.error();
    call_->answering.fail(why);
    if (end.how == DialogueEnd::How::TimedOut) {
        recover(why);
        return;
    }
    kLog.warning("{}: the call was not answered: {}", device_.portName, why.cause);
    // Refused: on hook again, and the call may still ring.
    endCall(LINEDISCONNECTMODE_UNKNOWN, why.cause);
    hangUp();
}

void ModemLine::connected(const DialogueEnd& end) {
    hook_ = Hook::OffHook;
    wasConnected_ = true;
    progressTimer_.cancel();
    noAnswerTimer_.cancel();
    evidence_.reset();
    rings_.reset();
    // A data connection proves the far end; OK and VCON of a voice call prove nothing.
    const bool proved = end.reply == Reply::Connect && call_->isData();
    if (proved) {
        call_->facts.rate = rateOf(end.line);
    }
    call_->enter(LINECALLSTATE_CONNECTED,
                 LINECONNECTEDMODE_ACTIVE | (proved ? LINECONNECTEDMODE_CONFIRMED : 0U),
                 proved ? "the modems are connected" : "presumed: the line was taken");
}

hal::Result<tspi::Call*> ModemLine::makeCall(tspi::Request&& request, HTAPICALL handle,
                                             std::string_view address,
                                             const TspiCallParams& params) {
    if (auto ready = readyForCall(); !ready) {
        return tl::unexpected(ready.error());
    }
    if (params.bearerMode == LINEBEARERMODE_PASSTHROUGH) {
        return makePassThrough(std::move(request), handle, address);
    }
    const bool data = params.mediaMode == LINEMEDIAMODE_DATAMODEM || !device_.voice;
    if (params.bearerMode != 0 && params.bearerMode != LINEBEARERMODE_VOICE) {
        return hal::fail(ErrorCode::InvalCallParams, "the bearer is voice or pass-through");
    }
    if (params.mediaMode != 0 && !data &&
        (params.mediaMode & ~(LINEMEDIAMODE_UNKNOWN | LINEMEDIAMODE_INTERACTIVEVOICE |
                              LINEMEDIAMODE_AUTOMATEDVOICE)) != 0) {
        return hal::fail(ErrorCode::InvalMediaMode, "the modem makes voice and data calls only");
    }
    const auto number = readDialString(address, *device_.profile);
    if (!number) {
        return tl::unexpected(number.error());
    }
    if (number->keys.empty() && data) {
        return hal::fail(ErrorCode::InvalAddress, "a data call needs a number");
    }
    ModemCall& call = newCall(LINECALLORIGIN_OUTBOUND);
    call.handle = handle;
    call.facts.mediaMode = data                    ? LINEMEDIAMODE_DATAMODEM
                           : params.mediaMode != 0 ? params.mediaMode
                                                   : LINEMEDIAMODE_INTERACTIVEVOICE;
    call.facts.callerId.flags = LINECALLPARTYID_UNAVAIL;
    call.facts.calledId.flags = LINECALLPARTYID_ADDRESS;
    tspi::copyText(call.facts.calledId.number, address);
    call.incomplete = number->incomplete;
    const std::size_t room = device_.profile->maxCommand - std::string_view("ATD;").size();
    call.pieces = cutDialString(number->keys, room, options_.pulse ? 'P' : 'T');
    call.making = std::move(request);
    setNoAnswer(params);
    kLog.info("{}: dials {}", device_.portName, hal::Private{address});
    startDialing();
    return &call;
}

void ModemLine::setNoAnswer(const TspiCallParams& params) {
    noAnswer_ = params.noAnswerTimeout != 0 ? milliseconds{params.noAnswerTimeout * 1000ULL}
                                            : options_.noAnswer;
}

void ModemLine::startDialing() {
    hook_ = Hook::Dialing;
    dialPiece_.clear();
    pushDial(true);
}

/// Sends the next piece of the number; the last one waits for the outcome.
void ModemLine::pushDial(bool first) {
    ModemCall& call = *call_;
    AtEngine::Start start;
    setVoiceValues(start);
    if (first && releasedAt_ != hal::TimePoint{}) {
        start.notBefore = releasedAt_ + device_.profile->onHook;
    }
    // A mode of its own for parts: only the first command may wait for a dial tone.
    start.values.set(Placeholder::Raw, options_.waitForDialTone && first ? "X4" : "X3");
    if (call.pieces.empty()) {
        if (first) {
            queue_.push({kOffHook, &dialing_, start});
        }
        return;
    }
    dialPiece_ = std::move(call.pieces.front());
    call.pieces.erase(call.pieces.begin());
    start.values.set(Placeholder::Number, dialPiece_);
    const bool part = !call.pieces.empty() || call.incomplete || group_.held() != nullptr;
    const Dialogue dialogue = call.isData() && !part ? kDialData
                              : part                 ? (first ? kDialPart : kDialMore)
                                                     : (first ? kDialVoice : kDialLastPart);
    queue_.push({dialogue, &dialing_, start});
}

void ModemLine::onDialSent(std::uint8_t step) {
    if (!live() || step != kDialLast) {
        return;
    }
    if (call_->making || call_->dialing) {
        progressTimer_.arm(kAccepted);
    } else {
        progressTimer_.arm(dialTime(dialPiece_));
    }
    noAnswerTimer_.arm(noAnswer_);
}

void ModemLine::makingSucceeded() {
    if (!live() || !call_->making) {
        return;
    }
    call_->announced = true;
    call_->making.succeed();
    if (!wasConnected_) {
        call_->enter(LINECALLSTATE_DIALTONE, LINEDIALTONEMODE_UNKNOWN, "dial tone is presumed");
    }
    if (!dialPiece_.empty() && !wasConnected_) {
        call_->enter(LINECALLSTATE_DIALING, 0, {});
    }
}

void ModemLine::onProgressTimer() {
    if (live() && hook_ == Hook::OffHook) {
        onConsultTimer();
        return;
    }
    if (!live() || hook_ != Hook::Dialing) {
        return;
    }
    if (call_->making || call_->dialing) {
        makingSucceeded();
        call_->dialing.succeed();
        progressTimer_.arm(dialTime(dialPiece_));
    } else if (call_->is(LINECALLSTATE_DIALTONE | LINECALLSTATE_DIALING)) {
        call_->enter(LINECALLSTATE_PROCEEDING, 0, "the number should be dialled by now");
    }
}

void ModemLine::onNoAnswer() {
    if (group_.held() != nullptr && hook_ == Hook::OffHook) {
        group_.activeEnded(LINEDISCONNECTMODE_NOANSWER, "nobody answered in time");
        return;
    }
    if (live() && hook_ == Hook::Dialing) {
        makingSucceeded();
        endCall(LINEDISCONNECTMODE_NOANSWER, "nobody answered in time");
        hangUp();
    }
}

void ModemLine::onDialEnd(const DialogueEnd& end) {
    if (end.how == DialogueEnd::How::Gone || !live() || hook_ != Hook::Dialing) {
        return;
    }
    if (!end.done()) {
        dialFailed(end);
        return;
    }
    const bool offHookOnly = dialPiece_.empty();
    if (offHookOnly || call_->incomplete || !call_->pieces.empty() || group_.held() != nullptr) {
        partDialed();
        return;
    }
    makingSucceeded();
    call_->dialing.succeed();
    connected(end);
}

/// A part of the number is out: the next one, or the application's turn.
void ModemLine::partDialed() {
    makingSucceeded();
    if (dialPiece_.empty()) {
        call_->incomplete = true;  // off hook with a dial tone: digits may follow
    }
    if (!call_->pieces.empty()) {
        pushDial(false);
        return;
    }
    call_->dialing.succeed();
    if (group_.held() != nullptr && !call_->incomplete) {
        consultDialed();
    }
}

hal::Result<void> ModemLine::dialMore(ModemCall& call, tspi::Request&& request,
                                      std::string_view address) {
    const bool consults = group_.held() != nullptr && hook_ == Hook::OffHook && !group_.flashing();
    if (&call != call_ || !(consults || hook_ == Hook::Dialing) || call.dialing || !queue_.idle()) {
        return hal::fail(ErrorCode::InUse, "digits are being dialled");
    }
    const auto number = readDialString(address, *device_.profile);
    if (!number) {
        return tl::unexpected(number.error());
    }
    call.incomplete = number->incomplete;
    const std::size_t room = device_.profile->maxCommand - std::string_view("ATD;").size();
    call.pieces = cutDialString(number->keys, room, options_.pulse ? 'P' : 'T');
    hook_ = Hook::Dialing;
    if (call.pieces.empty()) {
        request.succeed();
        if (!call.incomplete && group_.held() != nullptr) {
            consultDialed();
        } else if (!call.incomplete) {
            DialogueEnd end;
            connected(end);  // an empty number ends the dialling
        }
        return {};
    }
    call.enter(LINECALLSTATE_DIALING, 0, {});
    call.dialing = std::move(request);
    pushDial(false);
    return {};
}

void ModemLine::dialFailed(const DialogueEnd& end) {
    ModemCall& call = *call_;
    const hal::Error why = end.error();
    if (end.how == DialogueEnd::How::TimedOut) {
        recover(why);
        return;
    }
    if (group_.held() != nullptr && end.reply == Reply::Error) {
        hook_ = Hook::OffHook;
        call.dialing.fail(why);
        group_.activeEnded(LINEDISCONNECTMODE_UNKNOWN, why.cause);
        return;
    }
    const CallOutcome& outcome = callOutcome(end.reply);
    const bool atOnce = static_cast<bool>(call.making);
    if (atOnce && outcome.refusal != ErrorCode{}) {
        call.making.fail({outcome.refusal, fmt::format("{}: {}", outcome.cause, end.line)});
    }
    makingSucceeded();
    call.dialing.fail(why);
    if (outcome.state != 0) {
        call.enter(outcome.state, outcome.stateMode, outcome.cause);
    }
    endCall(outcome.disconnectMode, outcome.cause);
    hangUp();
}

/// Another character would make the modem put the line down: the piece that is going out must.
void ModemLine::stopDialling(ModemCall& call) {
    if (hook_ == Hook::Dialing && &call == call_) {
        call.pieces.clear();
        call.dialing.fail({ErrorCode::OperationFailed, "the call was dropped"});
        hook_ = Hook::OffHook;
    }
}

hal::Result<void> ModemLine::drop(ModemCall& call, tspi::Request&& request) {
    const bool grouped =
        group_.contains(call) && (group_.company() || call.is(LINECALLSTATE_ONHOLD));
    if (group_.leaving(call)) {  // it ended by itself and is being put away
        call.dropping = std::move(request);
        return {};
    }
    if (grouped && (hook_ == Hook::OffHook || hook_ == Hook::Dialing)) {
        stopDialling(call);
        return group_.dropOne(call, std::move(request));
    }
    if (grouped) {  // the line is being put down
        call.dropping = std::move(request);
        return {};
    }
    if (&call != call_) {
        request.succeed();
        return {};
    }
    if (hook_ == Hook::Lending) {
        return hal::fail(ErrorCode::InUse, "the port is just being handed over");
    }
    if (hook_ == Hook::Lent) {
        call.dropping = std::move(request);
        takeBack();
        return {};
    }
    if (hook_ == Hook::OnHook) {
        // A ringing line cannot be refused: the call is let ring.
        ignoreRinging_ = true;
        request.succeed();
        endCall(LINEDISCONNECTMODE_REJECT, "the application refused the call");
        idleCall();
        return {};
    }
    ignoreRinging_ = hook_ == Hook::Answering;  // it may ring on
    call.dropping = std::move(request);
    call.answering.fail({ErrorCode::OperationFailed, "the call was dropped"});
    call.dialing.fail({ErrorCode::OperationFailed, "the call was dropped"});
    makingSucceeded();
    hangUp();
    return {};
}

void ModemLine::closeCall(ModemCall& call) {
    const hal::Error why{ErrorCode::InvalCallHandle, "the call was closed"};
    call.announced = false;
    call.failRequests(why);
    if ((group_.company() && group_.contains(call)) || group_.making(call)) {
        tones_.cancel();
        group_.forget(call);
    } else if (&call == call_) {
        tones_.cancel();
        voice_.callEnded(&call, "the call was closed");
        call_ = nullptr;
        if (hook_ == Hook::OnHook) {
            ignoreRinging_ = rings_.count() > 0;
        } else if (hook_ == Hook::Lent) {
            takeBack();
        } else if (hook_ != Hook::Lending) {
            ignoreRinging_ = hook_ == Hook::Answering;
            hangUp();
        }
    }
    if (hook_ == Hook::HangingUp) {
        group_.failTransfer(why);
    }
    std::erase_if(calls_, [&](const auto& other) { return other.get() == &call; });
}

/// Releases the line; whoever waits for it hears at released().
void ModemLine::hangUp() {
    if (hook_ == Hook::HangingUp || hook_ == Hook::OnHook) {
        return;
    }
    if (group_.held() != nullptr && !group_.transferring()) {
        ignoreRinging_ = true;  // the exchange rings for the one that is held
    }
    group_.lineGoesDown();
    const bool onlineData = live() && call_->isData() && wasConnected_;
    hook_ = Hook::HangingUp;
    progressTimer_.cancel();
    noAnswerTimer_.cancel();
    tones_.cancel();
    queue_.clear();
    if (queue_.running() == &answering_ || queue_.running() == &dialing_ ||
        queue_.running() == &flashing_) {
        engine_.cancel();
    }
    voice_.finish();
    queue_.push({onlineData ? kHangUpData : kHangUp, &hangingUp_, {}});
}

void ModemLine::onHangUpEnd(const DialogueEnd& end) {
    if (end.how == DialogueEnd::How::Gone || service_ != Service::Ready) {
        return;
    }
    if (end.how == DialogueEnd::How::TimedOut) {
        hook_ = Hook::OnHook;
        recover(end.error());
        return;
    }
    hook_ = Hook::OnHook;
    released();
    queue_.setHeld(true);
    startup_.checkCallerId();
}

/// The line is on hook: the call is over.
void ModemLine::released() {
    releasedAt_ = loop_.now();
    if (ignoreRinging_) {
        ringTimer_.arm(rings_.patience());
    }
    rings_.reset();
    callerId_.reset();
    callerIdNews_ = false;
    if (!live()) {
        return;
    }
    if (group_.transferring()) {
        voice_.callEnded(nullptr, "the call was transferred");
        group_.transferred();
        idleCall();
        return;
    }
    endCall(LINEDISCONNECTMODE_NORMAL, "the line was released");
    for (analog::LineCall* call : group_.all()) {
        if (call != nullptr) {
            call->dropping.succeed();
        }
    }
    idleCall();
}

/// All calls of the line.
void ModemLine::endCall(std::uint32_t mode, std::string_view cause) {
    if (!live()) {
        return;
    }
    tones_.cancel();
    voice_.callEnded(nullptr, std::string(cause).c_str());
    for (analog::LineCall* call : group_.all()) {
        if (call != nullptr && !call->is(LINECALLSTATE_DISCONNECTED | LINECALLSTATE_IDLE)) {
            call->enter(LINECALLSTATE_DISCONNECTED, mode, cause);
        }
    }
}

void ModemLine::idleCall() {
    for (analog::LineCall* call : group_.takeAll()) {
        if (call != nullptr) {
            call->enter(LINECALLSTATE_IDLE, 0, {});
        }
    }
}

}  // namespace tipring::at_modem

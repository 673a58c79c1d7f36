// SPDX-License-Identifier: Apache-2.0
// Rings, caller ID, and what the modem reports of the line.
#include <algorithm>
#include <utility>

#include "caller_id_facts.h"
#include "modem_line.h"
#include "tipring/hal/base/log.h"

namespace tipring::at_modem {
namespace {

const hal::LogCategory kLog{"at_modem"};
using std::chrono::milliseconds;

/// Lines of one burst come together (some modems send them in pieces).
constexpr milliseconds kCallerIdPause{700};

/// How much a code of the modem is worth in per cent: alone, and where it was judged to be enough.
constexpr std::uint32_t kDoubtful = 40, kSure = 100;

constexpr std::uint32_t kRinging = LINECALLSTATE_OFFERING | LINECALLSTATE_ACCEPTED;

}  // namespace

void ModemLine::onCallLine(const AtLine& line) {
    if (service_ != Service::Ready) {
        return;
    }
    const auto effect = callerId_.take(line);
    if (effect.ring) {
        onRing(std::max<unsigned>(callerId_.ringType(), 1));
    }
    onCallerId(effect);
}

/// USR says RINGING for both directions.
void ModemLine::onRingback() {
    if (service_ != Service::Ready) {
        return;
    }
    if (hook_ == Hook::Dialing && live()) {
        call_->enter(LINECALLSTATE_RINGBACK, 0, "the modem reports ringing at the far end");
    } else {
        callerId_.takeRing();
        onRing(1);
    }
}

void ModemLine::onRing(unsigned mode) {
    const bool transient = device_.profile != nullptr && releasedAt_ != hal::TimePoint{} &&
                           loop_.now() - releasedAt_ < device_.profile->ignoreRing;
    if (hook_ != Hook::OnHook || transient) {
        kLog.debug("{}: a ring right after hang-up or off hook is ignored", device_.portName);
        return;
    }
    takeCallerId();  // what came before this ring is complete
    const std::uint32_t count = rings_.ring(loop_.now());
    ringTimer_.arm(rings_.patience());
    if (offer()) {
        events_.ringing(mode, count);
    }
}

/// There is a call to offer, or it is announced now. False: it was refused, or there is no room.
bool ModemLine::offer() {
    if (live() || ignoreRinging_) {
        return live();
    }
    ModemCall& call = newCall(LINECALLORIGIN_INBOUND);
    call.facts.callerId.flags =
        device_.callerIdWay ? LINECALLPARTYID_UNKNOWN : LINECALLPARTYID_UNAVAIL;
    call.handle = events_.newCall(call);
    if (call.handle == nullptr) {
        kLog.warning("{}: nobody has room for the call that rings", device_.portName);
        call_ = nullptr;
        calls_.pop_back();
        ignoreRinging_ = true;
        return false;
    }
    call.announced = true;
    call.enter(LINECALLSTATE_OFFERING, LINEOFFERINGMODE_ACTIVE, {});
    return true;
}

void ModemLine::onCallerId(const CallerIdAssembler::Effect& effect) {
    if (effect.messageWaiting) {
        messageWaiting_ = callerId_.callerId().messageWaiting.value_or(false);
        events_.lineState(messageWaiting_ ? LINEDEVSTATE_MSGWAITON : LINEDEVSTATE_MSGWAITOFF);
    }
    const bool caller = effect.callerId && callerId_.callerId().known();
    if (!caller || hook_ != Hook::OnHook) {
        return;  // off hook: of a call that waits behind this one, never mixed with it
    }
    ringTimer_.arm(rings_.patience());  // it may come before the first ring
    callerIdNews_ = true;
    if (!offer()) {
        return;
    }
    if (callerId_.complete()) {
        takeCallerId();
    } else {
        callerIdTimer_.arm(kCallerIdPause);
    }
}

/// Number and name are there, the next ring came, or no line came for a while.
void ModemLine::takeCallerId() {
    callerIdTimer_.cancel();
    if (!std::exchange(callerIdNews_, false) || !live() || call_->outgoing()) {
        return;
    }
    fillCallerId(callerId_.callerId(), call_->facts);
    kLog.info("{}: call from {}", device_.portName, hal::Private{call_->facts.callerId.number});
    events_.callInfo(call_->handle, LINECALLINFOSTATE_CALLERID);
}

/// The line itself said who calls. What the modem told goes before; it may come later, too.
void ModemLine::onHeard(const CallerId& id) {
    if (service_ != Service::Ready || hook_ != Hook::OnHook) {
        return;
    }
    if (id.messageWaiting) {
        messageWaiting_ = *id.messageWaiting;
        events_.lineState(messageWaiting_ ? LINEDEVSTATE_MSGWAITON : LINEDEVSTATE_MSGWAITOFF);
    }
    if (!id.known() || callerId_.callerId().known()) {
        return;
    }
    ringTimer_.arm(rings_.patience());  // it may come before the first ring
    if (!offer()) {
        return;
    }
    fillCallerId(id, call_->facts);
    kLog.info("{}: call from {}, heard on the line", device_.portName,
              hal::Private{call_->facts.callerId.number});
    events_.callInfo(call_->handle, LINECALLINFOSTATE_CALLERID);
}

void ModemLine::onRingsOver() {
    rings_.reset();
    ignoreRinging_ = false;
    callerId_.reset();
    callerIdNews_ = false;
    callerIdTimer_.cancel();
    if (live() && call_->is(kRinging) && hook_ == Hook::OnHook) {
        endCall(LINEDISCONNECTMODE_NOANSWER, "the caller gave up: it rings no more");
        idleCall();
    }
}

void ModemLine::onStrayReply(Reply reply, std::string_view line) {
    if (voice_.onStrayReply(line)) {
        return;
    }
    const bool data = live() && call_->isData() && call_->is(LINECALLSTATE_CONNECTED);
    if (reply == Reply::NoCarrier && data) {
        remoteHungUp("the carrier is gone: the far end hung up");
    } else if (reply == Reply::Busy && live() && call_->is(LINECALLSTATE_CONNECTED)) {
        remoteHungUp("the modem reports busy tone: the far end hung up");
    } else {
        kLog.debug("{}: {} came unasked", device_.portName, line);
        onUnsolicited(line);
    }
}

void ModemLine::onCode(char code) {
    if (service_ != Service::Ready) {
        return;
    }
    const EventMeaning meaning = device_.profile->meaning(code);
    if (const auto digit = digits_.take(code, loop_.now().time_since_epoch())) {
        if (live() && call_->monitorsDigits && call_->is(LINECALLSTATE_CONNECTED)) {
            events_.digit(call_->handle, *digit);
        }
    }
    if (DtmfEventFilter::isDigit(code)) {
        return;
    }
    if (meaning == EventMeaning::Ring) {
        callerId_.takeRing();
        onRing(1);
        return;
    }
    if (meaning == EventMeaning::ExtensionLifted || meaning == EventMeaning::ExtensionHungUp) {
        onExtension(meaning == EventMeaning::ExtensionLifted);
    }
    voice_.onEvent(meaning);
    if (!live()) {
        return;
    }
    if (meaning == EventMeaning::ExtensionLifted && call_->is(kRinging) && hook_ == Hook::OnHook) {
        ringTimer_.cancel();
        rings_.reset();
        endCall(LINEDISCONNECTMODE_PICKUP, "a parallel telephone took the call");
        idleCall();
        return;
    }
    if (hook_ == Hook::Dialing) {
        onProgressCode(meaning);
    } else if (hook_ == Hook::OffHook && call_->is(LINECALLSTATE_CONNECTED) && !group_.blind() &&
               !group_.flashing()) {
        onConnectedCode(meaning);
    } else if (hook_ == Hook::OffHook) {
        onConsultCode(meaning);
    }
}

void ModemLine::onProgressCode(EventMeaning meaning) {
    switch (meaning) {
    case EventMeaning::Ringback: call_->enter(LINECALLSTATE_RINGBACK, 0, {}); break;
    case EventMeaning::DialTone:
        if (call_->is(LINECALLSTATE_DIALTONE)) {
            call_->enter(LINECALLSTATE_DIALTONE, LINEDIALTONEMODE_NORMAL, {});
        }
        break;
    case EventMeaning::SpecialInfo:
        call_->enter(LINECALLSTATE_SPECIALINFO, LINESPECIALINFO_UNKNOWN,
                     "the network gives special information tone");
        break;
    default: break;
    }
}

void ModemLine::onConnectedCode(EventMeaning meaning) {
    switch (meaning) {
    case EventMeaning::FaxCalling: tellMedia(LINEMEDIAMODE_G3FAX); break;
    case EventMeaning::DataCalling:
    case EventMeaning::AnswerTone: tellMedia(LINEMEDIAMODE_DATAMODEM); break;
    default: break;
    }
    const HangUpEvidence::Situation situation{voice_.playing(), voice_.recording(),
                                              device_.profile->silenceArmed};
    const auto cause = evidence_.judge(meaning, loop_.now(), situation);
    if (const std::uint32_t sign = HangUpEvidence::sign(meaning); sign != 0) {
        events_.hangUpSign(call_->handle, sign, cause ? kSure : kDoubtful);
    }
    if (cause) {
        remoteHungUp(*cause);
    }
}

void ModemLine::tellMedia(std::uint32_t mode) {
    if ((call_->monitorsMedia & mode) != 0) {
        events_.mediaHeard(call_->handle, mode);
    }
}

void ModemLine::remoteHungUp(std::string_view cause) {
    kLog.info("{}: {}", device_.portName, cause);
    if (group_.held() != nullptr) {
        group_.activeEnded(LINEDISCONNECTMODE_NORMAL, cause);
        return;
    }
    endCall(LINEDISCONNECTMODE_NORMAL, cause);
    hangUp();
}

}  // namespace tipring::at_modem

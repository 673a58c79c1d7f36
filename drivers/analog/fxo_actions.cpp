// SPDX-License-Identifier: Apache-2.0
// What a line does at each row of its table (fxo_line.cpp).
#include <algorithm>
#include <utility>

#include "fxo_line_impl.h"

namespace tipring::analog {
namespace {

using Kind = FxoEvent::Kind;
using dsp::ToneKind;
using std::chrono::milliseconds;

constexpr milliseconds kLeastCallSignal{300};
constexpr milliseconds kFetch{4000};         // for a message after a call signal
constexpr milliseconds kPolarityRest{1000};  // exchanges put it right when a call is taken

constexpr milliseconds kBehindFlash{150};

FxoEnd endOf(ToneKind tone) {
    switch (tone) {
    case ToneKind::Busy: return FxoEnd::Busy;
    case ToneKind::Congestion:
    case ToneKind::Unobtainable:
    case ToneKind::Howler: return FxoEnd::Congestion;
    default: return FxoEnd::SpecialInfo;
    }
}

}  // namespace

void FxoLine::Impl::stopSending() {
    if (dialler.breaking()) {
        setLoop(true);
    }
    dialler.cancel();
    sending = false;
}

void FxoLine::Impl::stopWaiting() {
    for (hal::Timer* timer : {&stateTimer, &noAnswerTimer, &dialToneTimer, &ringbackTimer}) {
        timer->cancel();
    }
}

void FxoLine::Impl::end(FxoEnd how, std::string_view cause) {
    dialler.cancel();  // the loop stays as it is
    sending = false;
    stopWaiting();
    company = false;
    if (!std::exchange(ended, true)) {
        tell({.kind = Kind::Ended, .end = how, .cause = cause});
    }
}

/// On hook; Over comes when the exchange has seen it.
void FxoLine::Impl::release() {
    state = FxoState::Releasing;
    rings.reset();
    ear.resetOnHook();
    watch.setHook(false);
    stateTimer.arm(std::max(settings.release, milliseconds{profile.flashMost} + kBehindFlash));
    static_cast<void>(port.setHook(false));
    if (!abilities.onHookSound) {
        static_cast<void>(port.setSound(false));
    }
}

void FxoLine::Impl::over() {
    if (std::exchange(inCall, false)) {
        tell({.kind = Kind::Over});
    }
}

void FxoLine::Impl::released() {
    over();
    if (std::exchange(ringBehindRelease, false) && state == FxoState::Idle && !inCall) {
        step(FxoInput::Ring);
    }
}

void FxoLine::Impl::gone() {
    watch.stop();
    rings.reset();
    if (inCall) {
        end(FxoEnd::Unplugged, why);
        over();
    }
    dialler.cancel();
    stateTimer.cancel();
    tell({.kind = Kind::Gone, .cause = why});
}

// ---- somebody calls

void FxoLine::Impl::offer() {
    if (!inCall) {
        inCall = true;
        outgoing = confirmed = connected = ended = company = false;
        tell({.kind = Kind::Offered});
    }
}

void FxoLine::Impl::ring() {
    offer();
    tell({.kind = Kind::Ring, .mode = ringMode, .count = ringCount});
}

void FxoLine::Impl::ringOnDeadLine() {
    batteryBack();
    ring();
}

void FxoLine::Impl::keepRing() {
    ringBehindRelease = true;
}

void FxoLine::Impl::caller() {
    rings.expect();
    offer();
    tell({.kind = Kind::CallerId, .callerId = message});
}

/// Japan: the terminal goes off hook for the message at the call signal.
void FxoLine::Impl::fetchId() {
    if (ear.hasCallSignal() && shortRing >= kLeastCallSignal && !ignoreRings && goOffHook()) {
        state = FxoState::FetchingId;
        stateTimer.arm(kFetch);
    }
}

void FxoLine::Impl::fetched() {
    stateTimer.cancel();
    fetchOver();
    caller();
}

void FxoLine::Impl::fetchOver() {
    watch.setHook(false);
    static_cast<void>(port.setHook(false));
}

void FxoLine::Impl::gaveUp() {
    end(FxoEnd::GaveUp, "the caller gave up: it rings no more");
    over();
}

void FxoLine::Impl::pickedUp() {
    rings.reset();
    tellExtension();
    end(FxoEnd::PickedUp, "a parallel telephone took the call");
    over();
}

// ---- the line itself

void FxoLine::Impl::tellExtension() {
    tell({.kind = Kind::Extension, .on = watch.extension()});
}

void FxoLine::Impl::batteryLost() {
    constexpr std::string_view kCause = "no exchange feeds the line: is the cable plugged in?";
    rings.reset();
    if (inCall) {
        end(FxoEnd::NoLoop, kCause);
        over();
    }
    tell({.kind = Kind::InService, .on = false, .cause = kCause});
}

void FxoLine::Impl::batteryBack() {
    tell({.kind = Kind::InService, .on = true});
}

// ---- we call

void FxoLine::Impl::glare() {
    end(FxoEnd::Glare, "a call came in just as the line was taken");
    release();
}

void FxoLine::Impl::noLoop() {
    end(FxoEnd::NoLoop, "no current flows in the line: is the cable plugged in?");
    release();
}

void FxoLine::Impl::takePolarity() {
    seizedReversed = watch.reversed();
}

/// Without a dial tone in time: the end, or where none is waited for, the time to dial.
void FxoLine::Impl::noDialToneInTime() {
    const bool waits = settings.waitForDialTone && hasTones();
    if (waits) {
        noDialTone();
        return;
    }
    state = FxoState::Dialing;
    tell({.kind = Kind::DialTone, .heard = false});
    if (!keys.empty() && state == FxoState::Dialing) {
        tell({.kind = Kind::Dialing});
        dialler.start(keys, settings.pulse || !abilities.sound);
    }
}

void FxoLine::Impl::startDialling() {
    stateTimer.cancel();
    dialToneTimer.cancel();
    tell({.kind = Kind::DialTone, .tone = tone});
    if (!keys.empty() && state == FxoState::Dialing) {
        tell({.kind = Kind::Dialing});
        dialler.start(keys, settings.pulse || !abilities.sound);
    }
}

void FxoLine::Impl::secondDialTone() {
    dialler.dialTone();
}

void FxoLine::Impl::noDialTone() {
    if (company) {
        partyEnded(FxoEnd::NoDialTone, "there is no dial tone on the line");
        return;
    }
    end(FxoEnd::NoDialTone, "there is no dial tone on the line");
    release();
}

void FxoLine::Impl::dialled() {
    if (incomplete) {
        state = FxoState::Dialing;  // more digits will come
        return;
    }
    ear.resetAnswer();
    noAnswerTimer.arm(noAnswer);
    tell({.kind = Kind::Dialled});
    if (!abilities.sound && state == FxoState::Waiting) {
        state = FxoState::Talking;
        talk(false, "presumed: nothing can be heard on this line");
    }
}

void FxoLine::Impl::ringback() {
    ringbackTimer.cancel();
    if (!connected) {
        tell({.kind = Kind::Ringback, .tone = tone});
    }
}

void FxoLine::Impl::refusedByTone() {
    if (company) {
        stopSending();
        stopWaiting();
        state = FxoState::Refused;
        tell({.kind = Kind::Tone, .tone = tone});
        return;
    }
    tell({.kind = Kind::Tone, .tone = tone});
    end(endOf(tone), "the network refuses the call with a tone");
    release();
}

void FxoLine::Impl::nobodyAnswered() {
    if (company) {
        partyEnded(FxoEnd::NoAnswer, "nobody answered in time");
        return;
    }
    end(FxoEnd::NoAnswer, "nobody answered in time");
    release();
}

void FxoLine::Impl::reversedWhileDialling() {
    if (dialler.active()) {
        takePolarity();  // the exchange turns it while it takes digits
    } else {
        state = FxoState::Talking;
        answerConfirmed();
    }
}

void FxoLine::Impl::answerConfirmed() {
    talk(true, "the polarity of the line was reversed: answered");
}

void FxoLine::Impl::answered() {
    talk(false, "presumed: the far end is heard, or ringback has stopped");
}

// ---- we talk

void FxoLine::Impl::answeredByUs() {
    talk(false, "the line was taken");
}

void FxoLine::Impl::talk(bool sure, std::string_view cause) {
    noAnswerTimer.cancel();
    ringbackTimer.cancel();
    connected = true;
    confirmed = sure;
    ear.resetWaiting();
    talkBegan = loop.now();
    tell({.kind = Kind::Connected, .confirmed = sure, .cause = cause});
}

void FxoLine::Impl::farHungUp(std::string_view cause) {
    if (company) {
        partyEnded(FxoEnd::FarHungUp, cause);
        return;
    }
    end(FxoEnd::FarHungUp, cause);
    release();
}

void FxoLine::Impl::loopBroken() {
    company = false;  // the exchange opens the loop behind the last one
    farHungUp("the loop current was interrupted: the far end hung up");
}

void FxoLine::Impl::reversedInCall() {
    if (!outgoing && loop.now() - talkBegan < kPolarityRest) {
        takePolarity();
    } else if (outgoing && !confirmed) {
        confirmed = true;
        tell({.kind = Kind::Connected,
              .confirmed = true,
              .cause = "the polarity of the line was reversed: answered"});
    } else if (has(supervision, Supervision::Reversal)) {
        farHungUp("the polarity of the line was reversed: the far end hung up");
    }
}

void FxoLine::Impl::restoredInCall() {
    if (confirmed || has(supervision, Supervision::Reversal)) {
        farHungUp("the polarity of the line turned back: the far end hung up");
    }
}

void FxoLine::Impl::hungUpByTone() {
    if (company || has(supervision, Supervision::Tones)) {
        farHungUp(endOf(tone) == FxoEnd::Busy ? "the line gives busy tone: the far end hung up"
                                              : "the network ends the call with a tone");
    }
}

void FxoLine::Impl::dialToneInCall() {
    if (company || has(supervision, Supervision::Tones)) {
        farHungUp("the line gives dial tone: the far end hung up");
    }
}

}  // namespace tipring::analog

// SPDX-License-Identifier: Apache-2.0
// Services that the exchange does for a hook flash, as the line hears them: a call that is held
// leaves dial tone behind, and an exchange that took no notice of the flash does not.
#include <utility>

#include "fxo_line_impl.h"

namespace tipring::analog {
namespace {

using Kind = FxoEvent::Kind;
using std::chrono::milliseconds;

constexpr milliseconds kRecallTone{4000};  // for the dial tone after a flash
// Until the exchange has taken the number of a blind transfer, or says that it is busy.
constexpr milliseconds kRouted{6000};

}  // namespace

bool FxoLine::Impl::mayFlash() const {
    return inCall && !ended && offHook() && state != FxoState::Seizing &&
           state != FxoState::Flashing;
}

hal::Result<void> FxoLine::Impl::flash(std::string_view digits, milliseconds breakTime,
                                       FlashAim wanted) {
    if (!mayFlash()) {
        return hal::fail(hal::ErrorCode::InvalCallState,
                         "the exchange can be asked for a service in a call only");
    }
    stopSending();
    stopWaiting();
    aim = wanted;
    state = FxoState::Flashing;
    ear.resetTones();
    DialTimes times;
    times.flash = breakTime;
    dialler.start(digits, settings.pulse, times);
    return {};
}

/// What was measured and heard until now was of the flash, or of another party.
void FxoLine::Impl::flashSent() {
    ear.resetTones();
    ear.resetAnswer();
    watch.setHook(true);
    switch (aim) {
    case FlashAim::Hold:
    case FlashAim::Consult: stateTimer.arm(ear.hasTones() ? kRecallTone : milliseconds{0}); break;
    case FlashAim::Route: stateTimer.arm(kRouted); break;
    case FlashAim::Talk:
    case FlashAim::Release: talkAgain(); break;
    }
}

/// A party is heard that had answered before.
void FxoLine::Impl::talkAgain() {
    state = FxoState::Talking;
    outgoing = confirmed = false;
    connected = true;
    talkBegan = loop.now();
    takePolarity();
    tell({.kind = Kind::Flashed, .heard = false, .on = true});
}

void FxoLine::Impl::flashTone() {
    if (dialler.active()) {
        dialler.dialTone();  // for the number behind the flash
    } else if (aim == FlashAim::Hold) {
        held(true);
    } else if (aim == FlashAim::Consult) {
        consult(true);
    }
}

void FxoLine::Impl::held(bool heard) {
    stateTimer.cancel();
    dialToneTimer.cancel();
    state = FxoState::OnHold;
    tell({.kind = Kind::Flashed, .tone = tone, .heard = heard, .on = true});
}

void FxoLine::Impl::consult(bool heard) {
    stateTimer.cancel();
    dialToneTimer.cancel();
    state = FxoState::Dialing;
    outgoing = incomplete = company = true;
    confirmed = connected = false;
    noAnswer = settings.noAnswer;
    keys.clear();
    takePolarity();
    tell({.kind = Kind::Flashed, .tone = tone, .heard = heard, .on = true});
}

void FxoLine::Impl::flashRinging() {
    if (aim == FlashAim::Route && !dialler.active()) {
        stopWaiting();
        tell({.kind = Kind::Flashed, .heard = false, .on = true});
    }
}

void FxoLine::Impl::flashBusy() {
    if (aim == FlashAim::Route && !dialler.active()) {
        stopWaiting();
        state = FxoState::Refused;
        tell({.kind = Kind::Flashed, .on = false});
    }
}

void FxoLine::Impl::flashTimeOver() {
    if (aim == FlashAim::Route) {  // nothing was said against it
        tell({.kind = Kind::Flashed, .heard = false, .on = true});
    } else if (ear.hasTones()) {
        flashIgnored();
    } else if (aim == FlashAim::Hold) {
        held(false);
    } else {
        consult(false);
    }
}

void FxoLine::Impl::flashIgnored() {
    state = FxoState::Talking;
    tell({.kind = Kind::Flashed, .on = false});
}

/// Of two parties the active one: the line stays with the other.
void FxoLine::Impl::partyEnded(FxoEnd how, std::string_view cause) {
    stopSending();
    stopWaiting();
    state = FxoState::Refused;
    tell({.kind = Kind::PartyEnded, .end = how, .cause = cause});
}

}  // namespace tipring::analog

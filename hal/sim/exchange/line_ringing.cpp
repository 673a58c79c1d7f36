// SPDX-License-Identifier: Apache-2.0
// Ringing, and messages to a telephone on hook. All of it runs on timers; where somebody listens,
// the sound of a message begins with the block after its time.
#include <algorithm>

#include "exchange/exchange_impl.h"
#include "exchange/line_impl.h"
#include "tipring/hal/base/log.h"

namespace tipring::sim {

namespace {

using namespace std::chrono_literals;

const hal::LogCategory kLog{"sim.exchange"};

constexpr auto kReminder = 500ms;         // the short ring of a line whose calls go elsewhere
constexpr auto kLampPause = 1s;           // on hook before the lamp's message
constexpr unsigned kMostCallSignals = 6;  // short rings, then the call goes on without a message
constexpr auto kCallSignalPause = 500ms;

constexpr Cadence kPatterns[kRingPatterns] = {
    {}, {2000, 4000}, {800, 400, 800, 4000}, {400, 200, 400, 200, 800, 4000}};

/// The longest pause is where caller ID has room.
bool isLongPause(const Cadence& cadence, std::size_t step) {
    return step % 2 == 1 && cadence[step] == *std::max_element(cadence.begin(), cadence.end());
}

/// A time inside the window that leaves room to both sides.
std::chrono::milliseconds inside(const dsp::Window& window) {
    return std::chrono::milliseconds{std::min(window.least + 60, (window.least + window.most) / 2)};
}

bool saysSomething(const CallerId& id) {
    return !id.number.empty() || id.numberAbsence != Absence::None || !id.name.empty();
}

}  // namespace

const Cadence& ringPattern(const Country& country, unsigned pattern) noexcept {
    return pattern == 0 || pattern >= kRingPatterns ? country.ring : kPatterns[pattern];
}

const dsp::CallerIdStandard* Line::Impl::callerIdStandard() const {
    return settings.callerId.empty() ? profile->callerId : dsp::callerIdStandard(settings.callerId);
}

bool Line::Impl::prepareMessage(const CallerId& caller, CallerIdMessage::Kind kind) {
    const dsp::CallerIdStandard* standard = callerIdStandard();
    if (standard == nullptr || !saysSomething(caller)) {
        return false;
    }
    if (message == nullptr) {
        message = std::make_unique<CallerIdMessage>();
    }
    return message->setCaller(*standard, caller, settings.singleMessage, kind);
}

void Line::Impl::ring(Connection& call, const CallerId& caller, unsigned ownPattern,
                      unsigned ownMaxRings, hal::Duration delay) {
    stopMessage();
    endReminder();
    connection = &call;
    alerting = true;
    id = exchange.dated(caller);
    rings = 0;
    step = 0;
    pattern = ownPattern;
    maxRings = ownMaxRings;
    kLog.debug("line {} rings, call from {}", number, hal::Private{id.number});
    const bool tells = prepareMessage(id, CallerIdMessage::Kind::Call);
    idWaits = tells && message->standard->alert == dsp::CallerIdAlert::FirstRing;
    const bool fresh = !call.up;  // else a call that was held comes back
    if (fresh && !forwards[static_cast<std::size_t>(Forward::NoAnswer)].empty()) {
        waitTimer.arm(settings.noAnswer);
    }
    if (tells && !idWaits) {
        startMessage();
    } else {
        ringTimer.arm(delay);
    }
}

void Line::Impl::ringStep() {
    const Cadence& cadence = ringPattern(*profile->country, pattern);
    if (step == 0 && maxRings != 0 && rings == maxRings) {
        Connection& call = *connection;
        exchange.release(*this, call);  // the caller gives up
        onReleased(call);
        return;
    }
    if (step % 2 == 0 && idAt != IdStep::Idle) {
        return;  // the message is long; messageOver() goes on
    }
    if (step == 0) {
        ++rings;
        note("ring", std::to_string(rings));
    }
    ringTimer.arm(std::chrono::milliseconds{cadence[step]});
    if (idWaits && isLongPause(cadence, step)) {
        idWaits = false;
        enterIdStep(IdStep::Gap);
    }
    const bool on = step % 2 == 0;
    const bool rung = isLongPause(cadence, step);
    step = (step + 1) % cadenceLength(cadence);
    setBurst(on, true);
    if (rung && alerting && connection != nullptr) {
        connection->other(*this)->onRung(rings);
    }
}

void Line::Impl::setBurst(bool on, bool counts) {
    const bool told = on ? counts : burstCounts;
    burst = on;
    burstCounts = on && counts;
    updateElectrics();
    if (told && device != nullptr && !cut) {
        device->onRing(on);
    }
}

void Line::Impl::stopRinging() {
    ringTimer.cancel();
    waitTimer.cancel();
    stopMessage();
    alerting = false;
    idWaits = false;
    maxRings = 0;
    if (burst) {
        setBurst(false, true);
    }
}

/// A call went elsewhere: whoever is near the telephone hears that it did.
void Line::Impl::remind() {
    if (settings.reminder && isFree() && !alerting && idAt == IdStep::Idle && !burst) {
        note("reminder");
        setBurst(true, true);
        reminderTimer.arm(kReminder);
    }
}

void Line::Impl::endReminder() {
    if (reminderTimer.armed() || (burst && !alerting)) {
        reminderTimer.cancel();
        setBurst(false, true);
    }
}

void Line::Impl::startMessage() {
    callSignals = 0;
    enterIdStep(IdStep::Reverse);
}

hal::Duration Line::Impl::idStepLength() const {
    const dsp::CallerIdStandard& standard = *message->standard;
    const bool both = standard.alert == dsp::CallerIdAlert::ReversalAndDualTone;
    switch (idAt) {
    case IdStep::Quiet: return both ? inside(standard.quiet) : 0ms;
    case IdStep::Alert: return std::chrono::milliseconds{standard.alertLength};
    case IdStep::Gap:
        return message->kind == CallerIdMessage::Kind::Lamp &&
                       standard.alert == dsp::CallerIdAlert::FirstRing
                   ? kLampPause
                   : inside(standard.alertToData);
    case IdStep::Data: return message->length;
    case IdStep::After: return inside(standard.dataToRing);
    case IdStep::Reverse:
    case IdStep::Idle: break;
    }
    return 0ms;
}

void Line::Impl::enterIdStep(IdStep next) {
    using Alert = dsp::CallerIdAlert;
    const Alert alert = message->standard->alert;
    idAt = next;
    if (watched != WatchedSound::None) {
        audio();
        exchange.wantSound(*this);
    }
    const hal::Duration length = idStepLength();
    idTimer.arm(length);
    if (next == IdStep::Reverse &&
        (alert == Alert::Reversal || alert == Alert::ReversalAndDualTone)) {
        setReversed(!reversed);
    } else if (next == IdStep::Alert) {
        if (alert == Alert::RingPulse || alert == Alert::CallSignal) {
            setBurst(true, false);
        } else if (sound != nullptr && length > 0ms) {
            sound->alert(std::chrono::duration_cast<std::chrono::milliseconds>(length));
        }
    } else if (next == IdStep::Data && sound != nullptr) {
        sound->send(*message);
    }
}

/// A step of a message is over.
void Line::Impl::idStep() {
    const auto alert = message->standard->alert;
    if (idAt == IdStep::Alert && burst) {
        setBurst(false, false);
        if (alert == dsp::CallerIdAlert::CallSignal &&
            message->kind == CallerIdMessage::Kind::Call) {
            idTimer.arm(kCallSignalPause);
            return;
        }
    }
    switch (idAt) {
    case IdStep::Reverse: enterIdStep(IdStep::Quiet); break;
    case IdStep::Quiet: enterIdStep(IdStep::Alert); break;
    case IdStep::Alert:
        if (alert == dsp::CallerIdAlert::CallSignal) {
            callSignalStep();
        } else {
            enterIdStep(IdStep::Gap);
        }
        break;
    case IdStep::Gap: enterIdStep(IdStep::Data); break;
    case IdStep::Data:
        messageArrived();
        if (idAt == IdStep::Data) {  // else the device did something to the line
            enterIdStep(IdStep::After);
        }
        break;
    case IdStep::After: messageOver(); break;
    case IdStep::Idle: break;
    }
}

/// After each short ring: the terminal goes off hook for the message, or the next one comes.
void Line::Impl::callSignalStep() {
    const bool byItself = device != nullptr && !cut && device->answersCallSignal();
    if (off || byItself) {
        enterIdStep(IdStep::Gap);
    } else if (++callSignals < kMostCallSignals) {
        enterIdStep(IdStep::Alert);
    } else {
        messageOver();
    }
}

void Line::Impl::messageArrived() {
    if (message->kind == CallerIdMessage::Kind::Call) {
        note("caller-id", message->id.number);
    }
    if (device == nullptr || cut) {
        return;
    }
    if (message->kind == CallerIdMessage::Kind::Lamp) {
        lampPending = false;
        device->onMessageWaiting(message->lampOn);
    } else {
        device->onCallerId(message->id);
    }
}

void Line::Impl::messageOver() {
    idAt = IdStep::Idle;
    if (!alerting) {
        setReversed(false);
        return;
    }
    if (off) {  // it went off hook for the message and stayed: the call is answered
        seized();
    } else if (!ringTimer.armed()) {
        ringStep();
    }
}

void Line::Impl::stopMessage() {
    if (idAt == IdStep::Idle) {
        return;
    }
    idAt = IdStep::Idle;
    idTimer.cancel();
    if (sound != nullptr) {
        sound->stopMessages();
    }
}

/// The message that lights the lamp or puts it out, as soon as nothing else is on the line.
void Line::Impl::sendLamp() {
    const dsp::CallerIdStandard* standard = callerIdStandard();
    if (!lampPending || !settings.lamp || standard == nullptr || !isFree() || alerting ||
        idAt != IdStep::Idle) {
        return;
    }
    if (message == nullptr) {
        message = std::make_unique<CallerIdMessage>();
    }
    if (!message->setLamp(*standard, messages)) {
        lampPending = false;
        return;
    }
    if (standard->alert == dsp::CallerIdAlert::FirstRing) {
        enterIdStep(IdStep::Gap);
    } else {
        startMessage();
    }
}

}  // namespace tipring::sim

// SPDX-License-Identifier: Apache-2.0
// Beginning, progress and end of a line's calls.
#include <utility>

#include "exchange/exchange_impl.h"
#include "exchange/line_impl.h"
#include "tipring/hal/base/log.h"

namespace tipring::sim {

namespace {

using namespace std::chrono_literals;

const hal::LogCategory kLog{"sim.exchange"};

constexpr auto kBatteryDrop = 400ms;
constexpr auto kUntilTone = 3s;       // from the end of a call to dial or busy tone
constexpr auto kToneLimit = 60s;      // a tone that tells of an end, and the howler
constexpr auto kRecallDelay = 500ms;  // on hook before it rings again
constexpr unsigned kRecallRings = 10;

bool tellsAnEnd(Signal signal) {
    return signal == Signal::Busy || signal == Signal::Congestion ||
           signal == Signal::VacantNumber || signal == Signal::NumberChanged ||
           signal == Signal::Howler;
}

}  // namespace

ExchangeHabits::Supervision Line::Impl::supervision() const {
    return settings.supervision.value_or(profile->country->habits.supervision);
}

/// The loop was closed.
void Line::Impl::seized() {
    endReminder();
    if (inCallSignal()) {
        if (idAt == IdStep::Alert) {
            idTimer.arm(0ms);
        }
        return;
    }
    if (!alerting) {
        stopMessage();
        setReversed(false);
        startRegister(invitation());
        return;
    }
    stopRinging();
    Connection& call = *connection;
    if (call.up) {  // a call that was held and rang again
        call.holdOf(*this) = false;
        exchange.wantSound(*this);
    } else {
        exchange.setUp(call);
    }
}

/// The loop was opened for good.
void Line::Impl::cleared() {
    kLog.debug("line {} on hook", number);
    if (inCallSignal()) {
        return;
    }
    stopRegister();
    pauseTimer.cancel();
    battery = true;
    waitingBarred = false;
    setSignal(Signal::None);
    setReversed(false);
    const bool mayTransfer = settings.transferOnHangUp || flashKind() == ExchangeHabits::Flash::Pbx;
    if (!mayTransfer || !transfer()) {
        releaseAll();
    }
    rings = 0;
    if (waiting != nullptr) {
        Connection& call = *std::exchange(waiting, nullptr);
        const CallerId caller = id;
        endWaiting();
        ring(call, caller, 0, 0, kRecallDelay);
    } else if (held != nullptr) {
        Connection& call = *std::exchange(held, nullptr);
        ring(call, {}, 0, kRecallRings, kRecallDelay);
    } else {
        sendLamp();
    }
}

/// The active call, and all of a three-way call.
void Line::Impl::releaseAll() {
    const bool both = std::exchange(conference, false);
    if (Connection* call = connection; call != nullptr) {
        exchange.release(*this, *call);
    }
    if (both && held != nullptr) {
        exchange.release(*this, *std::exchange(held, nullptr));
    }
    swapping = false;
}

void Line::Impl::setSignal(Signal next) {
    if (signal == next) {
        return;
    }
    signal = next;
    if (tellsAnEnd(next)) {
        registerTimer.arm(kToneLimit);
    } else {
        registerTimer.cancel();
    }
    updateTone();
    note("signal", signalName(next));
    if (device != nullptr && !cut) {
        device->onSignal(next);
    }
}

void Line::Impl::onProgress(Signal next, std::string_view text) {
    announcement = text;
    setSignal(next);
}

void Line::Impl::onConnected(Connection& call) {
    note("connected");
    setSignal(Signal::None);
    if (settings.reversesOnAnswer && call.caller == this) {
        setReversed(true);
    }
    exchange.wantSound(*this);
    if (device != nullptr) {
        device->onAnswered();
    }
}

void Line::Impl::onReleased(Connection& call) {
    note("released");
    if (&call == waiting) {
        waiting = nullptr;
        endWaiting();
        return;
    }
    if (&call == held) {
        held = nullptr;
        conference = false;
        return;
    }
    connection = nullptr;
    rings = 0;
    if (alerting) {
        stopRinging();
        setReversed(false);
        sendLamp();
    } else if (off && std::exchange(conference, false)) {
        connection = std::exchange(held, nullptr);
    } else if (off && held != nullptr) {
        setSignal(Signal::Busy);  // a flash brings the other one back
    } else if (off) {
        supervise();
    }
}

void Line::Impl::onReplaced(Connection& before, Connection& now) {
    for (Connection** call : {&connection, &held, &waiting}) {
        *call = *call == &before ? &now : *call;
    }
}

/// Shows that the far end is gone.
void Line::Impl::supervise() {
    using Kind = ExchangeHabits::Supervision;
    switch (supervision()) {
    case Kind::None: break;
    case Kind::Tones:
        setReversed(false);
        setSignal(Signal::Busy);
        break;
    case Kind::Reversal:
        setReversed(!reversed);
        pauseTimer.arm(kUntilTone);
        break;
    case Kind::BatteryDrop:
        battery = false;
        pauseTimer.arm(kBatteryDrop);
        setReversed(false);
        if (device != nullptr && !cut) {
            device->onLoopBreak();
        }
        break;
    }
}

void Line::Impl::pauseOver() {
    if (!battery) {
        battery = true;
        pauseTimer.arm(kUntilTone - kBatteryDrop);
        updateElectrics();
    } else if (off && connection == nullptr) {
        if (supervision() == ExchangeHabits::Supervision::Reversal) {
            setSignal(Signal::Busy);
        } else {
            startRegister(Signal::DialTone);
        }
    }
}

void Line::Impl::onCarrier(bool on) {
    if (device != nullptr) {
        device->onCarrier(on);
    }
}

void Line::Impl::onData(std::span<const std::byte> bytes) {
    if (device != nullptr) {
        device->onData(bytes);
    }
}

}  // namespace tipring::sim

// SPDX-License-Identifier: Apache-2.0
// The pair of wires: who closes the loop, for how long, and what a meter on it shows.
#include <algorithm>

#include "exchange/exchange_impl.h"
#include "exchange/line_impl.h"

namespace tipring::sim {

namespace {

using namespace std::chrono_literals;

constexpr float kTelephoneOhms = 300;  // at the current of a loop
constexpr auto kShortestPulse = 10ms, kLongestPulse = 120ms;
constexpr auto kPulseDigitOver = 250ms;  // a pause longer than between pulses
constexpr auto kHangUpMargin = 50ms;     // behind the longest flash

}  // namespace

void Line::Impl::setDeviceHook(bool offHook) {
    loopBroken = false;
    hookTimer.cancel();
    pulses = 0;
    if (deviceOff != offHook) {
        deviceOff = offHook;
        updateLoop();
    }
}

void Line::Impl::setExtension(bool offHook) {
    if (extensionOff == offHook) {
        return;
    }
    extensionOff = offHook;
    if (device != nullptr && !cut) {
        device->onExtension(offHook);
    }
    updateLoop();
}

void Line::Impl::setCut(bool on) {
    if (cut != on) {
        cut = on;
        updateLoop();
    }
}

/// The exchange follows what the telephones do.
void Line::Impl::updateLoop() {
    updateElectrics();
    const bool next = !cut && (deviceOff || extensionOff);
    if (off == next) {
        return;
    }
    off = next;
    note(off ? "off-hook" : "on-hook");
    if (off && watched != WatchedSound::None) {
        audio();
        exchange.wantSound(*this);
    }
    if (off) {
        seized();
    } else {
        cleared();
    }
}

void Line::Impl::openLoop() {
    if (!deviceOff || loopBroken) {
        return;
    }
    if (cut || extensionOff || (alerting && off)) {  // nothing that the exchange would time
        setDeviceHook(false);
        return;
    }
    loopBroken = true;
    loopOpened = exchange.loop.now();
    const ExchangeHabits& habits = profile->country->habits;
    hookTimer.arm(
        std::max<hal::Duration>(std::chrono::milliseconds{habits.flashMost}, kLongestPulse) +
        kHangUpMargin);
    updateElectrics();
}

void Line::Impl::closeLoop() {
    if (!loopBroken) {
        setDeviceHook(true);
        return;
    }
    loopBroken = false;
    hookTimer.cancel();
    updateElectrics();
    const hal::Duration gone = exchange.loop.now() - loopOpened;
    const ExchangeHabits& habits = profile->country->habits;
    const std::chrono::milliseconds least{habits.flashLeast}, most{habits.flashMost};
    if (registering && settings.pulseDialling && gone >= kShortestPulse &&
        gone <= std::min<hal::Duration>(kLongestPulse, least - 1ms)) {
        ++pulses;
        setSignal(Signal::None);
        registerTimer.cancel();
        hookTimer.arm(kPulseDigitOver);
    } else if (gone >= least && gone <= most) {
        flash();
    }
}

/// The loop stayed open: the end of the call. It stayed closed behind pulses: the end of a digit.
void Line::Impl::breakOver() {
    if (loopBroken) {
        setDeviceHook(false);
    } else if (pulses > 0) {
        pulse(std::exchange(pulses, 0));
    }
}

void Line::Impl::setReversed(bool on) {
    reversed = on;
    updateElectrics();
}

LineElectrics Line::Impl::measure() const {
    LineElectrics now;
    if (cut || !battery) {
        return now;
    }
    const bool closed = deviceOff && !loopBroken;
    now.volts = settings.batteryVolts;
    if (closed || extensionOff) {
        const float ohms = closed && extensionOff ? kTelephoneOhms / 2 : kTelephoneOhms;
        now.volts *= ohms / (settings.loopOhms + ohms);
        now.milliamps = closed ? 1000 * now.volts / kTelephoneOhms : 0;
    } else if (burst) {
        now.ringVolts = settings.ringVolts;
        now.ringHertz = profile->country->habits.ringHertz;
    }
    now.volts = reversed ? -now.volts : now.volts;
    return now;
}

void Line::Impl::updateElectrics() {
    const LineElectrics now = measure();
    if (now == shown) {
        return;
    }
    shown = now;
    if (device != nullptr) {
        device->onElectrics(now);
    }
}

}  // namespace tipring::sim

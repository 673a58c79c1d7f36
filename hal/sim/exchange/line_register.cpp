// SPDX-License-Identifier: Apache-2.0
// The register: digits from the first dial tone to a route or a service.
#include "exchange/exchange_impl.h"
#include "exchange/line_impl.h"

namespace tipring::sim {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxDialled = 64;

/// The digit of so many pulses, or 0 when it is none.
char digitOf(unsigned pulses, ExchangeHabits::Pulses code) {
    if (pulses == 0 || pulses > 10) {
        return 0;
    }
    switch (code) {
    case ExchangeHabits::Pulses::Standard: break;
    case ExchangeHabits::Pulses::NewZealand: pulses = 10 - pulses; break;
    case ExchangeHabits::Pulses::Sweden: pulses -= 1; break;
    }
    return static_cast<char>('0' + pulses % 10);
}

}  // namespace

/// A dial tone that says more where a message waits or all calls go elsewhere.
Signal Line::Impl::invitation() const {
    const bool forwarded = !forwards[static_cast<std::size_t>(Forward::Always)].empty();
    return (messages > 0 && settings.stutter) || forwarded ? Signal::SpecialDial : Signal::DialTone;
}

void Line::Impl::startRegister(Signal tone) {
    dialled.clear();
    place = {};
    registering = settings.dialTone;
    if (sound != nullptr) {
        sound->ear.reset();
    }
    setSignal(registering ? tone : Signal::None);
    if (registering) {
        registerTimer.arm(settings.noDial);
    }
}

void Line::Impl::stopRegister() {
    registering = false;
    recall = false;
    pulses = 0;
    registerTimer.cancel();
}

void Line::Impl::dial(char key) {
    if (recall) {
        recallDigit(key);
        return;
    }
    if (!registering || dialled.size() == kMaxDialled) {
        return;
    }
    setSignal(Signal::None);
    dialled += key;
    note("digit", {&key, 1});
    place = exchange.plan.next(place, key);
    if (runCode(false)) {
        return;
    }
    const bool known = exchange.plan.destination(place) != nullptr;
    registerTimer.arm(known && !exchange.plan.mayGoOn(place)
                          ? hal::Duration{0}
                          : hal::Duration{exchange.options.interDigit});
}

void Line::Impl::pulse(unsigned count) {
    if (const char digit = digitOf(count, profile->country->habits.pulses); digit != 0) {
        dial(digit);
    }
}

/// A time is over: of dial tone, between digits, or of a tone that told of an end.
void Line::Impl::registerTimeout() {
    constexpr auto kPermanentSignal = 30s;
    if (recall) {
        stopRegister();
        resume();
    } else if (registering && !dialled.empty()) {
        route();
    } else if (registering) {
        stopRegister();
        setSignal(Signal::Congestion);
        registerTimer.arm(kPermanentSignal);
    } else if (signal != Signal::Howler && profile->tone(Signal::Howler) != nullptr) {
        setSignal(Signal::Howler);
    } else {
        setSignal(Signal::None);
    }
}

void Line::Impl::route() {
    if (runCode(true)) {
        return;
    }
    stopRegister();
    Offer offer;
    offer.caller = this;
    offer.id.number = number;
    offer.id.name = settings.name;
    exchange.routeCall(offer, dialled);
}

/// Does what a service code says, when it is whole; then invites to dial on.
bool Line::Impl::runCode(bool complete) {
    if (!exchange.plan.isNowhere(place)) {
        return false;  // a number of the plan
    }
    const bool american = flashKind() == ExchangeHabits::Flash::NorthAmerican;
    const FeatureCode code = readFeatureCode(dialled, american, complete);
    if (code.match != FeatureCode::Match::Whole) {
        return false;
    }
    const std::string_view target = code.on ? code.number : std::string_view{};
    switch (code.feature) {
    case Feature::ForwardAlways: face.setForward(Forward::Always, target); break;
    case Feature::ForwardBusy: face.setForward(Forward::Busy, target); break;
    case Feature::ForwardNoAnswer: face.setForward(Forward::NoAnswer, target); break;
    case Feature::CallWaiting: settings.callWaiting = code.on; break;
    case Feature::BarWaiting: waitingBarred = true; break;
    }
    startRegister(Signal::SpecialDial);
    return true;
}

}  // namespace tipring::sim

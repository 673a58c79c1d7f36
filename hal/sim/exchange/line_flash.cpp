// SPDX-License-Identifier: Apache-2.0
// What a hook flash does: hold, consultation, three-way call, transfer.
#include "exchange/exchange_impl.h"
#include "exchange/line_impl.h"

namespace tipring::sim {

namespace {

using namespace std::chrono_literals;

constexpr auto kRecallTime = 5s;  // for the digit after a flash

}  // namespace

ExchangeHabits::Flash Line::Impl::flashKind() const {
    return settings.flash.value_or(profile->country->habits.flash);
}

void Line::Impl::flash() {
    using Kind = ExchangeHabits::Flash;
    if (!off || (alerting && connection != nullptr) || flashKind() == Kind::None) {
        return;
    }
    if (connection == nullptr && held == nullptr) {  // as if put down and lifted
        stopRegister();
        startRegister(invitation());
        return;
    }
    switch (flashKind()) {
    case Kind::NorthAmerican: flashNorthAmerican(); break;
    case Kind::European: flashEuropean(); break;
    case Kind::Pbx: flashPbx(); break;
    case Kind::None: break;
    }
}

void Line::Impl::flashNorthAmerican() {
    const bool talking = connection != nullptr && connection->up;
    if (waiting != nullptr) {
        takeWaiting();
    } else if (conference) {
        dropActive();
        resume();
    } else if (held != nullptr && talking && swapping) {
        swap();
    } else if (held != nullptr && talking) {
        join();
    } else if (held != nullptr) {  // busy, no answer, or no number: back to the first one
        dropActive();
        resume();
    } else if (talking) {
        hold();
        startRegister(Signal::SpecialDial);
    }
}

void Line::Impl::flashEuropean() {
    const bool talking = connection != nullptr && connection->up;
    if (waiting != nullptr || (held != nullptr && talking)) {
        recall = true;
        setSignal(Signal::SpecialDial);
        registerTimer.arm(kRecallTime);
    } else if (held != nullptr) {
        dropActive();
        resume();
    } else if (talking) {
        hold();
        startRegister(Signal::SpecialDial);
    }
}

void Line::Impl::flashPbx() {
    const bool talking = connection != nullptr && connection->up;
    if (waiting != nullptr) {
        takeWaiting();
    } else if (held != nullptr && talking) {
        swap();
    } else if (held != nullptr) {
        dropActive();
        resume();
    } else if (talking) {
        hold();
        startRegister(Signal::DialTone);
    }
}

/// The digit after a flash with two calls (ETSI ETS 300 738 and the networks' own habit).
void Line::Impl::recallDigit(char key) {
    stopRegister();
    setSignal(Signal::None);
    switch (key) {
    case '0':
        if (waiting != nullptr) {
            refuseWaiting();
        } else if (held != nullptr) {
            conference = false;
            exchange.release(*this, *std::exchange(held, nullptr));
        }
        break;
    case '1':
        dropActive();
        if (waiting != nullptr) {
            takeWaiting();
        } else {
            resume();
        }
        break;
    case '2':
        if (waiting != nullptr) {
            takeWaiting();
        } else {
            swap();
        }
        break;
    case '3':
        if (held != nullptr) {
            join();
        }
        break;
    case '4':
        if (transfer()) {
            supervise();
        }
        break;
    default: break;
    }
}

void Line::Impl::hold() {
    held = std::exchange(connection, nullptr);
    held->holdOf(*this) = true;
    swapping = false;
}

/// The held call becomes the active one; nothing when there is none.
void Line::Impl::resume() {
    stopRegister();
    setSignal(Signal::None);
    conference = swapping = false;
    if (held != nullptr && connection == nullptr) {
        connection = std::exchange(held, nullptr);
        connection->holdOf(*this) = false;
    }
}

void Line::Impl::swap() {
    std::swap(connection, held);
    if (connection != nullptr) {
        connection->holdOf(*this) = false;
    }
    if (held != nullptr) {
        held->holdOf(*this) = true;
    }
}

void Line::Impl::join() {
    connection->holdOf(*this) = false;
    held->holdOf(*this) = false;
    conference = true;
    exchange.wantSound(*this);
}

void Line::Impl::dropActive() {
    if (Connection* call = std::exchange(connection, nullptr); call != nullptr) {
        exchange.release(*this, *call);
    }
}

/// Connects the two others and leaves. False when there are no two.
bool Line::Impl::transfer() {
    if (held == nullptr || connection == nullptr ||
        held->other(*this) == connection->other(*this)) {  // one line with both of its calls here
        return false;
    }
    Connection& first = *std::exchange(held, nullptr);
    Connection& second = *std::exchange(connection, nullptr);
    conference = swapping = false;
    exchange.transfer(*this, first, second);
    return true;
}

}  // namespace tipring::sim

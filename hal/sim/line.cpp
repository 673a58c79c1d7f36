// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "exchange_impl.h"
#include "tipring/hal/base/log.h"

namespace tipring::sim {

namespace {

using namespace std::chrono_literals;

const hal::LogCategory kLog{"sim.exchange"};

// On the wire: ring, 500 ms of silence, 300 bits of seizure, 180 of mark, 10 bits for each byte at
// 1200 bit/s (Bell; V.23 differs by less than 100 ms).
constexpr auto kCallerIdPause = 500ms;
constexpr auto kSeizureAndMark = 400ms;
constexpr auto kCallerIdToRing = 300ms;
constexpr auto kLoopBreakToDialTone = 3s;
constexpr std::size_t kMaxDialled = 64;

/// The last value of the longest pause is where caller ID has room.
bool isLongPause(const Cadence& cadence, std::size_t step) {
    return step % 2 == 1 && cadence[step] == *std::max_element(cadence.begin(), cadence.end());
}

}  // namespace

Line::Impl::Impl(Exchange::Impl& ownExchange, std::string ownNumber)
    : exchange(ownExchange),
      number(std::move(ownNumber)),
      country(ownExchange.country),
      ringTimer_(exchange.loop, [this] { ringStep(); }),
      idTimer_(exchange.loop, [this] { callerIdDue(); }),
      pauseTimer_(exchange.loop, [this] { pauseOver(); }),
      dialTimer_(exchange.loop, [this] { route(); }) {}

hal::Duration Line::Impl::callerIdLength() const {
    const std::size_t bytes = 4 + 10 + 2 + id_.number.size() + 2 + id_.name.size();
    return kSeizureAndMark + std::chrono::milliseconds{bytes * 10 * 1000 / 1200};
}

void Line::Impl::ring(Connection& call, const CallerId& id) {
    connection = &call;
    id_ = exchange.dated(id);
    idWaits_ = !id_.number.empty() || id_.numberAbsence != Absence::None;
    rings = 0;
    step_ = 0;
    kLog.debug("line {} rings, call from {}", number, hal::Private{id_.number});
    if (idWaits_ && country->callerIdTime == Country::CallerIdTime::BeforeRing) {
        const hal::Duration length = callerIdLength();
        idTimer_.arm(length);
        ringTimer_.arm(length + kCallerIdToRing);
    } else {
        ringTimer_.arm(0ms);
    }
}

void Line::Impl::ringStep() {
    const Cadence& cadence = country->ring;
    if (step_ == 0 && maxRings != 0 && rings == maxRings) {
        exchange.release(*this);  // the caller gives up
        onReleased();
        return;
    }
    burst = step_ % 2 == 0;
    rings += step_ == 0 ? 1 : 0;
    ringTimer_.arm(std::chrono::milliseconds{cadence[step_]});
    if (idWaits_ && isLongPause(cadence, step_) &&
        country->callerIdTime == Country::CallerIdTime::AfterFirstRing) {
        idTimer_.arm(kCallerIdPause + callerIdLength());
    }
    step_ = (step_ + 1) % cadenceLength(cadence);
    if (device != nullptr) {
        device->onRing(burst);
    }
}

void Line::Impl::callerIdDue() {
    idWaits_ = false;
    if (device != nullptr) {
        device->onCallerId(id_);
    }
}

void Line::Impl::stopRinging() {
    ringTimer_.cancel();
    idTimer_.cancel();
    idWaits_ = false;
    maxRings = 0;
    if (burst) {
        burst = false;
        if (device != nullptr) {
            device->onRing(false);
        }
    }
}

void Line::Impl::offHook() {
    if (off) {
        return;
    }
    off = true;
    dialled.clear();
    if (connection != nullptr) {
        stopRinging();
        exchange.setUp(*connection);
    } else {
        setSignal(dialTone ? Signal::DialTone : Signal::None);
    }
}

void Line::Impl::onHook() {
    if (!off) {
        return;
    }
    off = false;
    rings = 0;
    pauseTimer_.cancel();
    dialTimer_.cancel();
    setSignal(Signal::None);
    if (connection != nullptr) {
        exchange.release(*this);
    }
    kLog.debug("line {} on hook", number);
}

void Line::Impl::dial(char key) {
    if (!off || connection != nullptr || dialled.size() == kMaxDialled ||
        (signal != Signal::DialTone && signal != Signal::None)) {
        return;
    }
    if (signal == Signal::None && dialled.empty()) {
        return;  // no dial tone: nobody listens
    }
    setSignal(Signal::None);
    dialled += key;
    if (exchange.isKnown(dialled) && !exchange.mayGoOn(dialled)) {
        dialTimer_.arm(0ms);
    } else {
        dialTimer_.arm(exchange.options.interDigit);
    }
}

void Line::Impl::route() {
    exchange.routeCall(*this, dialled);
}

void Line::Impl::setSignal(Signal next) {
    if (signal == next) {
        return;
    }
    signal = next;
    switch (next) {
    case Signal::None: tone_.stop(); break;
    case Signal::DialTone: tone_.start(country->dial); break;
    case Signal::Ringback: tone_.start(country->ringback); break;
    case Signal::Busy: tone_.start(country->busy); break;
    case Signal::Congestion: tone_.start(country->congestion); break;
    }
    if (device != nullptr) {
        device->onSignal(next);
    }
}

void Line::Impl::onConnected() {
    setSignal(Signal::None);
    if (device != nullptr) {
        device->onAnswered();
    }
}

void Line::Impl::onReleased() {
    stopRinging();
    rings = 0;
    if (!off) {
        return;
    }
    if (country->hangUp == Country::HangUp::BusyTone) {
        setSignal(Signal::Busy);
        return;
    }
    afterPause = Signal::DialTone;
    pauseTimer_.arm(kLoopBreakToDialTone);
    if (device != nullptr) {
        device->onLoopBreak();
    }
}

void Line::Impl::pauseOver() {
    if (off && connection == nullptr && dialTone) {
        setSignal(afterPause);
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

void Line::Impl::speak(SpokenBlock spoken) {
    std::copy(spoken_.begin(), spoken_.end(), spoken.begin());
}

void Line::Impl::hear(HeardBlock heard) {
    spoken_.fill(0);
    if (device != nullptr && listening) {
        device->onSound(heard, spoken_);
    }
}

void Line::Impl::hearExchange() {
    std::array<std::int16_t, kBlock> block{};
    if (off) {
        tone_.mix(block);
    }
    hear(block);
}

Line::Line(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Line::~Line() = default;

Line::State Line::state() const {
    if (!impl_->off) {
        return impl_->connection != nullptr ? State::Ringing : State::Idle;
    }
    const Connection* call = impl_->connection;
    return call != nullptr && call->up ? State::Connected : State::OffHook;
}

const std::string& Line::number() const {
    return impl_->number;
}
bool Line::isOffHook() const {
    return impl_->off;
}
Signal Line::signal() const {
    return impl_->signal;
}
unsigned Line::rings() const {
    return impl_->rings;
}
std::string_view Line::dialled() const {
    return impl_->dialled;
}
const Country& Line::country() const {
    return *impl_->country;
}
void Line::setCountry(const Country& country) {
    impl_->country = &country;
}

void Line::setDialTone(bool on) {
    impl_->dialTone = on;
    if (!on && impl_->signal == Signal::DialTone) {
        impl_->setSignal(Signal::None);
    }
}

void Line::attach(LineDevice* device) {
    impl_->device = device;
}
void Line::offHook() {
    impl_->offHook();
}
void Line::onHook() {
    impl_->onHook();
}
void Line::dial(char key) {
    impl_->dial(key);
}
void Line::setCarrier(bool on) {
    impl_->exchange.setCarrier(*impl_, on);
}
void Line::sendData(std::span<const std::byte> bytes) {
    impl_->exchange.sendData(*impl_, bytes);
}

void Line::listen(bool on) {
    impl_->listening = on;
    if (on) {
        impl_->exchange.wakeClock();
    }
}

}  // namespace tipring::sim

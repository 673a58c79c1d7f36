// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/line.h"

#include <algorithm>

#include "exchange/exchange_impl.h"
#include "exchange/line_impl.h"

namespace tipring::sim {

Line::Impl::Impl(Exchange::Impl& ownExchange, Line& ownFace, std::string ownNumber,
                 std::uint32_t ownSeed)
    : exchange(ownExchange),
      face(ownFace),
      number(std::move(ownNumber)),
      seed(ownSeed),
      profile(ownExchange.profile),
      ringTimer(exchange.loop, [this] { ringStep(); }),
      idTimer(exchange.loop, [this] { idStep(); }),
      registerTimer(exchange.loop, [this] { registerTimeout(); }),
      hookTimer(exchange.loop, [this] { breakOver(); }),
      pauseTimer(exchange.loop, [this] { pauseOver(); }),
      waitTimer(exchange.loop, [this] { waitOver(); }),
      reminderTimer(exchange.loop, [this] { endReminder(); }) {
    shown = measure();
}

Line::Impl::~Impl() {
    exchange.forget(*this);
}

std::string_view signalName(Signal signal) noexcept {
    constexpr std::string_view kNames[] = {"none",          "dial-tone",      "ringback",
                                           "busy",          "congestion",     "special-dial",
                                           "vacant-number", "number-changed", "howler"};
    return kNames[static_cast<std::size_t>(signal)];
}

Line::Line(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Line::~Line() = default;

Line::State Line::state() const {
    if (!impl_->off) {
        return impl_->alerting ? State::Ringing : State::Idle;
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
bool Line::hasHeldCall() const {
    return impl_->held != nullptr && !impl_->conference;
}
bool Line::hasWaitingCall() const {
    return impl_->waiting != nullptr;
}
bool Line::inConference() const {
    return impl_->conference;
}
LineElectrics Line::electrics() const {
    return impl_->measure();
}
const Country& Line::country() const {
    return *impl_->profile->country;
}
void Line::setCountry(const Country& country) {
    impl_->profile = impl_->exchange.profileOf(country);
}
const LineSettings& Line::settings() const {
    return impl_->settings;
}

void Line::setSettings(const LineSettings& settings) {
    LineSettings& own = impl_->settings;
    own = settings;
    own.batteryVolts = std::clamp(settings.batteryVolts, 0.0F, 100.0F);
    own.ringVolts = std::clamp(settings.ringVolts, 0.0F, 150.0F);
    own.loopOhms = std::clamp(settings.loopOhms, 100.0F, 10000.0F);
    impl_->updateElectrics();
    setDialTone(settings.dialTone);
}

void Line::setDialTone(bool on) {
    impl_->settings.dialTone = on;
    if (!on && invitesToDial(impl_->signal)) {
        impl_->stopRegister();
        impl_->setSignal(Signal::None);
    }
}

void Line::setCopper(const CopperSettings& settings) {
    impl_->copper = settings;
    if (impl_->sound != nullptr) {
        impl_->sound->setCopper(settings);
    }
    impl_->setCut(settings.cut);
}
const CopperSettings& Line::copper() const {
    return impl_->copper;
}
void Line::setForward(Forward when, std::string_view number) {
    impl_->forwards[static_cast<std::size_t>(when)] = number;
}
const std::string& Line::forward(Forward when) const {
    return impl_->forwards[static_cast<std::size_t>(when)];
}

void Line::setMessageWaiting(unsigned messages) {
    impl_->lampPending = impl_->lampPending || (messages > 0) != (impl_->messages > 0);
    impl_->messages = messages;
    impl_->sendLamp();
}

void Line::setExtension(bool offHook) {
    impl_->setExtension(offHook);
}
void Line::sayOnExtension(std::span<const std::int16_t> samples) {
    if (impl_->extensionOff) {
        auto& queue = impl_->audio().extension;
        queue.insert(queue.end(), samples.begin(), samples.end());
    }
}
void Line::watch(LineWatcher& watcher, WatchedSound sound) {
    impl_->watch(watcher, sound);
}
void Line::unwatch(LineWatcher& watcher) {
    impl_->unwatch(watcher);
}
void Line::attach(LineDevice* device) {
    impl_->device = device;
}
void Line::offHook() {
    impl_->setDeviceHook(true);
}
void Line::onHook() {
    impl_->setDeviceHook(false);
}
void Line::dial(char key) {
    impl_->dial(key);
}
void Line::flash() {
    impl_->flash();
}
void Line::setCarrier(bool on) {
    impl_->exchange.setCarrier(*impl_, on);
}
void Line::sendData(std::span<const std::byte> bytes) {
    impl_->exchange.sendData(*impl_, bytes);
}
void Line::closeLoop() {
    impl_->closeLoop();
}
void Line::openLoop() {
    impl_->openLoop();
}
void Line::listen(bool on) {
    impl_->listen(on);
}

}  // namespace tipring::sim

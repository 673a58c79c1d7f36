// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/telephone.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <deque>
#include <utility>

#include "sound/key_player.h"
#include "sound/sine.h"
#include "tipring/hal/dsp/caller_id_receiver.h"

namespace tipring::sim {

namespace {

using namespace std::chrono_literals;

constexpr auto kBreak = 60ms, kMake = 40ms, kBetweenDigits = 700ms;
// A ringer of REN 1 takes some 7 kOhm at 20 Hz; the port's own resistance is about 500 (guess).
constexpr float kRingerOhms = 7000, kPortOhms = 500;
constexpr float kLeastHertz = 15.3F, kMostHertz = 68;  // TIA-968, ringer type B

}  // namespace

struct Telephone::Impl {
    Impl(hal::EventLoop& ownLoop, TelephoneSettings own)
        : settings(std::move(own)), dialTimer(ownLoop, [this] { dialStep(); }) {
        const dsp::CallerIdStandard* standard = dsp::callerIdStandard(settings.callerId);
        if (standard != nullptr) {
            display = std::make_unique<dsp::CallerIdReceiver>(*standard);
        }
    }

    void setLoop(bool closed) {
        if (std::exchange(loop, closed) != closed && port != nullptr) {
            port->onLoop(closed);
        }
        updateRinger();
    }
    void dialStep();
    void updateRinger();

    TelephoneSettings settings;
    Listener listener;
    Port* port = nullptr;
    PhoneFeed feed;
    std::unique_ptr<dsp::CallerIdReceiver> display;
    KeyPlayer keys;
    std::deque<std::int16_t> speech;
    std::deque<hal::Duration> dial;  // opens and closes in turn, after so long
    hal::Timer dialTimer;
    bool offHook = false, loop = false, ringing = false;
};

void Telephone::Impl::dialStep() {
    dial.pop_front();
    setLoop(offHook && !loop);
    if (dial.empty()) {
        setLoop(offHook);
    } else {
        dialTimer.arm(dial.front());
    }
}

void Telephone::Impl::updateRinger() {
    const float load = settings.ren > 0 ? kRingerOhms / settings.ren : 0;
    const float volts = load > 0 ? feed.ringVolts * load / (load + kPortOhms) : 0;
    const bool now = !loop && volts >= settings.ringVoltsLeast && feed.ringHertz >= kLeastHertz &&
                     feed.ringHertz <= kMostHertz;
    if (std::exchange(ringing, now) != now && listener.onRing) {
        listener.onRing(now);
    }
}

Telephone::Telephone(hal::EventLoop& loop, TelephoneSettings settings)
    : impl_(std::make_unique<Impl>(loop, std::move(settings))) {}
Telephone::~Telephone() = default;

void Telephone::setListener(Listener listener) {
    impl_->listener = std::move(listener);
}

void Telephone::lift() {
    impl_->offHook = true;
    impl_->setLoop(true);
}

void Telephone::hangUp() {
    impl_->offHook = false;
    impl_->dial.clear();
    impl_->dialTimer.cancel();
    impl_->keys.stop();
    impl_->speech.clear();
    impl_->setLoop(false);
}

void Telephone::flash(std::chrono::milliseconds length) {
    if (impl_->offHook && impl_->dial.empty()) {
        impl_->setLoop(false);
        impl_->dial.push_back(length);
        impl_->dialTimer.arm(length);
    }
}

bool Telephone::pressKeys(std::string_view keys) {
    return impl_->offHook && impl_->keys.push(keys);
}

bool Telephone::dialPulses(std::string_view digits) {
    const bool fits = std::all_of(digits.begin(), digits.end(),
                                  [](char digit) { return digit >= '0' && digit <= '9'; });
    if (!impl_->offHook || !impl_->dial.empty() || !fits || digits.empty()) {
        return false;
    }
    for (const char digit : digits) {
        hal::Duration before = kBetweenDigits;
        for (int pulse = digit == '0' ? 10 : digit - '0'; pulse > 0; --pulse) {
            impl_->dial.push_back(before);
            impl_->dial.push_back(kBreak);
            before = kMake;
        }
    }
    impl_->dialTimer.arm(impl_->dial.front());
    return true;
}

void Telephone::say(std::span<const std::int16_t> samples) {
    impl_->speech.insert(impl_->speech.end(), samples.begin(), samples.end());
}

bool Telephone::isOffHook() const {
    return impl_->offHook;
}
bool Telephone::isRinging() const {
    return impl_->ringing;
}
const TelephoneSettings& Telephone::settings() const {
    return impl_->settings;
}
const PhoneFeed& Telephone::feed() const {
    return impl_->feed;
}
void Telephone::setPort(Port* port) {
    impl_->port = port;
}
bool Telephone::loopClosed() const {
    return impl_->loop;
}

void Telephone::setFeed(const PhoneFeed& feed) {
    if (!(impl_->feed == feed)) {
        impl_->feed = feed;
        impl_->updateRinger();
    }
}

void Telephone::exchange(std::span<const std::int16_t> heard, std::span<std::int16_t> spoken) {
    std::fill(spoken.begin(), spoken.end(), std::int16_t{0});
    if (!impl_->loop) {
        if (impl_->display != nullptr && impl_->listener.onCallerId) {
            impl_->display->process(heard, [this](const dsp::CallerIdEvent& event) {
                impl_->listener.onCallerId(event.id);
            });
        }
        return;
    }
    if (impl_->listener.onSound) {
        impl_->listener.onSound(heard);
    }
    for (std::int16_t& sample : spoken) {
        if (!impl_->speech.empty()) {
            sample = impl_->speech.front();
            impl_->speech.pop_front();
        }
    }
    impl_->keys.mix(spoken);
}

}  // namespace tipring::sim

// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/script_telephone.h"

#include <algorithm>
#include <deque>

#include "script/script_tones.h"

namespace tipring::sim {

namespace {

using namespace std::chrono_literals;

constexpr auto kRingOver = 8s;  // longer than the pause of any cadence: the caller gave up
constexpr std::size_t kBeforeDialling = 4800, kKey = 640;
constexpr float kKeyLevel = -10;

bool tellsAnEnd(Signal signal) {
    return signal == Signal::Busy || signal == Signal::Congestion || signal == Signal::Howler ||
           invitesToDial(signal);
}

}  // namespace

struct ScriptTelephone::Impl final : LineDevice {
    Impl(hal::EventLoop& loop, Line& ownLine)
        : line(ownLine),
          ringOver(loop, [this] { setState(State::Idle); }),
          put(loop, [this] { hangUp(); }) {
        line.attach(this);
    }
    ~Impl() override {
        listener = {};
        hangUp();
        line.attach(nullptr);
    }

    void setState(State next) {
        if (state == next) {
            return;
        }
        state = next;
        if (next != State::Called) {
            ringOver.cancel();
        }
        if (listener.onState) {
            listener.onState(next);
        }
    }
    void lift(State next) {
        line.offHook();
        line.listen(true);
        setState(next);
    }
    void hangUp() {
        put.cancel();
        queue.clear();
        if (line.isOffHook()) {
            line.listen(false);
            line.onHook();
        }
        setState(State::Idle);
    }

    void onRing(bool on) override {
        if (state == State::Idle) {
            from.clear();
            setState(State::Called);
            if (listener.onRing) {
                listener.onRing(0);
            }
        }
        if (state != State::Called) {
            return;
        }
        ringOver.arm(kRingOver);
        if (!on && listener.onRing) {
            listener.onRing(line.rings());
        }
    }
    void onCallerId(const CallerId& id) override { from = id.number; }
    void onAnswered() override {
        if (state == State::Calling) {
            setState(State::Connected);
        }
    }
    // Hangs up at the next turn of the loop: the line is in the middle of telling.
    void onLoopBreak() override {
        if (state == State::Connected) {
            put.arm(0ms);
        }
    }
    void onSignal(Signal signal) override {
        if (state == State::Connected && tellsAnEnd(signal)) {
            put.arm(0ms);
        }
    }
    void onSound(HeardBlock heard, SpokenBlock spoken) override {
        if (listener.onSound && state != State::Idle) {
            listener.onSound(heard);
        }
        std::span<std::int16_t> rest = spoken;
        while (!rest.empty() && !queue.empty()) {
            rest = rest.subspan(queue.front()->read(rest));
            if (!rest.empty()) {
                queue.pop_front();
                if (queue.empty() && listener.onPlayed) {
                    listener.onPlayed();
                }
            }
        }
    }

    Line& line;
    Listener listener;
    State state = State::Idle;
    std::string from;
    std::deque<std::unique_ptr<SoundSource>> queue;
    hal::Timer ringOver, put;
};

ScriptTelephone::ScriptTelephone(hal::EventLoop& loop, Line& line)
    : impl_(std::make_unique<Impl>(loop, line)) {}
ScriptTelephone::~ScriptTelephone() = default;

void ScriptTelephone::setListener(Listener listener) {
    impl_->listener = std::move(listener);
}
ScriptTelephone::State ScriptTelephone::state() const {
    return impl_->state;
}
std::string_view ScriptTelephone::caller() const {
    return impl_->from;
}

hal::Result<void> ScriptTelephone::dial(std::string_view number, const CallerId& /*id*/,
                                        unsigned /*maxRings*/) {
    if (impl_->state != State::Idle) {
        return hal::fail(hal::ErrorCode::InvalCallState,
                         "the telephone is in a call already; hang up first");
    }
    impl_->queue.clear();
    impl_->lift(State::Calling);
    say(makeKeys(number.substr(0, 64), kKey, kKey, kKeyLevel, kBeforeDialling));
    return {};
}

hal::Result<void> ScriptTelephone::answer() {
    if (impl_->state != State::Called) {
        return hal::fail(hal::ErrorCode::InvalCallState, "no call rings at the telephone");
    }
    impl_->lift(State::Connected);
    return {};
}

void ScriptTelephone::hangUp() {
    impl_->hangUp();
}
void ScriptTelephone::say(std::unique_ptr<SoundSource> sound) {
    impl_->queue.push_back(std::move(sound));
}
void ScriptTelephone::quiet() {
    impl_->queue.clear();
}
bool ScriptTelephone::isSpeaking() const {
    return !impl_->queue.empty();
}

hal::Result<void> ScriptTelephone::setModem(bool on, const std::string& /*greeting*/) {
    return on ? hal::fail(hal::ErrorCode::OperationUnavail,
                          "a telephone is no modem; let a far end be one")
              : hal::Result<void>{};
}

}  // namespace tipring::sim

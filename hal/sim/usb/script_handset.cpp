// SPDX-License-Identifier: Apache-2.0
#include "usb/script_handset.h"

#include <algorithm>
#include <array>
#include <deque>

#include "script/script_tones.h"

namespace tipring::sim {

namespace {

using namespace std::chrono_literals;

constexpr auto kRingOver = 8s;  // longer than the pause of any cadence: the caller gave up
constexpr std::size_t kBeforeDialling = 4800, kKey = 640;
constexpr float kKeyLevel = -10;

}  // namespace

struct ScriptHandset::Impl {
    Impl(hal::EventLoop& loop, Telephone& own)
        : telephone(own),
          ringOver(loop, [this] { setState(State::Idle); }),
          put(loop, [this] { hangUp(); }) {
        Telephone::Listener all;
        all.onRing = [this](bool on) { onRing(on); };
        all.onCallerId = [this](const dsp::CallerId& id) { from = id.number.view(); };
        all.onSound = [this](std::span<const std::int16_t> heard) { onSound(heard); };
        telephone.setListener(std::move(all));
    }
    ~Impl() {
        listener = {};
        hangUp();
        telephone.setListener({});
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
        blockSize = 0;
        telephone.lift();
        setState(next);
    }
    void hangUp() {
        put.cancel();
        queue.clear();
        telephone.hangUp();
        setState(State::Idle);
    }

    void onRing(bool on);
    void onSound(std::span<const std::int16_t> heard);
    void speak(std::size_t count);

    Telephone& telephone;
    Listener listener;
    State state = State::Idle;
    std::string from;
    unsigned rings = 0;
    std::array<std::int16_t, kBlock> block{};
    std::size_t blockSize = 0;
    std::deque<std::unique_ptr<SoundSource>> queue;
    hal::Timer ringOver, put;
};

void ScriptHandset::Impl::onRing(bool on) {
    if (state == State::Idle && on) {
        from.clear();
        rings = 0;
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
        listener.onRing(++rings);
    }
}

void ScriptHandset::Impl::onSound(std::span<const std::int16_t> heard) {
    if (state == State::Connected && telephone.feed().milliamps <= 0) {
        put.arm(0ms);  // at the next turn of the loop: the port is in the middle of telling
        return;
    }
    for (const std::int16_t sample : heard) {
        block[blockSize++] = sample;
        if (blockSize == block.size()) {
            blockSize = 0;
            if (listener.onSound && state != State::Idle) {
                listener.onSound(block);
            }
        }
    }
    speak(heard.size());
}

void ScriptHandset::Impl::speak(std::size_t count) {
    std::array<std::int16_t, kBlock> samples{};
    while (count > 0 && !queue.empty()) {
        const auto room = std::span(samples).first(std::min(count, samples.size()));
        std::fill(room.begin(), room.end(), std::int16_t{0});
        const std::size_t said = queue.front()->read(room);
        telephone.say(room.first(said));
        count -= said;
        if (said == room.size()) {
            continue;
        }
        queue.pop_front();
        if (!queue.empty()) {
            continue;
        }
        if (state == State::Calling) {
            setState(State::Connected);
        } else if (listener.onPlayed) {
            listener.onPlayed();
        }
    }
}

ScriptHandset::ScriptHandset(hal::EventLoop& loop, Telephone& telephone)
    : impl_(std::make_unique<Impl>(loop, telephone)) {}
ScriptHandset::~ScriptHandset() = default;

void ScriptHandset::setListener(Listener listener) {
    impl_->listener = std::move(listener);
}
ScriptHandset::State ScriptHandset::state() const {
    return impl_->state;
}
std::string_view ScriptHandset::caller() const {
    return impl_->from;
}

hal::Result<void> ScriptHandset::dial(std::string_view number, const CallerId& /*id*/,
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

hal::Result<void> ScriptHandset::answer() {
    if (impl_->state != State::Called) {
        return hal::fail(hal::ErrorCode::InvalCallState, "no call rings at the telephone");
    }
    impl_->lift(State::Connected);
    return {};
}

void ScriptHandset::hangUp() {
    impl_->hangUp();
}
void ScriptHandset::say(std::unique_ptr<SoundSource> sound) {
    impl_->queue.push_back(std::move(sound));
}
void ScriptHandset::quiet() {
    impl_->queue.clear();
}
bool ScriptHandset::isSpeaking() const {
    return !impl_->queue.empty();
}

hal::Result<void> ScriptHandset::setModem(bool on, const std::string& /*greeting*/) {
    return on ? hal::fail(hal::ErrorCode::OperationUnavail,
                          "a telephone is no modem; let a far end be one")
              : hal::Result<void>{};
}

}  // namespace tipring::sim

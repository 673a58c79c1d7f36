// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <string>

#include "exchange/caller_id_message.h"
#include "exchange/connection.h"
#include "exchange/feature_code.h"
#include "exchange/line_audio.h"
#include "exchange/number_plan.h"
#include "exchange/profile.h"
#include "exchange/waiting_caller.h"
#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/sim/exchange.h"

namespace tipring::sim {

/// A line as the exchange keeps it. Split over files by subject: line.cpp (the face),
/// line_loop.cpp (hook, battery), line_ringing.cpp (ring, caller ID), line_register.cpp (digits),
/// line_calls.cpp (progress of calls), line_flash.cpp (two calls), line_waiting.cpp (a call that
/// waits), line_sound.cpp (blocks).
struct Line::Impl final : Party {
    enum class IdStep : std::uint8_t { Idle, Reverse, Quiet, Alert, Gap, Data, After };

    Impl(Exchange::Impl& exchange, Line& face, std::string number, std::uint32_t seed);
    ~Impl() override;

    // Party: line_calls.cpp, line_sound.cpp
    void onProgress(Signal signal, std::string_view text) override;
    void onConnected(Connection& call) override;
    void onReleased(Connection& call) override;
    void onCarrier(bool on) override;
    void onData(std::span<const std::byte> bytes) override;
    void onReplaced(Connection& before, Connection& now) override;
    [[nodiscard]] bool wantsSound() const override { return hears(); }
    /// Somebody is there for the sound: the device, or one who looks on.
    [[nodiscard]] bool hears() const {
        return listening || watched == WatchedSound::Always ||
               (watched == WatchedSound::InUse && (off || idAt != IdStep::Idle));
    }
    void note(std::string_view what, std::string_view detail = {}) const {
        tellWatchers([&](LineWatcher& each) { each.onLineEvent(face, what, detail); });
    }
    /// From the last one on: each may go while it is told.
    template <class Tell>
    void tellWatchers(Tell tell) const {
        for (std::size_t left = watchers.size(); left > 0; --left) {
            if (left <= watchers.size()) {
                tell(*watchers[left - 1].who);
            }
        }
    }
    void speak() override;
    void hear() override;
    [[nodiscard]] Connection* joined() const override { return conference ? held : nullptr; }

    // the loop: line_loop.cpp
    void setDeviceHook(bool offHook);
    void setExtension(bool offHook);
    void closeLoop();
    void openLoop();
    void breakOver();
    void updateLoop();
    void updateElectrics();
    void setReversed(bool on);
    void setCut(bool on);
    [[nodiscard]] LineElectrics measure() const;

    // ringing: line_ringing.cpp
    [[nodiscard]] bool isFree() const {
        return !off && connection == nullptr && held == nullptr && waiting == nullptr;
    }
    /// Begins to ring for a call.
    void ring(Connection& call, const CallerId& id, unsigned pattern, unsigned maxRings,
              hal::Duration delay);
    void ringStep();
    void stopRinging();
    void remind();
    void endReminder();
    void setBurst(bool on, bool counts);
    [[nodiscard]] const dsp::CallerIdStandard* callerIdStandard() const;
    bool prepareMessage(const CallerId& id, CallerIdMessage::Kind kind);
    void idStep();
    void enterIdStep(IdStep next);
    void callSignalStep();
    [[nodiscard]] hal::Duration idStepLength() const;
    void messageArrived();
    void startMessage();
    void messageOver();
    void stopMessage();
    void sendLamp();
    [[nodiscard]] bool inCallSignal() const {
        return alerting && idAt != IdStep::Idle &&
               message->standard->alert == dsp::CallerIdAlert::CallSignal;
    }

    // digits: line_register.cpp
    void startRegister(Signal invitation);
    void stopRegister();
    void dial(char key);
    void registerTimeout();
    void route();
    bool runCode(bool complete);
    void pulse(unsigned count);
    [[nodiscard]] Signal invitation() const;

    // calls: line_calls.cpp
    void seized();
    void cleared();
    void setSignal(Signal next);
    void supervise();
    void pauseOver();
    void releaseAll();
    [[nodiscard]] ExchangeHabits::Supervision supervision() const;

    // two calls: line_flash.cpp
    void flash();
    void flashNorthAmerican();
    void flashEuropean();
    void flashPbx();
    void recallDigit(char key);
    void hold();
    void resume();
    void swap();
    void join();
    void dropActive();
    bool transfer();
    [[nodiscard]] ExchangeHabits::Flash flashKind() const;

    // a call that waits: line_waiting.cpp
    [[nodiscard]] bool canWait() const;
    void offerWaiting(Connection& call, const CallerId& id);
    void takeWaiting();
    void refuseWaiting();
    void endWaiting();
    void waitingTold();
    void waitOver();

    // sound: line_sound.cpp
    LineAudio& audio();
    void listen(bool on);
    void watch(LineWatcher& who, WatchedSound what);
    void unwatch(LineWatcher& who);
    void wantWatchedSound();
    void hearDigits();
    void updateTone();
    void takeExtension();

    Exchange::Impl& exchange;
    Line& face;
    std::string number;
    std::uint32_t seed;
    const Profile* profile;
    LineSettings settings;
    CopperSettings copper;
    std::array<std::string, kForwards> forwards;
    LineDevice* device = nullptr;
    struct Watching {
        LineWatcher* who;
        WatchedSound sound;
    };
    std::vector<Watching> watchers;
    WatchedSound watched = WatchedSound::None;  ///< the most that one of them wants
    unsigned messages = 0;

    // wires
    bool deviceOff = false, extensionOff = false, cut = false;
    bool off = false;  ///< the exchange's view
    bool battery = true, reversed = false, burst = false;
    bool loopBroken = false;  ///< open, and not yet known for how long
    unsigned pulses = 0;
    hal::TimePoint loopOpened{};
    LineElectrics shown{};

    // calls; the active one is Party::connection
    Connection* held = nullptr;
    Connection* waiting = nullptr;
    bool conference = false;
    bool swapping = false;  ///< the second call was called, not made
    Signal signal = Signal::None;
    std::string announcement;

    // digits
    bool registering = false, recall = false, waitingBarred = false;
    std::string dialled;
    NumberPlan::Place place;

    // ringing
    bool alerting = false;
    unsigned rings = 0, maxRings = 0, pattern = 0;
    std::size_t step = 0;
    CallerId id;

    // a message on the line
    IdStep idAt = IdStep::Idle;
    bool idWaits = false;      ///< comes in the first long pause
    unsigned callSignals = 0;  ///< short rings of Japan's alert
    bool burstCounts = false;
    bool lampPending = false;
    std::unique_ptr<CallerIdMessage> message;

    bool listening = false;
    std::unique_ptr<LineAudio> sound;
    std::unique_ptr<WaitingCaller> waitingCaller;

    hal::Timer ringTimer, idTimer, registerTimer, hookTimer, pauseTimer, waitTimer, reminderTimer;
};

}  // namespace tipring::sim

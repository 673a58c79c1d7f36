// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "dialler.h"
#include "fxs_ringer.h"
#include "hook_watch.h"
#include "tipring/drivers/analog/fxs_line.h"
#include "tipring/hal/dsp/dtmf_detector.h"
#include "tipring/hal/dsp/tone_sequence.h"

namespace tipring::analog {

enum class FxsInput : std::uint8_t {
    Lifted,
    PutDown,
    Flash,
    Digit,
    Timer,  ///< of the state
    RungOut,
    Fault,
    Works,  ///< again
    Gone,
};

struct FxsLine::Impl final : private FxsPortListener,
                             private HookListener,
                             private RingerListener,
                             private DiallerClient {
    Impl(hal::EventLoop& loop, FxsPort& port, const LineProfile& profile, FxsObserver& observer,
         FxsSettings settings);
    ~Impl() override;

    hal::Result<void> ring(unsigned mode, const dsp::CallerId* id, unsigned mostRings);
    void stopRinging();
    hal::Result<void> connect();
    hal::Result<void> playRingback();
    hal::Result<void> refuse(bool congestion);
    void release();
    hal::Result<void> signalCallWaiting();
    hal::Result<void> sendKeys(std::string_view keys, std::chrono::milliseconds toneOn);
    void setMessageWaiting(bool on);
    void setLinePower(bool on);

    FxsPort& port;
    const LineProfile& profile;
    const dsp::CountryTones* tones;
    FxsObserver& observer;
    FxsSettings settings;
    FxsAbilities abilities;

    HookWatch hook;
    FxsRinger ringer;
    Dialler dialler;
    dsp::DtmfDetector dtmf;
    hal::Timer stateTimer, messageTimer;
    std::optional<dsp::ToneSequence> tone;

    FxsState state = FxsState::Idle;
    std::string number;
    char key = 0;
    bool pulse = false;
    bool waiting = false;      ///< a message waits
    bool lampPending = false;  ///< the telephone was not told
    std::string why;           ///< of Fault and Gone

private:
    struct Row;
    static const Row kTable[];

    void step(FxsInput input);
    void tell(FxsEvent event) { observer.onFxs(event); }
    void play(dsp::ToneKind kind);
    void enter(FxsState next);
    void rest();
    void sendLamp();
    void judgeNumber(bool timeOver);

    // Actions of the table, in its order.
    void lifted();
    void answered();
    void putDown();
    void rungOut();
    void digit();
    void digitInCall();
    void numberOver();
    void newDialTone();
    void recall();
    void flashInCall();
    void offHookTooLong();
    void howl();
    void silence();
    void fault();
    void works();
    void gone();

    // FxsPortListener
    void onHook(bool offHook) override { hook.see(offHook); }
    void onDigit(char heard) override;
    void onSound(std::uint64_t position, std::span<const std::int16_t> heard,
                 std::span<std::int16_t> spoken) override;
    void onFault(const hal::Error* error) override;
    void onGone(const hal::Error& error) override;
    // HookListener
    void onLifted() override { step(FxsInput::Lifted); }
    void onPutDown() override { step(FxsInput::PutDown); }
    void onFlash() override { step(FxsInput::Flash); }
    void onPulses(unsigned count) override;
    // RingerListener
    void onRingSent(unsigned count) override;
    void onRungOut() override { step(FxsInput::RungOut); }
    void onMessageSent() override;
    // DiallerClient
    void setLoop(bool) override {}  // towards a telephone nothing is dialled by pulses
    void onDialled(bool) override { tell({.kind = FxsEvent::Kind::KeysSent}); }
};

}  // namespace tipring::analog

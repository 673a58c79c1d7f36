// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dialler.h"
#include "fxo_ear.h"
#include "loop_watch.h"
#include "ring_detector.h"
#include "tipring/drivers/analog/fxo_line.h"

namespace tipring::analog {

/// What happens to a line.
enum class FxoInput : std::uint8_t {
    Ring,       ///< one began
    ShortRing,  ///< too short for a ring: an alert
    RingsOver,
    Caller,  ///< a message that says who calls
    Lifted,  ///< a parallel telephone
    PutDown,
    BatteryLost,
    BatteryBack,
    LoopLost,
    Reversed,  ///< against the polarity before the line was seized
    Restored,
    DialTone,
    LastingDialTone,
    Ringback,
    RingbackGone,
    Busy,  ///< any tone that says no
    Information,
    FarEnd,  ///< a voice, an answer tone
    Dialled,
    DialToneMissing,
    Timer,  ///< of the state
    NoAnswer,
    Gone,
};

struct FxoLine::Impl final : private FxoPortListener,
                             private RingListener,
                             private LoopListener,
                             private DiallerClient,
                             private EarListener {
    Impl(hal::EventLoop& loop, FxoPort& port, const LineProfile& profile, FxoObserver& observer,
         const FxoSettings& settings);
    ~Impl() override;

    hal::Result<void> answer();
    hal::Result<void> dial(std::string_view keys, bool incomplete, std::chrono::milliseconds wait);
    hal::Result<void> dialMore(std::string_view keys, bool incomplete,
                               std::chrono::milliseconds wait);
    hal::Result<void> sendKeys(std::string_view keys, std::chrono::milliseconds toneOn, bool pulse);
    hal::Result<void> flash(std::string_view keys, std::chrono::milliseconds breakTime,
                            FlashAim aim);
    hal::Result<void> flash(std::string_view code);
    [[nodiscard]] bool mayFlash() const;
    void hangUp();

    hal::EventLoop& loop;
    FxoPort& port;
    const LineProfile& profile;
    FxoObserver& observer;
    FxoSettings settings;
    FxoAbilities abilities;
    Supervision supervision;

    LoopWatch watch;
    RingDetector rings;
    Dialler dialler;
    FxoEar ear;
    hal::Timer stateTimer, noAnswerTimer, dialToneTimer, ringbackTimer, ringBackTimer;

    FxoState state = FxoState::Idle;
    bool inCall = false;
    bool ended = false;        ///< Ended was told of this call
    bool ignoreRings = false;  ///< the call that rings was refused or over
    bool ringBehindRelease = false;
    bool seizedReversed = false;
    hal::TimePoint talkBegan{};
    bool outgoing = false, confirmed = false, connected = false;
    bool incomplete = false, sending = false;
    bool company = false;  ///< another party is held
    FlashAim aim{};        ///< of the service that the exchange is asked for
    std::string keys;      ///< to be dialled
    std::chrono::milliseconds noAnswer{0};
    dsp::ToneKind tone{};                    ///< of the input Busy, Information, DialTone
    const dsp::CallerId* message = nullptr;  ///< of the input Caller
    unsigned ringMode = 1, ringCount = 0;    ///< of the input Ring
    hal::Duration shortRing{};
    std::size_t echoLeft = 0;  ///< samples for which what was said may come back
    std::string why;           ///< of the input Gone

private:
    struct Row;
    static const Row kTable[];

    void step(FxoInput input);
    [[nodiscard]] bool offHook() const;
    [[nodiscard]] hal::Result<void> mayDial(std::string_view keys) const;
    [[nodiscard]] bool hasTones() const { return abilities.sound && ear.hasTones(); }
    hal::Result<void> send(std::string_view digits, bool pulse, const DialTimes& times);
    [[nodiscard]] bool echoes(std::size_t passed, std::span<const std::int16_t> spoken);
    hal::Result<void> goOffHook();
    void release();
    void tell(FxoEvent event) { observer.onFxo(event); }
    void end(FxoEnd how, std::string_view cause);
    void over();
    void offer();
    void talk(bool sure, std::string_view cause);
    void farHungUp(std::string_view cause);
    void betweenParties(std::uint64_t position, std::size_t count);
    void partyEnded(FxoEnd how, std::string_view cause);
    void stopSending();
    void stopWaiting();
    void talkAgain();
    void consult(bool heard);
    void held(bool heard);

    // fxo_actions.cpp: the actions of the table
    void ring();
    void keepRing();
    void fetchId();
    void fetched();
    void fetchOver();
    void caller();
    void gaveUp();
    void pickedUp();
    void tellExtension();
    void batteryLost();
    void batteryBack();
    void ringOnDeadLine();
    void noLoop();
    void loopBroken();
    void takePolarity();
    void reversedWhileDialling();
    void answerConfirmed();
    void reversedInCall();
    void restoredInCall();
    void startDialling();
    void secondDialTone();
    void dialToneInCall();
    void noDialToneInTime();
    void ringback();
    void answered();
    void answeredByUs();
    void refusedByTone();
    void hungUpByTone();
    void dialled();
    void noDialTone();
    void nobodyAnswered();
    void glare();
    void released();
    void gone();
    // fxo_flash.cpp
    void flashSent();
    void flashTone();
    void flashRinging();
    void flashBusy();
    void flashTimeOver();
    void flashIgnored();

    // FxoPortListener
    void onRing(bool voltage) override;
    void onElectrics(const FxoElectrics& now) override { watch.see(now); }
    void onSound(std::uint64_t position, std::span<const std::int16_t> heard,
                 std::span<std::int16_t> spoken) override;
    void onGone(const hal::Error& error) override;
    // RingListener
    void onRingBegan(unsigned mode, unsigned count) override;
    void onShortRing(hal::Duration length) override;
    void onRingsOver() override;
    // LoopListener
    void onBattery(bool there) override;
    void onPolarity(bool reversed) override;
    void onLoopLost() override { step(FxoInput::LoopLost); }
    void onExtension(bool lifted) override;
    // DiallerClient
    void setLoop(bool closed) override;
    void onDialled(bool dialToneMissing) override;
    // EarListener
    void onMessage(const dsp::CallerId& id) override;
    void onTone(const dsp::ProgressEvent& event) override;
    void onFarEnd() override { step(FxoInput::FarEnd); }
    void onWaiting(const dsp::CallWaitingEvent& event) override;
    void onWaitingBeep() override { tell({.kind = FxoEvent::Kind::WaitingTone}); }
};

}  // namespace tipring::analog

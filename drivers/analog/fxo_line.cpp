// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/analog/fxo_line.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "fxo_line_impl.h"

namespace tipring::analog {
namespace {

using hal::ErrorCode;
using Kind = FxoEvent::Kind;
using dsp::ToneKind;

constexpr std::uint16_t bit(FxoState state) {
    return static_cast<std::uint16_t>(1U << static_cast<unsigned>(state));
}
template <class... States>
constexpr std::uint16_t any(States... states) {
    return static_cast<std::uint16_t>((bit(states) | ...));
}
constexpr std::uint16_t kEvery = (1U << kFxoStates) - 1;
constexpr std::uint16_t kOffHook = any(FxoState::FetchingId, FxoState::Seizing, FxoState::Dialing,
                                       FxoState::Waiting, FxoState::Alerting, FxoState::Talking,
                                       FxoState::Flashing, FxoState::OnHold, FxoState::Refused);
constexpr std::size_t kMostSamples = 160;  // FxoPortListener::onSound()
/// What is heard then is the exchange's, and no part of a call.
constexpr std::uint16_t kBetweenParties =
    any(FxoState::Flashing, FxoState::OnHold, FxoState::Refused);
constexpr std::uint16_t kProgress = any(FxoState::Waiting, FxoState::Alerting);

constexpr float kSureInCall = 0.85F;                 // speech may have a moment of a tone
constexpr std::chrono::milliseconds kLasting{2000};  // a dial tone in a call
constexpr std::chrono::milliseconds kRingbackGone{2500};
constexpr std::chrono::milliseconds kRecall{500};  // until an exchange takes digits after a flash
constexpr std::size_t kEchoLasts = 4800;  // samples: what adapters keep, and the line's hybrid
constexpr std::chrono::milliseconds kRingBack{5000};  // after our hang-up, by the exchange

/// What a tone of the network says.
FxoInput inputOf(ToneKind tone) {
    switch (tone) {
    case ToneKind::Dial:
    case ToneKind::SpecialDial: return FxoInput::DialTone;
    case ToneKind::Ringback: return FxoInput::Ringback;
    case ToneKind::Busy:
    case ToneKind::Congestion:
    case ToneKind::Unobtainable:
    case ToneKind::Howler: return FxoInput::Busy;
    default: return FxoInput::Information;
    }
}

}  // namespace

/// In one of the states, at that input: the next state, then the action (which may go on to
/// another). What stands nowhere means nothing there.
struct FxoLine::Impl::Row {
    std::uint16_t in;
    FxoInput input;
    FxoState next;
    void (Impl::*act)();
};

// clang-format off
const FxoLine::Impl::Row FxoLine::Impl::kTable[] = {
    // Somebody calls.
    {any(FxoState::Idle, FxoState::Ringing), FxoInput::Ring, FxoState::Ringing, &Impl::ring},
    {bit(FxoState::NoBattery), FxoInput::Ring, FxoState::Ringing, &Impl::ringOnDeadLine},
    {bit(FxoState::Releasing), FxoInput::Ring, FxoState::Releasing, &Impl::keepRing},
    {bit(FxoState::Idle), FxoInput::ShortRing, FxoState::Idle, &Impl::fetchId},
    {any(FxoState::Idle, FxoState::Ringing), FxoInput::Caller, FxoState::Ringing, &Impl::caller},
    {bit(FxoState::FetchingId), FxoInput::Caller, FxoState::Ringing, &Impl::fetched},
    {bit(FxoState::FetchingId), FxoInput::Timer, FxoState::Idle, &Impl::fetchOver},
    {bit(FxoState::Ringing), FxoInput::RingsOver, FxoState::Idle, &Impl::gaveUp},
    {bit(FxoState::Ringing), FxoInput::Lifted, FxoState::InUse, &Impl::pickedUp},
    // The line itself.
    {bit(FxoState::Idle), FxoInput::Lifted, FxoState::InUse, &Impl::tellExtension},
    {bit(FxoState::InUse), FxoInput::PutDown, FxoState::Idle, &Impl::tellExtension},
    {bit(FxoState::Talking), FxoInput::Lifted, FxoState::Talking, &Impl::tellExtension},
    {bit(FxoState::Talking), FxoInput::PutDown, FxoState::Talking, &Impl::tellExtension},
    {any(FxoState::Idle, FxoState::InUse, FxoState::Ringing), FxoInput::BatteryLost, FxoState::NoBattery, &Impl::batteryLost},
    {bit(FxoState::NoBattery), FxoInput::BatteryBack, FxoState::Idle, &Impl::batteryBack},
    // We call.
    {bit(FxoState::Seizing), FxoInput::Ring, FxoState::Seizing, &Impl::glare},
    {bit(FxoState::Seizing), FxoInput::ShortRing, FxoState::Seizing, &Impl::glare},
    {bit(FxoState::Seizing), FxoInput::LoopLost, FxoState::Seizing, &Impl::noLoop},
    {bit(FxoState::Seizing), FxoInput::Reversed, FxoState::Seizing, &Impl::takePolarity},
    {bit(FxoState::Seizing), FxoInput::DialTone, FxoState::Dialing, &Impl::startDialling},
    {bit(FxoState::Seizing), FxoInput::Busy, FxoState::Seizing, &Impl::refusedByTone},
    {bit(FxoState::Seizing), FxoInput::Timer, FxoState::Seizing, &Impl::noDialToneInTime},
    {bit(FxoState::Dialing), FxoInput::DialTone, FxoState::Dialing, &Impl::secondDialTone},
    {bit(FxoState::Dialing), FxoInput::Dialled, FxoState::Waiting, &Impl::dialled},
    {bit(FxoState::Dialing), FxoInput::DialToneMissing, FxoState::Dialing, &Impl::noDialTone},
    {bit(FxoState::Dialing), FxoInput::Busy, FxoState::Dialing, &Impl::refusedByTone},
    {bit(FxoState::Dialing), FxoInput::Information, FxoState::Dialing, &Impl::refusedByTone},
    {bit(FxoState::Dialing), FxoInput::Reversed, FxoState::Dialing, &Impl::reversedWhileDialling},
    {kProgress, FxoInput::Ringback, FxoState::Alerting, &Impl::ringback},
    {kProgress, FxoInput::Busy, FxoState::Waiting, &Impl::refusedByTone},
    {kProgress, FxoInput::Information, FxoState::Waiting, &Impl::refusedByTone},
    {kProgress, FxoInput::Reversed, FxoState::Talking, &Impl::answerConfirmed},
    {kProgress, FxoInput::FarEnd, FxoState::Talking, &Impl::answered},
    {bit(FxoState::Alerting), FxoInput::RingbackGone, FxoState::Talking, &Impl::answered},
    {kProgress, FxoInput::NoAnswer, FxoState::Waiting, &Impl::nobodyAnswered},
    {kOffHook & ~any(FxoState::FetchingId, FxoState::Seizing), FxoInput::LoopLost, FxoState::Talking, &Impl::loopBroken},
    // We talk.
    {bit(FxoState::Talking), FxoInput::Timer, FxoState::Talking, &Impl::answeredByUs},
    {bit(FxoState::Talking), FxoInput::Reversed, FxoState::Talking, &Impl::reversedInCall},
    {bit(FxoState::Talking), FxoInput::Restored, FxoState::Talking, &Impl::restoredInCall},
    {bit(FxoState::Talking), FxoInput::Busy, FxoState::Talking, &Impl::hungUpByTone},
    {bit(FxoState::Talking), FxoInput::Information, FxoState::Talking, &Impl::hungUpByTone},
    {bit(FxoState::Talking), FxoInput::LastingDialTone, FxoState::Talking, &Impl::dialToneInCall},
    // The exchange is asked for a service.
    {bit(FxoState::Flashing), FxoInput::DialTone, FxoState::Flashing, &Impl::flashTone},
    {bit(FxoState::Flashing), FxoInput::Dialled, FxoState::Flashing, &Impl::flashSent},
    {bit(FxoState::Flashing), FxoInput::DialToneMissing, FxoState::Flashing, &Impl::flashIgnored},
    {bit(FxoState::Flashing), FxoInput::Ringback, FxoState::Flashing, &Impl::flashRinging},
    {bit(FxoState::Flashing), FxoInput::Busy, FxoState::Flashing, &Impl::flashBusy},
    {bit(FxoState::Flashing), FxoInput::Information, FxoState::Flashing, &Impl::flashBusy},
    {bit(FxoState::Flashing), FxoInput::Timer, FxoState::Flashing, &Impl::flashTimeOver},
    // It is over.
    {bit(FxoState::Releasing), FxoInput::Timer, FxoState::Idle, &Impl::released},
    {kEvery & ~bit(FxoState::Gone), FxoInput::Gone, FxoState::Gone, &Impl::gone},
};
// clang-format on

FxoLine::Impl::Impl(hal::EventLoop& ownLoop, FxoPort& ownPort, const LineProfile& ownProfile,
                    FxoObserver& ownObserver, const FxoSettings& ownSettings)
    : loop(ownLoop),
      port(ownPort),
      profile(ownProfile),
      observer(ownObserver),
      settings(ownSettings),
      abilities(ownPort.abilities()),
      supervision(ownSettings.supervision.value_or(ownProfile.supervision)),
      watch(ownLoop, abilities, *this),
      rings(ownLoop, ownProfile, *this),
      dialler(ownLoop, ownProfile, *this),
      ear(ownProfile),
      stateTimer(ownLoop, [this] { step(FxoInput::Timer); }),
      noAnswerTimer(ownLoop, [this] { step(FxoInput::NoAnswer); }),
      dialToneTimer(ownLoop, [this] { step(FxoInput::LastingDialTone); }),
      ringbackTimer(ownLoop, [this] { step(FxoInput::RingbackGone); }),
      ringBackTimer(ownLoop, [this] { ignoreRings = false; }) {
    port.setListener(this);
    watch.begin(port.electrics());
    state = watch.battery() ? FxoState::Idle : FxoState::NoBattery;
    static_cast<void>(port.setSound(abilities.onHookSound));
}

FxoLine::Impl::~Impl() {
    port.setListener(nullptr);
    if (state == FxoState::Gone) {
        return;
    }
    if (offHook()) {
        static_cast<void>(port.setHook(false));
    }
    static_cast<void>(port.setSound(false));
}

void FxoLine::Impl::step(FxoInput input) {
    const auto* row = std::find_if(std::begin(kTable), std::end(kTable), [&](const Row& each) {
        return each.input == input && (each.in & bit(state)) != 0;
    });
    if (row != std::end(kTable)) {
        state = row->next;
        (this->*row->act)();
    }
}

bool FxoLine::Impl::offHook() const {
    return (kOffHook & bit(state)) != 0;
}

hal::Result<void> FxoLine::Impl::goOffHook() {
    rings.reset();
    ear.resetTones();
    seizedReversed = watch.reversed();
    watch.setHook(true);
    if (auto closed = port.setHook(true); !closed) {
        watch.setHook(false);
        return closed;
    }
    return abilities.sound ? port.setSound(true) : hal::Result<void>{};
}

/// Without sound there are pulses only.
hal::Result<void> FxoLine::Impl::mayDial(std::string_view digits) const {
    const bool ok = abilities.sound || std::all_of(digits.begin(), digits.end(), [this](char key) {
                        return pulsesOf(key, profile.pulses) > 0 || !dsp::dtmfPair(key);
                    });
    return ok ? hal::Result<void>{}
              : hal::fail(ErrorCode::OperationUnavail,
                          "the adapter has no sound of this line: keys that have no pulses cannot "
                          "be sent");
}

hal::Result<void> FxoLine::Impl::answer() {
    if (state != FxoState::Ringing) {
        return hal::fail(ErrorCode::InvalCallState, "there is no call that rings");
    }
    if (auto lifted = goOffHook(); !lifted) {
        return lifted;
    }
    state = FxoState::Talking;
    stateTimer.arm({});  // whoever asked gets the answer first
    return {};
}

hal::Result<void> FxoLine::Impl::dial(std::string_view digits, bool more,
                                      std::chrono::milliseconds wait) {
    if (state == FxoState::Gone || state == FxoState::NoBattery) {
        return hal::fail(ErrorCode::InvalLineState, state == FxoState::Gone
                                                        ? "the adapter is unplugged"
                                                        : "no exchange feeds the line");
    }
    if (state == FxoState::InUse) {
        return hal::fail(ErrorCode::InUse, "a parallel telephone uses the line");
    }
    if (state != FxoState::Idle || rings.active() || ignoreRings) {
        return hal::fail(ErrorCode::InUse, "a call is on the line");
    }
    if (auto may = mayDial(digits); !may) {
        return may;
    }
    const bool waits = settings.waitForDialTone || (!digits.empty() && digits.front() == 'W');
    digits.remove_prefix(std::min(digits.find_first_not_of('W'), digits.size()));
    keys = digits;
    incomplete = more || keys.empty();
    noAnswer = wait.count() > 0 ? wait : settings.noAnswer;
    if (auto lifted = goOffHook(); !lifted) {
        return lifted;
    }
    state = FxoState::Seizing;
    inCall = outgoing = true;
    confirmed = connected = ended = company = false;
    stateTimer.arm(waits && hasTones() ? settings.dialTone : settings.blind);
    return {};
}

hal::Result<void> FxoLine::Impl::dialMore(std::string_view digits, bool more,
                                          std::chrono::milliseconds wait) {
    if (state != FxoState::Dialing || !incomplete || dialler.active()) {
        return hal::fail(ErrorCode::InvalCallState, "no digits can be dialled now");
    }
    if (auto may = mayDial(digits); !may) {
        return may;
    }
    incomplete = more;
    noAnswer = wait.count() > 0 ? wait : noAnswer;
    tell({.kind = Kind::Dialing});
    dialler.start(digits, settings.pulse || !abilities.sound);
    return {};
}

hal::Result<void> FxoLine::Impl::sendKeys(std::string_view digits, std::chrono::milliseconds toneOn,
                                          bool pulse) {
    DialTimes times;
    times.toneOn = toneOn;
    return send(digits, pulse, times);
}

hal::Result<void> FxoLine::Impl::flash(std::string_view code) {
    DialTimes times;
    times.pause = kRecall;
    return send(code.empty() ? std::string("!") : "!," + std::string(code), false, times);
}

hal::Result<void> FxoLine::Impl::send(std::string_view digits, bool pulse, const DialTimes& times) {
    if (state != FxoState::Talking) {
        return hal::fail(ErrorCode::InvalCallState, "keys can be sent in a call only");
    }
    if (auto may = mayDial(digits); !may) {
        return may;
    }
    stopSending();
    sending = !digits.empty();
    if (sending) {
        dialler.start(digits, pulse || !abilities.sound, times);
    }
    return {};
}

void FxoLine::Impl::hangUp() {
    if (state == FxoState::Ringing) {
        state = FxoState::Idle;
        ignoreRings = true;
        end(FxoEnd::Refused, "the call was refused; it may ring on");
        over();
    } else if (inCall && offHook()) {
        // For a party that is held the exchange rings.
        const bool ringsBack = company || state == FxoState::OnHold;
        end(FxoEnd::HungUp, "the line was released");
        release();
        if (ringsBack) {
            ignoreRings = true;
            ringBackTimer.arm(kRingBack);
        }
    }
}

// ---- what the port and the helpers say

void FxoLine::Impl::onRing(bool voltage) {
    if (state != FxoState::Gone) {
        watch.setRinging(voltage);
        rings.voltage(voltage);
    }
}

void FxoLine::Impl::onSound(std::uint64_t position, std::span<const std::int16_t> heard,
                            std::span<std::int16_t> spoken) {
    if (state == FxoState::Idle || state == FxoState::Ringing || state == FxoState::FetchingId) {
        ear.hearOnHook(heard, *this);
        return;
    }
    if (!inCall || !offHook()) {
        return;
    }
    const bool talked = state == FxoState::Talking;
    if (talked) {
        ear.hearWaiting(heard, *this);
    }
    if (state == FxoState::Waiting || state == FxoState::Alerting) {
        ear.hearAnswer(heard, *this);
    }
    // With two parties the network before the call: whoever listens to that cannot judge it.
    const bool early = !talked || (company && echoLeft == 0);
    if (early) {
        ear.hearTones(heard, *this);
    }
    if ((kBetweenParties & bit(state)) != 0) {
        betweenParties(position, heard.size());
    } else if (inCall && offHook()) {
        observer.onFxoSound(position, heard, spoken);
    }
    if (talked && state == FxoState::Talking) {
        const bool echo = echoes(heard.size(), spoken);
        if (!early && !echo && !ear.muted() && (company || has(supervision, Supervision::Tones))) {
            ear.hearTones(heard, *this);
        }
    }
    if (offHook()) {
        dialler.mix(spoken);
    }
    if (state == FxoState::Talking) {
        ear.answerWaiting(spoken);
    }
}

/// What comes back of a prompt may have the tones of a network in it. The core, which knows what it
/// plays, judges by tones meanwhile.
bool FxoLine::Impl::echoes(std::size_t passed, std::span<const std::int16_t> spoken) {
    const bool now =
        std::any_of(spoken.begin(), spoken.end(), [](std::int16_t each) { return each != 0; });
    if (now && echoLeft == 0) {
        ear.resetTones();
    }
    echoLeft = now ? kEchoLasts : echoLeft - std::min(echoLeft, passed);
    return echoLeft > 0;
}

/// The call goes on in silence, and what it says goes nowhere.
void FxoLine::Impl::betweenParties(std::uint64_t position, std::size_t count) {
    std::array<std::int16_t, kMostSamples> silence{}, nowhere{};
    observer.onFxoSound(position, std::span(silence).first(count), std::span(nowhere).first(count));
}

void FxoLine::Impl::onGone(const hal::Error& error) {
    why = error.cause;
    step(FxoInput::Gone);
}

void FxoLine::Impl::onRingBegan(unsigned mode, unsigned count) {
    if (ignoreRings) {
        ringBackTimer.cancel();  // onRingsOver() comes
    } else {
        ringMode = mode;
        ringCount = count;
        step(FxoInput::Ring);
    }
}

void FxoLine::Impl::onShortRing(hal::Duration length) {
    shortRing = length;
    step(FxoInput::ShortRing);
}

void FxoLine::Impl::onRingsOver() {
    if (!std::exchange(ignoreRings, false)) {
        step(FxoInput::RingsOver);
    }
}

void FxoLine::Impl::onBattery(bool there) {
    step(there ? FxoInput::BatteryBack : FxoInput::BatteryLost);
}

void FxoLine::Impl::onPolarity(bool reversed) {
    step(reversed != seizedReversed ? FxoInput::Reversed : FxoInput::Restored);
}

void FxoLine::Impl::onExtension(bool lifted) {
    step(lifted ? FxoInput::Lifted : FxoInput::PutDown);
}

void FxoLine::Impl::setLoop(bool closed) {
    watch.setBreaking(!closed);
    static_cast<void>(port.setHook(closed));
}

void FxoLine::Impl::onDialled(bool dialToneMissing) {
    if (std::exchange(sending, false)) {
        tell({.kind = Kind::KeysSent});
        return;
    }
    step(dialToneMissing ? FxoInput::DialToneMissing : FxoInput::Dialled);
}

void FxoLine::Impl::onMessage(const dsp::CallerId& id) {
    if (!id.checksumValid) {
        return;
    }
    if (id.messageWaiting && !id.knowsCaller()) {
        tell({.kind = Kind::MessageWaiting, .on = *id.messageWaiting});
    } else if (!ignoreRings) {
        message = &id;
        step(FxoInput::Caller);
        message = nullptr;
    }
}

void FxoLine::Impl::onTone(const dsp::ProgressEvent& event) {
    const FxoInput input = inputOf(event.tone);
    if (event.tone == ToneKind::CallWaiting) {
        return;
    }
    if (event.kind == dsp::ProgressEvent::Kind::Ended) {
        if (input == FxoInput::DialTone) {
            dialToneTimer.cancel();
        } else if (input == FxoInput::Ringback) {
            ringbackTimer.arm(kRingbackGone);
        }
        return;
    }
    if (state == FxoState::Talking && !company && event.confidence < kSureInCall &&
        input != FxoInput::DialTone) {
        return;
    }
    if (input == FxoInput::DialTone && !dialToneTimer.armed()) {
        dialToneTimer.arm(kLasting);
    }
    tone = event.tone;
    step(input);
}

void FxoLine::Impl::onWaiting(const dsp::CallWaitingEvent& event) {
    const bool valid = event.kind == dsp::CallWaitingEvent::Kind::Caller && event.id.checksumValid;
    if (event.kind != dsp::CallWaitingEvent::Kind::Mute) {
        ear.resetTones();
    }
    tell({.kind = Kind::Waiting,
          .on = event.kind == dsp::CallWaitingEvent::Kind::Mute,
          .callerId = valid ? &event.id : nullptr});
}

// ---- the line itself

FxoLine::FxoLine(hal::EventLoop& loop, FxoPort& port, const LineProfile& profile,
                 FxoObserver& observer, const FxoSettings& settings)
    : impl_(std::make_unique<Impl>(loop, port, profile, observer, settings)) {}
FxoLine::~FxoLine() = default;

FxoState FxoLine::state() const {
    return impl_->state;
}
bool FxoLine::busy() const {
    return impl_->inCall;
}
bool FxoLine::extensionLifted() const {
    return impl_->watch.extension();
}
hal::Result<void> FxoLine::answer() {
    return impl_->answer();
}
hal::Result<void> FxoLine::dial(std::string_view keys, bool incomplete,
                                std::chrono::milliseconds noAnswer) {
    return impl_->dial(keys, incomplete, noAnswer);
}
hal::Result<void> FxoLine::dialMore(std::string_view keys, bool incomplete,
                                    std::chrono::milliseconds noAnswer) {
    return impl_->dialMore(keys, incomplete, noAnswer);
}
hal::Result<void> FxoLine::flash(std::string_view keys, std::chrono::milliseconds breakTime,
                                 FlashAim aim) {
    return impl_->flash(keys, breakTime, aim);
}
hal::Result<void> FxoLine::flash(std::string_view code) {
    return impl_->flash(code);
}
void FxoLine::expectBeeps(bool on) {
    impl_->ear.expectBeeps(on);
}
bool FxoLine::mayFlash() const {
    return impl_->mayFlash();
}
void FxoLine::setCompany(bool held) {
    impl_->company = held;
}
hal::Result<void> FxoLine::sendKeys(std::string_view keys, std::chrono::milliseconds toneOn,
                                    bool pulse) {
    return impl_->sendKeys(keys, toneOn, pulse);
}
void FxoLine::hangUp() {
    impl_->hangUp();
}

}  // namespace tipring::analog

// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/analog/fxs_line.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "fxs_line_impl.h"

namespace tipring::analog {
namespace {

using hal::ErrorCode;
using Kind = FxsEvent::Kind;
using dsp::ToneKind;
using std::chrono::milliseconds;

constexpr std::uint16_t bit(FxsState state) {
    return static_cast<std::uint16_t>(1U << static_cast<unsigned>(state));
}
template <class... States>
constexpr std::uint16_t any(States... states) {
    return static_cast<std::uint16_t>((bit(states) | ...));
}
constexpr std::uint16_t kEvery = (1U << kFxsStates) - 1;
constexpr std::uint16_t kOffHook =
    any(FxsState::DialTone, FxsState::Dialing, FxsState::Dialled, FxsState::Ringback,
        FxsState::Refused, FxsState::Talking, FxsState::Howling, FxsState::Silent);
constexpr std::uint16_t kDialling = any(FxsState::DialTone, FxsState::Dialing);
constexpr std::uint16_t kRoutable = any(FxsState::Dialled, FxsState::Ringback);

constexpr std::size_t kLongestNumber = 64;
constexpr milliseconds kLampPause{1500};  // on hook before the lamp's message
constexpr double kHowlerLevel = -3;

}  // namespace

/// As FxoLine's: in one of the states, at that input, the next state and the action.
struct FxsLine::Impl::Row {
    std::uint16_t in;
    FxsInput input;
    FxsState next;
    void (Impl::*act)();
};

// clang-format off
const FxsLine::Impl::Row FxsLine::Impl::kTable[] = {
    {bit(FxsState::Idle), FxsInput::Lifted, FxsState::DialTone, &Impl::lifted},
    {bit(FxsState::Ringing), FxsInput::Lifted, FxsState::Talking, &Impl::answered},
    {bit(FxsState::Ringing), FxsInput::RungOut, FxsState::Idle, &Impl::rungOut},
    {kOffHook, FxsInput::PutDown, FxsState::Idle, &Impl::putDown},
    {kDialling, FxsInput::Digit, FxsState::Dialing, &Impl::digit},
    {bit(FxsState::Dialled), FxsInput::Digit, FxsState::Dialled, &Impl::digitInCall},
    {bit(FxsState::Ringback), FxsInput::Digit, FxsState::Ringback, &Impl::digitInCall},
    {bit(FxsState::Talking), FxsInput::Digit, FxsState::Talking, &Impl::digitInCall},
    {bit(FxsState::Dialing), FxsInput::Timer, FxsState::Dialing, &Impl::numberOver},
    {any(FxsState::DialTone, FxsState::Dialing, FxsState::Refused, FxsState::Howling), FxsInput::Flash, FxsState::DialTone, &Impl::recall},
    {bit(FxsState::Dialled), FxsInput::Flash, FxsState::Dialled, &Impl::flashInCall},
    {bit(FxsState::Ringback), FxsInput::Flash, FxsState::Ringback, &Impl::flashInCall},
    {bit(FxsState::Talking), FxsInput::Flash, FxsState::Talking, &Impl::flashInCall},
    {bit(FxsState::DialTone), FxsInput::Timer, FxsState::Refused, &Impl::offHookTooLong},
    {bit(FxsState::Refused), FxsInput::Timer, FxsState::Howling, &Impl::howl},
    {bit(FxsState::Howling), FxsInput::Timer, FxsState::Silent, &Impl::silence},
    {kEvery & ~any(FxsState::Gone, FxsState::Dead), FxsInput::Fault, FxsState::Dead, &Impl::fault},
    {bit(FxsState::Dead), FxsInput::Works, FxsState::Idle, &Impl::works},
    {kEvery & ~bit(FxsState::Gone), FxsInput::Gone, FxsState::Gone, &Impl::gone},
};
// clang-format on

FxsLine::Impl::Impl(hal::EventLoop& loop, FxsPort& ownPort, const LineProfile& ownProfile,
                    FxsObserver& ownObserver, FxsSettings ownSettings)
    : port(ownPort),
      profile(ownProfile),
      tones(dsp::builtinTones().find(ownProfile.code)),
      observer(ownObserver),
      settings(std::move(ownSettings)),
      abilities(ownPort.abilities()),
      hook(loop, ownProfile, *this),
      ringer(loop, ownPort, ownProfile, *this),
      dialler(loop, ownProfile, *this),
      dtmf([] {
          dsp::DtmfSettings digits;
          digits.overDialTone = true;
          return digits;
      }()),
      stateTimer(loop, [this] { step(FxsInput::Timer); }),
      messageTimer(loop, [this] { sendLamp(); }) {
    port.setListener(this);
    rest();
    hook.see(port.offHook());  // lifted already: as if it were just now
}

FxsLine::Impl::~Impl() {
    port.setListener(nullptr);
    if (state != FxsState::Gone) {
        static_cast<void>(port.setSound(false));
        static_cast<void>(port.setFeed(FxsFeed::Forward));
    }
}

void FxsLine::Impl::step(FxsInput input) {
    const auto* row = std::find_if(std::begin(kTable), std::end(kTable), [&](const Row& each) {
        return each.input == input && (each.in & bit(state)) != 0;
    });
    if (row != std::end(kTable)) {
        state = row->next;
        hook.setDialling((kDialling & bit(state)) != 0);
        (this->*row->act)();
    }
}

void FxsLine::Impl::enter(FxsState next) {
    state = next;
    hook.setDialling((kDialling & bit(next)) != 0);
    stateTimer.cancel();
}

void FxsLine::Impl::play(ToneKind kind) {
    const dsp::TonePattern* pattern = tones != nullptr ? tones->find(kind) : nullptr;
    if (pattern == nullptr && tones != nullptr) {
        pattern = tones->find(kind == ToneKind::SpecialDial ? ToneKind::Dial : ToneKind::Busy);
    }
    tone.reset();
    if (pattern != nullptr) {
        tone.emplace(*pattern, kind == ToneKind::Howler ? kHowlerLevel : -13);
    }
}

/// On hook, nothing going on.
void FxsLine::Impl::rest() {
    enter(FxsState::Idle);
    ringer.stop();
    dialler.cancel();
    tone.reset();
    number.clear();
    static_cast<void>(port.setFeed(FxsFeed::Forward));
    static_cast<void>(port.setSound(false));
    if (lampPending) {
        messageTimer.arm(kLampPause);
    }
}

// ---- the telephone

void FxsLine::Impl::lifted() {
    messageTimer.cancel();
    ringer.stop();  // a lamp's message
    static_cast<void>(port.setFeed(FxsFeed::Forward));
    static_cast<void>(port.setSound(true));
    newDialTone();
    tell({.kind = Kind::Lifted});
}

void FxsLine::Impl::newDialTone() {
    number.clear();
    dtmf.reset();
    if (abilities.dialTone) {
        tone.reset();
    } else {
        play(waiting ? ToneKind::SpecialDial : ToneKind::Dial);
    }
    stateTimer.arm(settings.firstDigit);
}

void FxsLine::Impl::recall() {
    newDialTone();
    tell({.kind = Kind::Lifted});
}

void FxsLine::Impl::answered() {
    ringer.stop();
    stateTimer.cancel();
    static_cast<void>(port.setFeed(FxsFeed::Forward));
    static_cast<void>(port.setSound(true));
    dtmf.reset();
    tell({.kind = Kind::Answered});
}

void FxsLine::Impl::putDown() {
    rest();
    tell({.kind = Kind::PutDown});
}

void FxsLine::Impl::rungOut() {
    rest();
    tell({.kind = Kind::RungOut});
}

void FxsLine::Impl::digit() {
    tone.reset();
    stateTimer.arm(settings.interDigit);
    tell({.kind = Kind::Digit, .key = key, .pulse = pulse});
    if (state != FxsState::Dialing) {
        return;
    }
    if (key == '#' && settings.plan.hashEnds() && !number.empty()) {
        judgeNumber(true);
        return;
    }
    number.push_back(key);
    judgeNumber(number.size() == kLongestNumber);
}

void FxsLine::Impl::numberOver() {
    judgeNumber(true);
}

void FxsLine::Impl::judgeNumber(bool timeOver) {
    const DialPlan::Match match = settings.plan.match(number);
    const bool valid =
        match == DialPlan::Match::Complete || (match == DialPlan::Match::Possible && timeOver);
    if (valid) {
        enter(FxsState::Dialled);
        tell({.kind = Kind::Dialled, .number = number});
    } else if (match == DialPlan::Match::None || timeOver) {
        enter(FxsState::Refused);
        play(ToneKind::Congestion);
        stateTimer.arm(settings.refusal);
        tell({.kind = Kind::Invalid, .number = number});
    }
}

void FxsLine::Impl::digitInCall() {
    tell({.kind = Kind::Digit, .key = key, .pulse = pulse});
}

void FxsLine::Impl::flashInCall() {
    tell({.kind = Kind::Flash});
}

void FxsLine::Impl::offHookTooLong() {
    play(ToneKind::Congestion);
    stateTimer.arm(settings.refusal);
    tell({.kind = Kind::OffHookTooLong});
}

void FxsLine::Impl::howl() {
    play(ToneKind::Howler);
    stateTimer.arm(settings.howler);
}

void FxsLine::Impl::silence() {
    tone.reset();
}

void FxsLine::Impl::fault() {
    ringer.stop();
    dialler.cancel();
    tone.reset();
    stateTimer.cancel();
    hook.begin(false);
    static_cast<void>(port.setSound(false));
    static_cast<void>(port.setFeed(FxsFeed::Open));
    tell({.kind = Kind::Fault, .on = true, .cause = why});
}

void FxsLine::Impl::works() {
    rest();
    tell({.kind = Kind::Fault, .on = false});
    hook.begin(false);
    hook.see(port.offHook());
}

void FxsLine::Impl::gone() {
    hook.stop();
    ringer.stop();
    dialler.cancel();
    stateTimer.cancel();
    messageTimer.cancel();
    tell({.kind = Kind::Gone, .cause = why});
}

// ---- what the user of the line wants

hal::Result<void> FxsLine::Impl::ring(unsigned mode, const dsp::CallerId* id, unsigned mostRings) {
    if (state == FxsState::Dead || state == FxsState::Gone) {
        return hal::fail(ErrorCode::InvalLineState, why.empty() ? "line power is off" : why);
    }
    if (state != FxsState::Idle) {
        return hal::fail(ErrorCode::InUse, state == FxsState::Ringing
                                               ? "the telephone rings already"
                                               : "the telephone is off hook");
    }
    messageTimer.cancel();
    enter(FxsState::Ringing);
    if (id != nullptr) {
        static_cast<void>(port.setSound(true));
    }
    ringer.ring(mode, id, mostRings);
    return {};
}

void FxsLine::Impl::stopRinging() {
    if (state == FxsState::Ringing) {
        rest();
    }
}

hal::Result<void> FxsLine::Impl::connect() {
    if ((kRoutable & bit(state)) == 0) {
        return hal::fail(ErrorCode::InvalCallState, "there is no number to connect");
    }
    enter(FxsState::Talking);
    tone.reset();
    return {};
}

hal::Result<void> FxsLine::Impl::playRingback() {
    if (state != FxsState::Dialled) {
        return hal::fail(ErrorCode::InvalCallState, "there is no number that could ring");
    }
    enter(FxsState::Ringback);
    play(ToneKind::Ringback);
    return {};
}

hal::Result<void> FxsLine::Impl::refuse(bool congestion) {
    if ((kRoutable & bit(state)) == 0) {
        return hal::fail(ErrorCode::InvalCallState, "there is no number to refuse");
    }
    enter(FxsState::Refused);
    play(congestion ? ToneKind::Congestion : ToneKind::Busy);
    stateTimer.arm(settings.refusal);
    return {};
}

void FxsLine::Impl::release() {
    if (state == FxsState::Ringing) {
        rest();
    } else if ((kOffHook & bit(state)) != 0 && state != FxsState::Howling &&
               state != FxsState::Silent) {
        dialler.cancel();
        enter(FxsState::Refused);
        play(ToneKind::Congestion);
        stateTimer.arm(settings.refusal);
    }
}

hal::Result<void> FxsLine::Impl::signalCallWaiting() {
    if (state != FxsState::Talking) {
        return hal::fail(ErrorCode::InvalCallState, "a call waits only behind another one");
    }
    play(ToneKind::CallWaiting);
    return {};
}

hal::Result<void> FxsLine::Impl::sendKeys(std::string_view keys, milliseconds toneOn) {
    if (state != FxsState::Talking) {
        return hal::fail(ErrorCode::InvalCallState, "keys can be sent in a call only");
    }
    dialler.cancel();
    if (!keys.empty()) {
        DialTimes times;
        times.toneOn = toneOn;
        dialler.start(keys, false, times);
    }
    return {};
}

void FxsLine::Impl::setMessageWaiting(bool on) {
    if (waiting == on || state == FxsState::Gone) {
        return;
    }
    waiting = on;
    if (abilities.neon) {
        static_cast<void>(port.setNeon(on));
    }
    lampPending = true;
    if (state == FxsState::Idle) {
        messageTimer.arm(kLampPause);
    }
}

/// The message that lights the lamp or puts it out.
void FxsLine::Impl::sendLamp() {
    if (state != FxsState::Idle) {
        return;
    }
    lampPending = false;
    dsp::CallerId id;
    id.type = dsp::CallerIdType::MessageWaiting;
    id.messageWaiting = waiting;
    if (ringer.message(id)) {
        static_cast<void>(port.setSound(true));
    }
}

void FxsLine::Impl::setLinePower(bool on) {
    why = on ? "" : "line power was switched off";
    step(on ? FxsInput::Works : FxsInput::Fault);
}

// ---- what the port and the helpers say

void FxsLine::Impl::onDigit(char heard) {
    if (abilities.digits) {
        key = heard;
        pulse = false;
        step(FxsInput::Digit);
    }
}

void FxsLine::Impl::onPulses(unsigned count) {
    if (const char heard = keyOfPulses(count, profile.pulses); heard != 0) {
        key = heard;
        pulse = true;
        step(FxsInput::Digit);
    }
}

void FxsLine::Impl::onSound(std::uint64_t position, std::span<const std::int16_t> heard,
                            std::span<std::int16_t> spoken) {
    if (state == FxsState::Idle || state == FxsState::Ringing) {
        ringer.mix(spoken);
        return;
    }
    if ((kOffHook & bit(state)) == 0) {
        return;
    }
    if (!abilities.digits) {
        dtmf.process(heard, [this](const dsp::DtmfEvent& event) {
            if (event.kind == dsp::DtmfEvent::Kind::Start) {
                key = event.key;
                pulse = false;
                step(FxsInput::Digit);
            }
        });
    }
    if (state == FxsState::Talking) {
        observer.onFxsSound(position, heard, spoken);
    }
    if (tone) {
        tone->mix(spoken);
    }
    dialler.mix(spoken);
}

void FxsLine::Impl::onFault(const hal::Error* error) {
    why = error != nullptr ? error->cause : "";
    step(error != nullptr ? FxsInput::Fault : FxsInput::Works);
}

void FxsLine::Impl::onGone(const hal::Error& error) {
    why = error.cause;
    step(FxsInput::Gone);
}

void FxsLine::Impl::onRingSent(unsigned count) {
    tell({.kind = Kind::Ring, .count = count});
}

void FxsLine::Impl::onMessageSent() {
    static_cast<void>(port.setFeed(FxsFeed::Forward));
    static_cast<void>(port.setSound(false));
    tell({.kind = Kind::MessageSent});
}

// ---- the line itself

FxsLine::FxsLine(hal::EventLoop& loop, FxsPort& port, const LineProfile& profile,
                 FxsObserver& observer, FxsSettings settings)
    : impl_(std::make_unique<Impl>(loop, port, profile, observer, std::move(settings))) {}
FxsLine::~FxsLine() = default;

FxsState FxsLine::state() const {
    return impl_->state;
}
bool FxsLine::offHook() const {
    return impl_->hook.offHook();
}
bool FxsLine::messageWaiting() const {
    return impl_->waiting;
}
hal::Result<void> FxsLine::ring(unsigned mode, const dsp::CallerId* id, unsigned mostRings) {
    return impl_->ring(mode, id, mostRings);
}
void FxsLine::stopRinging() {
    impl_->stopRinging();
}
hal::Result<void> FxsLine::connect() {
    return impl_->connect();
}
hal::Result<void> FxsLine::playRingback() {
    return impl_->playRingback();
}
hal::Result<void> FxsLine::refuse(bool congestion) {
    return impl_->refuse(congestion);
}
void FxsLine::release() {
    impl_->release();
}
hal::Result<void> FxsLine::signalCallWaiting() {
    return impl_->signalCallWaiting();
}
hal::Result<void> FxsLine::sendKeys(std::string_view keys, std::chrono::milliseconds toneOn) {
    return impl_->sendKeys(keys, toneOn);
}
void FxsLine::setMessageWaiting(bool on) {
    impl_->setMessageWaiting(on);
}
void FxsLine::setLinePower(bool on) {
    impl_->setLinePower(on);
}

}  // namespace tipring::analog

// SPDX-License-Identifier: Apache-2.0
#include "fxo_tapi_line.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "tipring/hal/base/log.h"

namespace tipring::analog {
namespace {

const hal::LogCategory kLog{"analog"};

using hal::ErrorCode;
using Kind = FxoEvent::Kind;
using dsp::ToneKind;
using std::chrono::milliseconds;

struct EndRow {
    FxoEnd end;
    std::uint32_t mode;  // LINEDISCONNECTMODE_*
};
constexpr EndRow kEnds[] = {
    {FxoEnd::HungUp, LINEDISCONNECTMODE_NORMAL},
    {FxoEnd::Refused, LINEDISCONNECTMODE_REJECT},
    {FxoEnd::FarHungUp, LINEDISCONNECTMODE_NORMAL},
    {FxoEnd::GaveUp, LINEDISCONNECTMODE_NOANSWER},
    {FxoEnd::PickedUp, LINEDISCONNECTMODE_PICKUP},
    {FxoEnd::Busy, LINEDISCONNECTMODE_BUSY},
    {FxoEnd::Congestion, LINEDISCONNECTMODE_CONGESTION},
    {FxoEnd::SpecialInfo, LINEDISCONNECTMODE_UNREACHABLE},
    {FxoEnd::NoAnswer, LINEDISCONNECTMODE_NOANSWER},
    {FxoEnd::NoDialTone, LINEDISCONNECTMODE_NODIALTONE},
    {FxoEnd::NoLoop, LINEDISCONNECTMODE_OUTOFORDER},
    {FxoEnd::Glare, LINEDISCONNECTMODE_UNAVAIL},
    {FxoEnd::Unplugged, LINEDISCONNECTMODE_UNKNOWN},
};

std::uint32_t modeOf(FxoEnd end) {
    const auto* found = std::find_if(std::begin(kEnds), std::end(kEnds),
                                     [end](const EndRow& row) { return row.end == end; });
    return found != std::end(kEnds) ? found->mode : LINEDISCONNECTMODE_UNKNOWN;
}

/// The call state that a tone of the network means, and its mode.
struct ToneRow {
    ToneKind tone;
    std::uint32_t state, mode;
};
constexpr ToneRow kTones[] = {
    {ToneKind::Busy, LINECALLSTATE_BUSY, LINEBUSYMODE_STATION},
    {ToneKind::Congestion, LINECALLSTATE_BUSY, LINEBUSYMODE_TRUNK},
    {ToneKind::SitIntercept, LINECALLSTATE_SPECIALINFO, LINESPECIALINFO_CUSTIRREG},
    {ToneKind::SitVacantCode, LINECALLSTATE_SPECIALINFO, LINESPECIALINFO_CUSTIRREG},
    {ToneKind::SitReorderLocal, LINECALLSTATE_SPECIALINFO, LINESPECIALINFO_REORDER},
    {ToneKind::SitReorderToll, LINECALLSTATE_SPECIALINFO, LINESPECIALINFO_REORDER},
    {ToneKind::SitNoCircuitLocal, LINECALLSTATE_SPECIALINFO, LINESPECIALINFO_NOCIRCUIT},
    {ToneKind::SitNoCircuitToll, LINECALLSTATE_SPECIALINFO, LINESPECIALINFO_NOCIRCUIT},
};

ToneRow rowOf(ToneKind tone) {
    const auto* found = std::find_if(std::begin(kTones), std::end(kTones),
                                     [tone](const ToneRow& row) { return row.tone == tone; });
    return found != std::end(kTones)
               ? *found
               : ToneRow{tone, LINECALLSTATE_SPECIALINFO, LINESPECIALINFO_UNKNOWN};
}

}  // namespace

FxoTapiLine::FxoTapiLine(hal::EventLoop& loop, const AnalogOptions& options,
                         const tspi::LineEvents& events, FxoTapiLine*& slot)
    : CallHolder(events, *options.profile, &group_),
      loop_(loop),
      slot_(slot),
      options_(options),
      outCause_("the adapter is not plugged in"),
      makingTimer_(loop, [this] { makingSucceeded(); }),
      waitingTimer_(loop, [this] { waitingGone(); }) {
    slot_ = this;
}

FxoTapiLine::~FxoTapiLine() {
    slot_ = nullptr;
    const hal::Error why{ErrorCode::InvalLineHandle, "the line was closed"};
    static_cast<void>(group_.takeAll());
    flashing_.fail(why);
    abandonCalls(why);
    group_.abandon(why);
}

void FxoTapiLine::attach(const PortInfo& port) {
    name_ = port.name;
    silent_ = !port.fxo->abilities().sound;
    line_.emplace(loop_, *port.fxo, *options_.profile, static_cast<FxoObserver&>(*this),
                  options_.fxo);
    const bool fed = line_->state() != FxoState::NoBattery;
    outCause_ = fed ? "" : "no exchange feeds the line: is the cable plugged in?";
    events_.lineState(LINEDEVSTATE_CONNECTED);
    events_.lineState(fed ? LINEDEVSTATE_INSERVICE : LINEDEVSTATE_OUTOFSERVICE);
}

void FxoTapiLine::detach() {
    if (!line_) {
        return;
    }
    if (line_->state() != FxoState::Gone) {
        constexpr std::string_view kCause = "the adapter was unplugged";
        group_.abandon({ErrorCode::NoDevice, std::string(kCause)});
        endCall(LINEDISCONNECTMODE_UNKNOWN, kCause);
        endOthers();
        idleCall();
        onFxo({.kind = Kind::Gone, .cause = kCause});
    }
    line_.reset();
}

hal::Result<void> FxoTapiLine::status(TspiLineStatus& status) {
    const bool there = line_ && line_->state() != FxoState::Gone;
    status.connected = there ? 1 : 0;
    status.inService = there && line_->state() != FxoState::NoBattery ? 1 : 0;
    status.messageWaiting = messageWaiting_ ? 1 : 0;
    countCalls(status.activeCalls, status.onHoldCalls);
    if (there && line_->state() == FxoState::InUse) {
        tspi::copyText(status.cause, "a parallel telephone uses the line");
    } else {
        tspi::copyText(status.cause, outCause_);
    }
    return {};
}

void FxoTapiLine::countCalls(std::uint32_t& active, std::uint32_t& onHold) const {
    active = live() && !call_->is(LINECALLSTATE_ONHOLD) ? 1 : 0;
    onHold = held_ != nullptr ? 1 : group_.onHoldCalls();
}

hal::Result<void> FxoTapiLine::addressStatus(std::uint32_t, TspiAddressStatus& status) {
    const bool extension = line_ && line_->extensionLifted();
    status.inUse = live() || extension ? 1 : 0;
    countCalls(status.activeCalls, status.onHoldCalls);
    return {};
}

hal::Result<void> FxoTapiLine::setDefaultMediaDetection(std::uint32_t) {
    return {};  // rings and caller ID are heard anyway
}

hal::Result<tspi::Call*> FxoTapiLine::makeCall(tspi::Request&& request, HTAPICALL handle,
                                               std::string_view address,
                                               const TspiCallParams& params) {
    if (!line_) {
        return hal::fail(ErrorCode::InvalLineState, outCause_);
    }
    if (live()) {
        return hal::fail(ErrorCode::CallUnavail, "the line has a call already");
    }
    if (params.bearerMode != 0 && params.bearerMode != LINEBEARERMODE_VOICE) {
        return hal::fail(ErrorCode::InvalBearerMode, "the line carries voice only");
    }
    const auto text = readDialText(address);
    if (!text) {
        return tl::unexpected(text.error());
    }
    const milliseconds wait{params.noAnswerTimeout * 1000ULL};
    if (auto dialled = line_->dial(text->keys, text->incomplete, wait); !dialled) {
        return tl::unexpected(dialled.error());
    }
    AnalogCall& call = newCall(LINECALLORIGIN_OUTBOUND);
    call.handle = handle;
    call.facts.mediaMode =
        params.mediaMode != 0 ? params.mediaMode : std::uint32_t{LINEMEDIAMODE_INTERACTIVEVOICE};
    call.facts.callerId.flags = LINECALLPARTYID_UNAVAIL;
    call.facts.calledId.flags = LINECALLPARTYID_ADDRESS;
    tspi::copyText(call.facts.calledId.number, address);
    call.incomplete = text->incomplete || text->keys.empty();
    call.making = std::move(request);
    makingTimer_.arm({});
    kLog.info("{}: dials {}", name_, hal::Private{address});
    return &call;
}

/// The line was seized: the core may hear of the call.
void FxoTapiLine::makingSucceeded() {
    if (live() && call_->making) {
        call_->announced = true;
        call_->making.succeed();
    }
}

hal::Result<void> FxoTapiLine::answer(AnalogCall& call, tspi::Request&& request) {
    if (&call == waiting_) {
        return flashTo(call, std::move(request));
    }
    if (&call != call_ || !line_) {
        return hal::fail(ErrorCode::InvalCallState, "this call rings no more");
    }
    if (auto answered = line_->answer(); !answered) {
        return answered;
    }
    request.succeed();
    return {};
}

hal::Result<void> FxoTapiLine::drop(AnalogCall& call, tspi::Request&& request) {
    if (&call == waiting_ || &call == held_) {
        return dropAside(call, std::move(request));
    }
    if (group_.leaving(call)) {  // it ended by itself and is being put away
        call.dropping = std::move(request);
        return {};
    }
    if (!group_.contains(call) || !line_) {
        request.succeed();
        return {};
    }
    if ((group_.company() || call.is(LINECALLSTATE_ONHOLD)) && mayFlash()) {
        return group_.dropOne(call, std::move(request));
    }
    makingSucceeded();
    call.dropping = std::move(request);
    hangUp();  // at once, or it is under way already: Over completes it
    return {};
}

hal::Result<void> FxoTapiLine::dialMore(AnalogCall& call, tspi::Request&& request,
                                        std::string_view address) {
    if (&call != call_ || !line_) {
        return hal::fail(ErrorCode::InvalCallState, "the call is over");
    }
    const auto text = readDialText(address);
    if (!text) {
        return tl::unexpected(text.error());
    }
    if (auto dialled =
            line_->dialMore(text->keys, text->incomplete, std::exchange(consultNoAnswer_, {}));
        !dialled) {
        return dialled;
    }
    call.incomplete = text->incomplete;
    request.succeed();
    return {};
}

void FxoTapiLine::closeCall(AnalogCall& call) {
    const bool grouped = (group_.company() && group_.contains(call)) || group_.making(call);
    if (grouped) {
        group_.forget(call);
    }
    if (&call == next_) {
        flashing_.fail({ErrorCode::InvalCallHandle, "the call was closed"});
        flashesBack_ = 2;
    }
    for (AnalogCall** place : {&waiting_, &held_, &next_}) {
        *place = *place == &call ? nullptr : *place;
    }
    if (forget(call) && !grouped) {
        endOthers();
        if (line_) {
            hangUp();
        }
    }
}

hal::Result<void> FxoTapiLine::generateDigits(AnalogCall& call, std::uint32_t endToEndId,
                                              std::uint32_t mode, std::string_view digits,
                                              std::uint32_t duration) {
    if (&call != call_ || !line_) {
        return hal::fail(ErrorCode::InvalCallState, "the call is over");
    }
    if (next_ != nullptr || flashesBack_ != 0) {
        return hal::fail(ErrorCode::InUse, "the exchange is being asked for the other call");
    }
    if (auto sent = line_->sendKeys(digits, milliseconds{duration}, mode == LINEDIGITMODE_PULSE);
        !sent) {
        return sent;
    }
    generated(LINEGENERATETERM_CANCEL);
    generation_ = endToEndId;
    generating_ = !digits.empty();
    interrupted(!digits.empty(), "keys are sent");  // they come back
    return {};
}

// The core's detectors hear the digits.
hal::Result<void> FxoTapiLine::monitorDigits(AnalogCall&, std::uint32_t modes) {
    if (modes != 0) {
        return hal::fail(ErrorCode::OperationUnavail, "the port itself hears no digits");
    }
    return {};
}

void FxoTapiLine::onFxo(const FxoEvent& event) {
    switch (event.kind) {
    case Kind::InService:
    case Kind::MessageWaiting:
    case Kind::Extension:
    case Kind::Gone: onLine(event); return;
    case Kind::Offered:
        if (announce(LINECALLORIGIN_INBOUND) == nullptr) {
            kLog.warning("{}: nobody has room for the call that rings", name_);
            hangUp();
        } else {
            call_->enter(LINECALLSTATE_OFFERING, LINEOFFERINGMODE_ACTIVE, {});
        }
        return;
    default: break;
    }
    if (live()) {
        makingSucceeded();
        onProgress(event);
    }
}

void FxoTapiLine::onProgress(const FxoEvent& event) {
    switch (event.kind) {
    case Kind::Ring: events_.ringing(event.mode, event.count); break;
    case Kind::CallerId:
        call_->setCallerId(*event.callerId);
        kLog.info("{}: call from {}", name_, hal::Private{call_->facts.callerId.number});
        events_.callInfo(call_->handle, LINECALLINFOSTATE_CALLERID);
        break;
    case Kind::DialTone:
        call_->enter(LINECALLSTATE_DIALTONE,
                     !event.heard                          ? LINEDIALTONEMODE_UNKNOWN
                     : event.tone == ToneKind::SpecialDial ? LINEDIALTONEMODE_SPECIAL
                                                           : LINEDIALTONEMODE_NORMAL,
                     event.heard ? "" : "dial tone is presumed");
        break;
    case Kind::Dialing: call_->enter(LINECALLSTATE_DIALING, 0, {}); break;
    case Kind::Dialled: call_->enter(LINECALLSTATE_PROCEEDING, 0, {}); break;
    case Kind::Ringback: call_->enter(LINECALLSTATE_RINGBACK, 0, "ringback is heard"); break;
    case Kind::Tone: {
        const ToneRow row = rowOf(event.tone);
        call_->enter(row.state, row.mode, dsp::toneKindName(event.tone));
        break;
    }
    case Kind::Connected:
        call_->enter(LINECALLSTATE_CONNECTED,
                     LINECONNECTEDMODE_ACTIVE |
                         (event.confirmed ? std::uint32_t{LINECONNECTEDMODE_CONFIRMED} : 0U),
                     event.cause);
        break;
    case Kind::PartyEnded:
        kLog.info("{}: one of two calls: {}", name_, event.cause);
        group_.activeEnded(modeOf(event.end), event.cause);
        break;
    case Kind::Flashed: onFlashed(event); break;
    case Kind::Ended: onEnded(event); break;
    case Kind::Over: onOver(); break;
    case Kind::Waiting: onWaiting(event); break;
    case Kind::WaitingTone:
        if (waiting_ != nullptr) {
            waitingTimer_.arm(kWaits);
        }
        break;
    case Kind::KeysSent:
        if (next_ != nullptr) {
            onWaitingTaken();
            break;
        }
        if (flashesBack_ != 0) {
            flashBack();
            break;
        }
        generated(LINEGENERATETERM_DONE);
        break;
    default: break;
    }
}

void FxoTapiLine::onEnded(const FxoEvent& event) {
    kLog.info("{}: {}", name_, event.cause);
    if (event.end != FxoEnd::HungUp) {
        group_.abandon({ErrorCode::OperationFailed, std::string(event.cause)});
    } else if (group_.transferring()) {
        endSound(nullptr, "the call was transferred");
        return;  // over, and not disconnected
    }
    endCall(modeOf(event.end), event.cause);
    endOthers();
}

void FxoTapiLine::onOver() {
    group_.transferred();
    idleCall();
}

void FxoTapiLine::onLine(const FxoEvent& event) {
    switch (event.kind) {
    case Kind::InService:
        outCause_ = event.cause;
        events_.lineState(event.on ? LINEDEVSTATE_INSERVICE : LINEDEVSTATE_OUTOFSERVICE);
        break;
    case Kind::MessageWaiting:
        messageWaiting_ = event.on;
        events_.lineState(event.on ? LINEDEVSTATE_MSGWAITON : LINEDEVSTATE_MSGWAITOFF);
        break;
    case Kind::Extension:
        kLog.info("{}: a parallel telephone was {}", name_, event.on ? "lifted" : "put down");
        events_.addressState(event.on ? LINEADDRESSSTATE_INUSEMANY : LINEADDRESSSTATE_INUSEZERO);
        break;
    case Kind::Gone:
        kLog.warning("{}: {}", name_, event.cause);
        outCause_ = event.cause;
        events_.lineState(LINEDEVSTATE_OUTOFSERVICE);
        events_.lineState(LINEDEVSTATE_DISCONNECTED);
        break;
    default: break;
    }
}

}  // namespace tipring::analog

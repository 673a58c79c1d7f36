// SPDX-License-Identifier: Apache-2.0
#include "fxs_tapi_line.h"

#include <utility>

#include "tipring/hal/base/log.h"

namespace tipring::analog {
namespace {

const hal::LogCategory kLog{"analog"};

using hal::ErrorCode;
using Kind = FxsEvent::Kind;
using std::chrono::milliseconds;

constexpr std::uint32_t kInTalk = LINECONNECTEDMODE_ACTIVE | LINECONNECTEDMODE_CONFIRMED;

auto noPort(const std::string& cause) {
    return hal::fail(ErrorCode::InvalLineState, cause);
}

dsp::CallerId callerOf(std::string_view address) {
    dsp::CallerId id;
    const std::size_t end = std::min(address.find_first_of("|^"), address.size());
    id.number = address.substr(0, end);
    id.numberStatus =
        id.number.empty() ? dsp::CallerIdStatus::Unavailable : dsp::CallerIdStatus::Present;
    if (const std::size_t name = address.find('^'); name != address.npos) {
        id.name = address.substr(name + 1);
        id.nameStatus = dsp::CallerIdStatus::Present;
    }
    return id;
}

}  // namespace

FxsTapiLine::FxsTapiLine(hal::EventLoop& loop, const AnalogOptions& options, FxsUnit& unit,
                         const tspi::LineEvents& events, bool& open)
    : CallHolder(events, *options.profile),
      unit_(unit),
      open_(open),
      makingTimer_(loop, [this] { makingSucceeded(); }),
      noAnswerTimer_(loop, [this] {
          if (FxsLine* line = unit_.line()) {
              line->stopRinging();
          }
          finish(LINEDISCONNECTMODE_NOANSWER, "nobody lifted the telephone in time");
      }) {
    open_ = true;
    unit_.join(*this);
}

FxsTapiLine::~FxsTapiLine() {
    open_ = false;
    hangUp();
    abandonCalls({ErrorCode::InvalLineHandle, "the line was closed"});
    unit_.leave(*this);
}

hal::Result<void> FxsTapiLine::status(TspiLineStatus& status) {
    FxsLine* line = unit_.line();
    const bool there = line != nullptr && line->state() != FxsState::Gone;
    status.connected = there ? 1 : 0;
    status.inService = there && line->state() != FxsState::Dead ? 1 : 0;
    status.messageWaiting = there && line->messageWaiting() ? 1 : 0;
    status.activeCalls = live() ? 1 : 0;
    tspi::copyText(status.cause, unit_.cause());
    return {};
}

hal::Result<void> FxsTapiLine::setDefaultMediaDetection(std::uint32_t) {
    return {};
}

hal::Result<tspi::Call*> FxsTapiLine::makeCall(tspi::Request&& request, HTAPICALL handle,
                                               std::string_view address,
                                               const TspiCallParams& params) {
    FxsLine* line = unit_.line();
    if (line == nullptr) {
        return noPort(unit_.cause());
    }
    if (live()) {
        return hal::fail(ErrorCode::CallUnavail, "the line has a call already");
    }
    if (params.bearerMode != 0 && params.bearerMode != LINEBEARERMODE_VOICE) {
        return hal::fail(ErrorCode::InvalBearerMode, "the line carries voice only");
    }
    const dsp::CallerId id = callerOf(address);
    if (auto rings = line->ring(1, &id); !rings) {
        return tl::unexpected(rings.error());
    }
    AnalogCall& call = newCall(LINECALLORIGIN_OUTBOUND);
    call.handle = handle;
    call.facts.mediaMode =
        params.mediaMode != 0 ? params.mediaMode : std::uint32_t{LINEMEDIAMODE_INTERACTIVEVOICE};
    call.facts.callerId.flags = LINECALLPARTYID_UNAVAIL;
    call.making = std::move(request);
    makingTimer_.arm({});
    if (params.noAnswerTimeout != 0) {
        noAnswerTimer_.arm(std::chrono::seconds{params.noAnswerTimeout});
    }
    return &call;
}

void FxsTapiLine::makingSucceeded() {
    if (live() && call_->making) {
        call_->announced = true;
        call_->making.succeed();
        call_->enter(LINECALLSTATE_PROCEEDING, 0, {});
    }
}

hal::Result<void> FxsTapiLine::answer(AnalogCall&, tspi::Request&&) {
    return hal::fail(ErrorCode::InvalCallState, "nobody calls this line from outside");
}

hal::Result<void> FxsTapiLine::dialMore(AnalogCall&, tspi::Request&&, std::string_view) {
    return hal::fail(ErrorCode::InvalCallState, "the telephone dials, not the program");
}

/// The telephone stops ringing, or hears that the call is over.
void FxsTapiLine::hangUp() {
    noAnswerTimer_.cancel();
    if (FxsLine* line = unit_.line(); line != nullptr && live()) {
        line->release();
    }
}

void FxsTapiLine::finish(std::uint32_t mode, std::string_view cause) {
    noAnswerTimer_.cancel();
    endCall(mode, cause);
    idleCall();
}

hal::Result<void> FxsTapiLine::drop(AnalogCall& call, tspi::Request&& request) {
    if (&call != call_) {
        request.succeed();
        return {};
    }
    makingSucceeded();
    call.dropping = std::move(request);
    hangUp();
    finish(LINEDISCONNECTMODE_NORMAL, "the call was dropped");
    return {};
}

void FxsTapiLine::closeCall(AnalogCall& call) {
    if (&call == call_) {
        hangUp();
    }
    static_cast<void>(forget(call));
}

hal::Result<void> FxsTapiLine::generateDigits(AnalogCall& call, std::uint32_t endToEndId,
                                              std::uint32_t mode, std::string_view digits,
                                              std::uint32_t duration) {
    FxsLine* line = unit_.line();
    if (&call != call_ || line == nullptr) {
        return hal::fail(ErrorCode::InvalCallState, "the call is over");
    }
    if (!digits.empty() && mode != LINEDIGITMODE_DTMF) {
        return hal::fail(ErrorCode::InvalDigitMode, "a telephone understands DTMF only");
    }
    if (auto sent = line->sendKeys(digits, milliseconds{duration}); !sent) {
        return sent;
    }
    generated(LINEGENERATETERM_CANCEL);
    generation_ = endToEndId;
    generating_ = !digits.empty();
    return {};
}

hal::Result<void> FxsTapiLine::monitorDigits(AnalogCall& call, std::uint32_t modes) {
    if ((modes & ~(LINEDIGITMODE_DTMF | LINEDIGITMODE_PULSE)) != 0) {
        return hal::fail(ErrorCode::InvalDigitMode, "tone and pulse digits are heard");
    }
    call.monitored = modes;
    return {};
}

void FxsTapiLine::onPort(bool there, std::string_view cause) {
    if (there) {
        events_.lineState(LINEDEVSTATE_CONNECTED);
        events_.lineState(LINEDEVSTATE_INSERVICE);
        return;
    }
    finish(LINEDISCONNECTMODE_UNKNOWN, cause);
    events_.lineState(LINEDEVSTATE_OUTOFSERVICE);
    events_.lineState(LINEDEVSTATE_DISCONNECTED);
}

void FxsTapiLine::onFxs(const FxsEvent& event) {
    switch (event.kind) {
    case Kind::Lifted: onLifted(); break;
    case Kind::Fault: onFault(event); break;
    default:
        if (live()) {
            makingSucceeded();
            onCall(event);
        }
    }
}

/// The telephone calls; a flash before the call is up begins anew.
void FxsTapiLine::onLifted() {
    FxsLine& line = *unit_.line();
    const bool goesOn = live() && call_->is(LINECALLSTATE_DIALTONE | LINECALLSTATE_DIALING);
    if (!goesOn) {
        finish(LINEDISCONNECTMODE_NORMAL, "the telephone asked for another call");
        if (announce(LINECALLORIGIN_OUTBOUND) == nullptr) {
            kLog.warning("{}: nobody has room for the telephone's call", unit_.name());
            line.release();
            return;
        }
        call_->facts.callerId.flags = LINECALLPARTYID_UNAVAIL;
    }
    call_->enter(LINECALLSTATE_DIALTONE,
                 line.messageWaiting() ? LINEDIALTONEMODE_SPECIAL : LINEDIALTONEMODE_NORMAL,
                 "the telephone was lifted");
}

void FxsTapiLine::onDigit(const FxsEvent& event) {
    const std::uint32_t mode = event.pulse ? LINEDIGITMODE_PULSE : LINEDIGITMODE_DTMF;
    if (call_->is(LINECALLSTATE_DIALTONE)) {
        call_->enter(LINECALLSTATE_DIALING, 0, {});
    }
    if ((call_->monitored & mode) != 0) {
        events_.digit(call_->handle, event.key, mode);
    }
}

void FxsTapiLine::onCall(const FxsEvent& event) {
    switch (event.kind) {
    case Kind::Digit: onDigit(event); break;
    case Kind::Dialled:
        call_->facts.calledId.flags = LINECALLPARTYID_ADDRESS;
        tspi::copyText(call_->facts.calledId.number, event.number);
        events_.callInfo(call_->handle, LINECALLINFOSTATE_CALLEDID);
        call_->enter(LINECALLSTATE_PROCEEDING, 0, {});
        break;
    case Kind::Invalid:
    case Kind::OffHookTooLong:
        call_->enter(LINECALLSTATE_SPECIALINFO, LINESPECIALINFO_REORDER,
                     event.kind == Kind::Invalid ? "there is no such number in the dial plan"
                                                 : "the telephone was left off hook");
        break;
    case Kind::Flash:
        events_.interfaceEvent(call_->handle, static_cast<std::uint32_t>(FxsInterface::Call),
                               static_cast<std::uint32_t>(FxsCallEvent::Flash), {});
        break;
    case Kind::Ring:
        if (call_->is(LINECALLSTATE_PROCEEDING)) {
            call_->enter(LINECALLSTATE_RINGBACK, 0, "the telephone rings");
        }
        break;
    case Kind::Answered:
        noAnswerTimer_.cancel();
        call_->enter(LINECALLSTATE_CONNECTED, kInTalk, "the telephone was lifted");
        break;
    case Kind::PutDown: finish(LINEDISCONNECTMODE_NORMAL, "the telephone was put down"); break;
    case Kind::RungOut: finish(LINEDISCONNECTMODE_NOANSWER, "nobody lifted the telephone"); break;
    case Kind::KeysSent: generated(LINEGENERATETERM_DONE); break;
    default: break;
    }
}

void FxsTapiLine::onFault(const FxsEvent& event) {
    if (event.on) {
        kLog.warning("{}: {}", unit_.name(), event.cause);
        finish(LINEDISCONNECTMODE_OUTOFORDER, event.cause);
    }
    events_.lineState(event.on ? LINEDEVSTATE_OUTOFSERVICE : LINEDEVSTATE_INSERVICE);
}

hal::Result<void> FxsTapiLine::callInterface(FxsInterface which, std::uint32_t method,
                                             std::span<const TspiValue> arguments) {
    FxsLine* line = unit_.line();
    if (line == nullptr) {
        return noPort(unit_.cause());
    }
    const bool argument = !arguments.empty() && arguments[0].as.integer != 0;
    if (which == FxsInterface::Call) {
        return callMethod(static_cast<FxsCallMethod>(method), argument);
    }
    if (static_cast<FxsLineMethod>(method) == FxsLineMethod::SetMessageWaiting) {
        line->setMessageWaiting(argument);
        events_.lineState(argument ? LINEDEVSTATE_MSGWAITON : LINEDEVSTATE_MSGWAITOFF);
    } else {
        line->setLinePower(argument);
    }
    return {};
}

hal::Result<void> FxsTapiLine::callMethod(FxsCallMethod method, bool argument) {
    FxsLine& line = *unit_.line();
    if (!live()) {
        return hal::fail(ErrorCode::InvalCallState, "the call is over");
    }
    if (method == FxsCallMethod::CallWaiting) {
        return line.signalCallWaiting();
    }
    const auto done = method == FxsCallMethod::Connect    ? line.connect()
                      : method == FxsCallMethod::Ringback ? line.playRingback()
                                                          : line.refuse(argument);
    if (!done) {
        return done;
    }
    switch (method) {
    case FxsCallMethod::Connect:
        call_->enter(LINECALLSTATE_CONNECTED, kInTalk, "the number was connected");
        break;
    case FxsCallMethod::Ringback: call_->enter(LINECALLSTATE_RINGBACK, 0, {}); break;
    default:
        call_->enter(LINECALLSTATE_BUSY, argument ? LINEBUSYMODE_TRUNK : LINEBUSYMODE_STATION, {});
    }
    return {};
}

}  // namespace tipring::analog

// SPDX-License-Identifier: Apache-2.0
// A second call on a line that talks: it is told by the exchange (type II caller ID), taken by a
// hook flash, which holds the first one, and swapped with it by another. Nothing on the line says
// what became of a flash, so that the states are presumed.
#include <utility>

#include "fxo_tapi_line.h"
#include "tipring/hal/base/log.h"

namespace tipring::analog {
namespace {

const hal::LogCategory kLog{"analog"};
using hal::ErrorCode;
constexpr std::string_view kPresumed = "presumed: the exchange was asked for it";

}  // namespace

void FxoTapiLine::onWaiting(const FxoEvent& event) {
    if (event.on) {
        interrupted(true, "the exchange tells who waits");
        return;
    }
    interrupted(next_ != nullptr, nullptr);
    // An alert without a message may have been somebody's voice.
    if (event.callerId == nullptr || waiting_ != nullptr || held_ != nullptr || group_.company()) {
        return;
    }
    waiting_ = announce(LINECALLORIGIN_INBOUND, true);
    if (waiting_ == nullptr) {
        kLog.warning("{}: nobody has room for the call that waits", name_);
        return;
    }
    waiting_->setCallerId(*event.callerId);
    expectBeeps(true);
    // It does not ring: the station is not alerted.
    waiting_->enter(LINECALLSTATE_OFFERING, LINEOFFERINGMODE_INACTIVE, "a call waits");
    if (waiting_ != nullptr) {
        kLog.info("{}: {} waits", name_, hal::Private{waiting_->facts.callerId.number});
        events_.callInfo(waiting_->handle, LINECALLINFOSTATE_CALLERID);
    }
}

void FxoTapiLine::expectBeeps(bool on) {
    if (on) {
        waitingTimer_.arm(kWaits);
    } else {
        waitingTimer_.cancel();
    }
    if (line_) {
        line_->expectBeeps(on);
    }
}

void FxoTapiLine::waitingGone() {
    if (waiting_ != nullptr && waiting_ != next_) {
        expectBeeps(false);
        endAside(*std::exchange(waiting_, nullptr), LINEDISCONNECTMODE_NORMAL,
                 "the caller gave up: no beep tells of the call any more");
    }
}

hal::Result<void> FxoTapiLine::flashTo(AnalogCall& other, tspi::Request&& request) {
    if (!live() || !call_->is(LINECALLSTATE_CONNECTED) || !line_ || next_ != nullptr ||
        flashesBack_ != 0) {
        return hal::fail(ErrorCode::InvalCallState, "the exchange cannot be asked for a call now");
    }
    const std::string_view keys = services().takeWaiting;
    if (keys.empty()) {
        return hal::fail(ErrorCode::OperationUnavail,
                         "the exchange of this line does nothing for a hook flash");
    }
    if (auto sent = line_->flash(keys.substr(1)); !sent) {
        return sent;
    }
    generated(LINEGENERATETERM_CANCEL);
    interrupted(true, "a hook flash asks for the other call");
    next_ = &other;
    flashing_ = std::move(request);
    return {};
}

void FxoTapiLine::onWaitingTaken() {
    AnalogCall& before = *call_;
    const bool taken = next_ == waiting_;
    call_ = std::exchange(next_, nullptr);
    held_ = &before;
    waiting_ = taken ? nullptr : waiting_;
    expectBeeps(false);
    call_->swaps = before.swaps = true;
    before.enter(LINECALLSTATE_ONHOLD, 0, kPresumed);
    flashing_.succeed();
    call_->enter(LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE, kPresumed);
    interrupted(false, nullptr);
}

/// The exchange gave us a party whose call was closed meanwhile: the flash cannot be taken back,
/// and another one brings the call that goes on.
void FxoTapiLine::flashBack() {
    --flashesBack_;
    if (flashesBack_ == 0 || !line_ || !line_->flash(services().takeWaiting.substr(1))) {
        flashesBack_ = 0;
        interrupted(false, nullptr);
    }
}

hal::Result<void> FxoTapiLine::swapHold(AnalogCall& call, tspi::Request&& request,
                                        AnalogCall& held) {
    if (&call != call_ || &held != held_) {
        return hal::fail(ErrorCode::InvalCallState, "these calls cannot be swapped");
    }
    return flashTo(held, std::move(request));
}

hal::Result<void> FxoTapiLine::dropAside(AnalogCall& call, tspi::Request&& request) {
    if (&call == next_ && &call == held_) {
        return hal::fail(ErrorCode::InUse, "the exchange is being asked for the call");
    }
    if (&call == next_) {
        flashing_.fail({ErrorCode::InvalCallState, "the call was dropped"});
        next_ = nullptr;
        flashesBack_ = 2;
    }
    if (&call == held_) {
        return hal::fail(ErrorCode::OperationUnavail,
                         "a held call cannot be ended: swap the calls, or end the other one");
    }
    waiting_ = nullptr;
    expectBeeps(false);
    request.succeed();
    endAside(call, LINEDISCONNECTMODE_REJECT, "not taken; it may wait on");
    return {};
}

void FxoTapiLine::endOthers() {
    next_ = nullptr;
    flashesBack_ = 0;
    expectBeeps(false);
    flashing_.fail({ErrorCode::InvalCallState, "the line was put down"});
    for (AnalogCall** place : {&waiting_, &held_}) {
        if (AnalogCall* other = std::exchange(*place, nullptr)) {
            endAside(*other, LINEDISCONNECTMODE_NORMAL,
                     "the line was put down: the exchange rings again for this caller");
        }
    }
}

}  // namespace tipring::analog

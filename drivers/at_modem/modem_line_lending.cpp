// SPDX-License-Identifier: Apache-2.0
// Pass-through: a fax or data program has the port for the time of a call. Nothing is read, written
// or supervised then. Afterwards nobody knows what the program left behind, so the modem is woken
// and set up as after the opening of the port.
#include <utility>

#include "modem_line.h"
#include "tipring/hal/base/log.h"

namespace tipring::at_modem {
namespace {

const hal::LogCategory kLog{"at_modem"};

using hal::ErrorCode;

}  // namespace

hal::Result<tspi::Call*> ModemLine::makePassThrough(tspi::Request&& request, HTAPICALL handle,
                                                    std::string_view address) {
    if (!address.empty()) {
        return hal::fail(ErrorCode::InvalCallParams, "the program dials by itself");
    }
    if (auto asked = askBeforeLending(); !asked) {
        return tl::unexpected(asked.error());
    }
    ModemCall& call = newCall(LINECALLORIGIN_OUTBOUND);
    call.handle = handle;
    call.facts.bearerMode = LINEBEARERMODE_PASSTHROUGH;
    call.facts.mediaMode = LINEMEDIAMODE_DATAMODEM;
    call.making = std::move(request);
    return &call;
}

hal::Result<void> ModemLine::lendRinging(ModemCall& call, tspi::Request&& request) {
    if (&call != call_ || hook_ != Hook::OnHook || service_ != Service::Ready) {
        return hal::fail(ErrorCode::InvalCallState, "this call rings no more");
    }
    if (auto asked = askBeforeLending(); !asked) {
        return asked;
    }
    ringTimer_.cancel();
    callerIdTimer_.cancel();
    call.changing = std::move(request);
    return {};
}

/// A last AT behind all that waits: the modem is there, and nothing of ours is on the way.
hal::Result<void> ModemLine::askBeforeLending() {
    if (!port_->lends()) {
        return hal::fail(ErrorCode::OperationUnavail,
                         device_.portName + " has no descriptor that a program could use");
    }
    if (!queue_.push({dialogues::kHeartbeat, &lending_, {}})) {
        return hal::fail(ErrorCode::InUse, "too many commands wait for the modem");
    }
    hook_ = Hook::Lending;
    return {};
}

void ModemLine::onLendEnd(const DialogueEnd& end) {
    if (end.how == DialogueEnd::How::Gone || hook_ != Hook::Lending) {
        return;
    }
    hook_ = Hook::OnHook;
    if (!live()) {
        return;  // closed meanwhile
    }
    if (!end.done()) {
        const hal::Error why = end.error();
        lendFailed(why);
        return recover(why);
    }
    if (auto lent = port_->lend(); !lent) {
        return lendFailed(lent.error());
    }
    kLog.info("{}: a program has the port", device_.portName);
    hook_ = Hook::Lent;
    queue_.setHeld(true);
    heartbeatTimer_.cancel();
    call_->announced = true;
    call_->making.succeed();
    if (std::exchange(call_->facts.bearerMode, LINEBEARERMODE_PASSTHROUGH) !=
        LINEBEARERMODE_PASSTHROUGH) {
        events_.callInfo(call_->handle, LINECALLINFOSTATE_BEARERMODE);
    }
    call_->changing.succeed();
    call_->enter(LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE, "a program has the port");
}

hal::Result<hal::FileDescriptor> ModemLine::descriptor(ModemCall& call) {
    if (&call != call_ || hook_ != Hook::Lent) {
        return hal::fail(ErrorCode::InvalCallState, "no program has the port by this call");
    }
    return port_->lend();
}

void ModemLine::lendFailed(const hal::Error& why) {
    call_->making.fail(why);
    call_->changing.fail(why);
    endCall(LINEDISCONNECTMODE_UNKNOWN, why.cause);
    idleCall();
}

/// Ends in released() and becomeReady(), or out of service.
void ModemLine::takeBack() {
    kLog.info("{}: the program gave the port back", device_.portName);
    hook_ = Hook::HangingUp;
    service_ = Service::Recovering;
    outCause_ = "a program had the modem, which is being set up again";
    events_.lineState(LINEDEVSTATE_OUTOFSERVICE);
    startup_.abandon();
    queue_.clear();
    if (auto back = port_->giveBack(); !back) {
        kLog.warning("{}: {}", device_.portName, back.error().cause);
    }
    engine_.run(dialogues::kRecovery, recovering_);
}

}  // namespace tipring::at_modem

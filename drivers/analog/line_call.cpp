// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/analog/line_call.h"

#include <utility>

#include "tipring/drivers/analog/call_group.h"

namespace tipring::analog {
namespace {

using hal::ErrorCode;

auto noServices() {
    return hal::fail(ErrorCode::OperationUnavail, "this line has no services by hook flash");
}

LineCall& ours(tspi::Call& call) {
    return static_cast<LineCall&>(call);
}

}  // namespace

LineCall::LineCall(const tspi::LineEvents& events, CallGroup* group, std::uint32_t origin)
    : events_(events), group_(group) {
    facts.size = sizeof(TspiCallInfo);
    facts.bearerMode = LINEBEARERMODE_VOICE;
    facts.mediaMode = LINEMEDIAMODE_UNKNOWN;
    facts.origin = origin;
    facts.reason = LINECALLREASON_DIRECT;
    facts.callerId.flags = LINECALLPARTYID_UNKNOWN;
    facts.calledId.flags = LINECALLPARTYID_UNKNOWN;
    facts.redirectingId.flags = LINECALLPARTYID_UNKNOWN;
    facts.networkHour = 0xFF;
}

void LineCall::enter(std::uint32_t state, std::uint32_t mode, std::string_view cause) {
    if (state_ == LINECALLSTATE_IDLE || (state_ == state && mode_ == mode)) {
        return;
    }
    state_ = state;
    mode_ = mode;
    cause_ = cause;
    if (announced && handle != nullptr) {
        events_.callState(handle, state, mode, facts.mediaMode);
    }
}

hal::Result<void> LineCall::accept(tspi::Request&& request) {
    if (!is(LINECALLSTATE_OFFERING)) {
        return hal::fail(ErrorCode::InvalCallState, "a call cannot be accepted in this state");
    }
    request.succeed();
    enter(LINECALLSTATE_ACCEPTED, 0, {});
    return {};
}

hal::Result<void> LineCall::info(TspiCallInfo& info) {
    const std::uint32_t size = info.size;
    info = facts;
    info.size = size;
    return {};
}

hal::Result<void> LineCall::status(TspiCallStatus& status) {
    status.state = state_;
    status.mode = mode_;
    status.features = group_ != nullptr ? group_->features(*this) : 0;
    tspi::copyText(status.cause, cause_);
    return {};
}

hal::Result<void> LineCall::setMediaMode(std::uint32_t mediaMode) {
    if (is(LINECALLSTATE_IDLE)) {
        return hal::fail(ErrorCode::InvalCallState, "the call is over");
    }
    facts.mediaMode = mediaMode;
    return {};
}

hal::Result<void> LineCall::hold(tspi::Request&& request) {
    return group_ != nullptr ? group_->hold(*this, std::move(request)) : noServices();
}

hal::Result<void> LineCall::unhold(tspi::Request&& request) {
    return group_ != nullptr ? group_->unhold(*this, std::move(request)) : noServices();
}

hal::Result<void> LineCall::swapHold(tspi::Request&& request, tspi::Call& held) {
    return group_ != nullptr ? group_->swapHold(*this, ours(held), std::move(request))
                             : noServices();
}

hal::Result<tspi::Call*> LineCall::setupTransfer(tspi::Request&& request, HTAPICALL consultCall,
                                                 const TspiCallParams& params) {
    if (group_ == nullptr) {
        return noServices();
    }
    return group_->setupTransfer(*this, std::move(request), consultCall, params);
}

hal::Result<tspi::Call*> LineCall::completeTransfer(tspi::Request&& request,
                                                    tspi::Call& consultCall, HTAPICALL conference,
                                                    std::uint32_t transferMode) {
    if (group_ == nullptr) {
        return noServices();
    }
    return group_->completeTransfer(*this, ours(consultCall), std::move(request), conference,
                                    transferMode);
}

hal::Result<void> LineCall::blindTransfer(tspi::Request&& request, std::string_view address) {
    return group_ != nullptr ? group_->blindTransfer(*this, address, std::move(request))
                             : noServices();
}

hal::Result<void> LineCall::addToConference(tspi::Request&& request, tspi::Call& consultCall) {
    return group_ != nullptr ? group_->addToConference(*this, ours(consultCall), std::move(request))
                             : noServices();
}

hal::Result<void> LineCall::removeFromConference(tspi::Request&& request) {
    return group_ != nullptr ? group_->removeFromConference(*this, std::move(request))
                             : noServices();
}

}  // namespace tipring::analog

// SPDX-License-Identifier: Apache-2.0
// What applications ask for of two calls, and what is so once the exchange has done it. Nothing
// tells what became of most flashes, so that the states are presumed: what should have been done.
#include "tipring/drivers/analog/call_group.h"

#include <fmt/format.h>

#include <utility>

namespace tipring::analog {
namespace {

using hal::ErrorCode;

constexpr std::uint32_t kUnderWay = LINECALLSTATE_PROCEEDING | LINECALLSTATE_RINGBACK;
constexpr std::uint32_t kPending = LINECALLSTATE_ONHOLDPENDCONF | LINECALLSTATE_ONHOLDPENDTRANSFER;
constexpr std::string_view kPresumed = "presumed: the exchange was asked for it";

auto cannot(std::string_view what) {
    return hal::fail(ErrorCode::OperationUnavail,
                     fmt::format("the exchange of this line cannot {}", what));
}
auto wrongState(std::string_view what) {
    return hal::fail(ErrorCode::InvalCallState, fmt::format("{} in this state", what));
}

}  // namespace

bool CallGroup::busy() const {
    return done_ != nullptr || request_ || transferRequest_;
}

hal::Result<void> CallGroup::mayFlash(const LineCall& call, std::string_view keys,
                                      std::string_view what) const {
    if (keys.empty()) {
        return cannot(what);
    }
    if (!contains(call) || !host_.mayFlash()) {
        return wrongState(fmt::format("the exchange cannot be asked to {}", what));
    }
    if (busy()) {
        return hal::fail(ErrorCode::InUse, "the exchange is being asked for something else");
    }
    return {};
}

/// Sends it; `done` follows when that was done.
void CallGroup::flash(std::string_view keys, FlashAim aim, tspi::Request&& request, Done done) {
    request_ = std::move(request);
    done_ = done;
    host_.sendFlash(keys, {}, aim);
}

LineCall& CallGroup::addCall(HTAPICALL handle, const LineCall& like, std::uint32_t origin) {
    LineCall& call = host_.addCall(handle, origin);
    call.handle = handle;
    call.facts.mediaMode = like.facts.mediaMode;
    call.facts.callerId.flags = LINECALLPARTYID_UNAVAIL;
    return call;
}

hal::Result<void> CallGroup::hold(LineCall& call, tspi::Request&& request) {
    if (auto may = mayFlash(call, services().hold, "hold a call"); !may) {
        return may;
    }
    if (&call != active() || company() || !call.is(LINECALLSTATE_CONNECTED)) {
        return wrongState("the call cannot be held");
    }
    flash(services().hold, FlashAim::Hold, std::move(request), &CallGroup::onHeld);
    return {};
}

void CallGroup::onHeld() {
    request_.succeed();
    active()->enter(
        LINECALLSTATE_ONHOLD, 0,
        dialTone_ == LINEDIALTONEMODE_UNKNOWN ? kPresumed : "the exchange gives dial tone");
}

void CallGroup::onRetrieved() {
    request_.succeed();
    host_.partyChanged();
    talks(*active());
}

/// The active call ends, and the held one is taken back: what to dial for that now.
std::string_view CallGroup::wayBack() const {
    return active()->is(LINECALLSTATE_CONNECTED) ? services().dropActive : services().retrieve;
}

hal::Result<void> CallGroup::unhold(LineCall& call, tspi::Request&& request) {
    if (&call == active() && call.is(LINECALLSTATE_ONHOLD)) {
        if (auto may = mayFlash(call, services().retrieve, "take a call back"); !may) {
            return may;
        }
        flash(services().retrieve, FlashAim::Talk, std::move(request), &CallGroup::onRetrieved);
        return {};
    }
    const bool waits = held() == first_ && (&call == first_ || &call == conference_);
    if (held() == nullptr || !waits || !(call.is(kPending) || conference_ != nullptr)) {
        return wrongState("swap the calls: one of them is active");
    }
    return leaveActive(std::move(request), LINEDISCONNECTMODE_NORMAL);
}

hal::Result<void> CallGroup::swapHold(LineCall& now, LineCall& other, tspi::Request&& request) {
    if (auto may = mayFlash(now, services().swap, "swap two calls"); !may) {
        return may;
    }
    if (&now != active() || &other != held() || conference_ != nullptr ||
        !now.is(LINECALLSTATE_CONNECTED)) {
        return wrongState("these calls cannot be swapped");
    }
    flash(services().swap, FlashAim::Talk, std::move(request), &CallGroup::onSwapped);
    return {};
}

void CallGroup::onSwapped() {
    LineCall& before = *active();
    host_.setActive(held());
    host_.partyChanged();
    request_.succeed();
    // The first one goes on waiting for its transfer.
    before.enter(
        &before == first_ ? LINECALLSTATE_ONHOLDPENDTRANSFER : unsigned{LINECALLSTATE_ONHOLD}, 0,
        kPresumed);
    talks(*active());
}

/// A second party may be called.
hal::Result<void> CallGroup::mayConsult(const LineCall& call) const {
    if (auto may = mayFlash(call, services().hold, "call a second party"); !may) {
        return may;
    }
    return &call == active() && !company() && call.is(LINECALLSTATE_CONNECTED)
               ? hal::Result<void>{}
               : hal::Result<void>{wrongState("no second party can be called")};
}

hal::Result<tspi::Call*> CallGroup::setupTransfer(LineCall& call, tspi::Request&& request,
                                                  HTAPICALL handle, const TspiCallParams& params) {
    if (auto may = mayConsult(call); !may) {
        return tl::unexpected(may.error());
    }
    made_ = &addCall(handle, call, LINECALLORIGIN_OUTBOUND);
    madeConference_ = nullptr;
    host_.prepareConsult(params);
    flash(services().hold, FlashAim::Consult, std::move(request), &CallGroup::onConsulting);
    return made_;
}

hal::Result<tspi::Line::ConferenceCalls> CallGroup::setupConference(
    tspi::Request&& request, tspi::Call* call, HTAPICALL conference, HTAPICALL consultCall,
    std::uint32_t parties, const TspiCallParams& params) {
    if (!services().joins() || call == nullptr) {
        return cannot("make a conference");
    }
    auto& first = static_cast<LineCall&>(*call);
    if (auto may = mayConsult(first); !may) {
        return tl::unexpected(may.error());
    }
    if (parties > kParties) {
        return hal::fail(ErrorCode::InvalParam,
                         fmt::format("the exchange joins {} parties", kParties));
    }
    madeConference_ = &addCall(conference, first, LINECALLORIGIN_CONFERENCE);
    made_ = &addCall(consultCall, first, LINECALLORIGIN_OUTBOUND);
    host_.prepareConsult(params);
    flash(services().hold, FlashAim::Consult, std::move(request), &CallGroup::onConsulting);
    return tspi::Line::ConferenceCalls{madeConference_, made_};
}

void CallGroup::onConsulting() {
    first_ = active();
    second_ = std::exchange(made_, nullptr);
    host_.setActive(second_);
    conference_ = std::exchange(madeConference_, nullptr);
    second_->announced = true;
    second_->incomplete = true;
    host_.partyChanged();
    if (conference_ != nullptr) {
        conference_->announced = true;
    }
    request_.succeed();
    if (conference_ != nullptr) {
        first_->enter(LINECALLSTATE_CONFERENCED, 0, kPresumed);
        conference_->enter(LINECALLSTATE_ONHOLDPENDCONF, 0, kPresumed);
    } else {
        first_->enter(LINECALLSTATE_ONHOLDPENDTRANSFER, 0, kPresumed);
    }
    second_->enter(
        LINECALLSTATE_DIALTONE, dialTone_,
        dialTone_ == LINEDIALTONEMODE_UNKNOWN ? "dial tone is presumed" : "dial tone is heard");
}

hal::Result<tspi::Call*> CallGroup::completeTransfer(LineCall& call, LineCall& consult,
                                                     tspi::Request&& request, HTAPICALL handle,
                                                     std::uint32_t mode) {
    const FlashServices& service = services();
    const bool conference = mode == LINETRANSFERMODE_CONFERENCE;
    if (conference ? !service.joins() : !service.transfers()) {
        return cannot(conference ? "make a conference" : "connect two others");
    }
    const std::string_view keys = conference                 ? service.join
                                  : service.transferByHangUp ? service.hold
                                                             : service.transfer;
    if (auto may = mayFlash(call, keys, "connect the calls"); !may) {
        return tl::unexpected(may.error());
    }
    const bool talks = consult.is(LINECALLSTATE_CONNECTED);
    const bool early = !conference && service.transferByHangUp && consult.is(kUnderWay);
    if (&consult != active() || &call != held() || !(talks || early)) {
        return wrongState("these calls cannot be connected");
    }
    if (conference) {
        madeConference_ = &addCall(handle, call, LINECALLORIGIN_CONFERENCE);
        flash(keys, FlashAim::Talk, std::move(request), &CallGroup::onJoined);
        return madeConference_;
    }
    if (service.transferByHangUp) {
        transferRequest_ = std::move(request);
        host_.hangUp();
    } else {
        flash(keys, FlashAim::Release, std::move(request), &CallGroup::onTransferred);
    }
    return nullptr;
}

/// The exchange connected the others; this line only has to be put down.
void CallGroup::onTransferred() {
    transferRequest_ = std::move(request_);
    host_.hangUp();
}

void CallGroup::onJoined() {
    if (madeConference_ != nullptr) {
        conference_ = std::exchange(madeConference_, nullptr);
        conference_->announced = true;
    }
    host_.setActive(conference_);
    host_.partyChanged();
    request_.succeed();
    first_->enter(LINECALLSTATE_CONFERENCED, 0, kPresumed);
    second_->enter(LINECALLSTATE_CONFERENCED, 0, kPresumed);
    talks(*conference_);
}

hal::Result<void> CallGroup::addToConference(LineCall& conference, LineCall& consult,
                                             tspi::Request&& request) {
    if (auto may = mayFlash(conference, services().join, "make a conference"); !may) {
        return may;
    }
    if (&conference != conference_ || &consult != active() || held() == nullptr ||
        !consult.is(LINECALLSTATE_CONNECTED)) {
        return wrongState("the call cannot be added");
    }
    flash(services().join, FlashAim::Talk, std::move(request), &CallGroup::onJoined);
    return {};
}

hal::Result<void> CallGroup::removeFromConference(LineCall& member, tspi::Request&& request) {
    const std::string_view keys = &member == second_ ? services().dropLast : services().dropFirst;
    if (auto may = mayFlash(member, keys, "end the call of this member"); !may) {
        return may;
    }
    if (!joined() || &member == conference_) {
        return wrongState("the call is no member of a conference");
    }
    leaving_ = &member;
    leaveMode_ = LINEDISCONNECTMODE_NORMAL;
    flash(keys, FlashAim::Talk, std::move(request), &CallGroup::onLeft);
    return {};
}

hal::Result<void> CallGroup::blindTransfer(LineCall& call, std::string_view address,
                                           tspi::Request&& request) {
    if (!services().transferByHangUp) {
        return cannot("connect a party that did not answer yet");
    }
    if (auto may = mayConsult(call); !may) {
        return may;
    }
    const auto number = host_.wholeNumber(address);
    if (!number) {
        return tl::unexpected(number.error());
    }
    blind_ = true;
    request_ = std::move(request);
    done_ = &CallGroup::onBlindDialled;
    host_.sendFlash(services().hold, *number, FlashAim::Route);
    return {};
}

std::uint32_t CallGroup::features(const LineCall& call) const {
    const FlashServices& can = services();
    if (!can.holds() || busy() || !contains(call) || !host_.mayFlash()) {
        return 0;
    }
    const auto when = [](bool able, std::uint32_t feature) { return able ? feature : 0U; };
    const bool isActive = &call == active();
    const bool talks = call.is(LINECALLSTATE_CONNECTED);
    if (!company() && isActive && talks) {
        return LINECALLFEATURE_HOLD | LINECALLFEATURE_SETUPTRANSFER |
               when(can.joins(), LINECALLFEATURE_SETUPCONF) |
               when(can.transferByHangUp, LINECALLFEATURE_BLINDTRANSFER);
    }
    if (!company()) {
        return when(call.is(LINECALLSTATE_ONHOLD), LINECALLFEATURE_UNHOLD);
    }
    if (joined()) {
        const bool removable = &call == second_ ? can.removes() : !can.dropFirst.empty();
        return when(&call != conference_ && removable, LINECALLFEATURE_REMOVEFROMCONF);
    }
    if (isActive) {
        return when(talks && conference_ == nullptr && !can.swap.empty(), LINECALLFEATURE_SWAPHOLD);
    }
    const bool back = held() == first_ && !wayBack().empty();
    const bool completes = can.transfers() || can.joins();
    return when(back && call.is(kPending | LINECALLSTATE_CONFERENCED), LINECALLFEATURE_UNHOLD) |
           when(completes && call.is(LINECALLSTATE_ONHOLDPENDTRANSFER),
                LINECALLFEATURE_COMPLETETRANSF) |
           when(&call == conference_, LINECALLFEATURE_ADDTOCONF);
}

}  // namespace tipring::analog

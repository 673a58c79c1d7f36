// SPDX-License-Identifier: Apache-2.0
// How calls of a group end: one of two, all of them, a service that the exchange did not do.
#include <algorithm>
#include <utility>

#include "tipring/drivers/analog/call_group.h"

namespace tipring::analog {

using hal::ErrorCode;

LineCall* CallGroup::held() const {
    if (second_ == nullptr || joined()) {
        return nullptr;
    }
    return active() == first_ ? second_ : first_;
}

CallGroup::All CallGroup::all() const {
    All calls{active(), first_, second_, conference_};
    for (auto each = calls.begin(); each != calls.end(); ++each) {
        *each = std::find(calls.begin(), each, *each) != each ? nullptr : *each;
    }
    return calls;
}

CallGroup::All CallGroup::takeAll() {
    const All calls = all();
    host_.setActive(nullptr);
    first_ = second_ = conference_ = nullptr;
    leaving_ = made_ = madeConference_ = nullptr;
    return calls;
}

bool CallGroup::contains(const LineCall& call) const {
    const All calls = all();
    return std::find(calls.begin(), calls.end(), &call) != calls.end();
}

std::uint32_t CallGroup::onHoldCalls() const {
    const bool only = active() != nullptr && active()->is(LINECALLSTATE_ONHOLD);
    return only || held() != nullptr ? 1 : 0;
}

void CallGroup::flashed(std::uint32_t dialTone) {
    dialTone_ = dialTone;
    if (const Done done = std::exchange(done_, nullptr); done != nullptr) {
        (this->*done)();
    }
}

void CallGroup::flashFailed(const hal::Error& why, bool stands) {
    const Done failed = std::exchange(done_, nullptr);
    const bool asked = static_cast<bool>(request_);
    blind_ = false;
    leaving_ = made_ = madeConference_ = nullptr;
    request_.fail(why);
    // What is on its way to its end cannot stay.
    if (stands && asked && failed != &CallGroup::release) {
        host_.soundGoesOn(*active());
        return;
    }
    host_.endCalls(LINEDISCONNECTMODE_UNKNOWN, why.cause);
    host_.hangUp();
}

void CallGroup::abandon(const hal::Error& why) {
    done_ = nullptr;
    blind_ = false;
    request_.fail(why);
    transferRequest_.fail(why);
}

void CallGroup::lineGoesDown() {
    if (transferRequest_) {
        request_ = {};
    } else {
        abandon({ErrorCode::OperationFailed, "the line is being released"});
    }
}

bool CallGroup::transferred() {
    const bool was = transferring();
    transferRequest_.succeed();
    return was;
}

void CallGroup::blindRouted() {
    blind_ = false;
    transferRequest_ = std::move(request_);
    host_.hangUp();
}

void CallGroup::blindRefused(std::string_view cause) {
    if (flashing()) {
        return;  // digits are going out still: it is reported again
    }
    blind_ = false;
    request_.fail({ErrorCode::CallUnavail, std::string(cause)});
    flash(services().retrieve, FlashAim::Talk, {}, &CallGroup::onRetrieved);
}

hal::Result<void> CallGroup::leaveActive(tspi::Request&& request, std::uint32_t mode) {
    if (auto may = mayFlash(*active(), wayBack(), "end one of two calls"); !may) {
        return may;
    }
    leaveMode_ = mode;
    leaving_ = active();
    flash(wayBack(), FlashAim::Talk, std::move(request), &CallGroup::onLeft);
    return {};
}

/// Of two parties `leaving_` is gone: an ordinary call is left.
void CallGroup::onLeft() {
    LineCall& gone = *std::exchange(leaving_, nullptr);
    LineCall& stays = &gone == first_ ? *second_ : *first_;
    request_.succeed();
    stays.incomplete = gone.incomplete = false;
    finishCall(gone, leaveMode_, "the call was ended");
    stayAlone(stays);
    talks(stays);
}

void CallGroup::talks(LineCall& call) {
    call.enter(LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE,
               "presumed: the exchange was asked for it");
    host_.soundGoesOn(call);
}

/// One call's end; the line goes on.
void CallGroup::finishCall(LineCall& call, std::uint32_t mode, std::string_view cause) {
    host_.soundOver(&call, cause);
    if (!call.is(LINECALLSTATE_DISCONNECTED)) {
        call.enter(LINECALLSTATE_DISCONNECTED, mode, cause);
    }
    call.dropping.succeed();
    call.enter(LINECALLSTATE_IDLE, 0, {});
}

void CallGroup::stayAlone(LineCall& stays) {
    LineCall* whole = std::exchange(conference_, nullptr);
    first_ = second_ = leaving_ = nullptr;
    host_.setActive(&stays);
    host_.partyChanged();
    if (whole != nullptr) {
        finishCall(*whole, LINEDISCONNECTMODE_NORMAL, "one party is left");
    }
}

void CallGroup::activeEnded(std::uint32_t mode, std::string_view cause) {
    if (busy()) {
        return;
    }
    host_.soundOver(active(), cause);
    active()->enter(LINECALLSTATE_DISCONNECTED, mode, cause);
    leaving_ = active();
    leaveMode_ = mode;
    flash(services().retrieve, FlashAim::Talk, {}, &CallGroup::onLeft);
}

hal::Result<void> CallGroup::dropOne(LineCall& call, tspi::Request&& request) {
    if (flashing() && leaving_ != nullptr && leaving_ != &call) {  // both of two: nobody stays
        call.dropping = std::move(request);
        host_.hangUp();
        return {};
    }
    if (!company()) {
        if (auto may = mayFlash(call, services().retrieve, "take a call back"); !may) {
            return may;
        }
        call.dropping = std::move(request);
        flash(services().retrieve, FlashAim::Release, {}, &CallGroup::release);
        return {};
    }
    if (&call == conference_) {
        call.dropping = std::move(request);
        host_.hangUp();
        return {};
    }
    if (joined()) {
        return removeFromConference(call, std::move(request));
    }
    if (&call == active()) {
        return leaveActive(std::move(request), LINEDISCONNECTMODE_NORMAL);
    }
    if (auto may = mayFlash(call, services().dropHeld, "end a held call: end the other first");
        !may) {
        return may;
    }
    if (!active()->is(LINECALLSTATE_CONNECTED)) {
        return hal::fail(ErrorCode::InvalCallState,
                         "a held call can be ended while the other one talks");
    }
    leaving_ = &call;
    leaveMode_ = LINEDISCONNECTMODE_NORMAL;
    flash(services().dropHeld, FlashAim::Talk, std::move(request), &CallGroup::onLeft);
    return {};
}

/// What to dial for going on without that call; empty where it cannot be.
std::string_view CallGroup::keysWithout(const LineCall& call) const {
    const FlashServices& can = services();
    if (done_ != nullptr || request_ || !host_.mayFlash() || &call == conference_ || !company()) {
        return {};
    }
    if (joined()) {
        return &call == second_ ? can.dropLast : can.dropFirst;
    }
    return &call == active() ? wayBack() : can.dropHeld;
}

void CallGroup::forget(LineCall& call) {
    LineCall* stays = &call == first_ ? second_ : first_;
    host_.soundOver(&call, "the call was closed");
    if (&call == leaving_ && done_ == &CallGroup::onLeft) {  // it is on its way out
        request_.fail({ErrorCode::InvalCallHandle, "the call was closed"});
        stayAlone(*stays);
        done_ = &CallGroup::onRetrieved;
        return;
    }
    const std::string_view keys = making(call) ? std::string_view{} : keysWithout(call);
    if (making(call)) {
        made_ = madeConference_ = nullptr;
    }
    if (!keys.empty()) {
        stayAlone(*stays);
        flash(keys, FlashAim::Talk, {}, &CallGroup::onRetrieved);
        return;
    }
    leaving_ = nullptr;
    for (LineCall** place : {&first_, &second_, &conference_}) {
        *place = *place == &call ? nullptr : *place;
    }
    LineCall* next = active() == &call ? nullptr : active();
    for (LineCall* other : {first_, second_, conference_}) {
        next = next == nullptr ? other : next;
    }
    host_.setActive(next);
    host_.hangUp();
}

// ---- what a line with them can do

std::uint32_t flashStates(const FlashServices& services) {
    constexpr std::uint32_t kHeld = LINECALLSTATE_ONHOLD | LINECALLSTATE_ONHOLDPENDTRANSFER;
    constexpr std::uint32_t kConference = LINECALLSTATE_CONFERENCED | LINECALLSTATE_ONHOLDPENDCONF;
    return (services.holds() ? kHeld : 0U) | (services.joins() ? kConference : 0U);
}

namespace {

std::uint32_t flashCallFeatures(const FlashServices& services) {
    const auto when = [](bool able, std::uint32_t features) { return able ? features : 0U; };
    return when(services.holds(),
                LINECALLFEATURE_HOLD | LINECALLFEATURE_UNHOLD | LINECALLFEATURE_SETUPTRANSFER) |
           when(!services.swap.empty(), LINECALLFEATURE_SWAPHOLD) |
           when(services.transfers() || services.joins(), LINECALLFEATURE_COMPLETETRANSF) |
           when(services.transferByHangUp, LINECALLFEATURE_BLINDTRANSFER) |
           when(services.joins(), LINECALLFEATURE_SETUPCONF | LINECALLFEATURE_ADDTOCONF) |
           when(services.removes(), LINECALLFEATURE_REMOVEFROMCONF);
}

}  // namespace

void addFlashCaps(const FlashServices& services, TspiAddressCaps& caps) {
    caps.callFeatures |= flashCallFeatures(services);
    caps.maxOnHoldCalls = caps.maxOnHoldPendingCalls = services.holds() ? 1 : 0;
    caps.maxConference = caps.maxTransferConference = services.joins() ? kParties : 0;
    caps.transferModes = (services.transfers() ? LINETRANSFERMODE_TRANSFER : 0U) |
                         (services.joins() ? LINETRANSFERMODE_CONFERENCE : 0U);
    caps.removeFromConfCaps = !services.dropFirst.empty() ? LINEREMOVEFROMCONF_ANY
                              : services.removes()        ? LINEREMOVEFROMCONF_LAST
                                                          : LINEREMOVEFROMCONF_NONE;
    caps.removeFromConfState = services.removes() ? LINECALLSTATE_IDLE : 0U;
    // Putting down the line ends a conference, unless that is how calls are transferred.
    const bool ends = services.joins() && !services.transferByHangUp;
    caps.addressCapFlags |= (services.holds() ? LINEADDRCAPFLAGS_AUTORECONNECT : 0U) |
                            (ends ? LINEADDRCAPFLAGS_CONFDROP : 0U);
}

}  // namespace tipring::analog

// SPDX-License-Identifier: Apache-2.0
// Two calls on one line, by what the exchange does for a hook flash: holding, consultation,
// transfer, three-way conference. No modem tells what became of a flash, so that the states are
// presumed: what the exchange should have done. Source: TAPI, "Supplementary line functions".
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dial_string.h"
#include "modem_line.h"
#include "tipring/hal/base/log.h"

namespace tipring::at_modem {
namespace {

const hal::LogCategory kLog{"at_modem"};

using hal::ErrorCode;
using std::chrono::milliseconds;

/// Longer than the cycle of ringback tone anywhere: without a report of it somebody answered.
constexpr milliseconds kPresumed{7000};
/// Until the exchange has taken the number of a blind transfer, or says that it is busy.
constexpr milliseconds kRouted{6000};

constexpr std::uint32_t kUnderWay = LINECALLSTATE_PROCEEDING | LINECALLSTATE_RINGBACK;
constexpr std::uint32_t kPending = LINECALLSTATE_ONHOLDPENDCONF | LINECALLSTATE_ONHOLDPENDTRANSFER;
constexpr std::string_view kPresumedCause = "presumed: the exchange was asked for it";

auto cannot(std::string_view what) {
    return hal::fail(ErrorCode::OperationUnavail,
                     fmt::format("the exchange of this line cannot {}", what));
}
auto wrongState(std::string_view what) {
    return hal::fail(ErrorCode::InvalCallState, fmt::format("{} in this state", what));
}

}  // namespace

const FlashServices& ModemLine::services() const {
    return flashServicesOf(device_, options_);
}

ModemCall* ModemLine::held() const {
    if (second_ == nullptr || joined()) {
        return nullptr;
    }
    return call_ == first_ ? second_ : first_;
}

ModemLine::Group ModemLine::group() const {
    Group all{call_, first_, second_, conference_};
    for (std::size_t i = 1; i < all.size(); ++i) {
        if (std::find(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(i), all[i]) !=
            all.begin() + static_cast<std::ptrdiff_t>(i)) {
            all[i] = nullptr;
        }
    }
    return all;
}

bool ModemLine::inGroup(const ModemCall& call) const {
    const Group all = group();
    return std::find(all.begin(), all.end(), &call) != all.end();
}

hal::Result<void> ModemLine::mayFlash(const ModemCall& call, std::string_view keys,
                                      std::string_view what) const {
    if (keys.empty()) {
        return cannot(what);
    }
    if (!inGroup(call) || call.isData() || hook_ != Hook::OffHook || service_ != Service::Ready) {
        return wrongState(fmt::format("the exchange cannot be asked to {}", what));
    }
    if (flashDone_ != nullptr || flashRequest_ || transferRequest_) {
        return hal::fail(ErrorCode::InUse, "the exchange is being asked for something else");
    }
    return {};
}

/// Sends it; `done` follows when the modem did so.
void ModemLine::flash(std::string_view keys, tspi::Request&& request, FlashDone done) {
    kLog.debug("{}: flash {}", device_.portName, hal::Private{keys});
    progressTimer_.cancel();
    noAnswerTimer_.cancel();
    tones_.cancel();
    voice_.interrupt(call_, "the exchange is being asked for a service");
    const std::size_t room = device_.profile->maxCommand - std::string_view("ATD;").size();
    flashPieces_ = cutDialString(keys, room, 'T');
    flashRequest_ = std::move(request);
    flashDone_ = done;
    pushFlash();
}

void ModemLine::pushFlash() {
    flashPiece_ = std::move(flashPieces_.front());
    flashPieces_.erase(flashPieces_.begin());
    AtEngine::Start start;
    flashTime_ = fmt::format("{}", services().breakTime / 10);
    start.values.set(Placeholder::Number, flashPiece_).set(Placeholder::Duration, flashTime_);
    if (!queue_.push({dialogues::kFlash, &flashing_, start})) {
        flashFailed({ErrorCode::InUse, "too many commands wait for the modem"}, true);
    }
}

void ModemLine::onFlashEnd(const DialogueEnd& end) {
    if (end.how == DialogueEnd::How::Gone || flashDone_ == nullptr) {
        return;  // hung up meanwhile
    }
    if (end.how == DialogueEnd::How::TimedOut) {
        recover(end.error());
    } else if (!end.done()) {
        flashFailed(end.error(), end.reply == Reply::Error);
    } else if (!flashPieces_.empty()) {
        pushFlash();
    } else {
        (this->*std::exchange(flashDone_, nullptr))();
    }
}

/// `stands`: the line is as it was before. Otherwise the modem has put it down.
void ModemLine::flashFailed(const hal::Error& why, bool stands) {
    const FlashDone failed = std::exchange(flashDone_, nullptr);
    const bool asked = static_cast<bool>(flashRequest_);
    flashRequest_.fail(why);
    flashPieces_.clear();
    // What is on its way to its end cannot stay.
    if (stands && asked && failed != &ModemLine::release) {
        voice_.resume(call_);
        return;
    }
    endCall(LINEDISCONNECTMODE_UNKNOWN, why.cause);
    hangUp();
}

/// Nobody waits for the exchange any more.
void ModemLine::abandonFlash(const hal::Error& why) {
    flashDone_ = nullptr;
    flashPieces_.clear();
    blind_ = false;
    flashRequest_.fail(why);
    transferRequest_.fail(why);
}

ModemCall& ModemLine::addCall(HTAPICALL handle, const ModemCall& like, std::uint32_t origin) {
    calls_.push_back(std::make_unique<ModemCall>(*this, events_, origin));
    ModemCall& call = *calls_.back();
    call.handle = handle;
    call.facts.mediaMode = like.facts.mediaMode;
    call.facts.callerId.flags = LINECALLPARTYID_UNAVAIL;
    return call;
}

hal::Result<void> ModemLine::hold(ModemCall& call, tspi::Request&& request) {
    if (auto may = mayFlash(call, services().hold, "hold a call"); !may) {
        return may;
    }
    if (&call != call_ || second_ != nullptr || !call.is(LINECALLSTATE_CONNECTED)) {
        return wrongState("the call cannot be held");
    }
    flash(services().hold, std::move(request), &ModemLine::onHeld);
    return {};
}

void ModemLine::onHeld() {
    flashRequest_.succeed();
    call_->enter(LINECALLSTATE_ONHOLD, 0, kPresumedCause);
}

void ModemLine::onRetrieved() {
    flashRequest_.succeed();
    evidence_.reset();
    talks(*call_);
}

/// The active call ends, and the held one is taken back: what to dial for that now.
std::string_view ModemLine::wayBack() const {
    return call_->is(LINECALLSTATE_CONNECTED) ? services().dropActive : services().retrieve;
}

hal::Result<void> ModemLine::unhold(ModemCall& call, tspi::Request&& request) {
    if (&call == call_ && call.is(LINECALLSTATE_ONHOLD)) {
        if (auto may = mayFlash(call, services().retrieve, "take a call back"); !may) {
            return may;
        }
        flash(services().retrieve, std::move(request), &ModemLine::onRetrieved);
        return {};
    }
    const bool waits = held() == first_ && (&call == first_ || &call == conference_);
    if (held() == nullptr || !waits || !(call.is(kPending) || conference_ != nullptr)) {
        return wrongState("swap the calls: one of them is active");
    }
    return leaveActive(std::move(request), LINEDISCONNECTMODE_NORMAL);
}

hal::Result<void> ModemLine::leaveActive(tspi::Request&& request, std::uint32_t mode) {
    if (auto may = mayFlash(*call_, wayBack(), "end one of two calls"); !may) {
        return may;
    }
    leaveMode_ = mode;
    leaving_ = call_;
    flash(wayBack(), std::move(request), &ModemLine::onLeft);
    return {};
}

/// Of two parties `leaving_` is gone: an ordinary call is left.
void ModemLine::onLeft() {
    ModemCall& gone = *std::exchange(leaving_, nullptr);
    ModemCall& stays = &gone == first_ ? *second_ : *first_;
    flashRequest_.succeed();
    stays.incomplete = gone.incomplete = false;
    finishCall(gone, leaveMode_, "the call was ended");
    dissolve(stays);
}

/// One call's end; the line goes on.
void ModemLine::finishCall(ModemCall& call, std::uint32_t mode, std::string_view cause) {
    voice_.callEnded(&call, std::string(cause).c_str());
    call.dialing.fail({ErrorCode::OperationFailed, std::string(cause)});
    if (!call.is(LINECALLSTATE_DISCONNECTED)) {
        call.enter(LINECALLSTATE_DISCONNECTED, mode, cause);
    }
    call.dropping.succeed();
    call.enter(LINECALLSTATE_IDLE, 0, {});
}

void ModemLine::dissolve(ModemCall& stays) {
    stayAlone(stays);
    talks(stays);
}

/// The line is this call's.
void ModemLine::talks(ModemCall& call) {
    call.enter(LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE, kPresumedCause);
    voice_.resume(&call);
}

void ModemLine::stayAlone(ModemCall& stays) {
    ModemCall* whole = std::exchange(conference_, nullptr);
    first_ = second_ = leaving_ = nullptr;
    call_ = &stays;
    evidence_.reset();
    if (whole != nullptr) {
        finishCall(*whole, LINEDISCONNECTMODE_NORMAL, "one party is left");
    }
}

hal::Result<void> ModemLine::swapHold(ModemCall& active, ModemCall& other,
                                      tspi::Request&& request) {
    if (auto may = mayFlash(active, services().swap, "swap two calls"); !may) {
        return may;
    }
    if (&active != call_ || &other != held() || conference_ != nullptr ||
        !active.is(LINECALLSTATE_CONNECTED)) {
        return wrongState("these calls cannot be swapped");
    }
    flash(services().swap, std::move(request), &ModemLine::onSwapped);
    return {};
}

void ModemLine::onSwapped() {
    ModemCall& before = *call_;
    call_ = held();
    evidence_.reset();
    flashRequest_.succeed();
    // The first one goes on waiting for its transfer.
    before.enter(
        &before == first_ ? LINECALLSTATE_ONHOLDPENDTRANSFER : unsigned{LINECALLSTATE_ONHOLD}, 0,
        kPresumedCause);
    talks(*call_);
}

/// A second party may be called.
hal::Result<void> ModemLine::mayConsult(const ModemCall& call) const {
    if (auto may = mayFlash(call, services().hold, "call a second party"); !may) {
        return may;
    }
    return &call == call_ && second_ == nullptr && call.is(LINECALLSTATE_CONNECTED)
               ? hal::Result<void>{}
               : hal::Result<void>{wrongState("no second party can be called")};
}

hal::Result<tspi::Call*> ModemLine::setupTransfer(ModemCall& call, tspi::Request&& request,
                                                  HTAPICALL handle, const TspiCallParams& params) {
    if (auto may = mayConsult(call); !may) {
        return tl::unexpected(may.error());
    }
    made_ = &addCall(handle, call, LINECALLORIGIN_OUTBOUND);
    madeConference_ = nullptr;
    setNoAnswer(params);
    flash(services().hold, std::move(request), &ModemLine::onConsulting);
    return made_;
}

hal::Result<tspi::Line::ConferenceCalls> ModemLine::setupConference(
    tspi::Request&& request, tspi::Call* call, HTAPICALL conference, HTAPICALL consultCall,
    std::uint32_t parties, const TspiCallParams& params) {
    if (!services().joins() || call == nullptr) {
        return cannot("make a conference");
    }
    auto& first = static_cast<ModemCall&>(*call);
    if (auto may = mayConsult(first); !may) {
        return tl::unexpected(may.error());
    }
    if (parties > kParties) {
        return hal::fail(ErrorCode::InvalParam,
                         fmt::format("the exchange joins {} parties", kParties));
    }
    madeConference_ = &addCall(conference, first, LINECALLORIGIN_CONFERENCE);
    made_ = &addCall(consultCall, first, LINECALLORIGIN_OUTBOUND);
    setNoAnswer(params);
    flash(services().hold, std::move(request), &ModemLine::onConsulting);
    return ConferenceCalls{madeConference_, made_};
}

void ModemLine::onConsulting() {
    first_ = call_;
    second_ = call_ = std::exchange(made_, nullptr);
    conference_ = std::exchange(madeConference_, nullptr);
    second_->announced = true;
    second_->incomplete = true;
    evidence_.reset();
    if (conference_ != nullptr) {
        conference_->announced = true;
    }
    flashRequest_.succeed();
    if (conference_ != nullptr) {
        first_->enter(LINECALLSTATE_CONFERENCED, 0, kPresumedCause);
        conference_->enter(LINECALLSTATE_ONHOLDPENDCONF, 0, kPresumedCause);
    } else {
        first_->enter(LINECALLSTATE_ONHOLDPENDTRANSFER, 0, kPresumedCause);
    }
    second_->enter(LINECALLSTATE_DIALTONE, LINEDIALTONEMODE_UNKNOWN, "dial tone is presumed");
}

/// The number of the second party is out. The modem is asked to come back at once: one that waits
/// for an answer puts the line down at busy tone, and with it the held call.
void ModemLine::consultDialed() {
    hook_ = Hook::OffHook;
    call_->enter(LINECALLSTATE_PROCEEDING, 0, {});
    progressTimer_.arm(kPresumed);
    noAnswerTimer_.arm(noAnswer_);
}

void ModemLine::onConsultTimer() {
    if (blind_) {
        blind_ = false;
        transferRequest_ = std::move(flashRequest_);
        hangUp();
    } else if (held() != nullptr && call_->is(kUnderWay)) {
        noAnswerTimer_.cancel();
        call_->enter(LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE,
                     "presumed: no ringing is reported any more");
    }
}

void ModemLine::onConsultCode(EventMeaning meaning) {
    const bool busy = meaning == EventMeaning::Busy || meaning == EventMeaning::Reorder;
    if (blind_) {
        if (busy) {
            blindFailed();
        }
        return;
    }
    if (flashDone_ != nullptr || held() == nullptr) {
        return;  // tones of the exchange between two calls, or to a line that holds its only one
    }
    if (call_->is(LINECALLSTATE_CONNECTED)) {
        onConnectedCode(meaning);
    } else if (busy && call_->is(kUnderWay | LINECALLSTATE_DIALTONE)) {
        progressTimer_.cancel();
        noAnswerTimer_.cancel();
        call_->incomplete = false;
        call_->enter(LINECALLSTATE_BUSY,
                     meaning == EventMeaning::Reorder ? LINEBUSYMODE_TRUNK : LINEBUSYMODE_UNKNOWN,
                     "the modem reports busy tone");
    } else if (meaning == EventMeaning::Ringback && call_->is(kUnderWay)) {
        progressTimer_.arm(kPresumed);
        onProgressCode(meaning);
    } else if (!busy) {
        onProgressCode(meaning);
    }
}

/// The active one of two calls ended by itself: the held one is taken back.
void ModemLine::activeEnded(std::uint32_t mode, std::string_view cause) {
    if (flashDone_ != nullptr || flashRequest_ || transferRequest_) {
        return;
    }
    voice_.callEnded(call_, std::string(cause).c_str());
    call_->enter(LINECALLSTATE_DISCONNECTED, mode, cause);
    leaving_ = call_;
    leaveMode_ = mode;
    flash(services().retrieve, {}, &ModemLine::onLeft);
}

hal::Result<tspi::Call*> ModemLine::completeTransfer(ModemCall& call, ModemCall& consult,
                                                     tspi::Request&& request, HTAPICALL handle,
                                                     std::uint32_t mode) {
    const bool conference = mode == LINETRANSFERMODE_CONFERENCE;
    if (conference ? !services().joins() : !services().transfers()) {
        return cannot(conference ? "make a conference" : "connect two others");
    }
    const FlashServices& service = services();
    const std::string_view keys = conference                 ? service.join
                                  : service.transferByHangUp ? service.hold
                                                             : service.transfer;
    if (auto may = mayFlash(call, keys, "connect the calls"); !may) {
        return tl::unexpected(may.error());
    }
    const bool talks = consult.is(LINECALLSTATE_CONNECTED);
    const bool early = !conference && service.transferByHangUp && consult.is(kUnderWay);
    if (&consult != call_ || &call != held() || !(talks || early)) {
        return wrongState("these calls cannot be connected");
    }
    if (conference) {
        madeConference_ = &addCall(handle, call, LINECALLORIGIN_CONFERENCE);
        flash(keys, std::move(request), &ModemLine::onJoined);
        return madeConference_;
    }
    if (service.transferByHangUp) {
        transferRequest_ = std::move(request);
        hangUp();
    } else {
        flash(keys, std::move(request), &ModemLine::onTransferred);
    }
    return nullptr;
}

/// The exchange connected the others; this line only has to be put down.
void ModemLine::onTransferred() {
    transferRequest_ = std::move(flashRequest_);
    hangUp();
}

void ModemLine::onJoined() {
    if (madeConference_ != nullptr) {
        conference_ = std::exchange(madeConference_, nullptr);
        conference_->announced = true;
    }
    call_ = conference_;
    evidence_.reset();
    flashRequest_.succeed();
    first_->enter(LINECALLSTATE_CONFERENCED, 0, kPresumedCause);
    second_->enter(LINECALLSTATE_CONFERENCED, 0, kPresumedCause);
    talks(*conference_);
}

hal::Result<void> ModemLine::addToConference(ModemCall& conference, ModemCall& consult,
                                             tspi::Request&& request) {
    if (auto may = mayFlash(conference, services().join, "make a conference"); !may) {
        return may;
    }
    if (&conference != conference_ || &consult != call_ || held() == nullptr ||
        !consult.is(LINECALLSTATE_CONNECTED)) {
        return wrongState("the call cannot be added");
    }
    flash(services().join, std::move(request), &ModemLine::onJoined);
    return {};
}

hal::Result<void> ModemLine::removeFromConference(ModemCall& member, tspi::Request&& request) {
    const std::string_view keys = &member == second_ ? services().dropLast : services().dropFirst;
    if (auto may = mayFlash(member, keys, "end the call of this member"); !may) {
        return may;
    }
    if (!joined() || &member == conference_) {
        return wrongState("the call is no member of a conference");
    }
    leaving_ = &member;
    leaveMode_ = LINEDISCONNECTMODE_NORMAL;
    flash(keys, std::move(request), &ModemLine::onLeft);
    return {};
}

hal::Result<void> ModemLine::blindTransfer(ModemCall& call, std::string_view address,
                                           tspi::Request&& request) {
    if (!services().transferByHangUp) {
        return cannot("connect a party that did not answer yet");
    }
    if (auto may = mayConsult(call); !may) {
        return may;
    }
    const auto number = readDialString(address, *device_.profile);
    if (!number) {
        return tl::unexpected(number.error());
    }
    if (number->keys.empty() || number->incomplete) {
        return hal::fail(ErrorCode::InvalAddress, "a transfer needs a whole number");
    }
    blind_ = true;
    flash(fmt::format("{},{}", services().hold, number->keys), std::move(request),
          &ModemLine::onBlindDialed);
    return {};
}

void ModemLine::onBlindDialed() {
    progressTimer_.arm(kRouted);
}

void ModemLine::blindFailed() {
    if (flashDone_ != nullptr) {
        return;  // digits are going out still: it is reported again
    }
    blind_ = false;
    progressTimer_.cancel();
    flashRequest_.fail({ErrorCode::CallUnavail, "the modem reports busy tone: no transfer"});
    flash(services().retrieve, {}, &ModemLine::onRetrieved);
}

/// A drop of a call that has company, or is held. The rest of the line goes on where it can.
hal::Result<void> ModemLine::dropOne(ModemCall& call, tspi::Request&& request) {
    if (hook_ == Hook::Dialing && &call == call_) {
        // Another character would make the modem put the line down: the piece must go out.
        call.pieces.clear();
        call.dialing.fail({ErrorCode::OperationFailed, "the call was dropped"});
        hook_ = Hook::OffHook;
    }
    if (second_ == nullptr) {
        if (auto may = mayFlash(call, services().retrieve, "take a call back"); !may) {
            return may;
        }
        call.dropping = std::move(request);
        flash(services().retrieve, {}, &ModemLine::release);
        return {};
    }
    if (&call == conference_) {
        call.dropping = std::move(request);
        hangUp();
        return {};
    }
    if (joined()) {
        return removeFromConference(call, std::move(request));
    }
    if (&call == call_) {
        return leaveActive(std::move(request), LINEDISCONNECTMODE_NORMAL);
    }
    if (auto may = mayFlash(call, services().dropHeld, "end a held call: end the other first");
        !may) {
        return may;
    }
    if (!call_->is(LINECALLSTATE_CONNECTED)) {
        return wrongState("a held call can be ended while the other one talks");
    }
    leaving_ = &call;
    leaveMode_ = LINEDISCONNECTMODE_NORMAL;
    flash(services().dropHeld, std::move(request), &ModemLine::onLeft);
    return {};
}

/// A call with company was closed: the others go on where the exchange can do that, else the line
/// is put down.
void ModemLine::forget(ModemCall& call) {
    ModemCall* stays = &call == first_ ? second_ : first_;
    voice_.callEnded(&call, "the call was closed");
    if (&call == leaving_ && flashDone_ == &ModemLine::onLeft) {  // it is on its way out
        flashRequest_.fail({ErrorCode::InvalCallHandle, "the call was closed"});
        stayAlone(*stays);
        flashDone_ = &ModemLine::onRetrieved;
        return;
    }
    std::string_view keys;
    if (&call == made_ || &call == madeConference_) {
        made_ = madeConference_ = nullptr;
    } else if (flashDone_ == nullptr && !flashRequest_ && hook_ == Hook::OffHook &&
               &call != conference_ && second_ != nullptr) {
        keys = joined()         ? (&call == second_ ? services().dropLast : services().dropFirst)
               : &call == call_ ? wayBack()
                                : services().dropHeld;
    }
    if (!keys.empty()) {
        stayAlone(*stays);
        flash(keys, {}, &ModemLine::onRetrieved);
        return;
    }
    leaving_ = nullptr;
    for (ModemCall** place : {&call_, &first_, &second_, &conference_}) {
        *place = *place == &call ? nullptr : *place;
    }
    for (ModemCall* other : {first_, second_, conference_}) {
        call_ = call_ == nullptr ? other : call_;
    }
    hangUp();
}

std::uint32_t ModemLine::flashFeatures(const ModemCall& call) const {
    const FlashServices& can = services();
    const bool busy = flashDone_ != nullptr || flashRequest_ || transferRequest_;
    if (!can.holds() || busy || hook_ != Hook::OffHook || !inGroup(call) || call.isData()) {
        return 0;
    }
    const auto when = [](bool able, std::uint32_t feature) { return able ? feature : 0U; };
    const bool active = &call == call_;
    const bool talks = call.is(LINECALLSTATE_CONNECTED);
    if (second_ == nullptr && active && talks) {
        return LINECALLFEATURE_HOLD | LINECALLFEATURE_SETUPTRANSFER |
               when(can.joins(), LINECALLFEATURE_SETUPCONF) |
               when(can.transferByHangUp, LINECALLFEATURE_BLINDTRANSFER);
    }
    if (second_ == nullptr) {
        return when(call.is(LINECALLSTATE_ONHOLD), LINECALLFEATURE_UNHOLD);
    }
    if (joined()) {
        const bool removable = &call == second_ ? can.removes() : !can.dropFirst.empty();
        return when(&call != conference_ && removable, LINECALLFEATURE_REMOVEFROMCONF);
    }
    if (active) {
        return when(talks && conference_ == nullptr && !can.swap.empty(), LINECALLFEATURE_SWAPHOLD);
    }
    const bool back = held() == first_ && !wayBack().empty();
    const bool completes = can.transfers() || can.joins();
    return when(back && call.is(kPending | LINECALLSTATE_CONFERENCED), LINECALLFEATURE_UNHOLD) |
           when(completes && call.is(LINECALLSTATE_ONHOLDPENDTRANSFER),
                LINECALLFEATURE_COMPLETETRANSF) |
           when(&call == conference_, LINECALLFEATURE_ADDTOCONF);
}

}  // namespace tipring::at_modem

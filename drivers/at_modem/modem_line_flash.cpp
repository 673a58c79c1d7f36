// SPDX-License-Identifier: Apache-2.0
// What hook flashes need of a modem: the dialogue that sends one, and what a modem reports of the
// second party. Which call is in which state: analog::CallGroup.
#include <fmt/format.h>

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

}  // namespace

const analog::FlashServices& ModemLine::services() const {
    return flashServicesOf(device_, options_);
}

bool ModemLine::mayFlash() const {
    return hook_ == Hook::OffHook && service_ == Service::Ready && live() && !call_->isData();
}

void ModemLine::setActive(analog::LineCall* call) {
    call_ = static_cast<ModemCall*>(call);
}

analog::LineCall& ModemLine::addCall(HTAPICALL, std::uint32_t origin) {
    calls_.push_back(std::make_unique<ModemCall>(*this, events_, group_, origin));
    return *calls_.back();
}

hal::Result<std::string> ModemLine::wholeNumber(std::string_view address) const {
    auto number = readDialString(address, *device_.profile);
    if (!number) {
        return tl::unexpected(number.error());
    }
    if (number->keys.empty() || number->incomplete) {
        return hal::fail(ErrorCode::InvalAddress, "a transfer needs a whole number");
    }
    return std::move(number->keys);
}

void ModemLine::soundOver(const analog::LineCall* call, std::string_view cause) {
    voice_.callEnded(call, std::string(cause).c_str());
    for (const auto& each : calls_) {
        if (each.get() == call) {
            each->dialing.fail({ErrorCode::OperationFailed, std::string(cause)});
        }
    }
}

hal::Result<tspi::Line::ConferenceCalls> ModemLine::setupConference(
    tspi::Request&& request, tspi::Call* call, HTAPICALL conference, HTAPICALL consultCall,
    std::uint32_t parties, const TspiCallParams& params) {
    return group_.setupConference(std::move(request), call, conference, consultCall, parties,
                                  params);
}

void ModemLine::sendFlash(std::string_view service, std::string_view number, analog::FlashAim aim) {
    const std::string keys =
        number.empty() ? std::string(service) : fmt::format("{},{}", service, number);
    kLog.debug("{}: flash {}", device_.portName, hal::Private{keys});
    progressTimer_.cancel();
    noAnswerTimer_.cancel();
    tones_.cancel();
    voice_.interrupt(call_, "the exchange is being asked for a service");
    const std::size_t room = device_.profile->maxCommand - std::string_view("ATD;").size();
    flashPieces_ = cutDialString(keys, room, 'T');
    flashAim_ = aim;
    pushFlash();
}

void ModemLine::pushFlash() {
    flashPiece_ = std::move(flashPieces_.front());
    flashPieces_.erase(flashPieces_.begin());
    AtEngine::Start start;
    flashTime_ = fmt::format("{}", services().breakTime / 10);
    start.values.set(Placeholder::Number, flashPiece_).set(Placeholder::Duration, flashTime_);
    if (!queue_.push({dialogues::kFlash, &flashing_, start})) {
        flashPieces_.clear();
        group_.flashFailed({ErrorCode::InUse, "too many commands wait for the modem"}, true);
    }
}

void ModemLine::onFlashEnd(const DialogueEnd& end) {
    if (end.how == DialogueEnd::How::Gone || !group_.flashing()) {
        return;  // hung up meanwhile
    }
    if (end.how == DialogueEnd::How::TimedOut) {
        recover(end.error());
    } else if (!end.done()) {
        // At any other answer than ERROR the modem has put the line down.
        flashPieces_.clear();
        group_.flashFailed(end.error(), end.reply == Reply::Error);
    } else if (!flashPieces_.empty()) {
        pushFlash();
    } else {
        group_.flashed();
        if (flashAim_ == analog::FlashAim::Route) {
            progressTimer_.arm(kRouted);
        }
    }
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
    if (group_.blind()) {
        group_.blindRouted();
    } else if (group_.held() != nullptr && call_->is(kUnderWay)) {
        noAnswerTimer_.cancel();
        call_->enter(LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE,
                     "presumed: no ringing is reported any more");
    }
}

void ModemLine::onConsultCode(EventMeaning meaning) {
    const bool busy = meaning == EventMeaning::Busy || meaning == EventMeaning::Reorder;
    if (group_.blind()) {
        if (busy) {
            group_.blindRefused("the modem reports busy tone: no transfer");
        }
        return;
    }
    if (group_.flashing() || group_.held() == nullptr) {
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

}  // namespace tipring::at_modem

// SPDX-License-Identifier: Apache-2.0
// What hook flashes need of an FXO line. Which call is in which state: CallGroup.
#include <fmt/format.h>

#include <utility>

#include "fxo_tapi_line.h"
#include "tipring/hal/base/log.h"

namespace tipring::analog {
namespace {

const hal::LogCategory kLog{"analog"};

using hal::ErrorCode;
using std::chrono::milliseconds;

}  // namespace

const FlashServices& FxoTapiLine::services() const {
    return flashServices(silent_ ? FlashKind::None : options_.flash);
}

/// Anything that is being dialled can be stopped; what stops a call cannot be asked any more.
bool FxoTapiLine::mayFlash() const {
    const bool alone = waiting_ == nullptr && held_ == nullptr && next_ == nullptr;
    return alone && line_ && live() && !call_->is(kCallIsOver) && line_->mayFlash();
}

void FxoTapiLine::setActive(LineCall* call) {
    call_ = static_cast<AnalogCall*>(call);
}

LineCall& FxoTapiLine::addCall(HTAPICALL, std::uint32_t origin) {
    return keepCall(origin);
}

hal::Result<std::string> FxoTapiLine::wholeNumber(std::string_view address) const {
    auto text = readDialText(address);
    if (!text) {
        return tl::unexpected(text.error());
    }
    if (text->keys.empty() || text->incomplete) {
        return hal::fail(ErrorCode::InvalAddress, "a transfer needs a whole number");
    }
    return std::move(text->keys);
}

hal::Result<tspi::Line::ConferenceCalls> FxoTapiLine::setupConference(
    tspi::Request&& request, tspi::Call* call, HTAPICALL conference, HTAPICALL consultCall,
    std::uint32_t parties, const TspiCallParams& params) {
    return group_.setupConference(std::move(request), call, conference, consultCall, parties,
                                  params);
}

void FxoTapiLine::prepareConsult(const TspiCallParams& params) {
    consultNoAnswer_ = milliseconds{params.noAnswerTimeout * 1000ULL};
}

void FxoTapiLine::sendFlash(std::string_view service, std::string_view number, FlashAim aim) {
    const std::string keys =
        number.empty() ? std::string(service) : fmt::format("{}W{}", service, number);
    kLog.debug("{}: flash {}", name_, hal::Private{keys});
    generated(LINEGENERATETERM_CANCEL);
    interrupted(true, "the exchange is being asked for a service");
    if (auto sent = line_->flash(keys, milliseconds{services().breakTime}, aim); !sent) {
        group_.flashFailed(sent.error(), true);
    }
}

void FxoTapiLine::soundGoesOn(const LineCall& call) {
    if (&call == call_) {
        interrupted(false, nullptr);
    }
}

void FxoTapiLine::partyChanged() {
    line_->setCompany(group_.held() != nullptr);
}

void FxoTapiLine::hangUp() {
    group_.lineGoesDown();
    line_->hangUp();
}

void FxoTapiLine::onFlashed(const FxoEvent& event) {
    const bool blind = group_.blind();
    if (!event.on && line_->state() != FxoState::Refused) {
        group_.flashFailed({ErrorCode::OperationFailed,
                            "the exchange took no notice of the flash: no dial tone is heard"},
                           true);
        return;
    }
    group_.flashed(!event.heard                               ? LINEDIALTONEMODE_UNKNOWN
                   : event.tone == dsp::ToneKind::SpecialDial ? LINEDIALTONEMODE_SPECIAL
                                                              : LINEDIALTONEMODE_NORMAL);
    if (blind && event.on) {
        group_.blindRouted();
    } else if (blind) {
        group_.blindRefused("the line gives busy tone: no transfer");
    }
}

}  // namespace tipring::analog

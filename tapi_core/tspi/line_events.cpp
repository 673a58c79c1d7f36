// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/tspi/line_events.h"

#include "host_session.h"
#include "tipring/tapi_core/tspi/provider.h"

namespace tipring::tspi {

HTAPICALL LineEvents::newCall(Call& call) const {
    HTAPICALL given = nullptr;
    call.session_ = session_;
    send(nullptr, LINE_NEWCALL, reinterpret_cast<std::uintptr_t>(call.handle()),
         reinterpret_cast<std::uintptr_t>(&given));
    return given;
}

void LineEvents::callState(HTAPICALL call, std::uint32_t state, std::uint32_t mode,
                           std::uint32_t mediaMode) const {
    send(call, LINE_CALLSTATE, state, mode, mediaMode);
}

void LineEvents::callInfo(HTAPICALL call, std::uint32_t changed) const {
    send(call, LINE_CALLINFO, changed);
}

void LineEvents::ringing(std::uint32_t mode, std::uint32_t count) const {
    send(nullptr, LINE_LINEDEVSTATE, LINEDEVSTATE_RINGING, mode, count);
}

void LineEvents::lineState(std::uint32_t state) const {
    send(nullptr, LINE_LINEDEVSTATE, state);
}

void LineEvents::digit(HTAPICALL call, char digit, std::uint32_t mode, std::uint32_t tick) const {
    send(call, LINE_MONITORDIGITS, static_cast<unsigned char>(digit), mode, tick);
}

void LineEvents::mediaHeard(HTAPICALL call, std::uint32_t mediaModes) const {
    send(call, LINE_MONITORMEDIA, mediaModes);
}

void LineEvents::generated(HTAPICALL call, std::uint32_t how, std::uint32_t endToEndId) const {
    send(call, LINE_GENERATE, how, endToEndId);
}

void LineEvents::gathered(HTAPICALL call, std::uint32_t end, std::uint32_t endToEndId,
                          const char* digits) const {
    send(call, LINE_GATHERDIGITS, end, endToEndId, reinterpret_cast<std::uintptr_t>(digits));
}

void LineEvents::tone(HTAPICALL call, std::uint32_t appSpecific, std::uint32_t tick) const {
    send(call, LINE_MONITORTONE, appSpecific, 0, tick);
}

void LineEvents::hangUpSign(HTAPICALL call, std::uint32_t sign, std::uint32_t percent,
                            std::uint32_t lasted) const {
    send(call, LINE_HANGUPSIGN, sign, percent, lasted);
}

void LineEvents::addressState(std::uint32_t changed) const {
    send(nullptr, LINE_ADDRESSSTATE, changed);
}

void LineEvents::devSpecific(HTAPICALL call, std::uintptr_t p1, std::uintptr_t p2,
                             std::uintptr_t p3) const {
    send(call, call == nullptr ? LINE_DEVSPECIFIC : LINE_CALLDEVSPECIFIC, p1, p2, p3);
}

void LineEvents::interfaceEvent(HTAPICALL call, std::uint32_t interfaceIndex, std::uint32_t event,
                                std::span<const TspiValue> values) const {
    const TspiInit* init = session_ == nullptr ? nullptr : &session_->init();
    if (init != nullptr && init->interfaceEvent != nullptr) {
        init->interfaceEvent(init->context, line_, call, interfaceIndex, event, values.data(),
                             static_cast<std::uint32_t>(values.size()));
    }
}

void LineEvents::closed() const {
    send(nullptr, LINE_CLOSE);
}

void LineEvents::send(HTAPICALL call, std::uint32_t message, std::uintptr_t p1, std::uintptr_t p2,
                      std::uintptr_t p3) const {
    if (routine_ != nullptr) {
        routine_(line_, call, message, p1, p2, p3);
    }
}

}  // namespace tipring::tspi

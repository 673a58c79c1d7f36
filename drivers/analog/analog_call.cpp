// SPDX-License-Identifier: Apache-2.0
#include "analog_call.h"

#include <fmt/format.h>

#include <utility>

namespace tipring::analog {
namespace {

using hal::ErrorCode;

struct Features {
    std::uint32_t states, features;
};
constexpr Features kFeatures[] = {
    {LINECALLSTATE_OFFERING,
     LINECALLFEATURE_ACCEPT | LINECALLFEATURE_ANSWER | LINECALLFEATURE_DROP},
    {LINECALLSTATE_ACCEPTED, LINECALLFEATURE_ANSWER | LINECALLFEATURE_DROP},
    {LINECALLSTATE_CONNECTED, LINECALLFEATURE_DROP | LINECALLFEATURE_GENERATEDIGITS |
                                  LINECALLFEATURE_GENERATETONE | LINECALLFEATURE_MONITORDIGITS},
    {LINECALLSTATE_IDLE, 0},
    {~0U, LINECALLFEATURE_DROP},
};

std::uint32_t featuresOf(std::uint32_t state, bool incomplete) {
    if (state == 0) {
        return 0;
    }
    const Features* found = kFeatures;
    while ((found->states & state) == 0) {
        ++found;
    }
    return found->features |
           (incomplete && (state & (LINECALLSTATE_DIALTONE | LINECALLSTATE_DIALING)) != 0
                ? LINECALLFEATURE_DIAL
                : 0U);
}

auto wrongState(const char* what) {
    return hal::fail(ErrorCode::InvalCallState, fmt::format("{} in this state", what));
}

std::uint32_t absence(dsp::CallerIdStatus status) {
    switch (status) {
    case dsp::CallerIdStatus::Private: return LINECALLPARTYID_BLOCKED;
    case dsp::CallerIdStatus::Unavailable: return LINECALLPARTYID_OUTOFAREA;
    default: return 0;
    }
}

std::uint32_t flagsOf(const dsp::CallerId& id) {
    std::uint32_t flags = absence(id.numberStatus);
    if (!id.number.empty()) {
        flags = LINECALLPARTYID_ADDRESS;
    } else {
        flags |= absence(id.nameStatus);
    }
    flags |= id.name.empty() ? 0U : LINECALLPARTYID_NAME;
    return flags != 0 ? flags : LINECALLPARTYID_UNKNOWN;
}

void fillParty(TspiPartyId& party, std::string_view number) {
    if (!number.empty()) {
        party.flags = LINECALLPARTYID_ADDRESS;
        tspi::copyText(party.number, number);
    }
}

}  // namespace

AnalogCall::AnalogCall(CallOwner& owner, const tspi::LineEvents& events, CallGroup* group,
                       std::uint32_t origin)
    : LineCall(events, group, origin), owner_(owner) {}

void AnalogCall::failRequests(const hal::Error& why) {
    making.fail(why);
    dropping.fail(why);
}

void AnalogCall::setCallerId(const dsp::CallerId& id) {
    facts.callerId.flags = flagsOf(id);
    tspi::copyText(facts.callerId.number, id.number.view());
    tspi::copyText(facts.callerId.name, id.name.view());
    fillParty(facts.calledId, id.called.view());
    fillParty(facts.redirectingId,
              id.redirecting.empty() ? id.firstCalled.view() : id.redirecting.view());
    if (id.time) {
        facts.networkMonth = id.time->month;
        facts.networkDay = id.time->day;
        facts.networkHour = id.time->hour;
        facts.networkMinute = id.time->minute;
    }
}

hal::Result<void> AnalogCall::dial(tspi::Request&& request, std::string_view address) {
    if (state() == 0 || is(kCallIsOver) || !incomplete) {
        return wrongState("no more digits can be dialled");
    }
    return owner_.dialMore(*this, std::move(request), address);
}

hal::Result<void> AnalogCall::answer(tspi::Request&& request) {
    if (!is(LINECALLSTATE_OFFERING | LINECALLSTATE_ACCEPTED)) {
        return wrongState("a call cannot be answered");
    }
    return owner_.answer(*this, std::move(request));
}

hal::Result<void> AnalogCall::drop(tspi::Request&& request) {
    if (is(LINECALLSTATE_IDLE)) {
        return wrongState("a call cannot be dropped");
    }
    if (dropping) {
        return hal::fail(ErrorCode::InUse, "the call is being dropped already");
    }
    return owner_.drop(*this, std::move(request));
}

hal::Result<void> AnalogCall::swapHold(tspi::Request&& request, tspi::Call& held) {
    return swaps ? owner_.swapHold(*this, std::move(request), static_cast<AnalogCall&>(held))
                 : LineCall::swapHold(std::move(request), held);
}

void AnalogCall::close() {
    owner_.closeCall(*this);
}

hal::Result<void> AnalogCall::status(TspiCallStatus& status) {
    if (auto told = LineCall::status(status); !told) {
        return told;
    }
    status.features |= featuresOf(status.state, incomplete);
    if (swaps && is(LINECALLSTATE_CONNECTED | LINECALLSTATE_ONHOLD)) {
        status.features |= LINECALLFEATURE_SWAPHOLD;
    }
    if (swaps && is(LINECALLSTATE_ONHOLD)) {
        status.features &= ~std::uint32_t{LINECALLFEATURE_DROP};
    }
    return {};
}

hal::Result<void> AnalogCall::generateDigits(std::uint32_t endToEndId, std::uint32_t digitMode,
                                             std::string_view digits, std::uint32_t duration) {
    if (!is(LINECALLSTATE_CONNECTED)) {
        return wrongState("digits cannot be sent");
    }
    return owner_.generateDigits(*this, endToEndId, digitMode, digits, duration);
}

hal::Result<void> AnalogCall::generateTone(std::uint32_t endToEndId, std::uint32_t toneMode,
                                           std::uint32_t duration,
                                           std::span<const TspiGenerateTone> tones) {
    if (!is(LINECALLSTATE_CONNECTED)) {
        return wrongState("tones cannot be sent");
    }
    return owner_.generateTone(*this, endToEndId, toneMode, duration, tones);
}

hal::Result<void> AnalogCall::monitorDigits(std::uint32_t digitModes) {
    return owner_.monitorDigits(*this, digitModes);
}

hal::Result<std::unique_ptr<tspi::MediaStream>> AnalogCall::openMedia(
    const tspi::MediaEvents& events, TspiMediaCaps& caps) {
    if (is(kCallIsOver)) {
        return wrongState("there is no sound");
    }
    return owner_.openMedia(*this, events, caps);
}

}  // namespace tipring::analog

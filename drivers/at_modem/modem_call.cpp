// SPDX-License-Identifier: Apache-2.0
#include "modem_call.h"

#include <fmt/format.h>

#include "modem_line.h"

namespace tipring::at_modem {
namespace {

using hal::ErrorCode;

/// What may be done in a state.
std::uint32_t featuresOf(std::uint32_t state, bool incomplete) {
    switch (state) {
    case LINECALLSTATE_OFFERING:
        return LINECALLFEATURE_ACCEPT | LINECALLFEATURE_ANSWER | LINECALLFEATURE_DROP |
               LINECALLFEATURE_MONITORMEDIA | LINECALLFEATURE_SETCALLPARAMS;
    case LINECALLSTATE_ACCEPTED:
        return LINECALLFEATURE_ANSWER | LINECALLFEATURE_DROP | LINECALLFEATURE_MONITORMEDIA |
               LINECALLFEATURE_SETCALLPARAMS;
    case LINECALLSTATE_CONNECTED:
        return LINECALLFEATURE_DROP | LINECALLFEATURE_GENERATEDIGITS |
               LINECALLFEATURE_GENERATETONE | LINECALLFEATURE_MONITORDIGITS |
               LINECALLFEATURE_MONITORMEDIA;
    case 0:
    case LINECALLSTATE_IDLE: return 0;
    default:
        return LINECALLFEATURE_DROP | LINECALLFEATURE_MONITORMEDIA |
               (incomplete ? LINECALLFEATURE_DIAL : 0U);
    }
}

auto wrongState(const char* what) {
    return hal::fail(ErrorCode::InvalCallState, fmt::format("{} in this state", what));
}

}  // namespace

ModemCall::ModemCall(ModemLine& line, const tspi::LineEvents& events, analog::CallGroup& group,
                     std::uint32_t origin)
    : LineCall(events, &group, origin), line_(line) {
    facts.redirectingId.flags = LINECALLPARTYID_UNAVAIL;
}

void ModemCall::failRequests(const hal::Error& why) {
    making.fail(why);
    dialing.fail(why);
    answering.fail(why);
    dropping.fail(why);
    changing.fail(why);
}

hal::Result<void> ModemCall::dial(tspi::Request&& request, std::string_view address) {
    if (state() == 0 || is(analog::kCallIsOver) || !incomplete) {
        return wrongState("no more digits can be dialled");
    }
    return line_.dialMore(*this, std::move(request), address);
}

hal::Result<void> ModemCall::answer(tspi::Request&& request) {
    if (!is(LINECALLSTATE_OFFERING | LINECALLSTATE_ACCEPTED) || answering) {
        return wrongState("a call cannot be answered");
    }
    return line_.answer(*this, std::move(request));
}

hal::Result<void> ModemCall::drop(tspi::Request&& request) {
    if (is(LINECALLSTATE_IDLE)) {
        return wrongState("a call cannot be dropped");
    }
    if (dropping) {
        return hal::fail(ErrorCode::InUse, "the call is being dropped already");
    }
    return line_.drop(*this, std::move(request));
}

void ModemCall::close() {
    line_.closeCall(*this);
}

hal::Result<void> ModemCall::status(TspiCallStatus& status) {
    if (auto told = LineCall::status(status); !told) {
        return told;
    }
    status.features |= featuresOf(status.state, incomplete);
    return {};
}

hal::Result<void> ModemCall::generateDigits(std::uint32_t endToEndId, std::uint32_t digitMode,
                                            std::string_view digits, std::uint32_t duration) {
    if (!is(LINECALLSTATE_CONNECTED)) {
        return wrongState("digits cannot be sent");
    }
    return line_.generateDigits(*this, endToEndId, digitMode, digits, duration);
}

hal::Result<void> ModemCall::generateTone(std::uint32_t endToEndId, std::uint32_t toneMode,
                                          std::uint32_t duration,
                                          std::span<const TspiGenerateTone> tones) {
    if (!is(LINECALLSTATE_CONNECTED)) {
        return wrongState("tones cannot be sent");
    }
    return line_.generateTone(*this, endToEndId, toneMode, duration, tones);
}

hal::Result<void> ModemCall::monitorDigits(std::uint32_t digitModes) {
    if ((digitModes & ~LINEDIGITMODE_DTMF) != 0 || (digitModes != 0 && !line_.reportsDigits())) {
        return hal::fail(ErrorCode::InvalParam, "the modem reports DTMF digits only, if any");
    }
    monitorsDigits = digitModes != 0;
    return {};
}

hal::Result<void> ModemCall::monitorMedia(std::uint32_t mediaModes) {
    monitorsMedia = mediaModes;  // those that it never hears are not heard
    return {};
}

hal::Result<void> ModemCall::setParams(tspi::Request&& request, std::uint32_t bearerMode,
                                       std::uint32_t, std::uint32_t, const TspiDialParams&) {
    if (bearerMode != LINEBEARERMODE_PASSTHROUGH) {
        return hal::fail(ErrorCode::OperationUnavail,
                         "of a call that exists only the bearer mode PASSTHROUGH can be set");
    }
    if (!is(LINECALLSTATE_OFFERING | LINECALLSTATE_ACCEPTED) || answering || changing) {
        return wrongState("the port cannot be given away");
    }
    return line_.lendRinging(*this, std::move(request));
}

hal::Result<hal::FileDescriptor> ModemCall::descriptor(std::string_view deviceClass) {
    if (deviceClass != "comm" && deviceClass != "comm/datamodem") {
        return hal::fail(ErrorCode::InvalDeviceClass, "a modem's port is of the class comm");
    }
    return line_.descriptor(*this);
}

hal::Result<std::unique_ptr<tspi::MediaStream>> ModemCall::openMedia(
    const tspi::MediaEvents& events, TspiMediaCaps& caps) {
    if (is(analog::kCallIsOver)) {
        return wrongState("there is no sound");
    }
    return line_.openMedia(*this, events, caps);
}

}  // namespace tipring::at_modem

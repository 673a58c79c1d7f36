// SPDX-License-Identifier: Apache-2.0
#include "modem_call.h"

#include <fmt/format.h>

#include "modem_line.h"

namespace tipring::at_modem {
namespace {

using hal::ErrorCode;

constexpr std::uint32_t kOver = LINECALLSTATE_IDLE | LINECALLSTATE_DISCONNECTED;

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

ModemCall::ModemCall(ModemLine& line, const tspi::LineEvents& events, std::uint32_t origin)
    : line_(line), events_(events) {
    facts.size = sizeof(TspiCallInfo);
    facts.bearerMode = LINEBEARERMODE_VOICE;
    facts.mediaMode = LINEMEDIAMODE_UNKNOWN;
    facts.origin = origin;
    facts.reason = LINECALLREASON_DIRECT;
    facts.callerId.flags = LINECALLPARTYID_UNKNOWN;
    facts.calledId.flags = LINECALLPARTYID_UNKNOWN;
    facts.redirectingId.flags = LINECALLPARTYID_UNAVAIL;
    facts.networkHour = 0xFF;
}

void ModemCall::enter(std::uint32_t state, std::uint32_t mode, std::string_view cause) {
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

void ModemCall::failRequests(const hal::Error& why) {
    making.fail(why);
    dialing.fail(why);
    answering.fail(why);
    dropping.fail(why);
    changing.fail(why);
}

hal::Result<void> ModemCall::dial(tspi::Request&& request, std::string_view address) {
    if (state_ == 0 || is(kOver) || !incomplete) {
        return wrongState("no more digits can be dialled");
    }
    return line_.dialMore(*this, std::move(request), address);
}

hal::Result<void> ModemCall::accept(tspi::Request&& request) {
    if (!is(LINECALLSTATE_OFFERING)) {
        return wrongState("a call cannot be accepted");
    }
    request.succeed();
    enter(LINECALLSTATE_ACCEPTED, 0, {});
    return {};
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

hal::Result<void> ModemCall::info(TspiCallInfo& info) {
    const std::uint32_t size = info.size;
    info = facts;
    info.size = size;
    return {};
}

hal::Result<void> ModemCall::status(TspiCallStatus& status) {
    status.state = state_;
    status.mode = mode_;
    status.features = featuresOf(state_, incomplete) | line_.flashFeatures(*this);
    tspi::copyText(status.cause, cause_);
    return {};
}

hal::Result<void> ModemCall::setMediaMode(std::uint32_t mediaMode) {
    if (is(LINECALLSTATE_IDLE)) {
        return wrongState("the media mode cannot be set");
    }
    facts.mediaMode = mediaMode;
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

hal::Result<void> ModemCall::hold(tspi::Request&& request) {
    return line_.hold(*this, std::move(request));
}

hal::Result<void> ModemCall::unhold(tspi::Request&& request) {
    return line_.unhold(*this, std::move(request));
}

hal::Result<void> ModemCall::swapHold(tspi::Request&& request, tspi::Call& held) {
    return line_.swapHold(*this, static_cast<ModemCall&>(held), std::move(request));
}

hal::Result<tspi::Call*> ModemCall::setupTransfer(tspi::Request&& request, HTAPICALL consultCall,
                                                  const TspiCallParams& params) {
    return line_.setupTransfer(*this, std::move(request), consultCall, params);
}

hal::Result<tspi::Call*> ModemCall::completeTransfer(tspi::Request&& request,
                                                     tspi::Call& consultCall, HTAPICALL conference,
                                                     std::uint32_t transferMode) {
    return line_.completeTransfer(*this, static_cast<ModemCall&>(consultCall), std::move(request),
                                  conference, transferMode);
}

hal::Result<void> ModemCall::blindTransfer(tspi::Request&& request, std::string_view address) {
    return line_.blindTransfer(*this, address, std::move(request));
}

hal::Result<void> ModemCall::addToConference(tspi::Request&& request, tspi::Call& consultCall) {
    return line_.addToConference(*this, static_cast<ModemCall&>(consultCall), std::move(request));
}

hal::Result<void> ModemCall::removeFromConference(tspi::Request&& request) {
    return line_.removeFromConference(*this, std::move(request));
}

hal::Result<std::unique_ptr<tspi::MediaStream>> ModemCall::openMedia(
    const tspi::MediaEvents& events, TspiMediaCaps& caps) {
    if (is(kOver)) {
        return wrongState("there is no sound");
    }
    return line_.openMedia(*this, events, caps);
}

}  // namespace tipring::at_modem

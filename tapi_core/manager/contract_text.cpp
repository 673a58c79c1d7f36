// SPDX-License-Identifier: Apache-2.0
// From the structs of the provider contract to the types of the application contract.
#include <algorithm>
#include <bit>
#include <cstring>

#include "line_record.h"

namespace tipring::core {
namespace {

constexpr std::uint32_t kHearsDigits = LINECALLFEATURE_MONITORDIGITS | LINECALLFEATURE_GATHERDIGITS;
constexpr std::uint32_t kVoice = LINEMEDIAMODE_INTERACTIVEVOICE | LINEMEDIAMODE_AUTOMATEDVOICE;

tapi::PartyStatus statusOf(std::uint32_t flags, std::uint32_t present) {
    if ((flags & present) != 0) {
        return (flags & LINECALLPARTYID_PARTIAL) != 0 ? tapi::PartyStatus::Partial
                                                      : tapi::PartyStatus::Ok;
    }
    if ((flags & LINECALLPARTYID_BLOCKED) != 0) {
        return tapi::PartyStatus::Blocked;
    }
    if ((flags & LINECALLPARTYID_OUTOFAREA) != 0) {
        return tapi::PartyStatus::OutOfArea;
    }
    return (flags & LINECALLPARTYID_UNAVAIL) != 0 ? tapi::PartyStatus::Unavail
                                                  : tapi::PartyStatus::Unknown;
}

tapi::Party partyOf(const TspiPartyId& id) {
    tapi::Party party;
    party.numberStatus = statusOf(id.flags, LINECALLPARTYID_ADDRESS);
    party.nameStatus = statusOf(id.flags, LINECALLPARTYID_NAME);
    if ((id.flags & LINECALLPARTYID_ADDRESS) != 0) {
        party.number = fieldText(id.number);
    }
    if ((id.flags & LINECALLPARTYID_NAME) != 0) {
        party.name = fieldText(id.name);
    }
    return party;
}

std::vector<std::string> wordsOf(const std::string& text) {
    std::vector<std::string> words;
    std::size_t at = 0;
    while ((at = text.find_first_not_of(' ', at)) != std::string::npos) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        words.push_back(text.substr(at, end - at));
        at = end;
    }
    return words;
}

tapi::DialParams dialParamsOf(const TspiDialParams& params) {
    using std::chrono::milliseconds;
    return {milliseconds(params.dialPause), milliseconds(params.dialSpeed),
            milliseconds(params.digitDuration), milliseconds(params.waitForDialtone)};
}

/// The rest of what a line can do, number by number.
void addLineNumbers(tapi::AddressCapabilities& out, const TspiLineCaps& caps) {
    out.switchInfo = fieldText(caps.switchInfo);
    out.bearerModes = caps.bearerModes == 0 ? LINEBEARERMODE_VOICE : caps.bearerModes;
    out.maxRate = caps.maxRate;
    out.devCapFlags = caps.devCapFlags;
    out.generateDigitModes = caps.generateDigitModes;
    out.monitorDigitModes = caps.monitorDigitModes;
    out.generateToneModes = caps.generateToneModes;
    out.generateToneMaxFrequencies = caps.generateToneMaxFrequencies;
    out.monitorToneMaxFrequencies = caps.monitorToneMaxFrequencies;
    out.monitorToneMaxEntries = caps.monitorToneMaxEntries;
    out.gatherMinTimeout = std::chrono::milliseconds(caps.gatherDigitsMinTimeout);
    out.gatherMaxTimeout = std::chrono::milliseconds(caps.gatherDigitsMaxTimeout);
    out.minDialParams = dialParamsOf(caps.minDialParams);
    out.maxDialParams = dialParamsOf(caps.maxDialParams);
    out.defaultDialParams = dialParamsOf(caps.defaultDialParams);
    out.answerMode = caps.answerMode;
    out.ringModes = caps.ringModes;
    out.lineStates = caps.lineStates;
    out.lineFeatures = caps.lineFeatures;
    out.settableDevStatus = caps.settableDevStatus;
    out.deviceClasses = wordsOf(fieldText(caps.deviceClasses));
}

}  // namespace

std::string fieldText(const char* field, std::size_t capacity) {
    return {field, ::strnlen(field, capacity)};
}

tapi::AddressCapabilities capabilitiesOf(const TspiLineCaps& caps) {
    tapi::AddressCapabilities out;
    out.permanentId = fieldText(caps.permanentId);
    out.providerInfo = fieldText(caps.providerInfo);
    out.mediaModes = tapi::MediaModes::fromBits(caps.mediaModes);
    out.callerId = (caps.callerIdFlags & (LINECALLPARTYID_ADDRESS | LINECALLPARTYID_NAME)) != 0;
    out.canPlay = (caps.media.directions & TSPI_MEDIA_PLAY) != 0;
    out.canRecord = (caps.media.directions & TSPI_MEDIA_RECORD) != 0;
    out.fullDuplex = caps.media.fullDuplex != 0;
    out.monitorsDigits = caps.monitorDigitModes != 0;
    out.generatesDigits = caps.generateDigitModes != 0;
    out.callStates = caps.callStates;
    out.disconnectModes = caps.disconnectModes;
    out.connectedModes = caps.connectedModes;
    out.dialModifiers =
        caps.devCapFlags &
        (LINEDEVCAPFLAGS_DIALBILLING | LINEDEVCAPFLAGS_DIALQUIET | LINEDEVCAPFLAGS_DIALDIALTONE);
    addLineNumbers(out, caps);
    return out;
}

TspiAddressCaps addressCapsOf(const TspiLineCaps& caps) {
    TspiAddressCaps out{};
    out.size = sizeof out;
    out.sharing = LINEADDRESSSHARING_PRIVATE;
    out.callInfoStates = LINECALLINFOSTATE_MEDIAMODE;
    out.callerIdFlags = caps.callerIdFlags == 0 ? LINECALLPARTYID_UNAVAIL : caps.callerIdFlags;
    if (out.callerIdFlags != LINECALLPARTYID_UNAVAIL) {
        out.callInfoStates |= LINECALLINFOSTATE_CALLERID;
    }
    out.calledIdFlags = out.connectedIdFlags = out.redirectionIdFlags = out.redirectingIdFlags =
        LINECALLPARTYID_UNAVAIL;
    out.callStates = caps.callStates;
    out.disconnectModes = caps.disconnectModes;
    out.connectedModes = caps.connectedModes;
    out.maxActiveCalls = std::max(caps.maxActiveCalls, 1U);
    const bool dials = (caps.lineFeatures & LINEFEATURE_MAKECALL) != 0 || caps.lineFeatures == 0;
    out.addressFeatures = dials ? LINEADDRFEATURE_MAKECALL : 0;
    out.addressCapFlags = dials ? LINEADDRCAPFLAGS_DIALED : 0;
    out.callFeatures = LINECALLFEATURE_ANSWER | LINECALLFEATURE_DROP | LINECALLFEATURE_SETCALLDATA |
                       (caps.generateDigitModes != 0 ? LINECALLFEATURE_GENERATEDIGITS : 0) |
                       (caps.generateToneModes != 0 ? LINECALLFEATURE_GENERATETONE : 0) |
                       (caps.monitorDigitModes != 0 ? kHearsDigits : 0) |
                       (caps.monitorToneMaxEntries != 0 ? LINECALLFEATURE_MONITORTONES : 0);
    return out;
}

void addCapabilities(tapi::AddressCapabilities& out, const TspiAddressCaps& caps) {
    out.number = fieldText(caps.address);
    out.sharing = caps.sharing;
    out.callInfoStates = caps.callInfoStates;
    out.callerIdFlags = caps.callerIdFlags;
    out.calledIdFlags = caps.calledIdFlags;
    out.connectedIdFlags = caps.connectedIdFlags;
    out.redirectionIdFlags = caps.redirectionIdFlags;
    out.redirectingIdFlags = caps.redirectingIdFlags;
    out.callStates = caps.callStates;
    out.dialToneModes = caps.dialToneModes;
    out.busyModes = caps.busyModes;
    out.specialInfo = caps.specialInfo;
    out.disconnectModes = caps.disconnectModes;
    out.connectedModes = caps.connectedModes;
    out.offeringModes = caps.offeringModes;
    out.maxActiveCalls = std::max(caps.maxActiveCalls, 1U);
    out.maxOnHoldCalls = caps.maxOnHoldCalls;
    out.maxOnHoldPendingCalls = caps.maxOnHoldPendingCalls;
    out.maxConference = caps.maxConference;
    out.maxTransferConference = caps.maxTransferConference;
    out.addressCapFlags = caps.addressCapFlags;
    out.callFeatures = caps.callFeatures;
    out.callFeatures2 = caps.callFeatures2;
    out.addressFeatures = caps.addressFeatures;
    out.removeFromConfCaps = caps.removeFromConfCaps;
    out.removeFromConfState = caps.removeFromConfState;
    out.transferModes = caps.transferModes;
    out.forwardModes = caps.forwardModes;
    out.callTreatments = caps.callTreatments;
    out.maxNoAnswerTimeout = std::chrono::seconds(caps.maxNoAnswerTimeout);
}

tapi::CallInfo callInfoOf(const TspiCallInfo& info) {
    tapi::CallInfo out;
    out.origin =
        static_cast<tapi::CallOrigin>(info.origin == 0 ? LINECALLORIGIN_UNKNOWN : info.origin);
    out.mediaMode = mediaModeOf(info.mediaMode);
    out.caller = partyOf(info.callerId);
    out.called = partyOf(info.calledId);
    out.redirecting = partyOf(info.redirectingId);
    out.rate = info.rate;
    out.reason =
        static_cast<tapi::CallReason>(info.reason == 0 ? LINECALLREASON_UNKNOWN : info.reason);
    out.bearerMode = static_cast<tapi::BearerMode>(info.bearerMode == 0 ? LINEBEARERMODE_VOICE
                                                                        : info.bearerMode);
    out.connected = partyOf(info.connectedId);
    out.redirection = partyOf(info.redirectionId);
    out.callId = info.callId;
    out.relatedCallId = info.relatedCallId;
    out.trunk = info.trunk;
    const bool sent = info.networkMonth >= 1 && info.networkMonth <= 12 && info.networkDay >= 1 &&
                      info.networkDay <= 31 && info.networkHour <= 23 && info.networkMinute <= 59;
    if (sent) {
        out.networkTime = tapi::NetworkTime{info.networkMonth, info.networkDay, info.networkHour,
                                            info.networkMinute};
    }
    return out;
}

tapi::MediaMode mediaModeOf(std::uint32_t callModes) noexcept {
    return std::has_single_bit(callModes) ? static_cast<tapi::MediaMode>(callModes)
                                          : tapi::MediaMode::Unknown;
}

bool mediaMatches(tapi::MediaModes wanted, std::uint32_t callModes) noexcept {
    const std::uint32_t bits = wanted.bits();
    const bool unknown = callModes == 0 || (callModes & LINEMEDIAMODE_UNKNOWN) != 0;
    const bool bothVoice = (bits & kVoice) != 0 && (callModes & kVoice) != 0;
    return (bits & callModes) != 0 || bothVoice || (unknown && bits != 0);
}

}  // namespace tipring::core

// SPDX-License-Identifier: Apache-2.0
// Lines, and what their caps and status claim.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "kit_session.h"
#include "tipring/tapi_core/tspi/constants.h"

namespace tipring::conformance {
namespace {

using tapi::ErrorCode;

Outcome described(Bench& bench, Evidence& evidence) {
    Session session(bench, evidence);
    if (const auto wrong = session.start(); !wrong.empty()) {
        return failed(wrong);
    }
    for (const auto& address : session.tapi().addresses()) {
        if (address->name().empty()) {
            return failed(fmt::format("line {} has no name", address->id()));
        }
        if (address->capabilities().mediaModes.empty()) {
            return failed(fmt::format("line {} has no media mode", address->name()));
        }
    }
    return passed();
}

std::vector<std::string> permanentIds(Session& session) {
    std::vector<std::string> ids;
    for (const auto& address : session.tapi().addresses()) {
        ids.push_back(address->capabilities().permanentId);
    }
    return ids;
}

Outcome permanentId(Bench& bench, Evidence& evidence) {
    std::vector<std::string> before;
    for (int round = 0; round < 2; ++round) {
        Session session(bench, evidence);
        if (const auto wrong = session.start(); !wrong.empty()) {
            return failed(wrong);
        }
        const auto ids = permanentIds(session);
        if (std::find(ids.begin(), ids.end(), "") != ids.end()) {
            return failed("a line has no permanent id");
        }
        if (std::set<std::string>(ids.begin(), ids.end()).size() != ids.size()) {
            return failed("two lines have one permanent id");
        }
        if (round > 0 && ids != before) {
            return failed(fmt::format("the permanent id was {}, and is {} in the next session",
                                      before.front(), ids.front()));
        }
        before = ids;
    }
    return passed();
}

struct Bits {
    const char* what;
    std::uint32_t value, known;
};

Outcome knownBits(Bench& bench, Evidence& evidence) {
    Session session(bench, evidence);
    if (const auto wrong = session.start(); !wrong.empty()) {
        return failed(wrong);
    }
    const auto& caps = session.address()->capabilities();
    constexpr std::uint32_t kMedia = 0x7E, kStates = 0xFFFF, kModes = 0xFFFFF, kParty = 0x7F;
    const Bits all[] = {
        {"media modes", caps.mediaModes.bits(), kMedia},
        {"call states", caps.callStates, kStates},
        {"disconnect modes", caps.disconnectModes, kModes},
        {"connected modes", caps.connectedModes, 0x1F},
        {"bearer modes", caps.bearerModes, LINEBEARERMODE_VOICE | LINEBEARERMODE_PASSTHROUGH},
        {"caller ID flags", caps.callerIdFlags, kParty},
        {"digit modes", caps.generateDigitModes | caps.monitorDigitModes, 0x7},
        {"tone modes", caps.generateToneModes, 0x1F},
        {"answer modes", caps.answerMode, 0x7},
    };
    for (const Bits& bits : all) {
        if ((bits.value & ~bits.known) != 0) {
            return failed(
                fmt::format("the {} {:#x} are not all of the contract", bits.what, bits.value));
        }
    }
    return passed();
}

Outcome consistent(Bench& bench, Evidence& evidence) {
    Session session(bench, evidence);
    if (const auto wrong = session.start(); !wrong.empty()) {
        return failed(wrong);
    }
    const auto& caps = session.address()->capabilities();
    constexpr std::uint32_t kParty = LINECALLPARTYID_ADDRESS | LINECALLPARTYID_NAME;
    if (caps.callStates != 0 && (caps.callStates & LINECALLSTATE_IDLE) == 0) {
        return failed("the call states are without idle, in which every call ends");
    }
    if ((caps.callStates & LINECALLSTATE_DISCONNECTED) != 0 && caps.disconnectModes == 0) {
        return failed("calls are disconnected, and there is no disconnect mode");
    }
    if ((caps.callStates & LINECALLSTATE_CONNECTED) != 0 && caps.connectedModes == 0) {
        return failed("calls are connected, and there is no connected mode");
    }
    if ((caps.callerIdFlags & LINECALLPARTYID_UNAVAIL) != 0 && (caps.callerIdFlags & kParty) != 0) {
        return failed("caller ID is claimed to come, and never to be available");
    }
    if (caps.monitorToneMaxEntries != 0 && caps.monitorToneMaxFrequencies == 0) {
        return failed("tones are heard, and have no frequency");
    }
    if ((caps.generateToneModes & LINETONEMODE_CUSTOM) != 0 &&
        caps.generateToneMaxFrequencies == 0) {
        return failed("custom tones are sent, and have no frequency");
    }
    if (caps.gatherMinTimeout > caps.gatherMaxTimeout) {
        return failed("the shortest time-out of gathering is longer than the longest");
    }
    if (caps.fullDuplex && !(caps.canPlay && caps.canRecord)) {
        return failed("full duplex, without both directions");
    }
    return passed();
}

/// Asks for one request and waits for its reply; what came of it.
std::optional<ErrorCode> outcomeOf(
    Session& session,
    const std::function<tapi::Result<tapi::RequestId>(tapi::Reply reply)>& request) {
    const auto asked = request(session.counted());
    if (!asked) {
        return asked.error().code;
    }
    ++session.asked;
    if (!session.replied()) {
        return ErrorCode::Timeout;
    }
    return *session.lastReply ? std::optional<ErrorCode>() : session.lastReply->error().code;
}

Outcome features(Bench& bench, Evidence& evidence) {
    Session session(bench, evidence);
    if (const auto wrong = session.start(); !wrong.empty()) {
        return failed(wrong);
    }
    tapi::Address& address = *session.address();
    const auto& caps = address.capabilities();
    const auto unavailable = [&](std::uint32_t feature, const auto& request) {
        return (caps.lineFeatures & feature) != 0 &&
               outcomeOf(session, request) == ErrorCode::OperationUnavail;
    };
    using R = tapi::Reply;
    if (unavailable(LINEFEATURE_DEVSPECIFIC,
                    [&](R reply) { return address.devSpecific("", std::move(reply)); })) {
        return failed("it claims LINEFEATURE_DEVSPECIFIC, and has no lineDevSpecific");
    }
    if (unavailable(LINEFEATURE_DEVSPECIFICFEAT,
                    [&](R reply) { return address.devSpecificFeature(0, "", std::move(reply)); })) {
        return failed("it claims LINEFEATURE_DEVSPECIFICFEAT, and has no lineDevSpecificFeature");
    }
    if (unavailable(LINEFEATURE_FORWARD,
                    [&](R reply) { return address.forward({}, 0, std::move(reply)); })) {
        return failed("it claims LINEFEATURE_FORWARD, and has no lineForward");
    }
    if (caps.settableDevStatus != 0 && outcomeOf(session, [&](R reply) {
                                           return address.setDevStatus(caps.settableDevStatus,
                                                                       false, std::move(reply));
                                       }) == ErrorCode::OperationUnavail) {
        return failed("it claims status that can be set, and has no lineSetLineDevStatus");
    }
    const bool mayDial = caps.lineFeatures == 0 || (caps.lineFeatures & LINEFEATURE_MAKECALL) != 0;
    if ((address.status().lineFeatures & LINEFEATURE_MAKECALL) != 0 && !mayDial) {
        return failed("a call can be made now, which the caps say never can");
    }
    return passed();
}

Outcome deviceClasses(Bench& bench, Evidence& evidence) {
    Session session(bench, evidence);
    if (const auto wrong = session.start(); !wrong.empty()) {
        return failed(wrong);
    }
    const tapi::Address& address = *session.address();
    for (const std::string& deviceClass : address.capabilities().deviceClasses) {
        const auto id = address.deviceId(deviceClass);
        if (!id || id->empty()) {
            return failed(
                fmt::format("it claims the device class {}, and does not name it", deviceClass));
        }
    }
    return address.deviceId("no/such/class")
               ? failed("lineGetID names a device of a class that does not exist")
               : passed();
}

Outcome live(Bench& bench, Evidence& evidence) {
    Session session(bench, evidence);
    if (const auto wrong = session.start(); !wrong.empty()) {
        return failed(wrong);
    }
    const auto status = session.address()->status();
    if (!status.connected || !status.inService) {
        return failed("the line is said to be in service, and its status says it is not");
    }
    if (status.activeCalls + status.onHoldCalls + status.onHoldPendingCalls > 0) {
        return failed("a line without a call counts one");
    }
    if (status.ringMode != 0) {
        return failed("a line that does not ring has a ring mode");
    }
    return passed();
}

Outcome twice(Bench& bench, Evidence& evidence) {
    for (int round = 0; round < 2; ++round) {
        Session session(bench, evidence);
        if (const auto wrong = session.start(); !wrong.empty()) {
            return failed(round == 0 ? wrong : "in a second session: " + wrong);
        }
    }
    return passed();
}

const Check kChecks[] = {
    {{"line.described", "Each line has a name and a media mode, and comes into service",
      "lineGetDevCaps, lineGetLineDevStatus"},
     &described},
    {{"line.permanent-id", "Each line has an id of its own, the same in each session",
      "permanent id"},
     &permanentId},
    {{"line.status", "An idle line in service says so", "lineGetLineDevStatus"}, &live},
    {{"caps.known", "The caps have the contract's bits only", "lineGetDevCaps, lineGetAddressCaps"},
     &knownBits},
    {{"caps.consistent", "The caps do not contradict each other", "capabilities tell the truth"},
     &consistent},
    {{"caps.features", "What the caps claim to be possible has a function",
      "LINEFEATURE_*, status that can be set"},
     &features},
    {{"caps.device-classes", "Each device class is named, and no other", "lineGetID"},
     &deviceClasses},
    {{"session.again", "A session leaves nothing that hinders the next", "providerInit"}, &twice},
};

}  // namespace

std::span<const Check> lineChecks() {
    return kChecks;
}

}  // namespace tipring::conformance

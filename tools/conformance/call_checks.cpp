// SPDX-License-Identifier: Apache-2.0
// Calls as a program makes and takes them.
#include <fmt/format.h>

#include <algorithm>

#include "kit_session.h"

namespace tipring::conformance {
namespace {

using tapi::LineCallState;

constexpr const char* kNeverRings = "the line claims no call that is offered";
constexpr const char* kNobody = "nobody is at the far end (no stimulus)";

bool cannotDial(const std::string& words) {
    return words.find("OPERATIONUNAVAIL") != std::string::npos;
}

Outcome outgoing(Bench& bench, Evidence& evidence) {
    Session session(bench, evidence);
    if (const auto wrong = session.start(); !wrong.empty()) {
        return failed(wrong);
    }
    if (const auto wrong = session.makeCall(); !wrong.empty()) {
        return cannotDial(wrong) ? skipped("the line makes no calls") : failed(wrong);
    }
    if (!session.replied()) {
        return failed("lineMakeCall gets no reply");
    }
    if (session.order.find('r') != 0) {
        return failed("a state of the call came before the reply to lineMakeCall");
    }
    if (!*session.lastReply) {
        return failed("the call failed: " + session.lastReply->error().text());
    }
    if (session.call->info().origin != tapi::CallOrigin::Outbound) {
        return failed("lineGetCallInfo says that an outgoing call is none");
    }
    if (!session.until([&] { return !session.states.empty(); })) {
        return failed("no state followed the reply to lineMakeCall");
    }
    if (session.call->disconnect(session.counted())) {
        ++session.asked;
    }
    if (const auto wrong = session.oneIdle(); !wrong.empty()) {
        return failed(wrong);
    }
    return session.replies == session.asked
               ? passed()
               : failed(fmt::format("{} replies to {} requests", session.replies, session.asked));
}

Outcome connected(Bench& bench, Evidence& evidence) {
    Session session(bench, evidence);
    if (bench.farEnd() == nullptr) {
        return skipped(kNobody);
    }
    if (const auto wrong = session.start(); !wrong.empty()) {
        return failed(wrong);
    }
    if (const auto wrong = session.makeCall(); !wrong.empty()) {
        return cannotDial(wrong) ? skipped("the line makes no calls") : failed(wrong);
    }
    const auto under = [&] {
        return session.saw(LineCallState::Proceeding) || session.saw(LineCallState::Connected);
    };
    if (!session.until(under)) {
        return failed("the call comes neither to proceeding nor to connected");
    }
    bench.farEnd()->answer(*session.address());
    if (!session.reached(LineCallState::Connected)) {
        return failed("the far end answered, and the call is not connected");
    }
    bench.farEnd()->hangUp(*session.address());
    if (const auto wrong = session.oneIdle(); !wrong.empty()) {
        return failed("the far end hung up: " + wrong);
    }
    return session.saw(LineCallState::Disconnected)
               ? passed()
               : failed("the far end hung up, and the call was not disconnected before idle");
}

Outcome droppedAtOnce(Bench& bench, Evidence& evidence) {
    Session session(bench, evidence);
    if (const auto wrong = session.start(); !wrong.empty()) {
        return failed(wrong);
    }
    if (const auto wrong = session.makeCall(); !wrong.empty()) {
        return cannotDial(wrong) ? skipped("the line makes no calls") : failed(wrong);
    }
    if (!session.replied()) {
        return failed("lineMakeCall gets no reply");
    }
    if (session.call->disconnect(session.counted())) {
        ++session.asked;
    }
    if (const auto wrong = session.oneIdle(); !wrong.empty()) {
        return failed(wrong);
    }
    return session.replied() && session.replies == session.asked
               ? passed()
               : failed(fmt::format("{} replies to {} requests", session.replies, session.asked));
}

Outcome oneCall(Bench& bench, Evidence& evidence) {
    Session session(bench, evidence);
    if (const auto wrong = session.start(); !wrong.empty()) {
        return failed(wrong);
    }
    const std::uint32_t most = session.address()->capabilities().maxActiveCalls;
    if (most != 1) {
        return skipped(fmt::format("the line claims {} calls at a time", most));
    }
    if (const auto wrong = session.makeCall(); !wrong.empty()) {
        return cannotDial(wrong) ? skipped("the line makes no calls") : failed(wrong);
    }
    const auto first = session.call;
    static_cast<void>(session.replied());
    if (session.saw(LineCallState::Idle)) {
        return skipped("the call ended too soon");
    }
    auto second = session.address()->createCall(bench.number(), session.media());
    const bool refused = !second || !(*second)->connect(session.counted());
    if (!refused) {
        ++session.asked;
        static_cast<void>(session.replied());
        if (*session.lastReply) {
            return failed("the line claims one call at a time, and makes a second");
        }
    }
    if (first->disconnect(session.counted())) {
        ++session.asked;
    }
    return session.reached(LineCallState::Idle) ? passed() : failed("the call does not end");
}

Outcome incoming(Bench& bench, Evidence& evidence) {
    if (bench.farEnd() == nullptr) {
        return skipped(kNobody);
    }
    Session session(bench, evidence);
    if (const auto wrong = session.start(); !wrong.empty()) {
        return failed(wrong);
    }
    if (!session.takesCalls()) {
        return skipped(kNeverRings);
    }
    if (const auto wrong = session.ring(); !wrong.empty()) {
        return failed(wrong);
    }
    const auto first = session.order.find_first_of("ns");
    if (session.order.substr(first, 2) != "ns") {
        return failed("the call's state came before its notification");
    }
    if (session.call->info().origin != tapi::CallOrigin::Inbound) {
        return failed("lineGetCallInfo says that an incoming call is none");
    }
    bench.farEnd()->hangUp(*session.address());
    const auto wrong = session.oneIdle();
    return wrong.empty() ? passed() : failed("the far end stopped ringing: " + wrong);
}

Outcome answered(Bench& bench, Evidence& evidence) {
    if (bench.farEnd() == nullptr) {
        return skipped(kNobody);
    }
    Session session(bench, evidence);
    if (const auto wrong = session.start(); !wrong.empty()) {
        return failed(wrong);
    }
    if (!session.takesCalls()) {
        return skipped(kNeverRings);
    }
    if (const auto wrong = session.ring(); !wrong.empty()) {
        return failed(wrong);
    }
    if (auto taken = session.call->answer(session.counted()); !taken) {
        return failed("lineAnswer refuses a call that is offered: " + taken.error().text());
    }
    ++session.asked;
    if (!session.reached(LineCallState::Connected)) {
        return failed("the call was answered, and is not connected");
    }
    if (!session.replied() || !*session.lastReply) {
        return failed("lineAnswer gets no success");
    }
    bench.farEnd()->hangUp(*session.address());
    if (const auto wrong = session.oneIdle(); !wrong.empty()) {
        return failed("the far end hung up: " + wrong);
    }
    return session.saw(LineCallState::Disconnected)
               ? passed()
               : failed("the far end hung up, and the call was not disconnected before idle");
}

Outcome nonsense(Bench& bench, Evidence& evidence) {
    if (bench.farEnd() == nullptr) {
        return skipped(kNobody);
    }
    Session session(bench, evidence);
    if (const auto wrong = session.start(); !wrong.empty()) {
        return failed(wrong);
    }
    if (!session.takesCalls()) {
        return skipped(kNeverRings);
    }
    if (const auto wrong = session.ring(); !wrong.empty()) {
        return failed(wrong);
    }
    for (int i = 0; i < 3; ++i) {
        session.asked += session.call->answer(session.counted()) ? 1 : 0;
        session.asked += session.call->disconnect(session.counted()) ? 1 : 0;
    }
    if (const auto wrong = session.oneIdle(); !wrong.empty()) {
        return failed(wrong);
    }
    return session.replied() && session.replies == session.asked
               ? passed()
               : failed(fmt::format("{} replies to {} requests", session.replies, session.asked));
}

Outcome digits(Bench& bench, Evidence& evidence) {
    if (bench.farEnd() == nullptr) {
        return skipped(kNobody);
    }
    Session session(bench, evidence);
    if (const auto wrong = session.start(); !wrong.empty()) {
        return failed(wrong);
    }
    if (const auto wrong = session.connect(); !wrong.empty()) {
        return failed(wrong);
    }
    static_cast<void>(session.replied());
    const bool claims = session.address()->capabilities().generatesDigits;
    auto sent = session.call->generateDigits("12", tapi::DigitMode::Dtmf, {});
    if (!sent) {
        sent = session.call->generateDigits("12", tapi::DigitMode::Pulse, {});
    }
    const bool ended =
        sent && session.until([&] { return session.order.find('g') != std::string::npos; });
    bench.farEnd()->hangUp(*session.address());
    static_cast<void>(session.oneIdle());
    if (claims && !sent) {
        return failed("it claims to send digits, and refuses: " + sent.error().text());
    }
    if (claims && !ended) {
        return failed("LINE_GENERATE does not tell that digits were sent");
    }
    return passed();
}

/// A claim that is made to the core without cause takes its own detectors away.
Outcome detections(Bench& bench, Evidence& evidence) {
    if (bench.farEnd() == nullptr) {
        return skipped(kNobody);
    }
    Session session(bench, evidence);
    if (const auto wrong = session.start(); !wrong.empty()) {
        return failed(wrong);
    }
    if (!session.takesCalls()) {
        return skipped(kNeverRings);
    }
    if (const auto wrong = session.answeredCall(); !wrong.empty()) {
        return failed(wrong);
    }
    using tapi::Detection;
    const tapi::Detections claims = session.address()->capabilities().deviceDetects;
    const tapi::MonitoredTone tone{1, std::chrono::milliseconds(100), {1400, 0, 0}};
    const auto refuses = [&](Detection what, const auto& asked) {
        return claims.has(what) && !asked &&
               asked.error().code == tapi::ErrorCode::OperationUnavail;
    };
    if (refuses(Detection::Tones, session.call->monitorTones({&tone, 1}))) {
        return failed("it claims to hear tones, and has no lineMonitorTones");
    }
    if (refuses(Detection::Media, session.call->monitorMedia(tapi::MediaMode::G3Fax))) {
        return failed("it claims to hear fax and modem tones, and has no lineMonitorMedia");
    }
    const auto digits = session.call->monitorDigits(tapi::DigitMode::Dtmf);
    if (refuses(Detection::Digits, digits)) {
        return failed("it claims to hear digits, and has no lineMonitorDigits");
    }
    const bool pressed =
        claims.has(Detection::Digits) && bench.farEnd()->press(*session.address(), "5");
    session.wait(std::chrono::seconds(3));
    if (pressed && session.digits != "5") {
        return failed(fmt::format(
            "it claims to hear digits; of a 5 that was pressed it told \"{}\"", session.digits));
    }
    bench.farEnd()->hangUp(*session.address());
    return judged(session.oneIdle());
}

Outcome hangUpSigns(Bench& bench, Evidence& evidence) {
    if (bench.farEnd() == nullptr) {
        return skipped(kNobody);
    }
    Session session(bench, evidence);
    if (const auto wrong = session.start(); !wrong.empty()) {
        return failed(wrong);
    }
    if (!session.takesCalls()) {
        return skipped(kNeverRings);
    }
    if (const auto wrong = session.answeredCall(); !wrong.empty()) {
        return failed(wrong);
    }
    session.wait(std::chrono::seconds(20));
    if (session.saw(LineCallState::Disconnected)) {
        return failed("signs of a hang-up ended a call whose far end was there: " +
                      session.lastCause);
    }
    bench.farEnd()->hangUp(*session.address());
    return judged(session.oneIdle());
}

Outcome closedInCall(Bench& bench, Evidence& evidence) {
    Session session(bench, evidence);
    if (const auto wrong = session.start(); !wrong.empty()) {
        return failed(wrong);
    }
    if (const auto wrong = session.makeCall(); !wrong.empty()) {
        return cannotDial(wrong) ? skipped("the line makes no calls") : failed(wrong);
    }
    session.stopApplication();  // gives up the call and closes the line
    const auto heard = session.order.size();
    session.wait(std::chrono::seconds(10));
    return session.order.size() == heard ? passed()
                                         : failed("something came after the line was closed");
}

Outcome endedInCall(Bench& bench, Evidence& evidence) {
    Session session(bench, evidence);
    if (const auto wrong = session.start(); !wrong.empty()) {
        return failed(wrong);
    }
    if (const auto wrong = session.makeCall(); !wrong.empty()) {
        return cannotDial(wrong) ? skipped("the line makes no calls") : failed(wrong);
    }
    session.wait(std::chrono::seconds(2));
    session.stopManager();
    const auto heard = session.order.size();
    session.wait(std::chrono::seconds(3));
    if (session.order.size() != heard) {
        return failed("something came after the shut-down");
    }
    Session again(bench, evidence);
    const auto wrong = again.start();
    return wrong.empty() ? passed() : failed("after a shut-down in a call: " + wrong);
}

Outcome unplugged(Bench& bench, Evidence& evidence) {
    if (bench.farEnd() == nullptr) {
        return skipped(kNobody);
    }
    Session session(bench, evidence);
    if (const auto wrong = session.start(); !wrong.empty()) {
        return failed(wrong);
    }
    if (const auto wrong = session.takesCalls() ? session.ring() : session.makeCall();
        !wrong.empty()) {
        return failed(wrong);
    }
    if (!bench.farEnd()->unplug()) {
        bench.farEnd()->hangUp(*session.address());
        static_cast<void>(session.oneIdle());
        return skipped("this device cannot be unplugged");
    }
    if (const auto wrong = session.oneIdle(); !wrong.empty()) {
        return failed("the device was unplugged: " + wrong);
    }
    return session.address()->state() == tapi::AddressState::OutOfService
               ? passed()
               : failed("the device was unplugged, and the line is in service");
}

const Check kChecks[] = {
    {{"call.outgoing", "An outgoing call is replied before its first state, and ends once",
      "requests: reply before state; calls: idle once"},
     &outgoing},
    {{"call.connected", "A call that the far end answers is connected, and ends with it",
      "outgoing call, legal moves"},
     &connected},
    {{"call.dropped-at-once", "A call may be dropped before anything came of it", "lineDrop"},
     &droppedAtOnce},
    {{"call.one-at-a-time", "A line of one call refuses a second", "CALLUNAVAIL"}, &oneCall},
    {{"call.incoming", "A ring is announced, then has a state; its end is idle", "incoming call"},
     &incoming},
    {{"call.answered", "An answered call is connected, and ends when the far end hangs up",
      "lineAnswer"},
     &answered},
    {{"call.nonsense", "Requests that make no sense are refused or replied, each once",
      "state and operation"},
     &nonsense},
    {{"call.digits", "Digits are sent if the caps say so, and their end is told",
      "lineGenerateDigits"},
     &digits},
    {{"call.detections", "What the caps claim to be heard is heard, each digit once",
      "TSPI_DETECT_*, monitored digits and tones"},
     &detections},
    {{"call.hang-up-signs", "No sign of a hang-up comes while the far end is there",
      "LINE_HANGUPSIGN"},
     &hangUpSigns},
    {{"session.closed-in-call", "Nothing comes after the line was closed", "lineClose"},
     &closedInCall},
    {{"session.ended-in-call", "A shut-down in a call is clean, and a new session begins",
      "providerShutdown"},
     &endedInCall},
    {{"session.unplugged", "A device that is pulled out ends its call", "hot-plug"}, &unplugged},
};

}  // namespace

std::span<const Check> callChecks() {
    return kChecks;
}

}  // namespace tipring::conformance

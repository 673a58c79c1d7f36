// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "at_modem_impl.h"
#include "caller_id_text.h"
#include "modem_timing.h"
#include "tipring/hal/base/log.h"

namespace tipring::sim {

using namespace std::chrono_literals;

namespace {

const hal::LogCategory kLog{"sim.modem"};

constexpr auto kSameRing = 500ms;     // a pause shorter than this is inside one ring
constexpr auto kRingsForgotten = 8s;  // Rockwell 1048P: S1 is cleared 8 s after the last ring
constexpr auto kDialToneLook = 400ms;
constexpr auto kBusyLook = 2s;   // about two rounds of any country's busy tone
constexpr auto kBusyAgain = 4s;  // Rockwell 1048P: DLE b each 4 s, DLE d each 3 s
constexpr auto kDialToneAgain = 3s;
constexpr auto kPulse = 100ms;
constexpr auto kPulsePause = 800ms;
constexpr auto kQuietAnswer = 5s;
constexpr auto kFlash = 700ms;  // S29 of Rockwell and Conexant, as delivered
constexpr auto kRingbackLook = 1s;
constexpr auto kRingbackAgain = 6s;

}  // namespace

void AtModem::Impl::ring(bool on) {
    const hal::TimePoint now = loop.now();
    const auto sinceEdge = now - ringEdge;
    ringEdge = now;
    ringing = on;
    updateLines();
    const bool cadence = settings.get(Setting::Vdr) == 1 && personality.plusVoice;
    const auto tenths =
        std::chrono::duration_cast<std::chrono::milliseconds>(sinceEdge).count() / 100;
    if (!on) {
        ringOver.arm(kRingsForgotten);
        if (cadence && !offHook) {
            putLine(fmt::format("DRON={}", tenths));
        }
        return;
    }
    ringOver.cancel();
    if (offHook || (rings > 0 && sinceEdge < kSameRing)) {
        return;
    }
    ++rings;
    settings.s[1] = static_cast<std::uint8_t>(std::min(rings, 255U));
    if (cadence) {
        putLine(fmt::format("DROF={}", rings == 1 ? 0 : tenths));
    }
    kLog.debug("ring {}", rings);
    if (inVoice() && personality.ringAsDle) {
        putEvent('R');
    } else if (settings.quiet == 0) {
        putResult(Result::Ring);
    }
    if (settings.s[0] != 0 && rings >= settings.s[0] && dtr && wait == Wait::None) {
        static_cast<void>(answerCommand());
    }
}

void AtModem::Impl::callerId(const CallerId& id) {
    lastCaller = id;
    const int plus = personality.plusCallerId ? settings.get(Setting::Vcid) : 0;
    const int hash = personality.hashCallerId ? settings.get(Setting::HashCid) : 0;
    const int form = std::max(plus, hash);
    if (form == 0 || offHook) {
        return;
    }
    if (personality.callerIdFrame) {
        putLine("CIDM");
    }
    printCallerId(id, form == 2);
    if (personality.callerIdFrame) {
        putResult(Result::NoCarrier);
    }
}

void AtModem::Impl::printCallerId(const CallerId& id, bool raw) {
    std::vector<std::string> text;
    if (raw && personality.callerIdRaw == Personality::CallerIdRaw::BareHex) {
        text.push_back(callerIdHex(id));
    } else if (raw) {
        const bool spaced = personality.callerIdText == Personality::CallerIdText::Spaced;
        text.push_back((spaced ? "MESG = " : "MESG=") + callerIdHex(id));
    } else {
        text = callerIdLines(id, personality.callerIdText);
    }
    if (inVoice() && personality.ringAsDle) {  // V.253: a complex event
        std::string event{kDle, 'X'};
        for (const std::string& one : text) {
            event += one + "\r";
        }
        event += kDle;
        event += '.';
        put(event);
        return;
    }
    std::string joined;
    for (const std::string& one : text) {
        joined += (joined.empty() ? "" : "\r\n") + one;
    }
    putLine(joined);
}

void AtModem::Impl::loopBreak() {
    if (inVoice() && offHook && personality.loopBreakEvent) {
        putEvent('l');
    }
}

void AtModem::Impl::takeLine() {
    if (!offHook) {
        offHook = true;
        ringing = false;
        updateLines();
        line.offHook();
    }
    if (inVoice() && settings.get(Setting::Vit) != 0 && personality.plusVoice) {
        inactivity.arm(std::chrono::seconds{settings.get(Setting::Vit)});
    }
    updateListening();
}

void AtModem::Impl::hangUp() {
    dialTimer.cancel();
    answerTimer.cancel();
    signalTimer.cancel();
    trainTimer.cancel();
    escapeTimer.cancel();
    inactivity.cancel();
    mode = Mode::Command;
    online = false;
    peerCarrier = false;
    label = 0;
    rings = 0;
    settings.s[1] = 0;
    tones.clear();
    tone.stop();
    voiceOut.reset();
    voiceIn.reset();
    if (offHook) {
        offHook = false;
        line.setCarrier(false);
        line.onHook();
    }
    updateListening();
    updateLines();
}

void AtModem::Impl::inactive() {
    hangUp();
    setClass(0);
    putResult(Result::Ok);
}

void AtModem::Impl::abortCommand() {
    kLog.debug("command aborted by a key");
    hangUp();
    finish(Result::NoCarrier);
}

Outcome AtModem::Impl::dialCommand(const Command& command) {
    if (online) {
        return Outcome::Fail;
    }
    dialString = command.args;
    comeBack = dialString.ends_with(';');
    if (comeBack) {
        dialString.pop_back();
    }
    dialAt = 0;
    pulse = waitQuiet = sawRingback = false;
    wait = Wait::Dial;
    const bool fresh = !offHook;
    takeLine();
    const bool looks = settings.x == 2 || settings.x == 4;
    if (fresh && looks && !invitesToDial(line.signal())) {
        dialAt = std::string::npos;  // nothing will be dialled
        dialTimer.arm(std::chrono::seconds{settings.s[6]});
    } else {
        dialTimer.arm(looks ? hal::Duration{kDialToneLook}
                            : hal::Duration{std::chrono::seconds{settings.s[6]}});
    }
    return Outcome::Later;
}

/// The next character of the dial string; each comes when the one before is over.
void AtModem::Impl::dialStep() {
    if (dialAt == std::string::npos) {
        hangUp();
        finish(Result::NoDialTone);
        return;
    }
    while (dialAt < dialString.size()) {
        const char c = dialString[dialAt++];
        const bool digit = (c >= '0' && c <= '9') || c == '*' || c == '#' || (c >= 'A' && c <= 'D');
        if (digit) {
            line.dial(c);
            const int pulses = c == '0' ? 10 : c - '0';
            dialTimer.arm(pulse && c >= '0' && c <= '9'
                              ? pulses * kPulse + kPulsePause
                              : hal::Duration{std::chrono::milliseconds{settings.s[11] * 2}});
            return;
        }
        switch (c) {
        case 'T': pulse = false; break;
        case 'P': pulse = true; break;
        case ',': dialTimer.arm(std::chrono::seconds{settings.s[8]}); return;
        case 'W':
            if (!invitesToDial(line.signal())) {
                dialAt = std::string::npos;
                dialTimer.arm(std::chrono::seconds{settings.s[7]});
                return;
            }
            break;
        case '@': waitQuiet = true; break;
        case '!':  // V.250 6.3.1.2: register recall
            line.flash();
            dialTimer.arm(kFlash);
            return;
        default: break;  // V.250 6.3.1: characters that are no digits are ignored
        }
    }
    if (comeBack) {
        finish(Result::Ok);
        signal(line.signal());
        return;
    }
    if (inVoice()) {
        const int never = personality.plusVoice ? settings.get(Setting::Vrn) * 10
                                                : settings.get(Setting::HashVrn);
        answerTimer.arm(std::chrono::milliseconds{std::max(never, 1) * 100});
    } else {
        line.setCarrier(true);
        answerTimer.arm(std::chrono::seconds{std::max<int>(settings.s[7], 1)});
    }
    signal(line.signal());
}

/// S7, or the end of waiting for ringback, or of ringback itself.
void AtModem::Impl::dialTimeout() {
    if (inVoice() && wait == Wait::Dial) {
        if (line.signal() == Signal::Ringback) {  // rings on: look again
            answerTimer.arm(1s);
            return;
        }
        finish(Result::Voice);
        return;
    }
    const Result result =
        waitQuiet && line.signal() == Signal::Ringback ? Result::NoAnswer : Result::NoCarrier;
    hangUp();
    finish(result);
}

void AtModem::Impl::signal(Signal next) {
    signalTimer.cancel();
    if (wait == Wait::Dial && dialAt >= dialString.size()) {
        sawRingback = sawRingback || next == Signal::Ringback;
        if (next == Signal::Busy || next == Signal::Congestion) {
            signalTimer.arm(kBusyLook);
        } else if (next == Signal::None && sawRingback && (inVoice() || waitQuiet)) {
            const int away =
                personality.plusVoice ? settings.get(Setting::Vra) : settings.get(Setting::HashVra);
            answerTimer.arm(waitQuiet ? hal::Duration{kQuietAnswer}
                                      : hal::Duration{std::chrono::milliseconds{away * 100}});
        } else if (next == Signal::Ringback && inVoice()) {
            answerTimer.cancel();
        }
        return;
    }
    if (!inVoice() || !offHook || wait == Wait::Dial) {
        return;
    }
    if (next == Signal::Busy || next == Signal::Congestion || invitesToDial(next)) {
        signalTimer.arm(kBusyLook);
    } else if (next == Signal::Ringback && personality.plusVoice) {
        signalTimer.arm(kRingbackLook);
    }
}

/// A tone lasted long enough to be known.
void AtModem::Impl::signalHeard() {
    if (wait == Wait::Dial) {
        hangUp();
        finish(Result::Busy);
        return;
    }
    if (line.signal() == Signal::Ringback) {  // V.253 table 17: each burst
        putEvent('r');
        signalTimer.arm(kRingbackAgain);
        return;
    }
    const bool dialTone = invitesToDial(line.signal());
    putEvent(dialTone ? 'd' : 'b');
    signalTimer.arm(dialTone ? kDialToneAgain : kBusyAgain);
}

void AtModem::Impl::answeredByFarEnd() {
    if (wait == Wait::Dial && inVoice() && !sawRingback) {
        answerTimer.arm(0ms);
    }
}

Outcome AtModem::Impl::answerCommand() {
    if (online) {
        return Outcome::Fail;
    }
    takeLine();
    if (inVoice()) {
        return Outcome::Voice;
    }
    wait = Wait::Answer;
    line.setCarrier(true);
    answerTimer.arm(std::chrono::seconds{std::max<int>(settings.s[7], 1)});
    if (peerCarrier) {
        trainTimer.arm(kHandshake);
    }
    return Outcome::Later;
}

Outcome AtModem::Impl::onlineCommand() {
    if (!online || !peerCarrier) {
        finish(Result::NoCarrier);
        return Outcome::Later;
    }
    mode = Mode::Online;
    finish(Result::Connect);
    return Outcome::Later;
}

void AtModem::Impl::carrier(bool on) {
    peerCarrier = on;
    if (on) {
        if (wait == Wait::Dial || wait == Wait::Answer) {
            trainTimer.arm(kHandshake);
        }
        return;
    }
    trainTimer.cancel();
    if (online) {
        hangUp();
        putResult(Result::NoCarrier);
    }
}

void AtModem::Impl::trained() {
    if (wait != Wait::Dial && wait != Wait::Answer) {
        return;
    }
    answerTimer.cancel();
    signalTimer.cancel();
    online = true;
    mode = Mode::Online;
    pluses = 0;
    lastData = loop.now();
    updateLines();
    finish(Result::Connect);
}

void AtModem::Impl::data(std::span<const std::byte> bytes) {
    if (online && mode == Mode::Online) {
        put({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
}

/// Data to the far end; watches for the escape (S2 three times, silence of S12 before and after).
std::size_t AtModem::Impl::receiveOnline(std::span<const std::byte> bytes) {
    const auto guard = std::chrono::milliseconds{settings.s[12] * 20};
    const hal::TimePoint now = loop.now();
    const bool quietBefore = now - lastData >= guard;
    const auto escape = static_cast<std::byte>(settings.s[2]);
    const bool onlyEscapes =
        settings.s[2] < 128 && bytes.size() <= 3 &&
        std::all_of(bytes.begin(), bytes.end(), [&](std::byte b) { return b == escape; });
    if (onlyEscapes && (pluses > 0 || quietBefore) && pluses + bytes.size() <= 3) {
        pluses += static_cast<unsigned>(bytes.size());
    } else {
        pluses = 0;
    }
    lastData = now;
    if (pluses == 3) {
        escapeTimer.arm(guard);
    } else {
        escapeTimer.cancel();
    }
    line.sendData(bytes);
    return bytes.size();
}

void AtModem::Impl::escapeOver() {
    pluses = 0;
    mode = Mode::Command;
    commandLine.clear();
    current = {};
    finish(Result::Ok);
}

}  // namespace tipring::sim

// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/at_modem.h"

#include "at_modem_impl.h"
#include "tipring/hal/base/log.h"

namespace tipring::sim {

namespace {

using namespace std::chrono_literals;

const hal::LogCategory kLog{"sim.modem"};

}  // namespace

AtModem::Impl::Impl(hal::EventLoop& ownLoop, Line& ownLine, const Personality& ownPersonality)
    : loop(ownLoop),
      line(ownLine),
      personality(ownPersonality),
      dialTimer(loop, [this] { dialStep(); }),
      answerTimer(loop, [this] { dialTimeout(); }),
      signalTimer(loop, [this] { signalHeard(); }),
      trainTimer(loop, [this] { trained(); }),
      ringOver(loop,
               [this] {
                   rings = 0;
                   settings.s[1] = 0;
               }),
      delayTimer(loop,
                 [this] {
                     wait = Wait::None;
                     deliver(*delayed);
                     if (outlet != nullptr) {
                         outlet->onReady();
                     }
                 }),
      inactivity(loop, [this] { inactive(); }),
      stallTimer(loop, [this] { wake(); }),
      pieceTimer(loop, [this] { sendPiece(); }),
      awayTimer(loop, [this] { plugIn(); }),
      escapeTimer(loop, [this] { escapeOver(); }) {
    factory();
    shielded.reserve(2048);
}

void AtModem::Impl::factory() {
    settings = ModemSettings{};
    stored = settings;
    cls = 0;
    format = personality.formats.empty() ? nullptr : &personality.formats.front();
    rate = format != nullptr ? format->rates[0] : 8000;
}

void AtModem::Impl::restore(const ModemSettings& profile) {
    hangUp();
    settings = profile;
    setClass(0);
}

std::size_t AtModem::Impl::receive(std::span<const std::byte> bytes) {
    std::size_t taken = 0;
    if (silenced()) {
        stalled = !wedged;
        return wedged ? bytes.size() : 0;
    }
    if (inactivity.armed()) {
        inactivity.arm(std::chrono::seconds{settings.get(Setting::Vit)});
    }
    while (taken < bytes.size()) {
        const auto rest = bytes.subspan(taken);
        std::size_t count = 0;
        switch (mode) {
        case Mode::Command: count = receiveCommand(rest); break;
        case Mode::Online: count = receiveOnline(rest); break;
        case Mode::Transmit:
        case Mode::Duplex: count = receiveTransmit(rest); break;
        case Mode::Receive: count = receiveDuring(rest); break;
        }
        taken += count;
        if (count == 0) {
            stalled = true;
            break;
        }
    }
    return taken;
}

/// Bytes up to the end of one line; 0 while a command holds the input.
std::size_t AtModem::Impl::receiveCommand(std::span<const std::byte> bytes) {
    if (wait == Wait::Dial || wait == Wait::Answer) {  // V.250 5.6.1: any character aborts
        const char c = static_cast<char>(bytes[0]);
        if (c != '\n') {
            abortCommand();
        }
        return 1;
    }
    if (wait != Wait::None) {
        return 0;
    }
    std::size_t taken = 0;
    while (taken < bytes.size()) {
        const char c = static_cast<char>(bytes[taken++]);
        if (settings.echo && !faults.dropEcho) {
            put({&c, 1});
        }
        switch (commandLine.add(c, static_cast<char>(settings.s[3]),
                                static_cast<char>(settings.s[5]))) {
        case CommandLine::Event::None: continue;
        case CommandLine::Event::Overflow: finish(Result::Error); break;
        case CommandLine::Event::Line:
        case CommandLine::Event::Repeat: runLine(); break;
        }
        break;
    }
    return taken;
}

void AtModem::Impl::runLine() {
    running = commandLine.body();
    std::string_view rest = running;
    while (!rest.empty()) {
        const char* begin = rest.data();
        const auto command = nextCommand(rest);
        current = command ? command->name : std::string_view{};
        std::string_view text{begin, static_cast<std::size_t>(rest.data() - begin)};
        text.remove_suffix(text.ends_with(';') && !text.starts_with('D') ? 1 : 0);
        if (text.starts_with('D')) {
            kLog.debug("ATD{}", hal::Private{text.substr(1)});
        } else {
            kLog.debug("AT{}", text);
        }
        if (!command) {
            finish(Result::Error);
            return;
        }
        if (tap.onCommand) {
            tap.onCommand(text);
        }
        const Swallowed swallowed = faultAt(current);
        if (swallowed == Swallowed::Lost) {
            return;
        }
        if (swallowed == Swallowed::Done) {
            continue;
        }
        switch (run(*command)) {
        case Outcome::Next: break;
        case Outcome::Fail: finish(Result::Error); return;
        case Outcome::Voice: finish(Result::Voice); return;
        case Outcome::Later: return;
        }
    }
    finish(Result::Ok);
}

void AtModem::Impl::putLine(std::string_view text) {
    out.clear();
    if (settings.verbose && !faults.mergeLines) {
        out += static_cast<char>(settings.s[3]);
        out += static_cast<char>(settings.s[4]);
    }
    out += text;
    out += static_cast<char>(settings.s[3]);
    if (!faults.mergeLines) {
        out += static_cast<char>(settings.s[4]);
    }
    put(out);
}

void AtModem::Impl::putEvent(char code) {
    const char pair[2] = {kDle, code};
    put({pair, 2});
}

std::string_view AtModem::Impl::resultText(Result result) const {
    switch (result) {
    case Result::Ok: return "OK";
    case Result::Connect:
        return mode == Mode::Online && settings.x > 0 ? personality.connect : "CONNECT";
    case Result::Ring: return "RING";
    case Result::NoCarrier: return "NO CARRIER";
    case Result::Error: return "ERROR";
    case Result::NoDialTone: return personality.noDialTone;
    case Result::Busy: return "BUSY";
    case Result::NoAnswer: return "NO ANSWER";
    case Result::Voice: return personality.voiceResult;
    }
    return "ERROR";
}

std::string_view AtModem::Impl::resultCode(Result result) const {
    switch (result) {
    case Result::Ok: return "0";
    case Result::Connect:
        return mode == Mode::Online && settings.x > 0 ? personality.connectCode : "1";
    case Result::Ring: return "2";
    case Result::NoCarrier: return "3";
    case Result::Error: return "4";
    case Result::NoDialTone: return "6";
    case Result::Busy: return "7";
    case Result::NoAnswer: return "8";
    case Result::Voice: return personality.voiceResult == "OK" ? "0" : personality.voiceResult;
    }
    return "4";
}

AtModem::Impl::Result AtModem::Impl::filtered(Result result) const {
    if (result == Result::Busy && settings.x < 3) {
        return Result::NoCarrier;
    }
    if (result == Result::NoDialTone && settings.x != 2 && settings.x != 4) {
        return Result::NoCarrier;
    }
    return result;
}

void AtModem::Impl::putResult(Result result) {
    if (settings.quiet == 1) {
        return;
    }
    result = filtered(result);
    if (settings.verbose) {
        putLine(resultText(result));
        return;
    }
    out.clear();
    out += resultCode(result);
    out += static_cast<char>(settings.s[3]);
    put(out);
}

void AtModem::Impl::finish(Result result) {
    wait = Wait::None;
    if (faults.answerDelay > 0ms) {
        delayed = result;
        wait = Wait::Delay;
        delayTimer.arm(faults.answerDelay);
        return;
    }
    deliver(result);
}

void AtModem::Impl::deliver(Result result) {
    if (!faults.garbage.empty()) {
        put(faults.garbage);
        faults.garbage.clear();
    }
    if (!faults.wrongResultAt.empty() && current == faults.wrongResultAt) {
        putLine(faults.wrongResult);
        return;
    }
    putResult(result);
    if (!faults.answerTwice.empty() && current == faults.answerTwice) {
        putResult(result);
    }
}

void AtModem::Impl::updateLines() {
    DceLines next = lines;
    next.dcd = settings.c == 0 || (online && peerCarrier);
    next.ri = ringing;
    if (next != lines) {
        lines = next;
        if (outlet != nullptr) {
            outlet->onLines(lines);
        }
    }
}

void AtModem::Impl::setDtr(bool on) {
    if (dtr == on) {
        return;
    }
    dtr = on;
    if (on || wedged) {
        return;
    }
    kLog.debug("DTR dropped, &D{}", settings.d);
    commandLine.clear();
    if (settings.d == 0) {
        return;
    }
    wait = Wait::None;
    if (settings.d == 1) {
        mode = Mode::Command;
        return;
    }
    hangUp();
    if (settings.d == 3) {
        restore(stored);
    }
}

AtModem::AtModem(hal::EventLoop& loop, Line& line, const Personality& personality)
    : impl_(std::make_unique<Impl>(loop, line, personality)) {
    line.attach(this);
}

AtModem::~AtModem() {
    impl_->outlet = nullptr;
    impl_->hangUp();
    impl_->line.attach(nullptr);
}

void AtModem::setOutlet(ModemOutlet* outlet) {
    if (outlet != nullptr && impl_->wedged && !impl_->faults.wedgeHard) {
        reset();
    }
    impl_->outlet = outlet;
}
std::size_t AtModem::receive(std::span<const std::byte> bytes) {
    return impl_->receive(bytes);
}
void AtModem::setDtr(bool on) {
    impl_->setDtr(on);
}
DceLines AtModem::lines() const {
    return impl_->lines;
}
void AtModem::setFaults(ModemFaults faults) {
    impl_->faults = std::move(faults);
}
const ModemFaults& AtModem::faults() const {
    return impl_->faults;
}
void AtModem::setTap(ModemTap tap) {
    impl_->tap = std::move(tap);
}
const Personality& AtModem::personality() const {
    return impl_->personality;
}

void AtModem::reset() {
    impl_->powerOn();
}

std::string_view AtModem::stateName() const {
    if (impl_->wait == Impl::Wait::Dial) {
        return "dialling";
    }
    switch (impl_->mode) {
    case Impl::Mode::Command: return "command";
    case Impl::Mode::Online: return "online";
    case Impl::Mode::Transmit: return "sending";
    case Impl::Mode::Receive: return "receiving";
    case Impl::Mode::Duplex: return "duplex";
    }
    return "command";
}

bool AtModem::isPlugged() const {
    return !impl_->awayTimer.armed();
}

bool AtModem::isOffHook() const {
    return impl_->offHook;
}

void AtModem::setExtension(bool offHook) {
    if (impl_->inVoice() && impl_->offHook && impl_->personality.plusVoice) {
        impl_->putEvent(offHook ? 'P' : 'p');
    }
}

void AtModem::onRing(bool on) {
    impl_->ring(on);
}
void AtModem::onCallerId(const CallerId& id) {
    impl_->callerId(id);
}
void AtModem::onLoopBreak() {
    impl_->loopBreak();
}
void AtModem::onSignal(Signal signal) {
    impl_->signal(signal);
}
void AtModem::onAnswered() {
    impl_->answeredByFarEnd();
}
void AtModem::onExtension(bool offHook) {
    setExtension(offHook);
}
void AtModem::onCarrier(bool on) {
    impl_->carrier(on);
}
void AtModem::onData(std::span<const std::byte> bytes) {
    impl_->data(bytes);
}
void AtModem::onSound(HeardBlock heard, SpokenBlock spoken) {
    impl_->sound(heard, spoken);
}

}  // namespace tipring::sim

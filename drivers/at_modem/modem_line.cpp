// SPDX-License-Identifier: Apache-2.0
#include "modem_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "tipring/hal/base/log.h"

namespace tipring::at_modem {
namespace {

const hal::LogCategory kLog{"at_modem"};

using hal::ErrorCode;
using std::chrono::milliseconds;

constexpr std::size_t kLongestRaw = 200;
constexpr std::size_t kLongestAnswer = 4000;

}  // namespace

ModemLine::ModemLine(hal::EventLoop& loop, const ProfileStore& profiles, ModemDevice& device,
                     const LineOptions& options, const tspi::LineEvents& events)
    : loop_(loop),
      profiles_(profiles),
      device_(device),
      options_(options),
      events_(events),
      engine_(loop, *this),
      queue_(engine_),
      startup_(engine_, profiles, device, options,
               [this](const hal::Result<void>& result) { onStarted(result); }),
      voice_(
          loop, engine_, queue_, device, [this](char code) { onCode(code); },
          [this](const hal::Error& why) { recover(why); }),
      tones_(
          queue_,
          [this](std::uint32_t id, std::uint32_t how) {
              if (live()) {
                  events_.generated(call_->handle, how, id);
              }
          },
          [this](const hal::Error& why) { recover(why); }),
      rings_(options.ringTimeout),
      answering_(*this, &ModemLine::onAnswerEnd),
      dialing_(*this, &ModemLine::onDialEnd, &ModemLine::onDialSent),
      hangingUp_(*this, &ModemLine::onHangUpEnd),
      recovering_(*this, &ModemLine::onRecoveryEnd),
      heartbeating_(*this, &ModemLine::onHeartbeatEnd),
      raw_(*this, &ModemLine::onRawEnd, nullptr, &ModemLine::onRawLine),
      lending_(*this, &ModemLine::onLendEnd),
      flashing_(*this, &ModemLine::onFlashEnd),
      ringTimer_(loop, [this] { onRingsOver(); }),
      callerIdTimer_(loop, [this] { takeCallerId(); }),
      progressTimer_(loop, [this] { onProgressTimer(); }),
      noAnswerTimer_(loop, [this] { onNoAnswer(); }),
      heartbeatTimer_(loop, [this] { onHeartbeat(); }),
      reopenTimer_(loop, [this] { openPort(); }),
      closeTimer_(loop, [this] { port_.reset(); }) {
    device_.inUse = true;
    reopenTimer_.arm(milliseconds{0});  // lineOpen returns first
}

ModemLine::~ModemLine() {
    const hal::Error why{ErrorCode::InvalLineHandle, "the line was closed"};
    device_.inUse = false;
    events_ = {};  // silence
    for (const auto& call : calls_) {
        call->announced = false;
        call->failRequests(why);
    }
    static_cast<void>(group_.takeAll());
    group_.abandon(why);
    rawRequest_.fail(why);
    failMethods(why);
    startup_.abandon();
    leaveLine();
    engine_.detach(why);
    voice_.abandon(why);
}

/// Last words before the port closes: nobody will wait for an answer. Most modems hang up by
/// themselves when DTR drops.
void ModemLine::leaveLine() {
    if (hook_ == Hook::OnHook || port_ == nullptr) {
        return;
    }
    static_cast<void>(port_->giveBack());
    for (const auto* codes : {&device_.profile->playDiscard, &device_.profile->recordStop}) {
        if (!voice_.idle() && !codes->empty()) {
            static_cast<void>(engine_.send(codes->front()));
        }
    }
    const auto say = [this](std::string_view text) {
        static_cast<void>(engine_.send(std::as_bytes(std::span(text.data(), text.size()))));
    };
    if (hook_ == Hook::Dialing || hook_ == Hook::Answering) {
        say("\r");  // any character ends these
    }
    say("ATH\r");
}

void ModemLine::openPort() {
    if (port_ != nullptr) {
        return;
    }
    auto port = hal::openSerialPort(loop_, device_.reopenName);
    if (!port && device_.reopenName != device_.portName) {
        port = hal::openSerialPort(loop_, device_.portName);
    }
    if (!port) {
        if (port.error().cause != outCause_) {
            kLog.warning("{}: {}", device_.portName, port.error().text());
        }
        outCause_ = port.error().cause;
        failMethods({ErrorCode::NoDevice, outCause_});
        reopenTimer_.arm(options_.reopen);
        return;
    }
    port_ = std::move(*port);
    device_.lends = port_->lends();
    static_cast<void>(port_->setDtr(true));
    static_cast<void>(port_->setRts(true));
    engine_.attach(*port_);
    service_ = Service::Starting;
    outCause_ = "the modem is being started up";
    queue_.setHeld(true);
    events_.lineState(LINEDEVSTATE_CONNECTED);
    startup_.begin();
}

void ModemLine::onStarted(const hal::Result<void>& result) {
    if (!result) {
        if (service_ == Service::Recovering) {
            goOut(result.error());  // the ladder was climbed already
        } else {
            recover(result.error());
        }
        return;
    }
    becomeReady();
}

void ModemLine::becomeReady() {
    const bool news = service_ != Service::Ready;
    service_ = Service::Ready;
    outCause_.clear();
    forgetModemState();
    if (news) {
        events_.lineState(LINEDEVSTATE_CAPSCHANGE);
        events_.lineState(LINEDEVSTATE_INSERVICE);
    }
    if (options_.heartbeat.count() > 0) {
        heartbeatTimer_.arm(options_.heartbeat);
    }
    queue_.setHeld(false);
    listen();
    runMethods();
}

/// Beside the modem's own words, where the configuration asks for it.
void ModemLine::listen() {
    if (options_.lineMonitor.empty()) {
        return;
    }
    if (ear_ == nullptr) {
        const std::string name = options_.lineMonitor != kMonitorOn ? options_.lineMonitor
                                 : device_.usbName.empty()          ? std::string("usb:")
                                                                    : device_.usbName;
        ear_ = std::make_unique<LineEar>(loop_, name, options_.callerIdStandard,
                                         [this](const CallerId& id) { onHeard(id); });
    }
    ear_->open();
}

/// The modem does not answer: climb the ladder (V.250 has none; see dialogues::kRecovery).
void ModemLine::recover(const hal::Error& why) {
    if (service_ == Service::Recovering || service_ == Service::Out) {
        return;
    }
    kLog.warning("{}: {}; trying to wake the modem", device_.portName, why.cause);
    const bool wasReady = service_ == Service::Ready;
    service_ = Service::Recovering;
    outCause_ = why.cause;
    if (wasReady) {
        events_.lineState(LINEDEVSTATE_OUTOFSERVICE);
    }
    startup_.abandon();
    queue_.setHeld(true);
    queue_.clear();
    tones_.cancel();
    voice_.abandon(why);
    rawRequest_.fail(why);
    group_.abandon(why);
    if (live()) {
        call_->making.fail(why);
        call_->answering.fail(why);
        call_->dialing.fail(why);
        call_->changing.fail(why);
        endCall(LINEDISCONNECTMODE_UNKNOWN, why.cause);
    }
    if (!engine_.busy()) {
        engine_.run(dialogues::kRecovery, recovering_);
    }
}

void ModemLine::onRecoveryEnd(const DialogueEnd& end) {
    if (end.how == DialogueEnd::How::Gone) {
        return;  // onPortGone() follows
    }
    if (!end.done()) {
        goOut(end.error());
        return;
    }
    hook_ = Hook::OnHook;
    released();
    startup_.begin();
}

void ModemLine::onPortGone(const hal::Error& why) {
    goOut(why);
}

/// No modem any more: everything that waits is told, and the port is tried again later.
void ModemLine::goOut(const hal::Error& why) {
    kLog.warning("{}: out of service: {}", device_.portName, why.cause);
    const hal::Error gone{ErrorCode::NoDevice, why.cause};
    const Service before = std::exchange(service_, Service::Out);
    outCause_ = why.cause;
    startup_.abandon();
    for (hal::Timer* timer :
         {&ringTimer_, &callerIdTimer_, &progressTimer_, &noAnswerTimer_, &heartbeatTimer_}) {
        timer->cancel();
    }
    engine_.detach(gone);
    queue_.clear();
    tones_.cancel();
    voice_.abandon(gone);
    rawRequest_.fail(gone);
    failMethods(gone);
    hook_ = Hook::OnHook;
    group_.abandon(gone);
    if (live()) {
        for (analog::LineCall* call : group_.all()) {
            if (call != nullptr) {
                static_cast<ModemCall*>(call)->failRequests(gone);
            }
        }
        endCall(LINEDISCONNECTMODE_UNKNOWN, why.cause);
        idleCall();
    }
    if (before == Service::Ready) {
        events_.lineState(LINEDEVSTATE_OUTOFSERVICE);
    }
    if (before != Service::Out) {
        events_.lineState(LINEDEVSTATE_DISCONNECTED);
    }
    // Not inside the port's own callback.
    closeTimer_.arm(milliseconds{0});
    reopenTimer_.arm(options_.reopen);
}

void ModemLine::onHeartbeat() {
    if (!live() && queue_.idle() && !startup_.running() && service_ == Service::Ready) {
        queue_.push({dialogues::kHeartbeat, &heartbeating_, {}});
    } else {
        heartbeatTimer_.arm(options_.heartbeat);
    }
}

void ModemLine::onHeartbeatEnd(const DialogueEnd& end) {
    if (end.how == DialogueEnd::How::TimedOut) {
        recover(end.error());
    } else if (end.how != DialogueEnd::How::Gone) {
        heartbeatTimer_.arm(options_.heartbeat);
    }
}

hal::Result<void> ModemLine::devSpecific(tspi::Request&& request, tspi::Call*,
                                         std::span<const std::byte> data) {
    const std::string_view text(reinterpret_cast<const char*>(data.data()), data.size());
    if (auto checked = checkRaw(text); !checked) {
        return checked;
    }
    return sendRaw(text, std::move(request), std::nullopt, 0);
}

hal::Result<void> ModemLine::checkRaw(std::string_view text) {
    if (text.empty() || text.size() > kLongestRaw || !isPlain(text)) {
        return hal::fail(ErrorCode::InvalParam,
                         fmt::format("an AT line has 1 to {} printable characters", kLongestRaw));
    }
    return {};
}

hal::Result<void> ModemLine::sendRaw(std::string_view text, tspi::Request&& request,
                                     std::optional<ModemMethod> method, std::uint32_t level) {
    if (rawRequest_ || service_ != Service::Ready || !voice_.idle()) {
        return hal::fail(ErrorCode::InUse, "the modem takes no AT line now");
    }
    rawText_ = text;
    rawAnswer_.clear();
    rawMethod_ = method;
    rawLevel_ = level;
    rawRequest_ = std::move(request);
    AtEngine::Start start;
    start.values.set(Placeholder::Raw, rawText_);
    if (!queue_.push({dialogues::kRaw, &raw_, start})) {
        rawRequest_.fail({ErrorCode::InUse, "too many commands wait for the modem"});
    }
    return {};
}

void ModemLine::onRawLine(std::uint8_t, std::string_view line) {
    if (rawAnswer_.size() + line.size() < kLongestAnswer) {
        rawAnswer_.append(rawAnswer_.empty() ? "" : "\n").append(printable(line));
    }
}

void ModemLine::onRawEnd(const DialogueEnd& end) {
    if (end.done()) {
        const bool dials = rawText_.front() == 'D' || rawText_.front() == 'd';
        std::string shown = rawAnswer_;
        std::replace(shown.begin(), shown.end(), '\n', ';');
        kLog.info("{}: AT{} gave {}{}{}", device_.portName, dials ? "D..." : rawText_, shown,
                  shown.empty() ? "" : ";", end.line);
    }
    if (end.done() && end.reply != Reply::Error) {
        giveRawResult();
        rawRequest_.succeed();
    } else if (end.done()) {
        rawRequest_.fail({ErrorCode::OperationFailed,
                          fmt::format("the modem answered {} to AT{}", end.line, rawText_)});
    } else {
        rawRequest_.fail(end.error());
    }
    if (end.how == DialogueEnd::How::TimedOut) {
        recover(end.error());
    }
}

hal::Result<void> ModemLine::status(TspiLineStatus& status) {
    status.connected = service_ != Service::Out ? 1 : 0;
    status.inService = service_ == Service::Ready ? 1 : 0;
    status.messageWaiting = messageWaiting_ ? 1 : 0;
    const bool holds = live() && call_->is(LINECALLSTATE_ONHOLD);
    status.activeCalls = live() && !holds ? 1 : 0;
    status.onHoldCalls = group_.onHoldCalls();
    switch (service_) {
    case Service::Out: tspi::copyText(status.cause, outCause_); break;
    case Service::Starting:
        tspi::copyText(status.cause, "the modem is asked what it can do");
        break;
    case Service::Recovering:
        tspi::copyText(status.cause, "the modem fell silent and is being woken");
        break;
    case Service::Ready: break;
    }
    return {};
}

hal::Result<void> ModemLine::setDefaultMediaDetection(std::uint32_t) {
    return {};  // rings and caller ID are heard anyway
}

hal::Result<std::string> ModemLine::deviceId(std::string_view deviceClass) {
    if (deviceClass == "comm/portname" || deviceClass == "comm") {
        return device_.portName;
    }
    return tspi::Line::deviceId(deviceClass);
}

hal::Result<void> ModemLine::readyForCall() const {
    if (service_ != Service::Ready) {
        return hal::fail(ErrorCode::InvalLineState,
                         fmt::format("{} is not in service: {}", device_.portName, outCause_));
    }
    if (live() || hook_ != Hook::OnHook) {
        return hal::fail(ErrorCode::CallUnavail, "the line has a call already");
    }
    return {};
}

bool ModemLine::reportsDigits() const {
    return device_.profile != nullptr && device_.profile->reportsDigits;
}

hal::Result<void> ModemLine::generateDigits(ModemCall& call, std::uint32_t endToEndId,
                                            std::uint32_t mode, std::string_view digits,
                                            std::uint32_t duration) {
    if (!digits.empty() && mode != LINEDIGITMODE_DTMF) {
        return hal::fail(ErrorCode::InvalDigitMode, "the modem sends DTMF digits only");
    }
    if (!digits.empty() && (!voice_.idle() || &call != call_ || call.isData())) {
        return hal::fail(ErrorCode::InUse, "stop the sound first: a modem sends one or the other");
    }
    return tones_.sendDigits(*device_.profile, endToEndId, digits, milliseconds{duration});
}

hal::Result<void> ModemLine::generateTone(ModemCall& call, std::uint32_t endToEndId,
                                          std::uint32_t mode, std::uint32_t duration,
                                          std::span<const TspiGenerateTone> tones) {
    if (mode == 0) {
        tones_.cancel();
        return {};
    }
    if (!voice_.idle() || &call != call_ || call.isData()) {
        return hal::fail(ErrorCode::InUse, "stop the sound first: a modem sends one or the other");
    }
    if (mode != LINETONEMODE_CUSTOM && mode != LINETONEMODE_BEEP) {
        return hal::fail(ErrorCode::InvalToneMode, "the modem sends single tones and beeps only");
    }
    if (mode == LINETONEMODE_CUSTOM && (tones.size() != 1 || tones[0].cadenceOn != 0)) {
        return hal::fail(ErrorCode::InvalTone, "the modem sends one steady tone at a time");
    }
    if (mode == LINETONEMODE_CUSTOM && duration == 0) {
        return hal::fail(ErrorCode::InvalTone, "the modem sends tones of a given length only");
    }
    const std::uint32_t hertz = mode == LINETONEMODE_BEEP ? 1000 : tones[0].frequency;
    return tones_.sendTone(*device_.profile, endToEndId, hertz,
                           milliseconds{duration != 0 ? duration : 500});
}

hal::Result<std::unique_ptr<tspi::MediaStream>> ModemLine::openMedia(
    const ModemCall& call, const tspi::MediaEvents& events, TspiMediaCaps& caps) {
    if (!device_.voice || !group_.contains(call) || call.isData()) {
        return hal::fail(ErrorCode::OperationUnavail, "this call has no sound");
    }
    return voice_.open(call, events, caps);
}

}  // namespace tipring::at_modem

// SPDX-License-Identifier: Apache-2.0
#include "at_engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine_reader.h"
#include "tipring/hal/base/log.h"

namespace tipring::at_modem {
namespace {

const hal::LogCategory kLog{"at_modem"};

using std::chrono::milliseconds;
constexpr milliseconds kDrain{150};
constexpr milliseconds kLongestDrain{2000};  // a modem may send sound for ever
constexpr milliseconds kInterrupt{2000};
constexpr milliseconds kFrameEnd{1000};  // NO CARRIER behind caller ID (AN93), also in pieces

std::span<const std::byte> bytesOf(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace

AtEngine::AtEngine(hal::EventLoop& loop, EngineListener& listener)
    : loop_(loop),
      listener_(listener),
      timer_(loop, [this] { onTimer(); }),
      reader_(std::make_unique<EngineReader>(*this)) {}

AtEngine::~AtEngine() {
    if (port_ != nullptr) {
        port_->setObserver(nullptr);
    }
}

void AtEngine::attach(hal::SerialPort& port) {
    port_ = &port;
    reader_->reset();
    stopSound();
    quietSince_ = loop_.now();
    port_->setObserver(this);
}

void AtEngine::detach(const hal::Error& why) {
    if (port_ == nullptr) {
        return;
    }
    std::exchange(port_, nullptr)->setObserver(nullptr);
    stopSound();
    if (busy()) {
        end(DialogueEnd::How::Gone, Reply::None, why.cause);
    }
}

void AtEngine::run(Dialogue dialogue, DialogueClient& client, const Start& start) {
    dialogue_ = dialogue;
    client_ = &client;
    start_ = start;
    index_ = 0;
    tries_ = 0;
    cancelled_ = false;
    line_.clear();
    const auto earliest = std::max(start.notBefore, quietSince_ + profile_->gap);
    command_ = 0;
    beginStep(std::chrono::ceil<milliseconds>(earliest - loop_.now()));
}

std::size_t AtEngine::commandCount() const {
    const Step& now = step();
    return now.sequence == Sequence::None ? 1 : profile_->sequence(now.sequence).size();
}

const Command* AtEngine::command() const {
    const Step& now = step();
    return now.sequence == Sequence::None ? nullptr : &profile_->sequence(now.sequence)[command_];
}

/// Sends the command that index_ and command_ point to, after `pause`.
void AtEngine::beginStep(milliseconds pause) {
    while (index_ < dialogue_.size() && command_ >= commandCount()) {
        ++index_;
        command_ = 0;
        tries_ = 0;
    }
    state_ = State::Waiting;
    const milliseconds before = index_ < dialogue_.size() ? step().before : milliseconds{0};
    timer_.arm(std::max(pause, before));
}

void AtEngine::onTimer() {
    switch (state_) {
    case State::Waiting:
        if (draining_ && loop_.now() - lastByte_ < kDrain && loop_.now() < drainLimit_) {
            timer_.armAt(std::min(lastByte_ + kDrain, drainLimit_));
        } else {
            draining_ = false;
            transmit();
        }
        break;
    case State::Asked: timedOut(); break;
    case State::Interrupting:
        drain();
        end(DialogueEnd::How::Cancelled, Reply::None, {});
        break;
    case State::Idle: break;
    }
}

void AtEngine::transmit() {
    if (index_ >= dialogue_.size()) {
        end(DialogueEnd::How::Done, Reply::None, {});
        return;
    }
    const Step& now = step();
    state_ = State::Asked;
    milliseconds limit = now.limit;
    switch (now.send) {
    case Step::Send::Line:
        if (!transmitLine()) {
            end(DialogueEnd::How::Refused, Reply::None, "the command line is too long");
            return;
        }
        if (const Command* row = command(); row != nullptr && row->limit.count() > 0) {
            limit = row->limit;
        }
        if (command_ + 1 == commandCount()) {
            client_->onSent(now.id);
        }
        break;
    case Step::Send::Bytes: write(now.text); break;
    case Step::Send::Codes: transmitCode(); return;
    case Step::Send::DtrOff: static_cast<void>(port_->setDtr(false)); break;
    case Step::Send::DtrOn: static_cast<void>(port_->setDtr(true)); break;
    }
    timer_.arm(limit);
}

bool AtEngine::transmitLine() {
    const Command* row = command();
    const std::string_view pattern = row != nullptr ? std::string_view(row->send) : step().text;
    if (!line_.fill(pattern, start_.values)) {
        return false;
    }
    write(line_.wire());
    return true;
}

/// The codes of a step follow one another until one is answered: some modems want a form of their
/// own.
void AtEngine::transmitCode() {
    const auto& codes = profile_->*step().codes;
    if (command_ < codes.size()) {
        const auto& code = codes[command_];
        static_cast<void>(send(code));
    }
    const bool last = command_ + 1 >= codes.size();
    timer_.arm((last ? step().limit : profile_->stopWait) +
               (command_ == 0 ? start_.extra : milliseconds{0}));
}

void AtEngine::write(std::string_view bytes) {
    if (const auto sent = port_->write(bytesOf(bytes)); !sent) {
        kLog.debug("{}: {}", port_->name(), sent.error().cause);
    }
}

void AtEngine::cancel() {
    if (!busy() || cancelled_) {
        return;
    }
    cancelled_ = true;
    if (state_ == State::Waiting) {
        timer_.arm(milliseconds{0});
        index_ = dialogue_.size();
    } else if (state_ == State::Asked && step().interruptible) {
        state_ = State::Interrupting;
        write("\r");
        timer_.arm(kInterrupt);
    }
}

void AtEngine::takeCode(char code) {
    listener_.onCode(code);
}

void AtEngine::takeCallLine(const AtLine& line) {
    callLineAt_ = loop_.now();
    listener_.onCallLine(line);
}

void AtEngine::takeInformation(std::string_view line) {
    if (state_ == State::Asked && line != line_.text()) {  // else it is the echo
        client_->onInformation(step().id, line);
    } else if (state_ == State::Idle) {
        listener_.onUnsolicited(line);
    }
}

/// A modem of Silicon Labs ends its caller ID with NO CARRIER, which may come when a command was
/// sent already.
bool AtEngine::endsCallerId() const {
    const Step& now = step();
    return callLineAt_ && loop_.now() - *callLineAt_ < kFrameEnd && !now.interruptible &&
           !now.wanted.has(Reply::NoCarrier);
}

void AtEngine::takeReply(Reply reply, std::string_view line) {
    if (reply == Reply::Ringing) {
        listener_.onRingback();
        return;
    }
    quietSince_ = loop_.now();
    if (reply == Reply::NoCarrier && state_ == State::Asked && endsCallerId()) {
        kLog.debug("NO CARRIER behind a caller ID is no answer to {}", line_.text());
        return;
    }
    switch (state_) {
    case State::Idle: listener_.onStrayReply(reply, line); break;
    case State::Waiting: kLog.debug("a late or double answer is dropped: {}", line); break;
    case State::Interrupting: end(DialogueEnd::How::Cancelled, reply, line); break;
    case State::Asked:
        if (step().wanted.empty()) {
            kLog.debug("an answer to a code is dropped: {}", line);
        } else {
            answered(reply, line);
        }
        break;
    }
}

void AtEngine::answered(Reply reply, std::string_view line) {
    timer_.cancel();
    const Step& now = step();
    client_->onReply(now.id, reply, line);
    const bool last = now.send != Step::Send::Line || command_ + 1 >= commandCount();
    const Command* row = now.send == Step::Send::Line ? command() : nullptr;
    const bool tolerated = row != nullptr && !row->required && reply == Reply::Error;
    const bool wanted = now.wanted.has(reply) || tolerated || (!last && kAnyOk.has(reply));
    if (wanted && !last) {
        ++command_;
        cancelled_ ? end(DialogueEnd::How::Cancelled, reply, line) : beginStep(profile_->gap);
        return;
    }
    follow(wanted ? now.onWanted : now.onError, DialogueEnd::How::Refused, reply, line,
           profile_->gap);
}

/// The next command waits for silence, but not for ever.
void AtEngine::drain() {
    draining_ = true;
    drainLimit_ = loop_.now() + kLongestDrain;
}

void AtEngine::timedOut() {
    const Step& now = step();
    if (now.wanted.empty()) {
        follow(now.onWanted, DialogueEnd::How::Done, Reply::None, {}, milliseconds{0});
        return;
    }
    if (now.send == Step::Send::Codes && command_ + 1 < (profile_->*now.codes).size()) {
        ++command_;
        transmitCode();
        return;
    }
    drain();
    const Command* row = now.send == Step::Send::Line ? command() : nullptr;
    if (row != nullptr && !row->required && !cancelled_) {
        kLog.debug("no answer to {}", row->send);
        ++command_;
        beginStep(profile_->gap);
        return;
    }
    follow(now.onTimeout, DialogueEnd::How::TimedOut, Reply::None, {}, profile_->gap);
}

void AtEngine::follow(Then then, DialogueEnd::How failure, Reply reply, std::string_view line,
                      milliseconds pause) {
    const Step& now = step();
    if (cancelled_) {
        end(DialogueEnd::How::Cancelled, reply, line);
    } else if (then == Then::Again && ++tries_ < now.tries) {
        command_ = 0;
        beginStep(pause);
    } else if (then == Then::Next && index_ + 1 < dialogue_.size()) {
        ++index_;
        command_ = 0;
        tries_ = 0;
        beginStep(pause);
    } else if (then == Then::Next || then == Then::Finish) {
        end(DialogueEnd::How::Done, reply, line);
    } else {
        end(failure, reply, line);
    }
}

void AtEngine::end(DialogueEnd::How how, Reply reply, std::string_view line) {
    timer_.cancel();
    state_ = State::Idle;
    if (cancelled_ && how != DialogueEnd::How::Gone) {
        how = DialogueEnd::How::Cancelled;
    }
    DialogueEnd result;
    result.how = how;
    result.step = index_ < dialogue_.size() ? step().id : std::uint8_t{0};
    result.reply = reply;
    result.command = line_.text();
    result.line = line;
    std::exchange(client_, nullptr)->onDialogueEnd(result);
}

void AtEngine::beginSound(SoundSink& sink) {
    sink_ = &sink;
    soundEnding_ = false;
    reader_->beginSound();
}

void AtEngine::stopSound() {
    sink_ = nullptr;
    soundEnding_ = false;
}

std::size_t AtEngine::send(std::span<const std::byte> bytes) {
    if (port_ == nullptr) {
        return 0;
    }
    const auto sent = port_->write(bytes);
    return sent ? *sent : 0;
}

std::size_t AtEngine::unsent() const {
    return port_ != nullptr ? port_->pending() : 0;
}

void AtEngine::discardUnsent() {
    if (port_ != nullptr) {
        static_cast<void>(port_->discardOutput());
    }
}

void AtEngine::onReceived(std::span<const std::byte> bytes) {
    lastByte_ = loop_.now();
    while (!bytes.empty() && port_ != nullptr) {
        bytes = bytes.subspan(reader_->read(bytes));
    }
}

void AtEngine::onWritable() {
    listener_.onWritable();
}

void AtEngine::onGone(const hal::Error& why) {
    port_ = nullptr;
    stopSound();
    if (busy()) {
        end(DialogueEnd::How::Gone, Reply::None, why.cause);
    }
    listener_.onPortGone(why);
}

hal::Error DialogueEnd::error() const {
    // Causes go to logs: a number that was dialled must not be in them.
    const std::string_view what = command.starts_with("ATD") ? "the dial command"
                                  : command.empty()          ? "a code"
                                                             : command;
    switch (how) {
    case How::Refused:
        return {hal::ErrorCode::OperationFailed,
                reply == Reply::None ? fmt::format("{}: {}", what, line)
                                     : fmt::format("the modem answered {} to {}", line, what)};
    case How::TimedOut:
        return {hal::ErrorCode::Timeout, fmt::format("the modem gave no answer to {}", what)};
    case How::Cancelled: return {hal::ErrorCode::OperationFailed, "it was cancelled"};
    case How::Gone: return {hal::ErrorCode::NoDevice, std::string(line)};
    case How::Done: break;
    }
    return {hal::ErrorCode::OperationFailed, "it was done"};
}

}  // namespace tipring::at_modem

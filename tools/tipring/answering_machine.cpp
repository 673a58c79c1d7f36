// SPDX-License-Identifier: Apache-2.0
#include "answering_machine.h"

#include <fmt/format.h>

#include <utility>

namespace tipring::tools {
namespace {

using namespace std::chrono_literals;
using tapi::LineCallState;
using tapi::Result;

// Limits for a device that never says that it is ready; each is far above what any modem needs.
constexpr auto kAnswerLimit = 30s;
constexpr auto kGreetingLimit = 10min;
constexpr auto kBeepSlack = 3s;
constexpr auto kStartLimit = 10s;
constexpr auto kHangUpLimit = 15s;

std::string causeOf(const hal::Error& error) {
    return error.cause.empty() ? std::string(hal::errorName(error.code)) : error.cause;
}

bool gone(const tapi::Call& call) {
    return call.lineState() == LineCallState::Idle ||
           call.lineState() == LineCallState::Disconnected;
}

}  // namespace

AnsweringMachine::AnsweringMachine(hal::EventLoop& loop, std::shared_ptr<tapi::Call> call,
                                   AnsweringPolicy policy, Observer& observer,
                                   std::uint32_t ringsSoFar)
    : loop_(loop),
      call_(std::move(call)),
      policy_(std::move(policy)),
      sound_(loop, policy_.streamed),
      observer_(observer),
      timer_(loop, [this] { onStepTimeout(); }) {
    considerRing(ringsSoFar);
}

AnsweringMachine::~AnsweringMachine() {
    *alive_ = false;
}

tapi::Reply AnsweringMachine::reply(void (AnsweringMachine::*handler)(const Result<void>&)) {
    return [this, handler, alive = alive_](const Result<void>& result) {
        if (*alive) {
            (this->*handler)(result);
        }
    };
}

void AnsweringMachine::enter(Step step, hal::Duration limit) {
    step_ = step;
    timer_.arm(limit);
    observer_.onStep(step);
}

void AnsweringMachine::onEvent(const tapi::Event& event) {
    if (step_ == Step::Done) {
        return;
    }
    const auto mine = [this](const auto& e) { return e.call && e.call->id() == call_->id(); };
    if (const auto* line = std::get_if<tapi::AddressEvent>(&event)) {
        const auto address = call_->address();
        if (line->kind == tapi::AddressEvent::Kind::Ringing && line->address && address &&
            line->address->id() == address->id()) {
            considerRing(line->ringCount + 1);
        }
    } else if (const auto* state = std::get_if<tapi::CallStateEvent>(&event)) {
        if (mine(*state)) {
            onState(*state);
        }
    } else if (const auto* file = std::get_if<tapi::FileTerminalEvent>(&event)) {
        if (mine(*file)) {
            onFile(*file);
        }
    } else if (const auto* digit = std::get_if<tapi::DigitEvent>(&event)) {
        if (mine(*digit)) {
            onDigit(digit->digit);
        }
    } else if (const auto* sent = std::get_if<tapi::GenerateEvent>(&event)) {
        if (mine(*sent) && step_ == Step::Beep) {
            record();
        }
    } else if (const auto* media = std::get_if<tapi::CallMediaEvent>(&event)) {
        if (mine(*media) && media->kind == tapi::CallMediaEvent::Kind::Silence &&
            step_ == Step::Recording && policy_.stopAtSilence) {
            finish(End::Silence);
        }
    }
}

void AnsweringMachine::considerRing(std::uint32_t rings) {
    if (step_ == Step::Waiting && rings >= policy_.rings && rings > 0) {
        answer();
    }
}

void AnsweringMachine::answer() {
    enter(Step::Answering, kAnswerLimit);
    if (auto asked = call_->answer(reply(&AnsweringMachine::onAnswered)); !asked) {
        observer_.onProblem(fmt::format("cannot answer: {}", causeOf(asked.error())));
        finish(End::Failed);
    }
}

void AnsweringMachine::onAnswered(const Result<void>& result) {
    if (step_ != Step::Answering) {
        return;
    }
    if (!result) {
        observer_.onProblem(fmt::format("the call was not answered: {}", causeOf(result.error())));
        finish(End::Failed);
    }
}

void AnsweringMachine::onState(const tapi::CallStateEvent& event) {
    if (event.lineState == LineCallState::Connected && step_ == Step::Answering) {
        onConnected();
    } else if (event.lineState == LineCallState::Disconnected) {
        finish(step_ == Step::Waiting || step_ == Step::Answering ? End::NotAnswered
                                                                  : End::CallerHungUp);
    } else if (event.lineState == LineCallState::Idle) {
        finish(step_ == Step::Waiting || step_ == Step::Answering ? End::NotAnswered
                                                                  : End::CallerHungUp);
        if (!stopping_) {
            complete();
        }
    }
}

void AnsweringMachine::onConnected() {
    if (auto on = call_->monitorDigits(tapi::DigitMode::Dtmf); !on && policy_.stopAtKey) {
        observer_.onProblem(fmt::format("keys cannot be heard: {}; `#` will not end the recording",
                                        causeOf(on.error())));
    }
    if (policy_.greeting.empty()) {
        beep();
    } else {
        greet();
    }
}

void AnsweringMachine::greet() {
    enter(Step::Greeting, kGreetingLimit);
    if (auto asked = sound_.play(*call_, policy_.greeting, reply(&AnsweringMachine::onPlaying));
        !asked) {
        onPlaying(tl::unexpected(asked.error()));
    }
}

void AnsweringMachine::onPlaying(const Result<void>& result) {
    if (step_ == Step::Greeting && !result) {
        observer_.onProblem(
            fmt::format("the greeting cannot be played: {}; the caller hears only "
                        "the beep",
                        causeOf(result.error())));
        beep();
    }
}

void AnsweringMachine::onPlayStopped(const Result<void>&) {
    if (step_ == Step::Greeting) {
        beep();
    }
}

void AnsweringMachine::onFile(const tapi::FileTerminalEvent& event) {
    using Cause = tapi::FileTerminalEvent::Cause;
    if (event.state != tapi::FileTerminalEvent::State::Idle) {
        return;
    }
    if (step_ == Step::Greeting && event.path == policy_.greeting) {
        if (event.cause == Cause::ReadError) {
            observer_.onProblem(
                fmt::format("the greeting stopped: {}; the caller hears only the "
                            "beep from here",
                            event.error));
        }
        beep();
    } else if (step_ == Step::Recording && event.path == policy_.recording) {
        if (event.cause == Cause::WriteError) {
            observer_.onProblem(
                fmt::format("the recording stopped: {}; what was heard before is "
                            "kept in {}",
                            event.error, event.path));
        }
        finish(event.cause == Cause::WriteError ? End::Failed : End::CallerHungUp);
    }
}

void AnsweringMachine::onDigit(char digit) {
    if (digit != '#' || !policy_.stopAtKey) {
        return;
    }
    if (step_ == Step::Greeting) {
        auto asked = sound_.stopPlaying(*call_, tapi::StopMode::Discard,
                                        reply(&AnsweringMachine::onPlayStopped));
        if (!asked) {
            beep();
        }
    } else if (step_ == Step::Recording) {
        finish(End::Key);
    }
}

void AnsweringMachine::beep() {
    enter(Step::Beep, policy_.beep + kBeepSlack);
    if (policy_.beep == 0ms) {
        record();
    } else if (auto sent = call_->generateTone(policy_.beepHertz, policy_.beep); !sent) {
        observer_.onProblem(
            fmt::format("the beep cannot be sent: {}; recording without", causeOf(sent.error())));
        record();
    }
}

void AnsweringMachine::record() {
    if (policy_.recording.empty()) {
        finish(End::Limit);
        return;
    }
    enter(Step::Recording, kStartLimit);
    recordingStart_ = loop_.now();
    auto asked =
        sound_.record(*call_, policy_.recording, reply(&AnsweringMachine::onRecordingStarted));
    if (!asked) {
        onRecordingStarted(tl::unexpected(asked.error()));
    }
}

void AnsweringMachine::onRecordingStarted(const Result<void>& result) {
    if (step_ != Step::Recording) {
        return;
    }
    if (!result) {
        observer_.onProblem(fmt::format("cannot record: {}", causeOf(result.error())));
        finish(End::Failed);
        return;
    }
    recordingRuns_ = true;
    recordingStart_ = loop_.now();
    timer_.arm(policy_.limit);
}

void AnsweringMachine::onStepTimeout() {
    switch (step_) {
    case Step::Answering:
        observer_.onProblem("the modem never said that it answered; hanging up");
        finish(End::Failed);
        break;
    case Step::Greeting:
        observer_.onProblem("the greeting does not end; hanging up");
        finish(End::Failed);
        break;
    case Step::Beep: record(); break;
    case Step::Recording:
        if (!recordingRuns_) {
            observer_.onProblem("the recording did not start; hanging up");
        }
        finish(recordingRuns_ ? End::Limit : End::Failed);
        break;
    case Step::HangingUp:
        observer_.onProblem("the modem did not confirm the hang-up");
        complete();
        break;
    case Step::Waiting:
    case Step::Done: break;
    }
}

void AnsweringMachine::stop() {
    finish(End::Stopped);
}

void AnsweringMachine::finish(End end) {
    if (end_) {
        return;
    }
    end_ = end;
    if (std::exchange(recordingRuns_, false)) {
        recorded_ = loop_.now() - recordingStart_;
        enter(Step::HangingUp, kHangUpLimit);
        if (sound_.stopRecording(*call_, reply(&AnsweringMachine::onRecordingStopped))) {
            stopping_ = true;  // the file is whole only after the reply
            return;
        }
    } else {
        enter(Step::HangingUp, kHangUpLimit);
    }
    hangUp();
}

void AnsweringMachine::onRecordingStopped(const Result<void>&) {
    stopping_ = false;
    if (step_ == Step::HangingUp) {
        hangUp();
    }
}

void AnsweringMachine::hangUp() {
    if (call_->lineState() == LineCallState::Idle) {
        complete();
    } else if (auto asked = call_->disconnect(reply(&AnsweringMachine::onHungUp)); !asked) {
        if (!gone(*call_)) {
            observer_.onProblem(fmt::format("cannot hang up: {}", causeOf(asked.error())));
        }
        complete();
    }
}

void AnsweringMachine::onHungUp(const Result<void>& result) {
    if (step_ != Step::HangingUp) {
        return;
    }
    if (!result && !gone(*call_)) {
        observer_.onProblem(fmt::format("the hang-up failed: {}", causeOf(result.error())));
        complete();
    } else if (call_->lineState() == LineCallState::Idle) {
        complete();
    }
}

void AnsweringMachine::complete() {
    if (step_ == Step::Done) {
        return;
    }
    timer_.cancel();
    sound_.end();
    step_ = Step::Done;
    observer_.onStep(step_);
    observer_.onDone(end_.value_or(End::Failed));
}

std::string_view word(AnsweringMachine::End end) noexcept {
    switch (end) {
    case AnsweringMachine::End::CallerHungUp: return "hang-up";
    case AnsweringMachine::End::Silence: return "silence";
    case AnsweringMachine::End::Key: return "key";
    case AnsweringMachine::End::Limit: return "limit";
    case AnsweringMachine::End::NotAnswered: return "not answered";
    case AnsweringMachine::End::Stopped: return "stopped";
    case AnsweringMachine::End::Failed: return "failed";
    }
    return "";
}

}  // namespace tipring::tools

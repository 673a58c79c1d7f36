// SPDX-License-Identifier: Apache-2.0
#include "machine_task.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cctype>
#include <cmath>
#include <filesystem>
#include <system_error>
#include <utility>

#include "event_text.h"
#include "json_line.h"
#include "sound_file.h"
#include "time_text.h"

namespace tipring::tools {
namespace {

using namespace std::chrono_literals;
using Step = AnsweringMachine::Step;
using End = AnsweringMachine::End;
using Style = Console::Style;

constexpr auto kProgressPeriod = 500ms;

const char* stepWord(Step step) {
    switch (step) {
    case Step::Waiting: return "waiting";
    case Step::Answering: return "answering";
    case Step::Greeting: return "greeting";
    case Step::Beep: return "beep";
    case Step::Recording: return "recording";
    case Step::HangingUp: return "hanging up";
    case Step::Done: return "done";
    }
    return "";
}

std::string endText(End end) {
    switch (end) {
    case End::Silence: return "nobody speaks any more";
    case End::Key: return "the caller pressed #";
    case End::Limit: return "the time limit is reached";
    case End::Stopped: return "as you asked";
    default: return "see the message above";
    }
}

std::string callLine(const CallRecord& record) {
    tapi::Party caller;
    caller.number = record.number;
    caller.name = record.name;
    caller.numberStatus = record.numberStatus == "private"       ? tapi::PartyStatus::Blocked
                          : record.numberStatus == "unavailable" ? tapi::PartyStatus::OutOfArea
                                                                 : tapi::PartyStatus::Ok;
    return fmt::format("{}, {} {}, {}", callerText(caller), record.rings,
                       record.rings == 1 ? "ring" : "rings",
                       record.answer ? "answered" : "not answered");
}

}  // namespace

std::string newRecordingPath(const std::string& folder, hal::WallTime start,
                             const tapi::Party& caller) {
    std::string who;
    for (const char c : caller.number.substr(0, 32)) {
        who += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' ? c : '-';
    }
    if (who.empty()) {
        who = caller.numberStatus == tapi::PartyStatus::Blocked ? "private" : "unknown";
    }
    const std::string stem = fmt::format("{}/{}_{}", folder, fileStamp(start), who);
    std::string path = stem + ".wav";
    for (int n = 2; ::access(path.c_str(), F_OK) == 0; ++n) {
        path = fmt::format("{}-{}.wav", stem, n);
    }
    return path;
}

MachineTask::MachineTask(hal::EventLoop& loop, Console& console, const Settings& settings,
                         Options options)
    : loop_(loop),
      console_(console),
      options_(std::move(options)),
      session_(loop, console, settings, Session::Needs{.ownCalls = true}, *this),
      progressTimer_(loop, [this] { showProgress(); }) {}

MachineTask::~MachineTask() = default;

void MachineTask::say(std::string_view text) {
    console_.note(
        fmt::format("{}  {}", console_.paint(Style::Dim, localClock(loop_.wallNow())), text));
}

void MachineTask::onReady(const std::shared_ptr<tapi::Address>& line) {
    say(fmt::format("Line ready: {}", line->name()));
    voice_ = line->capabilities().canRecord;
    if (!voice_ && !options_.watchOnly) {
        console_.problem(
            fmt::format("{} has no voice mode that works, so it cannot answer; "
                        "`tipring monitor` names and logs its calls",
                        line->name()));
        session_.finish(ExitCode::Failed);
        return;
    }
    if (!voice_) {
        say("This modem cannot talk: it names the caller and logs the call, but does not answer.");
    }
    if (console_.json()) {
        JsonLine ready;
        ready.set("event", "ready").set("time", utcText(loop_.wallNow()));
        console_.object(ready.set("line", line->id()).set("lineName", line->name()));
    }
    if (!options_.waitingText.empty()) {
        say(options_.waitingText);
    }
    if (onStepHook) {
        onStepHook(Step::Waiting);
    }
}

void MachineTask::onEvent(const tapi::Event& event) {
    if (const auto* ring = std::get_if<tapi::AddressEvent>(&event);
        ring != nullptr && ring->kind == tapi::AddressEvent::Kind::Ringing) {
        rings_ = ring->ringCount + 1;
    }
    tell(event);
    if (const auto* fresh = std::get_if<tapi::CallNotificationEvent>(&event)) {
        takeCall(fresh->call);
    } else if (machine_) {
        machine_->onEvent(event);
    } else if (const auto* state = std::get_if<tapi::CallStateEvent>(&event);
               state != nullptr && call_ && state->call->id() == call_->id() &&
               state->lineState == tapi::LineCallState::Idle) {
        onDone(End::NotAnswered);
    }
}

void MachineTask::takeCall(const std::shared_ptr<tapi::Call>& call) {
    if (call_) {
        return;  // one line, one call: a second one waits or goes away by itself
    }
    call_ = call;
    recording_.clear();
    if (!voice_) {
        return;
    }
    AnsweringPolicy policy = options_.policy;
    policy.recording = options_.recordingFile;
    policy.streamed = session_.inService();
    machine_ = std::make_unique<AnsweringMachine>(
        loop_, call, std::move(policy), static_cast<AnsweringMachine::Observer&>(*this), rings_);
}

void MachineTask::tell(const tapi::Event& event) {
    if (console_.json()) {
        console_.object(toJson(event, loop_.wallNow()));
        return;
    }
    if (const auto* line = std::get_if<tapi::AddressEvent>(&event)) {
        if (line->kind == tapi::AddressEvent::Kind::Ringing) {
            say(console_.paint(Style::Ring, fmt::format("Ring {}", line->ringCount + 1)));
        }
    } else if (const auto* info = std::get_if<tapi::CallInfoChangeEvent>(&event)) {
        const tapi::CallInfo facts = info->call->info();
        if (info->item == tapi::CallInfoChangeEvent::Item::Caller) {
            say(fmt::format("Caller: {}{}", console_.paint(Style::Strong, callerText(facts.caller)),
                            facts.networkTime ? fmt::format("  (the exchange says {})",
                                                            networkTimeText(*facts.networkTime))
                                              : std::string()));
        }
    } else if (const auto* state = std::get_if<tapi::CallStateEvent>(&event)) {
        if (state->lineState == tapi::LineCallState::Connected) {
            say("Answered.");
        } else if (state->lineState == tapi::LineCallState::Disconnected) {
            tellHangUp(*state);
        } else if (state->lineState == tapi::LineCallState::Idle) {
            say("Call over; the line is free again.");
        }
    } else if (const auto* digit = std::get_if<tapi::DigitEvent>(&event)) {
        say(fmt::format("The caller pressed {}", digit->digit));
    } else if (const auto* media = std::get_if<tapi::CallMediaEvent>(&event)) {
        if (const std::string text = describe(*media); !text.empty()) {
            say(text);
        }
    }
}

/// Only what the other side did; our own hang-up was told as a step.
void MachineTask::tellHangUp(const tapi::CallStateEvent& state) {
    const End end = machine_ ? machine_->end().value_or(End::CallerHungUp) : End::CallerHungUp;
    if (end == End::NotAnswered || machine_ == nullptr || machine_->step() < Step::Answering) {
        say(state.mode == static_cast<std::uint32_t>(tapi::DisconnectMode::NoAnswer)
                ? std::string("The caller gave up.")
                : fmt::format("The call ended: {}", disconnectText(state)));
    } else if (end == End::CallerHungUp) {
        const std::string why = hangUpText(state);
        say(state.mode == static_cast<std::uint32_t>(tapi::DisconnectMode::Normal)
                ? fmt::format("The caller hung up{}.", why.empty() ? "" : " (" + why + ")")
                : fmt::format("The call ended: {}", disconnectText(state)));
    }
}

void MachineTask::onStep(Step step) {
    if (console_.json()) {
        JsonLine line;
        line.set("event", "step").set("time", utcText(loop_.wallNow())).set("step", stepWord(step));
        console_.object(line);
    }
    switch (step) {
    case Step::Answering: say("Answering ..."); break;
    case Step::Greeting: {
        const auto facts = measureSound(options_.policy.greeting);
        say(facts ? fmt::format("Playing the greeting ({:.1f} s)",
                                static_cast<double>(facts->length.count()) / 1000.0)
                  : std::string("Playing the greeting"));
        break;
    }
    case Step::Beep:
        chooseRecording();
        if (options_.policy.beep > 0ms) {
            say("Beep");
        }
        break;
    case Step::Recording:
        recordingStart_ = loop_.now();
        say(fmt::format("{} to {}", console_.paint(Style::Good, "Recording"), recording_));
        progressTimer_.arm(kProgressPeriod);
        break;
    case Step::HangingUp:
        progressTimer_.cancel();
        tellOwnHangUp();
        break;
    case Step::Done: progressTimer_.cancel(); break;
    case Step::Waiting: break;
    }
    if (onStepHook) {
        onStepHook(step);
    }
}

void MachineTask::tellOwnHangUp() {
    const End end = machine_->end().value_or(End::CallerHungUp);
    if (end != End::CallerHungUp && end != End::NotAnswered) {
        say(fmt::format("Hanging up: {}.", endText(end)));
    }
}

void MachineTask::chooseRecording() {
    recording_ = options_.recordingFile;
    if (recording_.empty()) {
        std::error_code error;
        std::filesystem::create_directories(options_.recordings, error);
        recording_ = newRecordingPath(options_.recordings, loop_.wallNow(), call_->info().caller);
        machine_->setRecording(recording_);
    }
    session_.journal().setRecording(*call_, recording_);
}

void MachineTask::showProgress() {
    const double seconds = std::chrono::duration<double>(loop_.now() - recordingStart_).count();
    console_.progress(fmt::format("          recorded {:.1f} s", seconds));
    progressTimer_.arm(kProgressPeriod);
}

void MachineTask::onProblem(std::string_view text) {
    console_.problem(text);
    if (console_.json()) {
        JsonLine line;
        line.set("event", "problem").set("time", utcText(loop_.wallNow())).set("text", text);
        console_.object(line);
    }
}

void MachineTask::onDone(End end) {
    loop_.post([this, end] { conclude(end); });
}

void MachineTask::conclude(End end) {
    if (auto written = session_.journal().flush(); !written) {
        console_.problem("the call is not in the log", written.error());
    }
    tellSummary(end);
    machine_.reset();
    call_.reset();
    rings_ = 0;
    const bool waitOn = options_.all || (end == End::NotAnswered && !options_.endWhenMissed);
    if (end == End::Stopped) {
        session_.finish(ExitCode::Interrupted);
    } else if (!waitOn) {
        session_.finish(end == End::Failed ? ExitCode::Failed : ExitCode::Ok);
    }
}

void MachineTask::tellSummary(End end) {
    JsonLine line;
    line.set("event", "done").set("time", utcText(loop_.wallNow())).set("end", word(end));
    if (!recording_.empty()) {
        if (const auto facts = measureSound(recording_)) {
            const double seconds = static_cast<double>(facts->length.count()) / 1000.0;
            console_.result(fmt::format("Recording: {} ({})", recording_, soundText(*facts)));
            line.set("recording", recording_).set("seconds", seconds);
            tellLoss(line);
            line.set("peakDbfs", std::round(facts->peakDbfs * 10) / 10)
                .set("meanDbfs", std::round(facts->meanDbfs * 10) / 10);
        } else {
            console_.problem("there is no recording", facts.error());
        }
    }
    const auto& row = session_.journal().lastEnded();
    if (row && row->id != 0) {
        console_.result(fmt::format("Call log:  row {} of {} ({})", row->id,
                                    session_.journal().path(), callLine(*row)));
        line.set("row", row->id).set("callLog", session_.journal().path());
        line.setUnlessEmpty("number", row->number).setUnlessEmpty("name", row->name);
        line.set("rings", row->rings).set("answered", row->answer.has_value());
    }
    console_.object(line);
}

/// What the device lost of the sound on its way.
void MachineTask::tellLoss(JsonLine& line) {
    const std::uint64_t lost = call_ ? call_->mediaStatus().record.lost : 0;
    if (lost == 0) {
        return;
    }
    const double seconds = static_cast<double>(lost) / 8000;
    console_.problem(fmt::format("{:.2f} s of the sound were lost before they came here", seconds));
    line.set("lostSeconds", seconds);
}

void MachineTask::onInterrupt() {
    if (machine_) {
        machine_->stop();
    } else {
        session_.finish(options_.all ? ExitCode::Ok : ExitCode::Interrupted);
    }
}

}  // namespace tipring::tools

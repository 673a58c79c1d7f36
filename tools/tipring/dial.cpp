// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cctype>
#include <cmath>
#include <utility>

#include "call_sound.h"
#include "commands.h"
#include "console.h"
#include "dial_rules.h"
#include "event_text.h"
#include "json_line.h"
#include "session.h"
#include "sound_file.h"
#include "tel_uri.h"
#include "time_text.h"

namespace tipring::tools {
namespace {

using namespace std::chrono_literals;
using tapi::DisconnectMode;
using tapi::LineCallState;
using tapi::Result;

constexpr auto kHangUpLimit = 15s;

std::string causeOf(const hal::Error& error) {
    return error.cause.empty() ? std::string(hal::errorName(error.code)) : error.cause;
}

std::string sentence(std::string text) {
    if (!text.empty()) {
        text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
    }
    return text;
}

bool farEndFailed(DisconnectMode mode) {
    switch (mode) {
    case DisconnectMode::Busy:
    case DisconnectMode::NoAnswer:
    case DisconnectMode::BadAddress:
    case DisconnectMode::Unreachable:
    case DisconnectMode::Congestion:
    case DisconnectMode::NoDialTone:
    case DisconnectMode::NumberChanged:
    case DisconnectMode::OutOfOrder:
    case DisconnectMode::Blocked:
    case DisconnectMode::Reject: return true;
    default: return false;
    }
}

/// Places one call and stays with it: sends keys, plays, records, as asked.
class Dialler final : public Session::User {
public:
    Dialler(hal::EventLoop& loop, Console& console, const Settings& settings, DialOptions options,
            tapi::Translation number)
        : loop_(loop),
          console_(console),
          options_(std::move(options)),
          number_(std::move(number)),
          session_(loop, console, settings, Session::Needs{.ownCalls = false}, *this),
          sound_(loop, session_.inService()),
          timer_(loop, [this] { onTimer(); }) {}

    ExitCode run() { return session_.run(); }

private:
    void onReady(const std::shared_ptr<tapi::Address>& line) override {
        const auto& caps = line->capabilities();
        const bool sound = !options_.play.empty() || !options_.record.empty();
        if (sound && !(options_.play.empty() ? caps.canRecord : caps.canPlay)) {
            console_.problem(fmt::format("{} cannot {} sound; `tipring lines` tells what it can do",
                                         line->name(), options_.play.empty() ? "record" : "play"));
            session_.finish(ExitCode::Failed);
            return;
        }
        const bool voice = !options_.data && caps.mediaModes.has(tapi::MediaMode::AutomatedVoice);
        auto call =
            line->createCall(number_.dialable.reveal(),
                             voice ? tapi::MediaMode::AutomatedVoice : tapi::MediaMode::DataModem);
        if (!call) {
            console_.problem(
                fmt::format("cannot dial {}: {}", number_.displayable, causeOf(call.error())));
            session_.finish(exitCodeFor(call.error().code));
            return;
        }
        call_ = *call;
        say(fmt::format("Dialling {} on {} ...", number_.displayable, line->name()));
        session_.journal().addOutgoing(*call_, options_.number);
        auto asked = call_->connect([this](const Result<void>& done) {
            if (!done) {
                fail(fmt::format("the call could not be made: {}", causeOf(done.error())),
                     exitCodeFor(done.error().code));
            }
        });
        if (!asked) {
            fail(fmt::format("cannot dial {}: {}", number_.displayable, causeOf(asked.error())),
                 exitCodeFor(asked.error().code));
        }
    }

    void onEvent(const tapi::Event& event) override {
        if (const auto* state = std::get_if<tapi::CallStateEvent>(&event)) {
            if (mine(state->call)) {
                console_.object(toJson(event, loop_.wallNow()));
                onState(*state);
            }
        } else if (const auto* sent = std::get_if<tapi::GenerateEvent>(&event)) {
            if (mine(sent->call)) {
                console_.object(toJson(event, loop_.wallNow()));
                say("Keys sent.");
                playThenRecord();
            }
        } else if (const auto* digit = std::get_if<tapi::DigitEvent>(&event)) {
            if (mine(digit->call)) {
                console_.object(toJson(event, loop_.wallNow()));
                say(sentence(describe(event)));
            }
        } else if (const auto* file = std::get_if<tapi::FileTerminalEvent>(&event)) {
            if (mine(file->call)) {
                console_.object(toJson(event, loop_.wallNow()));
                onFile(*file);
            }
        }
    }

    void onState(const tapi::CallStateEvent& event) {
        switch (event.lineState) {
        case LineCallState::Connected:
            if (!std::exchange(connected_, true)) {
                onConnected();
            }
            break;
        case LineCallState::Disconnected: onDisconnected(event); break;
        case LineCallState::Idle: conclude(); break;
        default: say(sentence(describe(event))); break;
        }
    }

    void onConnected() {
        say(call_->connectionConfirmed()
                ? "Connected."
                : "Connected, as far as the modem can tell (an analog line does not say).");
        if (options_.seconds > 0) {
            timer_.arm(std::chrono::seconds(options_.seconds));
        }
        if (!options_.digits.empty()) {
            if (auto sent = call_->generateDigits(options_.digits); !sent) {
                fail(fmt::format("cannot send {}: {}", options_.digits, causeOf(sent.error())),
                     exitCodeFor(sent.error().code));
            }
        } else {
            playThenRecord();
        }
    }

    /// One after the other: most modems send or receive, not both.
    void playThenRecord() {
        if (!options_.play.empty()) {
            play();
        } else if (!options_.record.empty()) {
            startRecording();
        } else if (options_.seconds == 0) {
            say("The call stays up until the far end hangs up, or Ctrl-C.");
        }
    }

    void play() {
        say(fmt::format("Playing {}", options_.play));
        auto asked = sound_.play(*call_, options_.play, [this](const Result<void>& done) {
            if (!done) {
                fail(fmt::format("cannot play: {}", causeOf(done.error())), ExitCode::Failed);
            }
        });
        if (!asked) {
            fail(fmt::format("cannot play: {}", causeOf(asked.error())),
                 exitCodeFor(asked.error().code));
        }
    }

    void startRecording() {
        say(fmt::format("Recording to {}", options_.record));
        session_.journal().setRecording(*call_, options_.record);
        auto asked = sound_.record(*call_, options_.record, [this](const Result<void>& done) {
            if (!done) {
                fail(fmt::format("cannot record: {}", causeOf(done.error())), ExitCode::Failed);
            }
        });
        if (!asked) {
            fail(fmt::format("cannot record: {}", causeOf(asked.error())),
                 exitCodeFor(asked.error().code));
        }
    }

    void onFile(const tapi::FileTerminalEvent& event) {
        using Cause = tapi::FileTerminalEvent::Cause;
        if (event.cause == Cause::ReadError || event.cause == Cause::WriteError) {
            fail(fmt::format("{}: {}", event.path, event.error), ExitCode::Failed);
        } else if (event.state == tapi::FileTerminalEvent::State::Idle &&
                   event.cause == Cause::EndOfFile && event.path == options_.play) {
            say("Played to the end.");
            if (!options_.record.empty()) {
                startRecording();
            } else if (options_.seconds == 0) {
                hangUp();
            }
        }
    }

    void onDisconnected(const tapi::CallStateEvent& event) {
        const auto mode = static_cast<DisconnectMode>(event.mode);
        const std::string why = hangUpText(event);
        if (!hangingUp_) {
            say(connected_ && mode == DisconnectMode::Normal
                    ? fmt::format("The far end hung up{}.", why.empty() ? "" : " (" + why + ")")
                    : fmt::format("The call ended: {}", disconnectText(event)));
        }
        if (!connected_ && !failed_ && farEndFailed(mode)) {
            code_ = ExitCode::NoAnswer;
        }
        hangUp();
    }

    void fail(const std::string& text, ExitCode code) {
        console_.problem(text);
        code_ = code;
        failed_ = true;
        hangUp();
    }

    void hangUp() {
        if (std::exchange(hangingUp_, true)) {
            return;
        }
        timer_.arm(kHangUpLimit);
        auto stopped =
            options_.record.empty()
                ? Result<tapi::RequestId>(tl::unexpected(hal::Error{}))
                : sound_.stopRecording(*call_, [this](const Result<void>&) { dropCall(); });
        if (!stopped) {
            dropCall();
        }
    }

    void dropCall() {
        auto asked = call_->disconnect([](const Result<void>&) {});
        if (!asked || call_->lineState() == LineCallState::Idle) {
            loop_.post([this] { conclude(); });
        }
    }

    void conclude() {
        if (std::exchange(concluded_, true)) {
            return;
        }
        timer_.cancel();
        sound_.end();
        if (auto written = session_.journal().flush(); !written) {
            console_.problem("the call is not in the log", written.error());
        }
        tellSummary();
        session_.finish(interrupted_ && !connected_ ? ExitCode::Interrupted : code_);
    }

    void tellSummary() {
        JsonLine line;
        line.set("event", "done")
            .set("time", utcText(loop_.wallNow()))
            .set("connected", connected_);
        if (!options_.record.empty() && connected_) {
            if (const auto facts = measureSound(options_.record)) {
                const double seconds = static_cast<double>(facts->length.count()) / 1000.0;
                console_.result(
                    fmt::format("Recording: {} ({})", options_.record, soundText(*facts)));
                line.set("recording", options_.record).set("seconds", seconds);
                line.set("peakDbfs", std::round(facts->peakDbfs * 10) / 10);
            }
        }
        const auto& row = session_.journal().lastEnded();
        if (row && row->id != 0) {
            say(fmt::format("Call log: row {} of {}", row->id, session_.journal().path()));
            line.set("row", row->id).set("callLog", session_.journal().path());
        }
        console_.object(line);
    }

    void onTimer() {
        if (!hangingUp_) {
            say(fmt::format("{} s are over; hanging up.", options_.seconds));
            hangUp();
        } else {
            console_.problem("the modem did not confirm the hang-up");
            code_ = ExitCode::Failed;
            conclude();
        }
    }

    void onInterrupt() override {
        interrupted_ = true;
        if (call_ && !hangingUp_) {
            say("Hanging up ...");
            hangUp();
        } else if (!call_) {
            session_.finish(ExitCode::Interrupted);
        }
    }

    [[nodiscard]] bool mine(const std::shared_ptr<tapi::Call>& call) const {
        return call_ && call && call->id() == call_->id();
    }
    void say(std::string_view text) {
        console_.note(fmt::format(
            "{}  {}", console_.paint(Console::Style::Dim, localClock(loop_.wallNow())), text));
    }

    hal::EventLoop& loop_;
    Console& console_;
    DialOptions options_;
    tapi::Translation number_;
    Session session_;
    CallSound sound_;
    hal::Timer timer_;
    std::shared_ptr<tapi::Call> call_;
    ExitCode code_ = ExitCode::Ok;
    bool connected_ = false, failed_ = false, hangingUp_ = false, interrupted_ = false,
         concluded_ = false;
};

}  // namespace

ExitCode runDial(Console& console, const CommonOptions& common, const DialOptions& options) {
    if (isTelUri(options.number)) {
        return askForCall(console, options.number);
    }
    auto number = translateNumber(common, options.place, options.number);
    if (!number) {
        console.problem(fmt::format("cannot dial {}: {}", options.number, causeOf(number.error())));
        return exitCodeFor(number.error().code);
    }
    return runOnLoop(console, common, [&](hal::EventLoop& loop, const Settings& settings) {
        return Dialler(loop, console, settings, options, *number).run();
    });
}

}  // namespace tipring::tools

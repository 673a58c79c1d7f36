// SPDX-License-Identifier: Apache-2.0
// Assisted telephony: makes the calls that other programs ask for.
#include <fmt/format.h>

#include <utility>

#include "commands.h"
#include "console.h"
#include "dial_rules.h"
#include "event_text.h"
#include "json_line.h"
#include "request_socket.h"
#include "session.h"
#include "tel_uri.h"
#include "time_text.h"

namespace tipring::tools {
namespace {

using namespace std::chrono_literals;
using tapi::LineCallState;
using tapi::Result;

/// Takes one request after the other: dials it, and leaves the call to the telephone on the line.
class RequestedCalls final : public Session::User {
public:
    RequestedCalls(hal::EventLoop& loop, Console& console, const Settings& settings,
                   const CommonOptions& common, DialerOptions options)
        : loop_(loop),
          console_(console),
          common_(common),
          options_(std::move(options)),
          session_(loop, console, settings, Session::Needs{}, *this),
          handOver_(loop, [this] { leaveToTelephone(); }) {}

    ExitCode run() { return session_.run(); }

private:
    void onReady(const std::shared_ptr<tapi::Address>& line) override {
        line_ = line;
        auto server = RequestServer::create(loop_, requestSocketPath(),
                                            [this](const tapi::AssistedRequest& request) {
                                                return session_.tapi().requestMakeCall(request);
                                            });
        if (!server) {
            console_.problem(server.error().cause);
            session_.finish(exitCodeFor(server.error().code));
            return;
        }
        server_ = std::move(*server);
        if (auto registered = session_.tapi().registerRequestRecipient(); !registered) {
            console_.problem("cannot take requests", registered.error());
            session_.finish(ExitCode::Failed);
            return;
        }
        say(fmt::format("Ready: calls that are asked for go out on {}.", line->name()));
        JsonLine ready;
        ready.set("event", "ready").set("time", utcText(loop_.wallNow()));
        console_.object(ready.set("line", line->id()).set("lineName", line->name()));
    }

    void onEvent(const tapi::Event& event) override {
        if (std::holds_alternative<tapi::RequestEvent>(event)) {
            console_.object(toJson(event, loop_.wallNow()));
            next();
        } else if (const auto* state = std::get_if<tapi::CallStateEvent>(&event);
                   state != nullptr && call_ && state->call->id() == call_->id()) {
            console_.object(toJson(event, loop_.wallNow()));
            onState(*state);
        }
    }

    /// The next request, when no call is under way.
    void next() {
        if (call_ || leaving_) {
            return;
        }
        auto request = session_.tapi().takeRequest();
        if (!request) {
            return;  // none waits
        }
        say(fmt::format("{} asks for a call to {}{}",
                        request->appName.empty() ? "Somebody" : request->appName, request->number,
                        request->calledParty.empty() ? "" : " (" + request->calledParty + ")"));
        if (auto begun = dial(*request); !begun) {
            console_.problem(fmt::format("cannot dial {}", request->number), begun.error());
            call_.reset();
            loop_.post([this] { next(); });
        }
    }

    Result<void> dial(const tapi::AssistedRequest& request) {
        const auto& modes = line_->capabilities().mediaModes;
        tapi::CallParams params;
        params.mediaModes = modes.has(tapi::MediaMode::InteractiveVoice)
                                ? tapi::MediaMode::InteractiveVoice
                                : tapi::MediaMode::DataModem;
        params.calledParty = request.calledParty;
        params.comment = request.comment;
        const auto number = translateNumber(common_, options_.place, request.number);
        if (!number) {
            return tl::unexpected(number.error());
        }
        auto call = line_->createCall(number->dialable.reveal(), params);
        if (!call) {
            return tl::unexpected(call.error());
        }
        call_ = *call;
        session_.journal().addOutgoing(*call_, request.number);
        const auto asked = call_->connect([this](const Result<void>& done) {
            if (!done) {
                console_.problem("the call could not be made", done.error());
            }
        });
        return asked ? Result<void>() : tl::unexpected(asked.error());
    }

    void onState(const tapi::CallStateEvent& event) {
        switch (event.lineState) {
        case LineCallState::Connected:
            say(
                fmt::format("Dialled. Lift the telephone within {} s: the modem leaves the call "
                            "to it then.",
                            options_.seconds));
            handOver_.arm(std::chrono::seconds(options_.seconds));
            break;
        case LineCallState::Disconnected:
            if (!leaving_) {
                say(fmt::format("The call ended: {}", disconnectText(event)));
            }
            leaveToTelephone();
            break;
        case LineCallState::Idle: onIdle(); break;
        default: say(describe(event)); break;
        }
    }

    void leaveToTelephone() {
        handOver_.cancel();
        if (call_) {
            static_cast<void>(call_->disconnect([](const Result<void>&) {}));
        }
    }

    void onIdle() {
        handOver_.cancel();
        call_.reset();
        if (leaving_) {
            session_.finish(ExitCode::Ok);
        } else {
            next();
        }
    }

    void onInterrupt() override {
        leaving_ = true;
        if (call_) {
            leaveToTelephone();
        } else {
            session_.finish(ExitCode::Ok);
        }
    }

    void say(std::string_view text) {
        console_.note(fmt::format(
            "{}  {}", console_.paint(Console::Style::Dim, localClock(loop_.wallNow())), text));
    }

    hal::EventLoop& loop_;
    Console& console_;
    const CommonOptions& common_;
    const DialerOptions options_;
    Session session_;
    hal::Timer handOver_;
    std::unique_ptr<RequestServer> server_;
    std::shared_ptr<tapi::Address> line_;
    std::shared_ptr<tapi::Call> call_;
    bool leaving_ = false;
};

}  // namespace

ExitCode runDialer(Console& console, const CommonOptions& common, const DialerOptions& options) {
    return runOnLoop(console, common, [&](hal::EventLoop& loop, const Settings& settings) {
        return RequestedCalls(loop, console, settings, common, options).run();
    });
}

ExitCode askForCall(Console& console, const std::string& uri) {
    const auto number = numberOfTelUri(uri);
    if (!number) {
        console.problem(fmt::format("{}: {}", uri, number.error().cause));
        return ExitCode::Usage;
    }
    const auto sent = sendRequest(requestSocketPath(), {*number, "tipring dial", {}, {}});
    JsonLine line;
    line.set("event", "asked").set("number", *number).set("ok", sent.has_value());
    if (!sent) {
        console.problem(fmt::format("no call to {}: {}", *number, sent.error().cause));
        console.object(line.set("error", hal::errorName(sent.error().code)));
        return sent.error().code == hal::ErrorCode::NoRequestRecipient ? ExitCode::NotFound
                                                                       : ExitCode::Failed;
    }
    console.result(fmt::format("Asked for a call to {}.", *number));
    console.object(line);
    return ExitCode::Ok;
}

}  // namespace tipring::tools

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "commands.h"
#include "console.h"
#include "event_text.h"
#include "json_line.h"
#include "session.h"
#include "time_text.h"
#include "tipring/tapi_core/api/address.h"
#include "tipring/tapi_core/api/phone.h"
#include "tipring/tapi_core/tspi/constants.h"

namespace tipring::tools {
namespace {

/// Tells every event of every line until interrupted.
class Monitor final : public Session::User {
public:
    Monitor(hal::EventLoop& loop, Console& console, const Settings& settings)
        : loop_(loop),
          console_(console),
          session_(loop, console, settings, Session::Needs{.allLines = true}, *this) {}

    ExitCode run() { return session_.run(); }

private:
    void onReady(const std::shared_ptr<tapi::Address>& line) override {
        const auto& caps = line->capabilities();
        const bool callable = (caps.callStates & LINECALLSTATE_OFFERING) != 0;
        tell(line, !callable       ? "telephone port ready"
                   : caps.callerId ? "line ready, waiting for calls"
                                   : "line ready, waiting for calls (no caller ID)");
        if (console_.json()) {
            JsonLine ready;
            ready.set("event", "ready").set("time", utcText(loop_.wallNow()));
            console_.object(ready.set("line", line->id()).set("lineName", line->name()));
        }
    }

    void onEvent(const tapi::Event& event) override {
        if (const auto* fresh = std::get_if<tapi::CallNotificationEvent>(&event)) {
            // Where the modem cannot tell, the call is shown without.
            static_cast<void>(
                fresh->call->monitorMedia(tapi::MediaMode::G3Fax | tapi::MediaMode::DataModem));
        }
        console_.object(toJson(event, loop_.wallNow()));
        const std::string text = describe(event);
        if (!text.empty()) {
            tell(lineOf(event), decorated(event, text));
        }
    }

    void onInterrupt() override { session_.finish(ExitCode::Ok); }

    void tell(const std::shared_ptr<tapi::Address>& line, std::string_view text) {
        console_.result(fmt::format(
            "{}  {}: {}", console_.paint(Console::Style::Dim, localClock(loop_.wallNow())),
            line ? line->name() : "line", text));
    }

    [[nodiscard]] std::string decorated(const tapi::Event& event, const std::string& text) const {
        if (std::holds_alternative<tapi::AddressEvent>(event) &&
            std::get<tapi::AddressEvent>(event).kind == tapi::AddressEvent::Kind::Ringing) {
            return console_.paint(Console::Style::Ring, text);
        }
        const auto* info = std::get_if<tapi::CallInfoChangeEvent>(&event);
        const bool names = info != nullptr && info->item == tapi::CallInfoChangeEvent::Item::Caller;
        return names ? console_.paint(Console::Style::Strong, text) : text;
    }

    static std::shared_ptr<tapi::Address> lineOf(const tapi::Event& event) {
        return std::visit(
            [](const auto& e) -> std::shared_ptr<tapi::Address> {
                if constexpr (
                    requires { e.phone->address(); } && !requires { e.address; }) {
                    return e.phone ? e.phone->address() : nullptr;
                } else if constexpr (requires { e.address; }) {
                    return e.address ? e.address : nullptr;
                } else if constexpr (requires { e.call; }) {
                    return e.call ? e.call->address() : nullptr;
                } else {
                    return nullptr;
                }
            },
            event);
    }

    hal::EventLoop& loop_;
    Console& console_;
    Session session_;
};

}  // namespace

ExitCode runMonitor(Console& console, const CommonOptions& common) {
    return runOnLoop(console, common, [&](hal::EventLoop& loop, const Settings& settings) {
        return Monitor(loop, console, settings).run();
    });
}

}  // namespace tipring::tools

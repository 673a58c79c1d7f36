// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <set>

#include "commands.h"
#include "console.h"
#include "event_text.h"
#include "json_line.h"
#include "session.h"
#include "time_text.h"
#include "tipring/tapi_core/api/address.h"
#include "tipring/tapi_core/api/room.h"

namespace tipring::tools {
namespace {

/// Answers every call of every line into one room, until interrupted.
class RoomKeeper final : public Session::User {
public:
    RoomKeeper(hal::EventLoop& loop, Console& console, const Settings& settings,
               const RoomOptions& options)
        : loop_(loop),
          console_(console),
          options_(options),
          session_(loop, console, settings, Session::Needs{.allLines = true, .ownCalls = true},
                   *this) {}

    ExitCode run() { return session_.run(); }

private:
    void onReady(const std::shared_ptr<tapi::Address>& line) override {
        if (!room_ && !open()) {
            return session_.finish(ExitCode::Failed);
        }
        tell(line->name(), line->capabilities().fullDuplex
                               ? "calls of this line come into the room"
                               : "this line cannot listen while it speaks: its calls stay out");
    }

    bool open() {
        tapi::RoomSettings settings;
        settings.pin = options_.pin;
        settings.mostCalls = options_.most;
        auto room = session_.tapi().createRoom(settings);
        if (!room) {
            console_.problem("the room", room.error());
            return false;
        }
        room_ = std::move(*room);
        if (!options_.record.empty()) {
            if (auto recorded = room_->record(options_.record); !recorded) {
                console_.problem(options_.record, recorded.error());
                return false;
            }
        }
        return true;
    }

    void onEvent(const tapi::Event& event) override {
        console_.object(toJson(event, loop_.wallNow()));
        if (const auto* ring = std::get_if<tapi::AddressEvent>(&event)) {
            onRing(*ring);
        } else if (const auto* state = std::get_if<tapi::CallStateEvent>(&event)) {
            onState(*state);
        } else if (const auto* told = std::get_if<tapi::RoomEvent>(&event)) {
            onRoom(*told);
        }
    }

    void onRing(const tapi::AddressEvent& event) {
        if (event.kind != tapi::AddressEvent::Kind::Ringing ||
            event.ringCount + 1 < options_.rings || !event.address->capabilities().fullDuplex) {
            return;
        }
        for (const auto& call : event.address->calls()) {
            if (call->state() == tapi::CallState::Offering) {
                static_cast<void>(call->answer([this, call](const tapi::Result<void>& result) {
                    if (!result) {
                        console_.problem(call->address()->name(), result.error());
                    }
                }));
            }
        }
    }

    void onState(const tapi::CallStateEvent& event) {
        if (event.lineState != tapi::LineCallState::Connected || !room_ ||
            event.call->privilege() != tapi::CallPrivilege::Owner ||
            !inside_.insert(event.call->id()).second) {
            return;
        }
        auto admitted = room_->admit(event.call, [this, call = event.call](const auto& result) {
            if (!result) {
                turnAway(call, result.error());
            }
        });
        if (!admitted) {
            turnAway(event.call, admitted.error());
        }
    }

    void turnAway(const std::shared_ptr<tapi::Call>& call, const hal::Error& why) {
        console_.problem(call->address()->name(), why);
        static_cast<void>(call->disconnect({}));
    }

    void onRoom(const tapi::RoomEvent& event) {
        using Kind = tapi::RoomEvent::Kind;
        if (event.kind != Kind::Talking && event.kind != Kind::Quiet) {
            tell("room", describe(event));
        }
        if (event.kind == Kind::Refused && event.call) {
            static_cast<void>(event.call->disconnect({}));
        }
        if (event.kind == Kind::Joined && !options_.announce.empty()) {
            if (auto announced = room_->announce(options_.announce); !announced) {
                console_.problem(options_.announce, announced.error());
            }
        }
    }

    void onInterrupt() override {
        if (room_ && !options_.record.empty()) {
            static_cast<void>(room_->stopRecording());
        }
        room_.reset();
        session_.finish(ExitCode::Ok);
    }

    void tell(std::string_view who, std::string_view text) {
        console_.result(fmt::format(
            "{}  {}: {}", console_.paint(Console::Style::Dim, localClock(loop_.wallNow())), who,
            text));
    }

    hal::EventLoop& loop_;
    Console& console_;
    const RoomOptions options_;
    Session session_;
    std::shared_ptr<tapi::Room> room_;
    std::set<std::uint64_t> inside_;  ///< calls that were let in, or turned away
};

}  // namespace

ExitCode runRoom(Console& console, const CommonOptions& common, const RoomOptions& options) {
    return runOnLoop(console, common, [&](hal::EventLoop& loop, const Settings& settings) {
        return RoomKeeper(loop, console, settings, options).run();
    });
}

}  // namespace tipring::tools

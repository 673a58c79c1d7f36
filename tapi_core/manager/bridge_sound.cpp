// SPDX-License-Identifier: Apache-2.0
// What a conference of the core's own hears and gives beside its members, and its clock.
#include <algorithm>
#include <utility>

#include "bridges.h"
#include "call_record.h"
#include "core.h"
#include "tipring/tapi_core/media/file_terminals.h"

namespace tipring::core {
namespace {

constexpr hal::Duration kBlock = std::chrono::milliseconds(20);

}  // namespace

hal::Result<void> Bridges::play(CallView& conference, const std::string& path, Done done) {
    auto terminal = media::FilePlayTerminal::open({path});
    if (!terminal) {
        return tl::unexpected(std::move(terminal.error()));
    }
    if (auto begun = conference.call->bridge->room->announce(std::move(*terminal)); !begun) {
        return begun;
    }
    conference.call->bridge->playing.push_back(path);
    done({});
    tellFile(conference.call, path, true);
    return {};
}

hal::Result<void> Bridges::stopPlaying(CallView& conference, Done done) {
    done({});
    conference.call->bridge->room->stopAnnouncements();
    return {};
}

hal::Result<void> Bridges::record(CallView& conference, const std::string& path, Done done) {
    auto terminal = media::FileRecordTerminal::create(path, {});
    if (!terminal) {
        return tl::unexpected(std::move(terminal.error()));
    }
    if (auto begun = conference.call->bridge->room->record(std::move(*terminal)); !begun) {
        return begun;
    }
    conference.call->bridge->recording = path;
    done({});
    tellFile(conference.call, path, true);
    return {};
}

hal::Result<void> Bridges::stopRecording(CallView& conference, Done done) {
    if (auto stopped = conference.call->bridge->room->stopRecording(); !stopped) {
        return stopped;
    }
    done({});
    return {};
}

void Bridges::onRoomEvent(const CallPtr& conference, const media::RoomEvent& event) {
    const auto bridge = conference->bridge;
    if (bridge && event.kind == media::RoomEventKind::RecordingEnded) {
        tellFile(conference, bridge->recording, false, event.text);
    } else if (bridge && event.kind == media::RoomEventKind::AnnouncementEnded &&
               !bridge->playing.empty()) {
        const std::string path = std::move(bridge->playing.front());
        bridge->playing.pop_front();
        tellFile(conference, path, false);
    }
}

void Bridges::tellFile(const CallPtr& conference, const std::string& path, bool active,
                       const std::string& error) {
    using State = tapi::FileTerminalEvent::State;
    using Cause = tapi::FileTerminalEvent::Cause;
    for (const auto& view : conference->views) {
        core_.outbox_->event(
            view->application,
            tapi::FileTerminalEvent{view, path, active ? State::Active : State::Idle,
                                    error.empty() ? Cause::Normal : Cause::WriteError, error,
                                    view->callbackInstance},
            view->cookie);
    }
}

void Bridges::watch(const std::shared_ptr<media::ConferenceRoom>& room) {
    const bool known = std::any_of(rooms_.begin(), rooms_.end(),
                                   [&](const auto& each) { return each.lock() == room; });
    if (!known) {
        rooms_.push_back(room);
    }
    if (!clock_.armed()) {
        due_ = core_.loop_.now() + kBlock;
        clock_.armAt(due_);
    }
}

/// Rooms that are empty need no time: who comes asks for it again.
void Bridges::tick() {
    const auto now = core_.loop_.now();
    std::erase_if(rooms_, [&](const auto& each) {
        const auto room = each.lock();
        if (room) {
            room->run(now.time_since_epoch());
        }
        return !room || !room->occupied();
    });
    if (rooms_.empty()) {
        return;
    }
    due_ += kBlock;
    if (due_ < now) {
        due_ = now + kBlock;  // the machine stood still
    }
    clock_.armAt(due_);
}

}  // namespace tipring::core

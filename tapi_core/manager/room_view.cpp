// SPDX-License-Identifier: Apache-2.0
#include "room_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "call_features.h"
#include "core.h"
#include "tipring/tapi_core/media/file_terminals.h"

namespace tipring::core {
namespace {

using Kind = tapi::RoomEvent::Kind;
using CallPtr = std::shared_ptr<CallRecord>;

media::RoomSettings roomOf(const tapi::RoomSettings& settings) {
    media::RoomSettings out;
    out.name = settings.name;
    out.mostParties = settings.mostCalls;
    out.pin = settings.pin;
    out.pinAttempts = settings.pinAttempts;
    out.pinTime = settings.pinTime;
    out.pinFile = settings.pinFile;
    out.wrongPinFile = settings.wrongPinFile;
    out.joinFile = settings.joinFile;
    out.leaveFile = settings.leaveFile;
    out.tellComings = settings.tellComings;
    return out;
}

tl::unexpected<hal::Error> notHere() {
    return hal::fail(hal::ErrorCode::InvalCallHandle, "the call is not in this room");
}

}  // namespace

tapi::Result<std::shared_ptr<RoomView>> RoomView::create(
    const std::shared_ptr<Core>& core, std::shared_ptr<ApplicationRecord> application,
    const tapi::RoomSettings& settings) {
    auto room = media::ConferenceRoom::create(roomOf(settings));
    if (!room) {
        return tl::unexpected(std::move(room.error()));
    }
    std::shared_ptr<RoomView> view(
        new RoomView(core, std::move(application), settings, std::move(*room)));
    hal::EventLoop& loop = core->loop();
    view->room_->listen([&loop, weak = std::weak_ptr(view)](const media::RoomEvent& event) {
        loop.post([weak, event] {
            if (const auto self = weak.lock()) {
                self->onEvent(event);
            }
        });
    });
    return view;
}

RoomView::RoomView(const std::shared_ptr<Core>& core,
                   std::shared_ptr<ApplicationRecord> application, tapi::RoomSettings settings,
                   std::shared_ptr<media::ConferenceRoom> room)
    : core_(core),
      application_(std::move(application)),
      settings_(std::move(settings)),
      room_(std::move(room)) {}

RoomView::~RoomView() {
    room_->listen({});
    const auto core = core_.lock();
    for (const Guest& guest : guests_) {
        guest.view->call->room.reset();
        if (core) {
            core->media().detach(guest.view->call, guest.terminal);
            core->hubs().leave(guest.view->call);
        }
    }
}

RoomView::Guest* RoomView::find(const tapi::Call* call) {
    const auto found = std::find_if(guests_.begin(), guests_.end(),
                                    [&](const Guest& each) { return each.view.get() == call; });
    return found == guests_.end() ? nullptr : &*found;
}

std::vector<tapi::RoomGuest> RoomView::guests() const {
    const auto seats = room_->seats();
    std::vector<tapi::RoomGuest> out;
    for (const Guest& guest : guests_) {
        const auto seat = std::find_if(seats.begin(), seats.end(),
                                       [&](const auto& each) { return each.seat == guest.seat; });
        tapi::RoomGuest shown;
        shown.call = guest.view;
        shown.name = guest.name;
        if (seat != seats.end()) {
            shown.atDoor = seat->state == media::SeatState::AtDoor;
            shown.sound = memberStatusOf(guest.settings, *seat);
        }
        out.push_back(std::move(shown));
    }
    return out;
}

tapi::Result<std::unique_ptr<media::RoomTerminal>> RoomView::seatFor(CallView& view,
                                                                     const std::string& name) {
    if (view.deallocated || view.application != application_) {
        return hal::fail(hal::ErrorCode::InvalCallHandle,
                         "the call is not one of this application's");
    }
    if (auto allowed = checkOperation(view, Operation::Play); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    if (auto free = Bridges::checkFree(*view.call, nullptr); !free) {
        return tl::unexpected(std::move(free.error()));
    }
    return room_->seat(name);
}

tapi::Result<tapi::RequestId> RoomView::admit(const std::shared_ptr<tapi::Call>& call,
                                              tapi::Reply reply) {
    auto core = coreOf(*application_);
    if (!core) {
        return tl::unexpected(std::move(core.error()));
    }
    const auto view = std::dynamic_pointer_cast<CallView>(call);
    if (!view) {
        return notHere();
    }
    const std::string& number = view->call->info.caller.number;
    Guest guest{view, number.empty() ? view->call->line->name : number};
    auto terminal = seatFor(*view, guest.name);
    if (!terminal) {
        return tl::unexpected(std::move(terminal.error()));
    }
    guest.seat = (*terminal)->seat();
    const CallPtr record = view->call;
    record->room = weak_from_this();
    guests_.push_back(guest);
    auto done = [weak = weak_from_this(), seat = guest.seat,
                 answer = (*core)->replyTo(application_, std::move(reply))](
                    const hal::Result<void>& result) {
        answer(result);
        if (const auto self = weak.lock(); self && !result) {
            self->leave(seat);
        }
    };
    auto attached = (*core)->media().attach(record, std::move(*terminal), std::move(done));
    if (!attached) {
        leave(guest.seat);
        return tl::unexpected(std::move(attached.error()));
    }
    if (Guest* still = find(view.get())) {
        still->terminal = *attached;
    }
    (*core)->bridges().watch(room_);
    return (*core)->requestId();
}

/// The seat is gone: the call has nothing to do with the room any more.
void RoomView::leave(media::SeatId seat) {
    const auto found = std::find_if(guests_.begin(), guests_.end(),
                                    [&](const Guest& each) { return each.seat == seat; });
    if (found == guests_.end()) {
        return;
    }
    const Guest guest = *found;
    guests_.erase(found);
    guest.view->call->room.reset();
    if (const auto core = core_.lock()) {
        core->media().detach(guest.view->call, guest.terminal);
        core->hubs().leave(guest.view->call);
    }
}

tapi::Result<void> RoomView::dismiss(const std::shared_ptr<tapi::Call>& call) {
    const Guest* guest = find(call.get());
    return guest != nullptr ? room_->remove(guest->seat) : notHere();
}

tapi::Result<void> RoomView::setMember(const std::shared_ptr<tapi::Call>& call,
                                       const tapi::MemberSettings& settings) {
    Guest* guest = find(call.get());
    if (guest == nullptr) {
        return notHere();
    }
    if (auto good = media::Mixer::check(partyOf(settings)); !good) {
        return good;
    }
    guest->settings = settings;
    static_cast<void>(room_->setMuted(guest->seat, settings.muted));
    return room_->setGain(guest->seat, settings.gain);
}

tapi::Result<void> RoomView::announce(const std::string& path) {
    auto terminal = media::FilePlayTerminal::open({path});
    return terminal ? room_->announce(std::move(*terminal))
                    : tl::unexpected(std::move(terminal.error()));
}

tapi::Result<void> RoomView::record(const std::string& path) {
    auto terminal = media::FileRecordTerminal::create(path, {});
    return terminal ? room_->record(std::move(*terminal))
                    : tl::unexpected(std::move(terminal.error()));
}

void RoomView::onEnded(const CallPtr& call) {
    const auto found = std::find_if(guests_.begin(), guests_.end(),
                                    [&](const Guest& each) { return each.view->call == call; });
    if (found != guests_.end()) {
        leave(found->seat);
    }
}

void RoomView::onEvent(const media::RoomEvent& event) {
    const auto core = core_.lock();
    const auto found = std::find_if(guests_.begin(), guests_.end(),
                                    [&](const Guest& each) { return each.seat == event.seat; });
    const std::shared_ptr<CallView> view = found == guests_.end() ? nullptr : found->view;
    const auto kind = static_cast<Kind>(event.kind);
    if (!core) {
        return;
    }
    if (kind == Kind::Joined && view) {
        const auto first = std::find_if(guests_.begin(), guests_.end(), [&](const Guest& each) {
            return each.view != view && each.view->call->hub;
        });
        const CallPtr with = first == guests_.end() ? view->call : first->view->call;
        core->hubs().join(view->call, with);
    }
    tapi::RoomEvent told{shared_from_this(), kind, view, event.name, event.text};
    told.callbackInstance = view ? view->callbackInstance : 0;
    core->tell(application_, std::move(told));
    if (kind == Kind::Left || kind == Kind::Refused) {
        leave(event.seat);
    }
}

}  // namespace tipring::core

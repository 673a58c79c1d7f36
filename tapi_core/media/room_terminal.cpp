// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "tipring/tapi_core/media/conference_room.h"

namespace tipring::media {

RoomTerminal::RoomTerminal(std::shared_ptr<ConferenceRoom> room, SeatId seat, std::string name)
    : Terminal(std::move(name), TerminalClass::Dynamic, TerminalDirection::Both),
      room_(std::move(room)),
      seat_(seat) {}

RoomTerminal::~RoomTerminal() {
    room_->giveUp(seat_);
}

hal::Result<void> RoomTerminal::onStart() {
    return room_->enter(seat_);
}

hal::Result<void> RoomTerminal::onStop() {
    room_->exit(seat_);
    return {};
}

std::size_t RoomTerminal::onCapture(std::span<std::int16_t> samples) {
    if (std::string why = room_->send(seat_, samples); !why.empty()) {
        finish(TerminalCause::Normal, std::move(why));
        return 0;
    }
    return samples.size();
}

void RoomTerminal::onRender(std::span<const std::int16_t> samples) {
    std::string why = room_->receive(seat_, position_, samples);
    position_ += samples.size();
    if (!why.empty()) {
        finish(TerminalCause::Normal, std::move(why));
    }
}

}  // namespace tipring::media

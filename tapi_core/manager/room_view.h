// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tipring/tapi_core/api/tapi.h"
#include "tipring/tapi_core/media/conference_room.h"

namespace tipring::core {

class Core;
struct ApplicationRecord;
struct CallRecord;
class CallView;

/// A room of one application. Thread: the loop's; the room's own events come from any and are
/// posted.
class RoomView final : public tapi::Room, public std::enable_shared_from_this<RoomView> {
public:
    static tapi::Result<std::shared_ptr<RoomView>> create(
        const std::shared_ptr<Core>& core, std::shared_ptr<ApplicationRecord> application,
        const tapi::RoomSettings& settings);
    ~RoomView() override;

    [[nodiscard]] const tapi::RoomSettings& settings() const override { return settings_; }
    [[nodiscard]] std::vector<tapi::RoomGuest> guests() const override;
    tapi::Result<tapi::RequestId> admit(const std::shared_ptr<tapi::Call>& call,
                                        tapi::Reply reply) override;
    tapi::Result<void> dismiss(const std::shared_ptr<tapi::Call>& call) override;
    tapi::Result<void> setMember(const std::shared_ptr<tapi::Call>& call,
                                 const tapi::MemberSettings& settings) override;
    tapi::Result<void> announce(const std::string& path) override;
    void stopAnnouncements() override { room_->stopAnnouncements(); }
    tapi::Result<void> record(const std::string& path) override;
    tapi::Result<void> stopRecording() override { return room_->stopRecording(); }

    /// The room's terminal on the call has ended by itself.
    void onEnded(const std::shared_ptr<CallRecord>& call);

private:
    struct Guest {
        std::shared_ptr<CallView> view;
        std::string name;
        media::SeatId seat{};
        tapi::TerminalId terminal{};
        tapi::MemberSettings settings{};
    };
    RoomView(const std::shared_ptr<Core>& core, std::shared_ptr<ApplicationRecord> application,
             tapi::RoomSettings settings, std::shared_ptr<media::ConferenceRoom> room);
    [[nodiscard]] Guest* find(const tapi::Call* call);
    tapi::Result<std::unique_ptr<media::RoomTerminal>> seatFor(CallView& view,
                                                               const std::string& name);
    void onEvent(const media::RoomEvent& event);
    void leave(media::SeatId seat);

    const std::weak_ptr<Core> core_;
    const std::shared_ptr<ApplicationRecord> application_;
    const tapi::RoomSettings settings_;
    const std::shared_ptr<media::ConferenceRoom> room_;
    std::vector<Guest> guests_;
};

}  // namespace tipring::core

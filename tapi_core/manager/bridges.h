// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "call_states.h"
#include "request_table.h"
#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/api/tapi.h"
#include "tipring/tapi_core/media/conference_room.h"

namespace tipring::core {

class Core;
struct CallRecord;
struct LineRecord;
class CallView;

/// What a call is in a bridge.
enum class BridgeRole : std::uint8_t {
    None,
    Conference,    ///< stands for everybody together; the provider knows nothing of it
    Member,        ///< in the mix
    Held,          ///< waits for the consultation (on-hold-pending-transfer)
    First,         ///< goes on as it is, until the consultation joins it (no-hold conference)
    Consultation,  ///< is made for one of the above
};

/// Calls joined by the core's own mixer: a conference, one that is being set up, or a transfer that
/// the core carries.
struct Bridge {
    struct Member {
        std::shared_ptr<CallRecord> call;
        tapi::MemberSettings settings;
        media::SeatId seat{};
        std::optional<tapi::TerminalId> terminal;  ///< none while the call has no sound yet
        bool joining = false;                      ///< it is none before its sound runs
    };
    std::shared_ptr<media::ConferenceRoom> room;
    std::shared_ptr<CallRecord> conference;  ///< null: of a transfer
    std::vector<Member> members;
    std::shared_ptr<CallRecord> waiting;       ///< Held or First
    std::shared_ptr<CallRecord> consultation;  ///< null: none is made
    std::size_t most = 2;                      ///< members
    std::deque<std::string> playing;           ///< files, the one that is heard first
    std::string recording;                     ///< the file
    bool carries = false;  ///< a transfer that was completed: nobody owns the calls any more
};

/// Holding, transfer and conference by the core itself: on lines whose provider lacks them, and
/// across lines. The device knows of nothing: to it such a call is connected, and
/// CallRecord::beneath is what it says. Sound goes through a room on the calls' streams; a timer of
/// 20 ms runs while one has a member with sound. Source of the states: TAPI, conference calls and
/// call transfer. Checks of privilege and state are the caller's. Thread: the loop's.
class Bridges {
public:
    using CallPtr = std::shared_ptr<CallRecord>;
    using BridgePtr = std::shared_ptr<Bridge>;
    using ViewPtr = std::shared_ptr<CallView>;
    using Done = PendingRequest::Done;
    static constexpr std::size_t kMostMembers = 64;

    explicit Bridges(Core& core);

    /// The core can join calls of the line: sound in both directions at once.
    [[nodiscard]] static bool canJoin(const LineRecord& line);
    /// What the line can do by that, beside what its provider can.
    static void addCapabilities(LineRecord& line);
    /// The call may become a member: of no bridge, or the consultation of this one. Errors:
    /// INVALCONSULTCALLHANDLE, INVALCALLSTATE, OPERATIONUNAVAIL.
    [[nodiscard]] static hal::Result<void> checkFree(const CallRecord& call, const Bridge* bridge);
    [[nodiscard]] static hal::Result<void> checkRoomFor(const Bridge& bridge);  ///< CONFERENCEFULL
    /// The operation on this call is the core's, not the provider's.
    [[nodiscard]] static bool does(const CallRecord& call, Operation operation);

    /// A conference with `first` as its member, or none; it waits for more. INVALCALLHANDLE: of
    /// what is a conference itself.
    hal::Result<void> setUp(const ViewPtr& first, const ViewPtr& conference, std::uint32_t parties,
                            Done done);
    hal::Result<void> prepareAdd(CallView& conference, Done done);
    /// Errors: CONFERENCEFULL; OPERATIONUNAVAIL: no sound in both directions at once. Else that of
    /// the device, in the reply.
    hal::Result<void> add(CallView& conference, CallView& other, Done done);
    hal::Result<void> remove(CallView& member, Done done);
    /// Held until the transfer is completed.
    hal::Result<void> hold(CallView& view, Done done);
    /// Takes back what waits; a consultation call is hung up.
    hal::Result<void> unhold(CallView& view, Done done);
    hal::Result<void> completeTransfer(CallView& view, CallView& other, Done done);
    hal::Result<void> completeAsConference(CallView& view, CallView& other,
                                           const ViewPtr& conference, Done done);
    /// `other` is the consultation of `view`, which is a conference, a member or a plain call.
    void consult(const BridgePtr& bridge, const CallPtr& other);
    /// `view` goes on, and `other` joins it silently when it is answered. A conference: it goes on.
    hal::Result<void> joinSilently(const ViewPtr& view, const ViewPtr& conference, CallView& other,
                                   const Done& done);
    void drop(const CallPtr& conference);

    hal::Result<void> setMember(CallView& view, const tapi::MemberSettings& settings);
    [[nodiscard]] hal::Result<tapi::MemberStatus> memberStatus(const CallView& view) const;
    // Of a conference: what is played all hear, and everybody is recorded. FileTerminalEvent tells.
    hal::Result<void> play(CallView& conference, const std::string& path, Done done);
    hal::Result<void> stopPlaying(CallView& conference, Done done);
    hal::Result<void> record(CallView& conference, const std::string& path, Done done);
    hal::Result<void> stopRecording(CallView& conference, Done done);

    /// The device says how a call is that the core has put into another state.
    void onDeviceState(const CallPtr& call, tapi::LineCallState state, std::uint32_t mode);
    /// Any other change of a call's state.
    void onState(const CallPtr& call);
    /// It is disconnected or idle.
    void onGone(const CallPtr& call);
    /// The room's terminal on the call has ended by itself.
    void onSilenced(const CallPtr& call, const std::string& why);
    /// The line goes: conferences that stand on it move to the line of another member.
    void leaveLine(LineRecord& line);
    /// Ticks rooms that belong to nobody here, too.
    void watch(const std::shared_ptr<media::ConferenceRoom>& room);

private:
    BridgePtr make(std::size_t most, const std::string& name);
    BridgePtr begin(const CallPtr& first, const CallPtr& conference, std::size_t most);
    hal::Result<void> seat(const BridgePtr& bridge, const CallPtr& call, Done done);
    hal::Result<void> listen(const BridgePtr& bridge, Bridge::Member& member, Done done);
    void onSeated(const BridgePtr& bridge, const CallPtr& call);
    void unseat(const BridgePtr& bridge, const CallPtr& call);
    void enter(const CallPtr& call, tapi::LineCallState state);
    void release(const CallPtr& call);
    void settle(const BridgePtr& bridge);
    void endConference(const BridgePtr& bridge);
    void joinNow(const BridgePtr& bridge, const CallPtr& call);
    void carry(const BridgePtr& bridge);
    void onRoomEvent(const CallPtr& conference, const media::RoomEvent& event);
    void tellFile(const CallPtr& conference, const std::string& path, bool active,
                  const std::string& error = {});
    void tick();

    Core& core_;
    std::vector<std::weak_ptr<media::ConferenceRoom>> rooms_;
    hal::Timer clock_;
    hal::TimePoint due_{};
};

[[nodiscard]] media::PartySettings partyOf(const tapi::MemberSettings& settings);
[[nodiscard]] tapi::MemberStatus memberStatusOf(const tapi::MemberSettings& settings,
                                                const media::SeatReport& seat);

/// How the device has it, whatever the core has made of it.
[[nodiscard]] std::optional<tapi::LineCallState> deviceStateOf(const CallRecord& call) noexcept;

}  // namespace tipring::core

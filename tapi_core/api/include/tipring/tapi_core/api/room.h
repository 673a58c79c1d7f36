// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tipring/tapi_core/api/conference.h"
#include "tipring/tapi_core/api/types.h"

namespace tipring::tapi {

class Call;

/// Files are of any kind that FilePlayTerminal plays; empty: a short tone of our own.
struct RoomSettings {
    std::string name = "conference";
    std::uint32_t mostCalls = 32;       ///< 2 to 1024, those at the door included
    std::string pin;                    ///< 0-9, up to 16 digits; empty: all may enter
    std::uint32_t pinAttempts = 3;      ///< 1 to 10
    std::chrono::seconds pinTime{15};   ///< from key to key, 1 to 300
    std::string pinFile, wrongPinFile;  ///< heard at the door
    std::string joinFile, leaveFile;    ///< heard in the room
    bool tellComings = true;            ///< the two sounds above
};

/// Somebody in a room, or at its door.
struct RoomGuest {
    std::shared_ptr<Call> call;
    std::string name;     ///< the caller's number, else the line's name
    bool atDoor = false;  ///< is asked for the PIN
    MemberStatus sound = {};
};

/// A conference room (a server-based conference): callers on any lines join one mix. To each
/// application that has such a call it is an ordinary connected call. The room lives as long as the
/// application keeps it; then its guests are connected to nothing.
/// Errors of all that takes a call: INVALCALLHANDLE: it is not in the room.
class Room {
public:
    virtual ~Room() = default;

    [[nodiscard]] virtual const RoomSettings& settings() const = 0;
    [[nodiscard]] virtual std::vector<RoomGuest> guests() const = 0;

    /// A connected call of this application comes in, or to the door. CONFERENCEFULL;
    /// OPERATIONUNAVAIL: its line has no sound in both directions at once; INVALCALLSTATE: it is
    /// not connected, or in a room or conference. RoomEvent tells what becomes of it.
    virtual Result<RequestId> admit(const std::shared_ptr<Call>& call, Reply reply) = 0;
    /// It leaves, and stays connected.
    virtual Result<void> dismiss(const std::shared_ptr<Call>& call) = 0;
    virtual Result<void> setMember(const std::shared_ptr<Call>& call,
                                   const MemberSettings& settings) = 0;

    /// All hear the file, one after the other. INUSE: 8 are waiting.
    virtual Result<void> announce(const std::string& path) = 0;
    virtual void stopAnnouncements() = 0;
    /// Everybody's sound and the announcements. INUSE: there is a recording, or the file is there.
    virtual Result<void> record(const std::string& path) = 0;
    virtual Result<void> stopRecording() = 0;
};

}  // namespace tipring::tapi

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tipring/hal/base/result.h"
#include "tipring/tapi_core/media/mixer.h"
#include "tipring/tapi_core/media/terminal.h"

namespace tipring::media {

/// A seat of a room, never given again.
struct SeatId {
    std::uint32_t value = 0;
    friend bool operator==(SeatId, SeatId) = default;
};

/// Files are of any kind that FilePlayTerminal plays; empty: a short tone of our own.
struct RoomSettings {
    std::string name = "conference";
    std::size_t mostParties = 32;       ///< 2 to 1024, those at the door included
    std::string pin;                    ///< 0-9, up to 16 digits; empty: all may enter
    unsigned pinAttempts = 3;           ///< 1 to 10
    std::chrono::seconds pinTime{15};   ///< from key to key, 1 to 300
    std::string pinFile, wrongPinFile;  ///< heard at the door
    std::string joinFile, leaveFile;    ///< heard in the room
    bool tellComings = true;            ///< the two sounds above
    std::function<std::chrono::nanoseconds()> clock;  ///< for the cost of parties, or none
};

enum class RoomEventKind : std::uint8_t {
    AtDoor,    ///< is asked for the PIN
    WrongPin,  ///< may try again
    Refused,   ///< too many wrong PINs, or none in time
    Joined,
    Left,
    Talking,
    Quiet,
    AnnouncementEnded,  ///< announce(); of no seat
    RecordingEnded,     ///< by itself, or when told; of no seat
};
[[nodiscard]] std::string_view roomEventName(RoomEventKind kind) noexcept;

struct RoomEvent {
    RoomEventKind kind{};
    SeatId seat;       ///< 0 for none
    std::string name;  ///< the seat's, or the terminal's
    std::string text;  ///< in words, where there is something to say
};

enum class SeatState : std::uint8_t { Away, AtDoor, Present };

struct SeatReport {
    SeatId seat;
    std::string name;
    SeatState state{};
    PartyReport sound;  ///< when present
};

class RoomTerminal;

/// A conference on our own bridge: each line that joins puts the room's terminal on its call. Who
/// enters a PIN by DTMF, ended by `#` or by its length, is in the mix; until then it hears the
/// prompts and nobody hears it.
///
/// Thread: any; one lock, held while a recording is written or an announcement read (a local
/// disk). Events come under it: note what they say, and call nothing of the room.
class ConferenceRoom : public std::enable_shared_from_this<ConferenceRoom> {
public:
    using Listener = std::function<void(const RoomEvent&)>;

    /// INVALPARAM: a setting is out of range. Else the code of FilePlayTerminal for a file that
    /// cannot be played.
    static hal::Result<std::shared_ptr<ConferenceRoom>> create(RoomSettings settings);
    ~ConferenceRoom();

    void listen(Listener listener);

    /// A seat, kept as long as the terminal lives; it comes in when the terminal is started, and
    /// leaves when it is stopped. CONFERENCEFULL; INVALPARAM: Mixer::join().
    hal::Result<std::unique_ptr<RoomTerminal>> seat(std::string name,
                                                    const PartySettings& settings = {});
    /// It leaves at once; its terminal ends at the device's next block. INVALPARAM: no such seat.
    hal::Result<void> remove(SeatId seat);
    // INVALPARAM: no such seat, or out of range. They hold for the next entering, too.
    hal::Result<void> setMuted(SeatId seat, bool muted);
    hal::Result<void> setGain(SeatId seat, float decibels);
    [[nodiscard]] std::vector<SeatReport> seats() const;
    [[nodiscard]] bool occupied() const;  ///< somebody is in the room or at the door

    /// All hear what the terminal gives, one announcement after the other. INUSE: 8 are waiting.
    /// INVALPARAM: it gives no sound. Else why it did not start.
    hal::Result<void> announce(std::unique_ptr<Terminal> terminal);
    /// The one that is heard, and all that wait; their ends are told.
    void stopAnnouncements();
    /// The terminal gets everybody's sound and the announcements. INUSE: there is a recording.
    /// INVALPARAM: it takes no sound. Else why it did not start.
    hal::Result<void> record(std::unique_ptr<Terminal> terminal);
    /// Its error. INVALCALLSTATE: nothing is recorded.
    hal::Result<void> stopRecording();

    /// The next 20 ms.
    void tick();
    /// As many as are due since the first call; after a pause of more than a second, it goes on
    /// from there. Returns how many.
    std::size_t run(std::chrono::nanoseconds now);

private:
    friend class RoomTerminal;
    struct State;
    explicit ConferenceRoom(std::unique_ptr<State> state);

    // Of the seat's terminal. A text: why it has to end.
    hal::Result<void> enter(SeatId seat);
    void exit(SeatId seat);
    void giveUp(SeatId seat);
    [[nodiscard]] std::string receive(SeatId seat, std::uint64_t position,
                                      std::span<const std::int16_t> samples);
    [[nodiscard]] std::string send(SeatId seat, std::span<std::int16_t> samples);

    std::unique_ptr<State> state_;
};

/// Puts a line into a room: gives it the mix without itself, and takes its sound. It keeps the room
/// alive. It ends by itself when it was refused or removed: idle, cause normal, and the text says
/// why.
class RoomTerminal final : public Terminal {
public:
    ~RoomTerminal() override;
    [[nodiscard]] SeatId seat() const { return seat_; }

private:
    friend class ConferenceRoom;
    RoomTerminal(std::shared_ptr<ConferenceRoom> room, SeatId seat, std::string name);
    hal::Result<void> onStart() override;
    hal::Result<void> onStop() override;
    std::size_t onCapture(std::span<std::int16_t> samples) override;
    void onRender(std::span<const std::int16_t> samples) override;

    const std::shared_ptr<ConferenceRoom> room_;
    const SeatId seat_;
    std::uint64_t position_ = 0;  ///< samples of the line
};

}  // namespace tipring::media

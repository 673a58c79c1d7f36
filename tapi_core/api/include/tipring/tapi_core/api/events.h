// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "tipring/tapi_core/api/types.h"

namespace tipring::tapi {

class Address;
class Call;
class Terminal;

/// Event classes (TAPI_EVENT): the bits of the event filter.
enum class EventClass : std::uint32_t {
    TapiObject = 0x1,
    Address = 0x2,
    CallNotification = 0x4,
    CallState = 0x8,
    CallMedia = 0x10,
    CallHub = 0x20,
    CallInfoChange = 0x40,
    Private = 0x80,
    Request = 0x100,
    DigitEvent = 0x400,
    GenerateEvent = 0x800,
    GatherDigits = 0x2000,
    ToneEvent = 0x4000,
    Phone = 0x8000,
    FileTerminal = 0x200000,
};
using EventFilter = Flags<EventClass>;
constexpr EventFilter operator|(EventClass a, EventClass b) {
    return EventFilter(a) | EventFilter(b);
}
inline constexpr EventFilter kAllEvents = EventFilter::fromBits(0xFFFFFFFF);

/// A line came or went (TAPIOBJECT).
struct TapiObjectEvent {
    enum class Kind : std::uint8_t { AddressCreate, AddressRemove };
    Kind kind;
    std::shared_ptr<Address> address;
};
/// Something about a line (ADDRESS).
struct AddressEvent {
    enum class Kind : std::uint8_t {
        State,
        CapsChange,
        Ringing,
        MessageWaitOn,
        MessageWaitOff,
    };
    Kind kind;
    std::shared_ptr<Address> address;
    std::uint32_t ringMode = 0;   ///< Ringing: 1 = normal, 2.. distinctive
    std::uint32_t ringCount = 0;  ///< Ringing: from 0
};
/// A new call for this registration (CALLNOTIFICATION).
struct CallNotificationEvent {
    std::shared_ptr<Call> call;
    CallPrivilege privilege;  ///< Owner or Monitor
    std::uint32_t callbackInstance;
};
/// CALLSTATE. `lineState` is TAPI 2's finer state, `state` the folded one.
struct CallStateEvent {
    std::shared_ptr<Call> call;
    CallState state;
    LineCallState lineState;
    std::uint32_t mode;  ///< of the state: DisconnectMode, LINECONNECTEDMODE_*, ...
    std::string cause;   ///< in words, may be empty
    std::uint32_t callbackInstance;
};
/// CALLINFOCHANGE: read call->info().
struct CallInfoChangeEvent {
    enum class Item : std::uint8_t { Caller, Called, Redirecting, MediaMode, Rate, Other };
    std::shared_ptr<Call> call;
    Item item;
    std::uint32_t callbackInstance;
};
/// DIGITEVENT: one press, heard on the call.
struct DigitEvent {
    std::shared_ptr<Call> call;
    char digit;  ///< 0-9 * # A-D
    std::chrono::milliseconds tick;
    std::uint32_t callbackInstance;
};
/// GENERATEEVENT: digits or tones that were sent, or cancelled.
struct GenerateEvent {
    std::shared_ptr<Call> call;
    bool cancelled;
    std::uint32_t callbackInstance;
};
/// CALLMEDIA: the sound of a call.
struct CallMediaEvent {
    enum class Kind : std::uint8_t {
        StreamActive,
        StreamInactive,
        StreamFail,
        Silence,
        MediaHeard
    };
    std::shared_ptr<Call> call;
    Kind kind;
    std::string cause;
    std::uint32_t mediaHeard = 0;  ///< LINEMEDIAMODE_* for MediaHeard
    std::uint32_t callbackInstance;
};
/// FILETERMINAL: playback or recording of a file.
struct FileTerminalEvent {
    enum class State : std::uint8_t { Idle, Active, Paused };
    enum class Cause : std::uint8_t { Normal, EndOfFile, ReadError, WriteError };
    std::shared_ptr<Call> call;
    std::string path;
    State state;
    Cause cause;
    std::string error;  ///< in words for ReadError and WriteError
    std::uint32_t callbackInstance;
};

using Event =
    std::variant<TapiObjectEvent, AddressEvent, CallNotificationEvent, CallStateEvent,
                 CallInfoChangeEvent, DigitEvent, GenerateEvent, CallMediaEvent, FileTerminalEvent>;

[[nodiscard]] EventClass classOf(const Event& event) noexcept;

/// Where an application's events go. One per Tapi; on the loop's thread.
class EventSink {
public:
    virtual ~EventSink() = default;
    virtual void onEvent(const Event& event) = 0;
};

}  // namespace tipring::tapi

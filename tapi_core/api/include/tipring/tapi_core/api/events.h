// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "tipring/tapi_core/api/event_filter.h"
#include "tipring/tapi_core/api/interfaces.h"
#include "tipring/tapi_core/api/media.h"
#include "tipring/tapi_core/api/requests.h"
#include "tipring/tapi_core/api/types.h"

/// Every event carries what TAPI 3's event interface of its class carries (named by each).
/// `callbackInstance` is that of the registration which the call came from.
namespace tipring::tapi {

class Address;
class Call;
class CallHub;
class Room;
class Phone;

/// Something about the whole (TAPIOBJECT, ITTAPIObjectEvent2).
struct TapiObjectEvent {
    enum class Kind : std::uint8_t {
        AddressCreate,
        AddressRemove,
        Reinit,  ///< over the bus: the service restarted; registrations stand, calls are lost
        TranslateChange,  ///< locations, cards or toll lists changed
        AddressClose,     ///< the provider closed a line that the application had open
        PhoneCreate,
        PhoneRemove,
    };
    Kind kind;
    std::shared_ptr<Address> address{};  ///< of Address* kinds
    std::shared_ptr<Phone> phone{};      ///< of Phone* kinds
    std::uint32_t callbackInstance = 0;  ///< AddressClose: of a registration that died with it
};
/// Something about a line (ADDRESS, ITAddressEvent).
struct AddressEvent {
    enum class Kind : std::uint8_t {
        State,
        CapsChange,
        Ringing,
        ConfigChange,
        Forward,
        NewTerminal,
        RemoveTerminal,
        MessageWaitOn,
        MessageWaitOff,
        InUse,     ///< calls came or went, or a parallel telephone did
        Locked,    ///< locked or unlocked
        DevState,  ///< another LINEDEVSTATE_* of the vendor
    };
    Kind kind;
    std::shared_ptr<Address> address;
    std::uint32_t ringMode = 0;   ///< Ringing: 1 = normal, 2.. distinctive
    std::uint32_t ringCount = 0;  ///< Ringing: from 0
    std::string terminal{};       ///< NewTerminal, RemoveTerminal: its name
};
/// A new call for this registration (CALLNOTIFICATION, ITCallNotificationEvent).
struct CallNotificationEvent {
    std::shared_ptr<Call> call;
    CallPrivilege privilege;  ///< Owner or Monitor
    std::uint32_t callbackInstance;
};
/// CALLSTATE (ITCallStateEvent). `lineState` is TAPI 2's finer state, `state` the folded one.
struct CallStateEvent {
    std::shared_ptr<Call> call;
    CallState state;
    LineCallState lineState;
    std::uint32_t mode;  ///< of the line state: DisconnectMode, ConnectedMode, ...
    std::string cause;   ///< in words, may be empty
    std::uint32_t callbackInstance;
    std::vector<HangUpReason> reasons{};  ///< Disconnected: what spoke for it, the weightiest first
};
/// CALLINFOCHANGE (ITCallInfoChangeEvent): read call->info().
struct CallInfoChangeEvent {
    enum class Item : std::uint8_t {
        Caller,
        Called,
        Redirecting,
        MediaMode,
        Rate,
        Other,
        Connected,
        Redirection,
        BearerMode,
        CallId,
        RelatedCallId,
        Origin,
        Reason,
        Owners,
        Monitors,
        AppSpecific,
        CallData,
        DialParams,
        MonitorModes,
        Treatment,
        Terminal,
        DevSpecific,
        Privilege,  ///< this application's own: it became owner or monitor
    };
    std::shared_ptr<Call> call;
    Item item;
    std::uint32_t callbackInstance;
};
/// DIGITEVENT (ITDigitDetectionEvent): one press, heard on the call.
struct DigitEvent {
    std::shared_ptr<Call> call;
    char digit;  ///< 0-9 * # A-D
    std::chrono::milliseconds tick;
    std::uint32_t callbackInstance;
    DigitMode mode = DigitMode::Dtmf;  ///< DtmfEnd: the key was released
};
/// GENERATEEVENT (ITDigitGenerationEvent): digits or tones that were sent, or cancelled.
struct GenerateEvent {
    std::shared_ptr<Call> call;
    bool cancelled;
    std::uint32_t callbackInstance;
    std::chrono::milliseconds tick{0};
};
/// GATHERDIGITS (ITDigitsGatheredEvent): the end of Call::gatherDigits.
struct GatherDigitsEvent {
    std::shared_ptr<Call> call;
    std::string digits;
    GatherEnd end;
    std::chrono::milliseconds tick;
    std::uint32_t callbackInstance;
};
/// TONEEVENT (ITToneDetectionEvent): a tone of Call::monitorTones.
struct ToneEvent {
    std::shared_ptr<Call> call;
    std::uint32_t tag;
    std::chrono::milliseconds tick;
    std::uint32_t callbackInstance;
};
/// CALLMEDIA (ITCallMediaEvent): the sound of a call. May come well after its end.
struct CallMediaEvent {
    enum class Kind : std::uint8_t {
        StreamActive,
        StreamInactive,
        StreamFail,
        Silence,
        MediaHeard,
        NewStream,
        TerminalFail,
        StreamNotUsed,
    };
    std::shared_ptr<Call> call;
    Kind kind;
    std::string cause;
    std::uint32_t mediaHeard = 0;  ///< LINEMEDIAMODE_* for MediaHeard
    std::uint32_t callbackInstance;
    std::string terminal{};  ///< TerminalFail: its name
};
/// FILETERMINAL (ITFileTerminalEvent): playback or recording of a file, or of a descriptor.
/// Of a play list, Active comes for each file as it begins.
struct FileTerminalEvent {
    enum class State : std::uint8_t { Idle, Active, Paused };
    enum class Cause : std::uint8_t { Normal, EndOfFile, ReadError, WriteError };
    std::shared_ptr<Call> call;
    std::string path;  ///< or the descriptor's name
    State state;
    Cause cause;
    std::string error;  ///< in words for ReadError and WriteError; a file that was cut off, ...
    std::uint32_t callbackInstance;
    TerminalId terminal{};
};
/// TONETERMINAL (ITToneTerminalEvent): a ToneTerminal has played all its rounds, or was stopped.
struct ToneTerminalEvent {
    std::shared_ptr<Call> call;
    TerminalId terminal{};
    bool stopped = false;  ///< before its end
    std::uint32_t callbackInstance = 0;
};
/// PHONE (ITPhoneEvent).
struct PhoneEvent {
    enum class Kind : std::uint8_t {
        Lamp,        ///< buttonId, value = PHONELAMPMODE_*
        RingMode,    ///< value
        RingVolume,  ///< value
        HookSwitch,  ///< device, value = PHONEHOOKSWITCHMODE_*
        CapsChange,
        Button,  ///< buttonId, value = PHONEBUTTONMODE_*, buttonState
        Close,   ///< the phone is closed by force
        Volume,  ///< device, value
        Gain,    ///< device, value
        State,   ///< connected, disconnected, suspended, resumed, owner, monitors
    };
    std::shared_ptr<Phone> phone;
    Kind kind;
    std::uint32_t device = 0;  ///< PHONEHOOKSWITCHDEV_*
    std::uint32_t value = 0;
    std::uint32_t buttonId = 0;
    std::uint32_t buttonState = 0;  ///< PHONEBUTTONSTATE_*
    std::shared_ptr<Call> call{};   ///< that the phone is used for, if any
};
/// PRIVATE (ITPrivateEvent): an event of a provider-specific interface.
struct PrivateEvent {
    std::string interfaceName;
    std::string event;
    std::vector<Value> values;
    std::shared_ptr<Address> address{};  ///< null: of the provider itself
    std::shared_ptr<Call> call{};        ///< null: of the address
    std::uint32_t callbackInstance = 0;
};
/// ADDRESSDEVSPECIFIC (ITAddressDeviceSpecificEvent): three numbers of the vendor.
struct AddressDevSpecificEvent {
    std::shared_ptr<Address> address;
    std::shared_ptr<Call> call{};  ///< null: of the address
    std::uint64_t parameters[3];
    std::uint32_t callbackInstance = 0;
};
/// PHONEDEVSPECIFIC (ITPhoneDeviceSpecificEvent).
struct PhoneDevSpecificEvent {
    std::shared_ptr<Phone> phone;
    std::uint64_t parameters[3];
};
/// CALLHUB (ITCallHubEvent): to everybody who has a call of the hub.
struct CallHubEvent {
    enum class Kind : std::uint8_t {
        Join,   ///< `call` belongs to it now
        Leave,  ///< and now no more
        New,    ///< the hub is there; Join follows for each call
        Idle,   ///< its last call has left
    };
    std::shared_ptr<CallHub> hub;
    Kind kind;
    std::shared_ptr<Call> call{};  ///< null where this application has no handle of it
    std::uint32_t callbackInstance = 0;
};
/// What happens in a Room, to the application that has it.
struct RoomEvent {
    enum class Kind : std::uint8_t {
        AtDoor,    ///< is asked for the PIN
        WrongPin,  ///< may try again
        Refused,   ///< too many wrong PINs, or none in time: it is not in the room any more
        Joined,
        Left,  ///< hung up, or dismissed
        Talking,
        Quiet,
        AnnouncementEnded,  ///< of Room::announce()
        RecordingEnded,     ///< by itself, or when told
    };
    std::shared_ptr<Room> room;
    Kind kind;
    std::shared_ptr<Call> call{};  ///< null: of the room
    std::string name{};            ///< the guest's, or the file's
    std::string text{};            ///< in words, where there is something to say
    std::uint32_t callbackInstance = 0;
};
/// REQUEST (ITRequestEvent): somebody wants a call made; Tapi::takeRequest() has it.
struct RequestEvent {
    RegistrationCookie registration;
    AssistedRequest request;
};

using Event = std::variant<TapiObjectEvent, AddressEvent, CallNotificationEvent, CallStateEvent,
                           CallInfoChangeEvent, DigitEvent, GenerateEvent, GatherDigitsEvent,
                           ToneEvent, CallMediaEvent, FileTerminalEvent, PhoneEvent, PrivateEvent,
                           AddressDevSpecificEvent, PhoneDevSpecificEvent, RequestEvent,
                           ToneTerminalEvent, CallHubEvent, RoomEvent>;

[[nodiscard]] EventClass classOf(const Event& event) noexcept;
/// The number by which a SubEventFilter knows it: its kind, item or folded call state; 0 where the
/// class has no sub-events.
[[nodiscard]] std::int32_t subEventOf(const Event& event) noexcept;

/// The same of a type of event, before it is an Event.
template <class Single>
[[nodiscard]] constexpr EventClass classOf() noexcept;
template <class Single>
[[nodiscard]] constexpr std::int32_t subEventOf(const Single& event) noexcept;

/// Where an application's events go. One per Tapi; on the loop's thread.
class EventSink {
public:
    virtual ~EventSink() = default;
    virtual void onEvent(const Event& event) = 0;
};

namespace detail {
/// In the order of the variant: a table, because this is asked for every event.
inline constexpr EventClass kEventClasses[] = {
    EventClass::TapiObject,
    EventClass::Address,
    EventClass::CallNotification,
    EventClass::CallState,
    EventClass::CallInfoChange,
    EventClass::DigitEvent,
    EventClass::GenerateEvent,
    EventClass::GatherDigits,
    EventClass::ToneEvent,
    EventClass::CallMedia,
    EventClass::FileTerminal,
    EventClass::Phone,
    EventClass::Private,
    EventClass::AddressDevSpecific,
    EventClass::PhoneDevSpecific,
    EventClass::Request,
    EventClass::ToneTerminal,
    EventClass::CallHub,
    EventClass::Room,
};
static_assert(std::size(kEventClasses) == std::variant_size_v<Event>);

template <class Single, class... All>
constexpr std::size_t indexIn(const std::variant<All...>*) noexcept {
    constexpr bool kSame[] = {std::is_same_v<Single, All>...};
    return static_cast<std::size_t>(std::find(std::begin(kSame), std::end(kSame), true) - kSame);
}
}  // namespace detail

template <class Single>
constexpr EventClass classOf() noexcept {
    return detail::kEventClasses[detail::indexIn<Single>(static_cast<const Event*>(nullptr))];
}

template <class Single>
constexpr std::int32_t subEventOf([[maybe_unused]] const Single& event) noexcept {
    if constexpr (requires { event.kind; }) {
        return static_cast<std::int32_t>(event.kind);
    } else if constexpr (requires { event.item; }) {
        return static_cast<std::int32_t>(event.item);
    } else if constexpr (requires { event.state; }) {
        return static_cast<std::int32_t>(event.state);
    } else {
        return 0;
    }
}

}  // namespace tipring::tapi

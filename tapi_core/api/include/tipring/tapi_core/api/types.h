// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/result.h"

namespace tipring::tapi {

using hal::Error;
using hal::ErrorCode;
template <class T>
using Result = hal::Result<T>;

/// A bit set over an enumeration whose values are bits.
template <class E>
class Flags {
public:
    constexpr Flags() = default;
    constexpr Flags(E bit) : bits_(static_cast<std::uint32_t>(bit)) {}
    static constexpr Flags fromBits(std::uint32_t bits) {
        Flags flags;
        flags.bits_ = bits;
        return flags;
    }
    [[nodiscard]] constexpr std::uint32_t bits() const { return bits_; }
    [[nodiscard]] constexpr bool has(E bit) const {
        return (bits_ & static_cast<std::uint32_t>(bit)) != 0;
    }
    [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
    constexpr Flags operator|(Flags other) const { return fromBits(bits_ | other.bits_); }
    constexpr Flags operator&(Flags other) const { return fromBits(bits_ & other.bits_); }
    constexpr bool operator==(const Flags&) const = default;

private:
    std::uint32_t bits_ = 0;
};

/// The 16 states of TAPI 2 (LINECALLSTATE_*), which the 7 of TAPI 3 fold.
enum class LineCallState : std::uint32_t {
    Idle = 0x1,
    Offering = 0x2,
    Accepted = 0x4,
    DialTone = 0x8,
    Dialing = 0x10,
    Ringback = 0x20,
    Busy = 0x40,
    SpecialInfo = 0x80,
    Connected = 0x100,
    Proceeding = 0x200,
    OnHold = 0x400,
    Conferenced = 0x800,
    OnHoldPendConf = 0x1000,
    OnHoldPendTransfer = 0x2000,
    Disconnected = 0x4000,
    Unknown = 0x8000,
};
/// The 7 states of TAPI 3 (CALL_STATE), which most applications want.
enum class CallState : std::uint8_t {
    Idle,
    InProgress,
    Connected,
    Disconnected,
    Offering,
    Hold,
    Queued,
};
/// LINEDISCONNECTMODE_*: why a call ended.
enum class DisconnectMode : std::uint32_t {
    None = 0,
    Normal = 0x1,
    Unknown = 0x2,
    Reject = 0x4,
    PickUp = 0x8,
    Forwarded = 0x10,
    Busy = 0x20,
    NoAnswer = 0x40,
    BadAddress = 0x80,
    Unreachable = 0x100,
    Congestion = 0x200,
    Incompatible = 0x400,
    Unavail = 0x800,
    NoDialTone = 0x1000,
    NumberChanged = 0x2000,
    OutOfOrder = 0x4000,
    TempFailure = 0x8000,
    Blocked = 0x20000,
    DoNotDisturb = 0x40000,
    Cancelled = 0x80000,
};
/// LINEBUSYMODE_*: the mode of LineCallState::Busy.
enum class BusyMode : std::uint32_t { Station = 0x1, Trunk = 0x2, Unknown = 0x4, Unavail = 0x8 };
/// LINEDIALTONEMODE_*: the mode of LineCallState::DialTone.
enum class DialToneMode : std::uint32_t {
    Normal = 0x1,
    Special = 0x2,  ///< stutter: a message waits
    Internal = 0x4,
    External = 0x8,
    Unknown = 0x10,
    Unavail = 0x20,
};
/// LINESPECIALINFO_*: the mode of LineCallState::SpecialInfo.
enum class SpecialInfoMode : std::uint32_t {
    NoCircuit = 0x1,
    CustIrreg = 0x2,
    Reorder = 0x4,
    Unknown = 0x8,
    Unavail = 0x10,
};
/// LINECONNECTEDMODE_*: the mode of LineCallState::Connected.
enum class ConnectedMode : std::uint32_t {
    Active = 0x1,    ///< presumed: nothing has proved that somebody answered
    Inactive = 0x2,  ///< another telephone on the line has the call
    ActiveHeld = 0x4,
    InactiveHeld = 0x8,
    Confirmed = 0x10,  ///< the exchange or the far end proved it
};
/// LINEOFFERINGMODE_*: the mode of LineCallState::Offering.
enum class OfferingMode : std::uint32_t { Active = 0x1, Inactive = 0x2 };

/// LINEMEDIAMODE_*.
enum class MediaMode : std::uint32_t {
    Unknown = 0x2,
    InteractiveVoice = 0x4,
    AutomatedVoice = 0x8,
    DataModem = 0x10,
    G3Fax = 0x20,
    Tdd = 0x40,
};
using MediaModes = Flags<MediaMode>;
constexpr MediaModes operator|(MediaMode a, MediaMode b) {
    return MediaModes(a) | MediaModes(b);
}

/// LINECALLORIGIN_*.
enum class CallOrigin : std::uint32_t {
    Outbound = 0x1,
    Internal = 0x2,
    External = 0x4,
    Unknown = 0x10,
    Unavail = 0x20,
    Conference = 0x40,
    Inbound = 0x80,
};
/// LINECALLREASON_*: why there is this call.
enum class CallReason : std::uint32_t {
    Direct = 0x1,
    ForwardedBusy = 0x2,
    ForwardedNoAnswer = 0x4,
    ForwardedUncond = 0x8,
    PickUp = 0x10,
    Unpark = 0x20,
    Redirect = 0x40,
    CallCompletion = 0x80,
    Transfer = 0x100,
    Reminder = 0x200,
    Unknown = 0x400,
    Unavail = 0x800,
    Parked = 0x2000,
};
/// LINEBEARERMODE_*.
enum class BearerMode : std::uint32_t {
    Voice = 0x1,        ///< 3.1 kHz, the analog line as it is
    PassThrough = 0x40  ///< the raw port of the modem, for a fax or data program
};
/// LINEDIGITMODE_*.
enum class DigitMode : std::uint32_t { Pulse = 0x1, Dtmf = 0x2, DtmfEnd = 0x4 };
using DigitModes = Flags<DigitMode>;
constexpr DigitModes operator|(DigitMode a, DigitMode b) {
    return DigitModes(a) | DigitModes(b);
}
/// LINECALLPRIVILEGE_*: what an application may do with a call.
enum class CallPrivilege : std::uint32_t { None = 0x1, Monitor = 0x2, Owner = 0x4 };

/// What is known of a party's number or name.
enum class PartyStatus : std::uint8_t {
    Unknown,  ///< not received yet
    Ok,
    Blocked,    ///< withheld by the caller ("P")
    OutOfArea,  ///< the network does not have it ("O")
    Partial,
    Unavail,  ///< this line never has it
};
[[nodiscard]] std::string_view name(PartyStatus status) noexcept;
[[nodiscard]] std::string_view name(LineCallState state) noexcept;  ///< "offering"
[[nodiscard]] std::string_view name(CallState state) noexcept;      ///< "in progress"
[[nodiscard]] std::string_view name(DisconnectMode mode) noexcept;  ///< "no answer"

[[nodiscard]] std::string_view name(MediaMode mode) noexcept;        ///< "automated voice"
[[nodiscard]] std::string_view name(CallReason reason) noexcept;     ///< "direct"
[[nodiscard]] std::string_view name(CallPrivilege rights) noexcept;  ///< "owner"
/// The mode of a state in words ("no answer", "confirmed", "stutter"); empty where it has none.
[[nodiscard]] std::string_view modeName(LineCallState state, std::uint32_t mode) noexcept;

struct Party {
    std::string number;
    PartyStatus numberStatus = PartyStatus::Unknown;
    std::string name;
    PartyStatus nameStatus = PartyStatus::Unknown;

    bool operator==(const Party&) const = default;
};

/// Month and day, hour and minute as the network sent them with the caller ID: local time, no year.
struct NetworkTime {
    std::uint8_t month, day, hour, minute;
    bool operator==(const NetworkTime&) const = default;
};

/// Dial parameters in ms; 0 is the line's default. What lies outside the line's limits is taken as
/// the nearest limit. Source: LINEDIALPARAMS.
struct DialParams {
    std::chrono::milliseconds dialPause{0};        ///< of a `,`
    std::chrono::milliseconds dialSpeed{0};        ///< between two digits
    std::chrono::milliseconds digitDuration{0};    ///< of a DTMF digit
    std::chrono::milliseconds waitForDialtone{0};  ///< longest
    bool operator==(const DialParams&) const = default;
};

/// LINECALLPARAMFLAGS_*.
enum class CallParamFlag : std::uint32_t {
    Secure = 0x1,        ///< no call waiting may disturb it
    Idle = 0x2,          ///< CALLUNAVAIL rather than joining a line that is in use
    BlockId = 0x4,       ///< do not send our number
    OrigOffHook = 0x8,   ///< take our telephone off-hook
    DestOffHook = 0x10,  ///< the far end is to go off-hook by itself
    NoHoldConference = 0x20,
    PredictiveDial = 0x40,
    OneStepTransfer = 0x80,
};
using CallParamFlags = Flags<CallParamFlag>;
constexpr CallParamFlags operator|(CallParamFlag a, CallParamFlag b) {
    return CallParamFlags(a) | CallParamFlags(b);
}

/// How a call is to be made. Source: LINECALLPARAMS.
struct CallParams {
    MediaModes mediaModes = MediaMode::InteractiveVoice;
    BearerMode bearerMode = BearerMode::Voice;
    CallParamFlags flags{};
    std::chrono::seconds noAnswerTimeout{0};  ///< 0: the line's default
    std::uint32_t minRate = 0, maxRate = 0;   ///< bit/s of a data call; 0: any
    DialParams dialParams{};
    std::string displayableAddress;  ///< what people may see of the number
    std::string calledParty;         ///< who is called, in words
    std::string comment;
};

/// Facts of a call that change seldom. A change of one raises CallInfoChangeEvent.
/// Source: LINECALLINFO.
struct CallInfo {
    CallOrigin origin = CallOrigin::Unknown;
    MediaMode mediaMode = MediaMode::Unknown;
    Party caller, called, redirecting;
    std::optional<NetworkTime> networkTime;
    std::uint32_t rate = 0;  ///< bit/s of a data call, else 0
    CallReason reason = CallReason::Unknown;
    BearerMode bearerMode = BearerMode::Voice;
    Party connected, redirection;
    std::uint32_t callId = 0;  ///< of the exchange or the provider: legs of one call share it
    std::uint32_t relatedCallId = 0;  ///< of the call that this one was made for
    std::uint32_t trunk = 0;          ///< 0: not known
    DialParams dialParams{};
    std::uint32_t owners = 0, monitors = 0;                ///< applications
    std::uint32_t appSpecific = 0;                         ///< Call::setAppSpecific
    std::vector<std::byte> callData;                       ///< Call::setCallData
    std::string appName;                                   ///< who made, answered or took it last
    std::string displayableAddress, calledParty, comment;  ///< of CallParams
};

/// LINECALLFEATURE_*: what may be done with a call.
enum class CallFeature : std::uint32_t {
    Accept = 0x1,
    AddToConference = 0x2,
    Answer = 0x4,
    BlindTransfer = 0x8,
    CompleteTransfer = 0x20,
    Dial = 0x40,
    Drop = 0x80,
    GatherDigits = 0x100,
    GenerateDigits = 0x200,
    GenerateTone = 0x400,
    Hold = 0x800,
    MonitorDigits = 0x1000,
    MonitorMedia = 0x2000,
    MonitorTones = 0x4000,
    PrepareAddToConference = 0x10000,
    RemoveFromConference = 0x40000,
    SecureCall = 0x80000,
    SetCallParams = 0x200000,
    SetupConference = 0x1000000,
    SetupTransfer = 0x2000000,
    SwapHold = 0x4000000,
    Unhold = 0x8000000,
    SetTreatment = 0x20000000,
    SetCallData = 0x80000000,
};
using CallFeatures = Flags<CallFeature>;
constexpr CallFeatures operator|(CallFeature a, CallFeature b) {
    return CallFeatures(a) | CallFeatures(b);
}

/// How a call is now, for this application. Source: LINECALLSTATUS.
struct CallStatus {
    LineCallState state = LineCallState::Idle;
    std::uint32_t mode = 0;  ///< of the state
    CallPrivilege privilege = CallPrivilege::None;
    CallFeatures features;         ///< what would succeed now, with this privilege
    std::uint32_t features2 = 0;   ///< LINECALLFEATURE2_*
    hal::WallTime stateEntryTime;  ///< UTC; the epoch for a call that was not begun
    std::string cause;             ///< of the state, in words; may be empty
};

/// One of the tones that Call::generateTone sends together.
struct GeneratedTone {
    std::uint32_t frequency = 0;             ///< Hz, 1..3999
    std::chrono::milliseconds cadenceOn{0};  ///< 0: without break
    std::chrono::milliseconds cadenceOff{0};
    std::uint16_t volume = 0xFFFF;  ///< 0xFFFF loudest
};
/// LINETONEMODE_*.
enum class ToneMode : std::uint32_t {
    Custom = 0x1,  ///< the tones of the list
    Ringback = 0x2,
    Busy = 0x4,
    Beep = 0x8,
    Billing = 0x10,
};
/// A tone to listen for. Frequencies of 0 do not count; all 0 means silence.
struct MonitoredTone {
    std::uint32_t tag = 0;                  ///< comes back in ToneEvent
    std::chrono::milliseconds duration{0};  ///< that it must last
    std::uint32_t frequency[3] = {0, 0, 0};
};

/// What to collect (lineGatherDigits).
struct GatherDigits {
    DigitModes modes = DigitMode::Dtmf;
    std::uint32_t count = 0;  ///< at most, 1..kMaxGatheredDigits
    std::string terminators{};  ///< any of these ends it, and is part of the result
    std::chrono::milliseconds firstDigitTimeout{0};  ///< 0: none
    std::chrono::milliseconds interDigitTimeout{0};  ///< 0: none
};
inline constexpr std::uint32_t kMaxGatheredDigits = 1024;
/// LINEGATHERTERM_*: why collecting ended.
enum class GatherEnd : std::uint32_t {
    BufferFull = 0x1,
    TerminationDigit = 0x2,
    FirstTimeout = 0x4,
    InterTimeout = 0x8,
    Cancel = 0x10,
};
[[nodiscard]] std::string_view name(GatherEnd end) noexcept;  ///< "first digit time-out"

/// Reply of an asynchronous request: comes exactly once, on the loop's thread, never from inside
/// the requesting call.
using Reply = std::function<void(const Result<void>& result)>;
/// Positive and unique while pending.
using RequestId = std::uint32_t;

/// Busy, disconnected and idle fold to Disconnected: CallState::Idle is a call that was not begun.
[[nodiscard]] CallState fold(LineCallState state) noexcept;

}  // namespace tipring::tapi

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

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

/// Facts of a call that change seldom. A change of one raises CallInfoChangeEvent.
struct CallInfo {
    CallOrigin origin = CallOrigin::Unknown;
    MediaMode mediaMode = MediaMode::Unknown;
    Party caller, called, redirecting;
    std::optional<NetworkTime> networkTime;
    std::uint32_t rate = 0;  ///< bit/s of a data call, else 0
};

/// Reply of an asynchronous request: comes exactly once, on the loop's thread, never from inside
/// the requesting call.
using Reply = std::function<void(const Result<void>& result)>;
/// Positive and unique while pending.
using RequestId = std::uint32_t;

/// Busy, disconnected and idle fold to Disconnected: CallState::Idle is a call that was not begun.
[[nodiscard]] CallState fold(LineCallState state) noexcept;

}  // namespace tipring::tapi

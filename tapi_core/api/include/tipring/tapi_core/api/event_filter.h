// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "tipring/tapi_core/api/types.h"

namespace tipring::tapi {

/// Event classes, with the values of TAPI 3's TAPI_EVENT: the bits of the event filter.
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
    DigitEvent = 0x8000,
    GenerateEvent = 0x10000,
    FileTerminal = 0x80000,
    ToneTerminal = 0x100000,
    Phone = 0x200000,
    ToneEvent = 0x400000,
    GatherDigits = 0x800000,
    AddressDevSpecific = 0x1000000,
    PhoneDevSpecific = 0x2000000,
    Room = 0x4000000,  ///< our own: TAPI has no rooms
};
using EventFilter = Flags<EventClass>;
constexpr EventFilter operator|(EventClass a, EventClass b) {
    return EventFilter(a) | EventFilter(b);
}
inline constexpr EventFilter kAllEvents = EventFilter::fromBits(0xFFFFFFFF);
[[nodiscard]] const char* name(EventClass eventClass) noexcept;  ///< "call state"

/// All sub-events of a class. A sub-event is the number of the event's Kind (or of CallStateEvent's
/// state, CallInfoChangeEvent's item), 0..31.
inline constexpr std::int32_t kAllSubEvents = -1;

/// The finer filter of an address or a call: (class, sub-event) on or off, all on at first.
/// It only takes away: what arrives passes the application's filter AND the address's AND the
/// call's. Source: ITAddress2::put_EventFilter, ITCallInfo2::put_EventFilter.
class SubEventFilter {
public:
    SubEventFilter() { masks_.fill(0xFFFFFFFF); }
    /// INVALPARAM for a value that is not one class, or a sub-event outside -1..31.
    Result<void> set(EventClass eventClass, std::int32_t subEvent, bool on);
    /// With kAllSubEvents: true while any is on.
    [[nodiscard]] bool allows(EventClass eventClass, std::int32_t subEvent) const noexcept;

private:
    std::array<std::uint32_t, 32> masks_;  // by the class's bit number
};

}  // namespace tipring::tapi

// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/api/event_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace tipring::tapi {
namespace {

struct ClassName {
    EventClass eventClass;
    const char* name;
};
constexpr ClassName kClassNames[] = {
    {EventClass::TapiObject, "tapi object"},
    {EventClass::Address, "address"},
    {EventClass::CallNotification, "call notification"},
    {EventClass::CallState, "call state"},
    {EventClass::CallMedia, "call media"},
    {EventClass::CallHub, "call hub"},
    {EventClass::CallInfoChange, "call info change"},
    {EventClass::Private, "private"},
    {EventClass::Request, "request"},
    {EventClass::DigitEvent, "digit"},
    {EventClass::GenerateEvent, "generate"},
    {EventClass::FileTerminal, "file terminal"},
    {EventClass::ToneTerminal, "tone terminal"},
    {EventClass::Phone, "phone"},
    {EventClass::ToneEvent, "tone"},
    {EventClass::GatherDigits, "gather digits"},
    {EventClass::AddressDevSpecific, "address dev-specific"},
    {EventClass::PhoneDevSpecific, "phone dev-specific"},
    {EventClass::Room, "room"},
};

std::size_t indexOf(EventClass eventClass) {
    return static_cast<std::size_t>(std::countr_zero(static_cast<std::uint32_t>(eventClass)));
}

}  // namespace

const char* name(EventClass eventClass) noexcept {
    const auto* found =
        std::find_if(std::begin(kClassNames), std::end(kClassNames),
                     [eventClass](const ClassName& each) { return each.eventClass == eventClass; });
    return found == std::end(kClassNames) ? "?" : found->name;
}

Result<void> SubEventFilter::set(EventClass eventClass, std::int32_t subEvent, bool on) {
    const auto bits = static_cast<std::uint32_t>(eventClass);
    if (!std::has_single_bit(bits)) {
        return hal::fail(ErrorCode::InvalParam,
                         fmt::format("{:#x} is not exactly one event class", bits));
    }
    if (subEvent < kAllSubEvents || subEvent > 31) {
        return hal::fail(ErrorCode::InvalParam,
                         fmt::format("sub-event {} is not -1 (all) to 31", subEvent));
    }
    std::uint32_t& mask = masks_[indexOf(eventClass)];
    const std::uint32_t chosen = subEvent == kAllSubEvents ? 0xFFFFFFFF : 1U << subEvent;
    mask = on ? mask | chosen : mask & ~chosen;
    return {};
}

bool SubEventFilter::allows(EventClass eventClass, std::int32_t subEvent) const noexcept {
    const std::uint32_t mask = masks_[indexOf(eventClass) % masks_.size()];
    return subEvent == kAllSubEvents ? mask != 0 : (mask >> (subEvent & 31) & 1U) != 0;
}

}  // namespace tipring::tapi

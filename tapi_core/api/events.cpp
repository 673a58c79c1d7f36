// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/api/events.h"

#include <iterator>

namespace tipring::tapi {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace

EventClass classOf(const Event& event) noexcept {
    // In the order of the variant: a table, because this is asked for every event.
    constexpr EventClass kClasses[] = {
        EventClass::TapiObject,       EventClass::Address,
        EventClass::CallNotification, EventClass::CallState,
        EventClass::CallInfoChange,   EventClass::DigitEvent,
        EventClass::GenerateEvent,    EventClass::GatherDigits,
        EventClass::ToneEvent,        EventClass::CallMedia,
        EventClass::FileTerminal,     EventClass::Phone,
        EventClass::Private,          EventClass::AddressDevSpecific,
        EventClass::PhoneDevSpecific, EventClass::Request,
        EventClass::ToneTerminal,
    };
    static_assert(std::size(kClasses) == std::variant_size_v<Event>);
    return kClasses[event.index()];
}

std::int32_t subEventOf(const Event& event) noexcept {
    return std::visit(
        Overloaded{
            [](const TapiObjectEvent& each) { return static_cast<std::int32_t>(each.kind); },
            [](const AddressEvent& each) { return static_cast<std::int32_t>(each.kind); },
            [](const CallStateEvent& each) { return static_cast<std::int32_t>(each.state); },
            [](const CallInfoChangeEvent& each) { return static_cast<std::int32_t>(each.item); },
            [](const CallMediaEvent& each) { return static_cast<std::int32_t>(each.kind); },
            [](const FileTerminalEvent& each) { return static_cast<std::int32_t>(each.state); },
            [](const PhoneEvent& each) { return static_cast<std::int32_t>(each.kind); },
            [](const auto&) { return std::int32_t{0}; },
        },
        event);
}

}  // namespace tipring::tapi

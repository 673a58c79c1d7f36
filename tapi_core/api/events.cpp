// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/api/events.h"

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
    return std::visit(Overloaded{
                          [](const TapiObjectEvent&) { return EventClass::TapiObject; },
                          [](const AddressEvent&) { return EventClass::Address; },
                          [](const CallNotificationEvent&) { return EventClass::CallNotification; },
                          [](const CallStateEvent&) { return EventClass::CallState; },
                          [](const CallInfoChangeEvent&) { return EventClass::CallInfoChange; },
                          [](const DigitEvent&) { return EventClass::DigitEvent; },
                          [](const GenerateEvent&) { return EventClass::GenerateEvent; },
                          [](const CallMediaEvent&) { return EventClass::CallMedia; },
                          [](const FileTerminalEvent&) { return EventClass::FileTerminal; },
                      },
                      event);
}

}  // namespace tipring::tapi

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "application.h"
#include "call_record.h"
#include "tipring/tapi_core/api/events.h"

namespace tipring::core {

/// What an event is about: all that the filters of an application ask. Every address and call of
/// this core is one of its views; the event holds them.
struct EventSubject {
    tapi::EventClass eventClass;
    std::int32_t subEvent;
    const AddressView* address = nullptr;
    CallView* call = nullptr;
};

template <class Single>
[[nodiscard]] EventSubject subjectOf(const Single& event) noexcept {
    EventSubject subject{tapi::classOf<Single>(), tapi::subEventOf(event)};
    if constexpr (requires { event.address; }) {
        subject.address = static_cast<const AddressView*>(event.address.get());
    }
    if constexpr (requires { event.call; }) {
        subject.call = static_cast<CallView*>(event.call.get());
    }
    if (subject.call != nullptr) {
        subject.address = subject.call->addressView.get();
    }
    return subject;
}

/// True where an event may reach an application: it has a sink, its filter has the class, and
/// neither the filter of the event's address nor that of its call takes the sub-event away. Nothing
/// of a call passes that the application gave back. Asked when an event is queued and when it is
/// delivered. Takes no memory and no time that grows with lines or applications.
[[nodiscard]] inline bool passes(const ApplicationRecord& application,
                                 const EventSubject& subject) noexcept {
    const auto allows = [&](const tapi::SubEventFilter* filter) {
        return filter == nullptr || filter->allows(subject.eventClass, subject.subEvent);
    };
    const CallView* call = subject.call;
    return application.wants(subject.eventClass) &&
           (call == nullptr || (!call->deallocated && allows(call->filter.get()))) &&
           (subject.address == nullptr || allows(subject.address->filter()));
}

}  // namespace tipring::core

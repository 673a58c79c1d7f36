// SPDX-License-Identifier: Apache-2.0
#include "event_gate.h"

#include "application.h"
#include "call_record.h"

namespace tipring::core {
namespace {

/// What an event is about. Every address and call of this core is one of its views.
struct Subject {
    const AddressView* address = nullptr;
    const CallView* call = nullptr;
};

Subject subjectOf(const tapi::Event& event) noexcept {
    return std::visit(
        [](const auto& each) {
            Subject subject;
            if constexpr (requires { each.address; }) {
                subject.address = static_cast<const AddressView*>(each.address.get());
            }
            if constexpr (requires { each.call; }) {
                subject.call = static_cast<const CallView*>(each.call.get());
            }
            return subject;
        },
        event);
}

bool allows(const tapi::SubEventFilter* filter, tapi::EventClass eventClass,
            const tapi::Event& event) noexcept {
    return filter == nullptr || filter->allows(eventClass, tapi::subEventOf(event));
}

}  // namespace

bool passes(const ApplicationRecord& application, const tapi::Event& event) noexcept {
    const tapi::EventClass eventClass = tapi::classOf(event);
    if (!application.wants(eventClass)) {
        return false;
    }
    Subject subject = subjectOf(event);
    if (subject.call != nullptr) {
        if (subject.call->deallocated || !allows(subject.call->filter.get(), eventClass, event)) {
            return false;
        }
        subject.address = subject.call->addressView.get();
    }
    return subject.address == nullptr || allows(subject.address->filter(), eventClass, event);
}

}  // namespace tipring::core

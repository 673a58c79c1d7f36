// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/tspi/phone_events.h"

namespace tipring::tspi {

void PhoneEvents::state(std::uint32_t changed, std::uint32_t value) const {
    send(PHONE_STATE, changed, value);
}

void PhoneEvents::button(std::uint32_t buttonId, std::uint32_t mode, std::uint32_t state) const {
    send(PHONE_BUTTON, buttonId, mode, state);
}

void PhoneEvents::devSpecific(std::uintptr_t p1, std::uintptr_t p2, std::uintptr_t p3) const {
    send(PHONE_DEVSPECIFIC, p1, p2, p3);
}

void PhoneEvents::closed() const {
    send(PHONE_CLOSE);
}

void PhoneEvents::send(std::uint32_t message, std::uintptr_t p1, std::uintptr_t p2,
                       std::uintptr_t p3) const {
    if (routine_ != nullptr) {
        routine_(phone_, message, p1, p2, p3);
    }
}

}  // namespace tipring::tspi

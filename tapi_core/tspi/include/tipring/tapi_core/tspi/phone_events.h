// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::tspi {

/// The way up for one open phone: its event routine and the core's handle. Cheap to copy; dead
/// after phoneClose. Thread: any, but never from inside another routine of the core.
class PhoneEvents {
public:
    PhoneEvents() = default;
    PhoneEvents(PHONEEVENT routine, HTAPIPHONE phone) : routine_(routine), phone_(phone) {}

    /// PHONESTATE_* that changed, with the new value where it is one number.
    void state(std::uint32_t changed, std::uint32_t value = 0) const;
    /// `mode` is PHONEBUTTONMODE_*, `state` PHONEBUTTONSTATE_*.
    void button(std::uint32_t buttonId, std::uint32_t mode, std::uint32_t state) const;
    void devSpecific(std::uintptr_t p1, std::uintptr_t p2 = 0, std::uintptr_t p3 = 0) const;
    /// The device is gone: the phone's handle is dead from here on.
    void closed() const;

private:
    void send(std::uint32_t message, std::uintptr_t p1 = 0, std::uintptr_t p2 = 0,
              std::uintptr_t p3 = 0) const;

    PHONEEVENT routine_ = nullptr;
    HTAPIPHONE phone_ = nullptr;
};

}  // namespace tipring::tspi

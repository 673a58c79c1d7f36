// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tipring/tapi_core/api/events.h"

namespace tipring::core {

struct ApplicationRecord;

/// True where an event may reach an application: it has a sink, its filter has the class, and
/// neither the filter of the event's address nor that of its call takes the sub-event away. Nothing
/// of a call passes that the application gave back. Asked when an event is queued and when it is
/// delivered. Takes no memory and no time that grows with lines or applications.
[[nodiscard]] bool passes(const ApplicationRecord& application, const tapi::Event& event) noexcept;

}  // namespace tipring::core

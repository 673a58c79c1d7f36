// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/api/tapi.h"
#include "tipring/tapi_core/manager/line_manager.h"
#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::conformance {

/// A provider with a device and somebody at the far end, for the suite. Its first line is used.
/// Everything runs on the loop that the factory got; the world outlives the line manager.
class World {
public:
    virtual ~World() = default;
    [[nodiscard]] virtual const TspiProvider& table() = 0;
    [[nodiscard]] virtual core::ProviderConfig config() { return {}; }

    /// The far end rings the line. `address` is the line, for providers that are moved through it.
    virtual void farEndRings(tapi::Address& address) = 0;
    /// The far end answers a call that is proceeding.
    virtual void farEndAnswers(tapi::Address& address) = 0;
    /// The far end hangs up a call that is connected, or stops ringing.
    virtual void farEndHangsUp(tapi::Address& address) = 0;
    /// Pulls the device out of the machine; false where it cannot be done.
    virtual bool unplug() { return false; }
};

struct Factory {
    const char* name;
    std::function<std::unique_ptr<World>(hal::EventLoop& loop)> make;
};
/// Every provider that the suite runs over. A new one: write its World, add a line in
/// providers.cpp.
[[nodiscard]] std::vector<Factory> factories();

inline void PrintTo(const Factory& factory, std::ostream* out) {
    *out << factory.name;
}

}  // namespace tipring::conformance

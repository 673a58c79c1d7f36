// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "tipring/tapi_core/api/types.h"

namespace tipring::tapi {

class Call;

/// CALLHUB_STATE: idle is the end, when the last call has left.
enum class CallHubState : std::uint8_t { Active, Idle };

/// LINECALLHUBTRACKING_*: which calls of an address belong to hubs, besides those that are together
/// in a conference or a transfer, which always do.
enum class CallHubTracking : std::uint32_t {
    None = 0,
    Provider = 0x1,  ///< calls that the provider gives the same call id, or relates to each other
    All = 0x2,       ///< every call
};

/// All that belongs to one conversation, on whatever lines: the legs of a call that goes through
/// this machine, the members of a conference and the conference itself. Nobody makes a hub by
/// itself; it comes with its calls, and its first event is CallHubEvent New. Source: TAPI 3,
/// ITCallHub. As an application sees it; the handle may be kept.
class CallHub {
public:
    virtual ~CallHub() = default;

    [[nodiscard]] virtual std::uint64_t id() const = 0;  ///< unique in this Tapi's life
    [[nodiscard]] virtual CallHubState state() const = 0;
    /// Those that this application has a handle of, in the order in which they joined.
    [[nodiscard]] virtual std::vector<std::shared_ptr<Call>> calls() const = 0;
    /// With those of other applications.
    [[nodiscard]] virtual std::size_t numberOfCalls() const = 0;
    /// Hangs up all its calls. NOTOWNER, and nothing happens, where one is not this application's
    /// to hang up. INVALCALLSTATE: it is idle.
    virtual Result<void> clear() = 0;
};

}  // namespace tipring::tapi

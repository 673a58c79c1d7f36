// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "tipring/tapi_core/tspi/provider.h"

namespace tipring::analog {

/// The sound of a line's calls between the port and the core: full duplex, the port is the clock.
/// One stream a call, of which the active call's runs; it may outlive the call, silent.
class MediaTap {
public:
    ~MediaTap();
    /// InUse when the call has a stream.
    hal::Result<std::unique_ptr<tspi::MediaStream>> open(const tspi::Call& call,
                                                         const tspi::MediaEvents& events,
                                                         TspiMediaCaps& caps);
    static void describe(TspiMediaCaps& caps);

    /// One block of that call both ways. `position` is the port's; a jump of it is passed on.
    void pump(const tspi::Call* active, std::uint64_t position, std::span<const std::int16_t> heard,
              std::span<std::int16_t> spoken);
    /// The call ended, or all (null): its stream says so and is silent from now on.
    void callEnded(const tspi::Call* call, const char* cause);

private:
    class Stream;
    [[nodiscard]] Stream* find(const tspi::Call* call) const;

    std::vector<Stream*> streams_;
    const tspi::Call* running_ = nullptr;  ///< compared only
};

}  // namespace tipring::analog

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "tipring/tapi_core/tspi/provider.h"

namespace tipring::analog {

/// The sound of a line's call between the port and the core: full duplex, the port is the clock.
/// One stream at a time; it may outlive the call, silent.
class MediaTap {
public:
    ~MediaTap();
    /// InUse when a stream is open.
    hal::Result<std::unique_ptr<tspi::MediaStream>> open(const tspi::MediaEvents& events,
                                                         TspiMediaCaps& caps);
    static void describe(TspiMediaCaps& caps);

    /// One block both ways. `position` is the port's; a jump of it is passed on.
    void pump(std::uint64_t position, std::span<const std::int16_t> heard,
              std::span<std::int16_t> spoken);
    /// The port was another call's until now: that is no gap.
    void resume(std::uint64_t position);
    /// What is heard is not the far end for a while, or is again. Both directions go on.
    void setInterrupted(bool on, const char* cause);
    /// The call ended: the stream says so and is silent from now on.
    void callEnded(const char* cause);

private:
    class Stream;

    Stream* stream_ = nullptr;
    bool interrupted_ = false;
};

}  // namespace tipring::analog

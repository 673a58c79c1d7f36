// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/file_descriptor.h"
#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::isolation {

/// The host's half: calls the provider for whoever is at the other end of the socket.
/// Thread: the loop's; the provider may call back from any of its own.
class ProviderHost {
public:
    /// Says hello. Both the table and the loop must outlive this.
    ProviderHost(hal::EventLoop& loop, hal::FileDescriptor socket, const TspiProvider& table);
    /// Closes what is open, calls first, and shuts the provider down: whoever was at the other
    /// end, no line stays seized.
    ~ProviderHost();
    ProviderHost(const ProviderHost&) = delete;
    ProviderHost& operator=(const ProviderHost&) = delete;

    /// Does what has arrived. The loop calls it; who waits without a loop may too.
    void turn();
    /// The other end is gone, or sent what cannot be read.
    [[nodiscard]] bool ended() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// The program: loads the library, serves `socket` until the other end closes it.
/// 0; 1: the socket is none; 3: the library cannot be loaded (the other end is told why).
int runProviderHost(int socket, const std::string& library);

}  // namespace tipring::isolation

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/result.h"
#include "tipring/hal/sim/command_receiver.h"

namespace tipring::sim {

/// Offers commands on a Unix socket (mode 0600) and on descriptors such as standard input.
///
/// Bounds: 16 clients, 4 KiB a line (a longer one is answered with an error and skipped), 64 KiB of
/// replies that a client did not read (then it is closed). Thread: the loop's.
class ControlServer {
public:
    ControlServer(hal::EventLoop& loop, CommandReceiver& control,
                  std::function<void()> onQuit = {});
    ~ControlServer();

    /// InUse when somebody listens there already; a socket of a dead process is replaced, anything
    /// else is left alone. Removed on destruction.
    hal::Result<void> listen(const std::string& path);
    /// Reads commands from `input` and writes replies to `output`; both borrowed, and put into
    /// non-blocking mode while this lives where the kernel can poll them. A regular file is read
    /// to its end at once.
    hal::Result<void> attach(int input, int output);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/result.h"
#include "tipring/hal/sim/at_modem.h"

namespace tipring::sim {

/// A modem behind a pseudo-terminal, for programs of other people.
///
/// What stands for DTR: a program has the slave open and has not set the speed to B0. Opening is
/// seen through inotify, the last close as hang-up of the master: an idle outlet never wakes the
/// loop. The kernel does not tell about B0 (packet mode does only with EXTPROC, which would change
/// what programs see), so it is looked up at each traffic, and 5 times a second while the modem is
/// off hook. A PTY has no modem lines: RI is not shown, and the end of carrier is shown, as a
/// hang-up with a new PTY behind the same link, to a program that has not set CLOCAL.
/// Thread: the loop's.
class PtyOutlet {
public:
    /// Opens a PTY and points `link` at it (no link when empty). The modem outlives the outlet.
    /// InUse: something stands at `link` that is no link of a dead outlet; it is left alone.
    static hal::Result<std::unique_ptr<PtyOutlet>> create(hal::EventLoop& loop, AtModem& modem,
                                                          const std::string& link = {});
    /// Closes the PTY (programs see a hang-up) and removes the link that it made.
    ~PtyOutlet();

    /// "/dev/pts/5". Another one after a hang-up; empty when the modem has vanished.
    [[nodiscard]] const std::string& path() const;
    [[nodiscard]] const std::string& link() const;
    /// True while a program has it open.
    [[nodiscard]] bool isOpen() const;

private:
    struct Impl;
    explicit PtyOutlet(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::sim

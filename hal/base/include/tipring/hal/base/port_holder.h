// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace tipring::hal {

/// A process that has a device open.
struct PortHolder {
    pid_t pid = 0;
    std::string command;  ///< proc(5), comm; empty where it cannot be read
};

/// The holder of process id `pid`, with its command.
PortHolder holderOf(pid_t pid);
/// Who holds the flock(2) of an open file, from /proc/locks.
std::optional<PortHolder> findFlockHolder(int fd);
/// Another process that has `devicePath` open, from one walk over /proc/PID/fd. Reads links only:
/// unlike stat(2) that cannot hang on a dead network mount. Without root it sees the processes of
/// the same user alone.
std::optional<PortHolder> findOpener(const std::string& devicePath);
/// This process has `devicePath` open by more than one descriptor.
bool isOpenTwiceHere(const std::string& devicePath);

/// The name of an open file as the kernel knows it, links resolved; for example "/dev/ttyACM0".
std::string kernelPath(int fd);

/// "/dev/ttyACM0 is held by ModemManager (pid 812); stop it or ...": what and what to do.
std::string describeHolder(const std::string& port, const std::optional<PortHolder>& holder);

}  // namespace tipring::hal

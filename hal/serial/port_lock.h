// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tipring/hal/base/file_descriptor.h"
#include "tipring/hal/base/result.h"

namespace tipring::hal {

/// Where UUCP lock files are kept (FHS 3.0, 5.9). Both, because /var/lock is not always a link.
inline const std::vector<std::string> kLockDirectories{"/run/lock", "/var/lock"};

/// The lock file of a device, "LCK..ttyACM0" with '/' as '_', as mgetty, pppd, cu and minicom write
/// it. Ours is removed when this dies; a live process in somebody's is Allocated; a stale one is
/// reported and taken over where the directory lets us, else ignored. Where no directory is
/// writable there is no file, and that is no error: the flock(2) stands.
class UucpLock {
public:
    UucpLock() = default;
    UucpLock(UucpLock&& other) noexcept;
    UucpLock& operator=(UucpLock&& other) noexcept;
    ~UucpLock();

    /// Fails when a live process other than this one has locked the device. `port` names the port
    /// in errors.
    static Result<void> check(const std::string& devicePath, const std::string& port,
                              const std::vector<std::string>& directories = kLockDirectories);
    /// Checks and writes our file. Only for who holds the device's flock(2): a file with our own
    /// pid then counts as stale (a container starts with the same numbers again).
    static Result<UucpLock> take(const std::string& devicePath, const std::string& port,
                                 const std::vector<std::string>& directories = kLockDirectories);
    /// Our file; empty where none could be written.
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    void remove();
    std::string path_;
};

/// An opened device that no other well-behaved process has.
struct PortClaim {
    FileDescriptor fd;
    UucpLock lock;
};
/// Opens a tty (non-blocking, not as controlling terminal), takes its flock(2) and its lock file.
/// Its settings stay as they are. `path` must be resolved.
Result<PortClaim> claimPort(const std::string& path, const std::string& port);

/// Takes the flock(2) of an open device: Allocated with the holder's name when it is taken. It
/// ends with the last descriptor of this opening, so a killed process leaves nothing behind.
Result<void> lockDescriptor(int fd, const std::string& port);

/// The error of an open(2) that failed, in words that help: the group to join, the holder.
Error openError(const std::string& path, const std::string& port, int errnoValue);

}  // namespace tipring::hal

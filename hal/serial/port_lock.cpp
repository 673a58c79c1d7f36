// SPDX-License-Identifier: Apache-2.0
#include "port_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "tipring/hal/base/log.h"
#include "tipring/hal/base/port_holder.h"

namespace tipring::hal {
namespace {

const LogCategory kLog{"serial"};

std::string lockName(const std::string& devicePath) {
    std::string name = devicePath.starts_with("/dev/") ? devicePath.substr(5) : devicePath;
    std::replace(name.begin(), name.end(), '/', '_');
    return "LCK.." + name;
}

// HDB UUCP writes the pid in decimal, ten wide; V2 UUCP writes the int itself.
pid_t lockOwner(const std::string& path) {
    std::array<char, 32> text{};
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    const ssize_t size = file ? ::read(file.get(), text.data(), text.size() - 1) : -1;
    if (size == ssize_t(sizeof(int)) && std::strspn(text.data(), " 0123456789\n") < sizeof(int)) {
        int pid = 0;
        std::memcpy(&pid, text.data(), sizeof pid);
        return pid;
    }
    const long pid = size > 0 ? std::strtol(text.data(), nullptr, 10) : 0;
    return pid > 0 && pid <= INT_MAX ? pid_t(pid) : 0;
}

bool isAlive(pid_t pid) {
    return pid > 0 && pid != ::getpid() && (::kill(pid, 0) == 0 || errno == EPERM);
}

bool exists(const std::string& path) {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0;
}

// Written aside and linked: link(2) fails where the name exists, and nobody reads half a file.
bool createLock(const std::string& path) {
    const std::string draft = fmt::format("{}.{}", path, ::getpid());
    ::unlink(draft.c_str());
    const FileDescriptor file(
        ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!file) {
        return false;
    }
    const std::string text = fmt::format("{:10}\n", ::getpid());
    const bool written = ::write(file.get(), text.data(), text.size()) == ssize_t(text.size());
    const bool linked = written && ::link(draft.c_str(), path.c_str()) == 0;
    ::unlink(draft.c_str());
    return linked;
}

void dropStale(const std::string& path, const std::string& port) {
    const pid_t owner = lockOwner(path);
    const bool removed = ::unlink(path.c_str()) == 0;
    kLog.warning("{}: stale lock file {} of pid {}, {}", port, path, owner,
                 removed ? "removed" : "ignored");
}

// /var/lock is most often a link to /run/lock: then the second look finds our own new file.
bool sameFile(const std::string& a, const std::string& b) {
    struct stat first {};
    struct stat second {};
    return ::stat(a.c_str(), &first) == 0 && ::stat(b.c_str(), &second) == 0 &&
           first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

std::string groupName(gid_t gid) {
    std::array<char, 1024> buffer{};
    group record{};
    group* found = nullptr;
    ::getgrgid_r(gid, &record, buffer.data(), buffer.size(), &found);
    return found != nullptr ? found->gr_name : fmt::format("{}", gid);
}

Error permissionError(const std::string& path, const std::string& port) {
    struct stat status {};
    const bool known = ::stat(path.c_str(), &status) == 0;
    const std::string group = known ? groupName(status.st_gid) : "dialout";
    return {ErrorCode::ResourceUnavail,
            fmt::format("no permission to open {}: it belongs to the group {}; run "
                        "`sudo usermod -aG {} $USER`, then log out and in again",
                        port, group, group)};
}

std::optional<PortHolder> findHolder(int fd) {
    auto holder = findFlockHolder(fd);
    return holder ? holder : findOpener(kernelPath(fd));
}

// O_PATH names the device without opening it, which TIOCEXCL forbids: to ourselves as well, when
// the holder is this process.
std::optional<PortHolder> findHolder(const std::string& path) {
    const FileDescriptor device(::open(path.c_str(), O_PATH | O_CLOEXEC));
    return findHolder(device.get());
}

}  // namespace

UucpLock::UucpLock(UucpLock&& other) noexcept : path_(std::exchange(other.path_, {})) {}

UucpLock& UucpLock::operator=(UucpLock&& other) noexcept {
    if (this != &other) {
        remove();
        path_ = std::exchange(other.path_, {});
    }
    return *this;
}

UucpLock::~UucpLock() {
    remove();
}

void UucpLock::remove() {
    if (!path_.empty() && lockOwner(path_) == ::getpid()) {
        ::unlink(path_.c_str());
    }
    path_.clear();
}

Result<void> UucpLock::check(const std::string& devicePath, const std::string& port,
                             const std::vector<std::string>& directories) {
    for (const std::string& directory : directories) {
        const std::string path = directory + "/" + lockName(devicePath);
        const pid_t owner = lockOwner(path);
        if (isAlive(owner)) {
            return fail(
                ErrorCode::Allocated,
                fmt::format("{} (lock file {})", describeHolder(port, holderOf(owner)), path));
        }
    }
    return {};
}

Result<UucpLock> UucpLock::take(const std::string& devicePath, const std::string& port,
                                const std::vector<std::string>& directories) {
    if (auto free = check(devicePath, port, directories); !free) {
        return tl::unexpected(std::move(free.error()));
    }
    UucpLock lock;
    for (const std::string& directory : directories) {
        const std::string path = directory + "/" + lockName(devicePath);
        if (exists(path) && !sameFile(path, lock.path_)) {
            dropStale(path, port);
        }
        if (lock.path_.empty() && createLock(path)) {
            lock.path_ = path;
        }
    }
    return lock;
}

Result<PortClaim> claimPort(const std::string& path, const std::string& port) {
    // Before the open: it would raise DTR, and the close after it drop DTR, for somebody else.
    if (auto free = UucpLock::check(path, port); !free) {
        return tl::unexpected(std::move(free.error()));
    }
    PortClaim claim;
    claim.fd.reset(::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    if (!claim.fd) {
        return tl::unexpected(openError(path, port, errno));
    }
    if (::isatty(claim.fd.get()) == 0) {
        return fail(ErrorCode::InvalAddress, port + " is a device, but not a terminal");
    }
    if (auto locked = lockDescriptor(claim.fd.get(), port); !locked) {
        return tl::unexpected(std::move(locked.error()));
    }
    auto lock = UucpLock::take(path, port);
    if (!lock) {
        return tl::unexpected(std::move(lock.error()));
    }
    claim.lock = std::move(*lock);
    return claim;
}

Result<void> lockDescriptor(int fd, const std::string& port) {
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) {
        return {};
    }
    if (errno != EWOULDBLOCK) {
        return failSystem("cannot lock " + port, errno);
    }
    return fail(ErrorCode::Allocated, describeHolder(port, findHolder(fd)));
}

Error openError(const std::string& path, const std::string& port, int errnoValue) {
    switch (errnoValue) {
    case EACCES:
    case EPERM: return permissionError(path, port);
    case EBUSY: return {ErrorCode::Allocated, describeHolder(port, findHolder(path))};
    default: return systemError("cannot open " + port, errnoValue);
    }
}

}  // namespace tipring::hal

// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/base/port_holder.h"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <climits>
#include <fstream>
#include <memory>
#include <sstream>
#include <string_view>

namespace tipring::hal {
namespace {

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

std::optional<pid_t> parsePid(std::string_view text) {
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pid);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole && pid > 0 ? std::optional(pid) : std::nullopt;
}

/// How many descriptors of a process are openings of a device.
int openings(const std::string& process, const std::string& devicePath) {
    const std::string directory = fmt::format("/proc/{}/fd", process);
    const Directory links(::opendir(directory.c_str()));
    int count = 0;
    std::array<char, 256> target{};
    while (const dirent* entry = links ? ::readdir(links.get()) : nullptr) {
        const ssize_t size =
            ::readlinkat(::dirfd(links.get()), entry->d_name, target.data(), target.size());
        const bool same =
            size > 0 && std::string_view(target.data(), std::size_t(size)) == devicePath;
        count += same ? 1 : 0;
    }
    return count;
}

}  // namespace

PortHolder holderOf(pid_t pid) {
    PortHolder holder{pid, {}};
    std::ifstream file(fmt::format("/proc/{}/comm", pid));
    std::getline(file, holder.command);
    return holder;
}

// A line of /proc/locks: "7: FLOCK  ADVISORY  WRITE 812 00:05:104 0 EOF"; the file is
// major:minor:inode of its file system.
std::optional<PortHolder> findFlockHolder(int fd) {
    struct stat status {};
    if (::fstat(fd, &status) != 0) {
        return std::nullopt;
    }
    const std::string wanted =
        fmt::format("{:02x}:{:02x}:{}", major(status.st_dev), minor(status.st_dev), status.st_ino);
    std::ifstream locks("/proc/locks");
    for (std::string line; std::getline(locks, line);) {
        std::istringstream words(line);
        std::string number, kind, mode, access, pid, file;
        words >> number >> kind >> mode >> access >> pid >> file;
        if (kind != "FLOCK" || file != wanted) {
            continue;
        }
        if (const auto holder = parsePid(pid)) {
            return holderOf(*holder);
        }
    }
    return std::nullopt;
}

std::optional<PortHolder> findOpener(const std::string& devicePath) {
    const Directory processes(::opendir("/proc"));
    if (!processes) {
        return std::nullopt;
    }
    while (const dirent* entry = ::readdir(processes.get())) {
        const auto pid = parsePid(entry->d_name);
        if (pid && *pid != ::getpid() && openings(entry->d_name, devicePath) > 0) {
            return holderOf(*pid);
        }
    }
    return std::nullopt;
}

bool isOpenTwiceHere(const std::string& devicePath) {
    return openings("self", devicePath) > 1;
}

std::string kernelPath(int fd) {
    std::array<char, PATH_MAX> target{};
    const std::string link = fmt::format("/proc/self/fd/{}", fd);
    const ssize_t size = ::readlink(link.c_str(), target.data(), target.size());
    return size > 0 ? std::string(target.data(), std::size_t(size)) : std::string{};
}

std::string describeHolder(const std::string& port, const std::optional<PortHolder>& holder) {
    if (!holder) {
        return fmt::format(
            "{} is held by another process that this user cannot see; find it with "
            "`sudo fuser -v` and stop it",
            port);
    }
    const std::string who = holder->command.empty()
                                ? fmt::format("pid {}", holder->pid)
                                : fmt::format("{} (pid {})", holder->command, holder->pid);
    if (holder->pid == ::getpid()) {
        return fmt::format("{} is held by this process, {}; close the first one", port, who);
    }
    if (holder->command == "ModemManager") {
        return fmt::format(
            "{} is held by {}; stop it or add a udev rule with "
            "ENV{{ID_MM_DEVICE_IGNORE}}=\"1\" for this device",
            port, who);
    }
    return fmt::format("{} is held by {}; stop it first", port, who);
}

}  // namespace tipring::hal

// SPDX-License-Identifier: Apache-2.0
#include "port_check.h"

#include <fmt/format.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

namespace tipring::tools {
namespace {

namespace fs = std::filesystem;

std::string groupName(gid_t id) {
    const group* found = ::getgrgid(id);
    return found == nullptr ? std::to_string(id) : std::string(found->gr_name);
}

/// A serial port or a pseudo-terminal, judged without opening it.
bool isTerminal(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || !S_ISCHR(status.st_mode)) {
        return false;
    }
    const unsigned number = major(status.st_rdev);
    if (number >= 136 && number <= 143) {
        return true;  // Unix98 pseudo-terminals have no entry in /sys
    }
    std::error_code error;
    const auto subsystem = fs::read_symlink(
        fmt::format("/sys/dev/char/{}:{}/subsystem", number, minor(status.st_rdev)), error);
    return !error && subsystem.filename() == "tty";
}

std::string programName(const fs::path& process) {
    std::ifstream file(process / "comm");
    std::string name;
    std::getline(file, name);
    return name;
}

/// Is a descriptor the other side of the pseudo-terminal? A program that has it is the modem.
bool isMaster(const fs::path& descriptor, const fs::path& target, const std::string& device) {
    if (target.filename() != "ptmx" || !device.starts_with("/dev/pts/")) {
        return false;
    }
    std::ifstream file(descriptor.parent_path().parent_path() / "fdinfo" / descriptor.filename());
    const std::string wanted = "tty-index:\t" + device.substr(9);
    for (std::string line; std::getline(file, line);) {
        if (line == wanted) {
            return true;
        }
    }
    return false;
}

/// Does one of the process's descriptors stand for the device? Links are read, not followed: that
/// cannot hang on a dead network mount. Sets `denied` when they are secret.
bool holds(const fs::path& process, const std::string& device, bool& denied) {
    std::error_code error;
    fs::directory_iterator entries(process / "fd", error);
    if (error) {
        denied = denied || error == std::errc::permission_denied;
        return false;
    }
    bool found = false;
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
        std::error_code gone;
        const fs::path target = fs::read_symlink(entries->path(), gone);
        if (isMaster(entries->path(), target, device)) {
            return false;
        }
        found = found || target == device;
    }
    return found;
}

void findHolders(const std::string& device, PortAccess& access) {
    std::error_code error;
    bool denied = false;
    for (const auto& entry : fs::directory_iterator("/proc", error)) {
        const std::string name = entry.path().filename();
        int pid = 0;
        const auto parsed = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (parsed.ec == std::errc() && parsed.ptr == name.data() + name.size() &&
            pid != ::getpid() && holds(entry.path(), device, denied)) {
            access.holders.push_back({pid, programName(entry.path())});
        }
    }
    access.allHoldersKnown = !denied;
}

}  // namespace

PortAccess checkPort(const std::string& path) {
    PortAccess access;
    struct stat device {};
    if (::stat(path.c_str(), &device) != 0) {
        return access;
    }
    access.exists = true;
    access.allowed = ::access(path.c_str(), R_OK | W_OK) == 0;
    access.group = groupName(device.st_gid);
    if (S_ISCHR(device.st_mode)) {
        std::error_code error;
        const fs::path real = fs::canonical(path, error);  // /dev/serial/by-id/... is a link
        findHolders(error ? path : real.string(), access);
    }
    return access;
}

std::string holderAdvice(const PortHolder& holder) {
    if (holder.program == "ModemManager") {
        return "Tipring's udev rules keep ModemManager away from modems that it knows; or run: "
               "systemctl stop ModemManager";
    }
    return fmt::format("stop it first (kill {})", holder.pid);
}

hal::Result<void> checkPortName(const std::string& name) {
    std::string path = name;
    for (const std::string_view scheme : {"serial:", "pty:"}) {
        if (path.starts_with(scheme)) {
            path.erase(0, scheme.size());
        }
    }
    if (!path.starts_with("/")) {
        return {};
    }
    const PortAccess access = checkPort(path);
    if (!access.exists) {
        return hal::fail(hal::ErrorCode::NoDevice,
                         fmt::format("there is no port {}; `tipring devices` lists those that are "
                                     "there",
                                     path));
    }
    if (!isTerminal(path)) {
        return {};  // opening it says what is wrong; who else has it open does not matter
    }
    if (!access.allowed) {
        return hal::fail(hal::ErrorCode::ResourceUnavail,
                         fmt::format("you may not use {}; run `sudo adduser $USER {}` and log in "
                                     "again",
                                     path, access.group));
    }
    if (!access.holders.empty()) {
        const PortHolder& holder = access.holders.front();
        return hal::fail(hal::ErrorCode::Allocated,
                         fmt::format("{} is in use by {} (pid {}); {}", path, holder.program,
                                     holder.pid, holderAdvice(holder)));
    }
    return {};
}

}  // namespace tipring::tools

// SPDX-License-Identifier: Apache-2.0
// The host as a process.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "tipring/hal/base/file_descriptor.h"
#include "tipring/tapi_core/isolation/isolated_provider.h"

extern char** environ;

namespace tipring::isolation {
namespace {

using hal::FileDescriptor;
using hal::Result;

constexpr int kChildSocket = 3;
constexpr int kEndsWithin = 20;  // ms, for one that had closed its socket

std::string howItEnded(const siginfo_t& info) {
    if (info.si_code == CLD_EXITED) {
        return fmt::format("ended with exit code {}", info.si_status);
    }
    return fmt::format("was killed by signal {} ({})", info.si_status, ::strsignal(info.si_status));
}

class ProcessPeer final : public Peer {
public:
    ProcessPeer(pid_t pid, FileDescriptor process, FileDescriptor socket, FileDescriptor timer)
        : pid_(pid),
          process_(std::move(process)),
          socket_(std::move(socket)),
          timer_(std::move(timer)) {}
    ~ProcessPeer() override {
        if (!reaped_) {
            static_cast<void>(end(false));
        }
    }

    [[nodiscard]] int socket() const override { return socket_.get(); }
    [[nodiscard]] int processId() const override { return pid_; }

    void limitWaits(hal::Duration limit) override {
        const auto ns = limit.count();
        const itimerspec due{{}, {ns / 1000000000, ns % 1000000000}};
        ::timerfd_settime(timer_.get(), 0, &due, nullptr);
    }

    [[nodiscard]] bool wait() override {
        pollfd entries[] = {{socket_.get(), POLLIN, 0}, {timer_.get(), POLLIN, 0}};
        while (::poll(entries, 2, -1) < 0 && errno == EINTR) {
        }
        return (entries[1].revents & POLLIN) == 0;
    }

    [[nodiscard]] std::string end(bool closed) override {
        pollfd entry{process_.get(), POLLIN, 0};
        const bool endedItself = closed && ::poll(&entry, 1, kEndsWithin) > 0;
        if (!endedItself) {
            ::kill(pid_, SIGKILL);
        }
        siginfo_t info{};
        // A killed process is gone within a few scheduler ticks; nobody else reaps it.
        while (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED) < 0 && errno == EINTR) {
        }
        reaped_ = true;
        return endedItself ? howItEnded(info) : std::string();
    }

private:
    pid_t pid_;
    FileDescriptor process_, socket_, timer_;
    bool reaped_ = false;
};

std::string programPath(const std::string& wanted) {
    namespace fs = std::filesystem;
    if (!wanted.empty()) {
        return wanted;
    }
    std::error_code failed;
    const fs::path own = fs::read_symlink("/proc/self/exe", failed).parent_path();
    for (const char* place : {"tipring-provider-host", "../provider_host/tipring-provider-host"}) {
        if (fs::exists(own / place, failed)) {
            return own / place;
        }
    }
    return TIPRING_HOST_PROGRAM;
}

struct SpawnSettings {
    SpawnSettings() {
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawnattr_init(&attributes);
    }
    ~SpawnSettings() {
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
    }
    SpawnSettings(const SpawnSettings&) = delete;
    SpawnSettings& operator=(const SpawnSettings&) = delete;

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
};

/// In a process group of its own: a Ctrl-C at the terminal is for the program, which then shuts
/// its hosts down in order.
int spawnHost(const std::string& program, const std::string& library, int socket, pid_t& pid) {
    SpawnSettings settings;
    ::posix_spawn_file_actions_adddup2(&settings.actions, socket, kChildSocket);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_setsigmask(&settings.attributes, &none);
    ::posix_spawnattr_setsigdefault(&settings.attributes, &all);
    ::posix_spawnattr_setflags(&settings.attributes, POSIX_SPAWN_SETPGROUP |
                                                         POSIX_SPAWN_SETSIGMASK |
                                                         POSIX_SPAWN_SETSIGDEF);
    std::string arguments[] = {program, library};
    char* const list[] = {arguments[0].data(), arguments[1].data(), nullptr};
    return ::posix_spawn(&pid, program.c_str(), &settings.actions, &settings.attributes, list,
                         environ);
}

Result<std::unique_ptr<Peer>> launch(const std::string& program, const std::string& library) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        return hal::failSystem("cannot make a socket for a provider's host", errno);
    }
    FileDescriptor mine(ends[0]), theirs(ends[1]);
    FileDescriptor timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    pid_t pid = 0;
    if (const int failed = spawnHost(program, library, theirs.get(), pid); failed != 0) {
        return hal::failSystem(fmt::format("cannot start {}", program), failed);
    }
    FileDescriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    return std::unique_ptr<Peer>(
        std::make_unique<ProcessPeer>(pid, std::move(process), std::move(mine), std::move(timer)));
}

}  // namespace

Launcher processLauncher(const std::string& library, const std::string& program) {
    return [path = programPath(program), library] { return launch(path, library); };
}

}  // namespace tipring::isolation

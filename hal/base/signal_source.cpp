// SPDX-License-Identifier: Apache-2.0
#include "signal_source.h"

#include <fmt/format.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <utility>

namespace tipring::hal {
namespace {

// The eventfd of a signal counts its deliveries. Once made it stays open for the life of the
// process: a handler that still runs in another thread must never write into a reused number.
struct Slot {
    std::atomic<int> fd{-1};
    std::atomic<bool> taken{false};
};
std::array<Slot, NSIG> gSlots;
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler reads it");

extern "C" void countSignal(int signalNumber) {
    const int kept = errno;
    const std::uint64_t one = 1;
    // Cannot block (the descriptor does not), nor fail short of 2^64 undelivered signals.
    [[maybe_unused]] const auto written =
        ::write(gSlots[std::size_t(signalNumber)].fd.load(), &one, sizeof one);
    errno = kept;
}

bool takeOne(int fd) {
    std::uint64_t count = 0;
    return ::read(fd, &count, sizeof count) == ssize_t(sizeof count);
}

class SignalHandle final : public EventLoop::Handle {
public:
    explicit SignalHandle(int signalNumber) : signalNumber_(signalNumber) {}
    ~SignalHandle() override {
        if (installed_) {
            ::sigaction(signalNumber_, &former_, nullptr);
        }
        watch_.reset();
        gSlots[std::size_t(signalNumber_)].taken = false;
    }

    Result<void> install(Poller& poller, EventLoop::Task task) {
        auto fd = openCounter();
        if (!fd) {
            return tl::unexpected(std::move(fd.error()));
        }
        auto watch = poller.add({"signal", signalNumber_}, *fd, Io::Read,
                                [counter = *fd, task = std::move(task)](Io) {
                                    if (takeOne(counter)) {
                                        task();
                                    }
                                });
        if (!watch) {
            return tl::unexpected(std::move(watch.error()));
        }
        watch_ = std::move(*watch);
        return catchSignal();
    }

private:
    Result<int> openCounter() {
        Slot& slot = gSlots[std::size_t(signalNumber_)];
        if (slot.fd < 0) {
            slot.fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE);
        }
        if (slot.fd < 0) {
            return failSystem("cannot open a descriptor that counts signals", errno);
        }
        while (takeOne(slot.fd)) {
        }
        return slot.fd.load();
    }

    Result<void> catchSignal() {
        struct sigaction action {};
        action.sa_handler = countSignal;
        action.sa_flags = SA_RESTART;
        ::sigemptyset(&action.sa_mask);
        if (::sigaction(signalNumber_, &action, &former_) != 0) {
            return failSystem(fmt::format("cannot catch signal {}", signalNumber_), errno);
        }
        installed_ = true;
        return {};
    }

    int signalNumber_;
    bool installed_ = false;
    struct sigaction former_ {};
    std::unique_ptr<EventLoop::WatchHandle> watch_;
};

}  // namespace

Result<void> checkSignalNumber(int signalNumber) {
    if (signalNumber < 1 || signalNumber >= NSIG) {
        return fail(ErrorCode::InvalParam, fmt::format("{} is no signal number; they are 1 to {}",
                                                       signalNumber, NSIG - 1));
    }
    return {};
}

Result<std::unique_ptr<EventLoop::Handle>> watchSignal(Poller& poller, int signalNumber,
                                                       EventLoop::Task task) {
    if (auto valid = checkSignalNumber(signalNumber); !valid) {
        return tl::unexpected(std::move(valid.error()));
    }
    if (gSlots[std::size_t(signalNumber)].taken.exchange(true)) {
        return fail(ErrorCode::InUse, fmt::format("signal {} is watched already in this process; "
                                                  "one watch per signal",
                                                  signalNumber));
    }
    auto handle = std::make_unique<SignalHandle>(signalNumber);
    if (auto installed = handle->install(poller, std::move(task)); !installed) {
        return tl::unexpected(std::move(installed.error()));
    }
    return handle;
}

}  // namespace tipring::hal

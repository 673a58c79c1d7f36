// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "callback_record.h"
#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/file_descriptor.h"

namespace tipring::hal {

/// What a callback was called for, as a warning names it: "descriptor 7", "signal 15".
struct CallbackSource {
    const char* kind = nullptr;
    int number = 0;
};

/// The watched descriptors of a loop, on epoll(7).
class Poller {
public:
    /// Opens the epoll descriptor, once; add() does it too.
    Result<void> open();
    [[nodiscard]] int descriptor() const { return epoll_.get(); }
    [[nodiscard]] bool empty() const { return watches_ == 0; }

    Result<std::unique_ptr<EventLoop::WatchHandle>> add(CallbackSource source, int fd, Io events,
                                                        EventLoop::IoHandler handler);

    /// Waits (without `limit`: for ever) and takes a batch of ready descriptors.
    void wait(std::optional<Duration> limit);
    /// Puts the batch in the order in which the watches were made.
    void sortBatch();
    /// Runs one handler of the batch and tells which; without a kind at its end. Skips watches that
    /// have died since the batch was taken, or are no longer interested.
    CallbackSource runNext();

private:
    struct Record : CallbackRecord {
        CallbackSource source;
        int fd = -1;
        Io events = Io::None;
        std::uint64_t order = 0;
        EventLoop::IoHandler handler;
    };
    class Handle;

    Result<void> control(int operation, Record& record);
    void remove(Record* record);

    FileDescriptor epoll_;
    std::size_t watches_ = 0;
    std::uint64_t nextOrder_ = 0;
    std::array<epoll_event, 64> batch_{};
    std::size_t batchSize_ = 0;
    std::size_t batchNext_ = 0;
};

}  // namespace tipring::hal

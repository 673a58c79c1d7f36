// SPDX-License-Identifier: Apache-2.0
#include "poller.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <utility>

namespace tipring::hal {
namespace {

std::uint32_t epollBits(Io events) {
    std::uint32_t bits = 0;
    bits |= has(events, Io::Read) ? EPOLLIN : 0U;
    bits |= has(events, Io::Write) ? EPOLLOUT : 0U;
    bits |= has(events, Io::Hangup) ? EPOLLRDHUP : 0U;
    return bits;
}

Io ioBits(std::uint32_t bits) {
    Io ready = Io::None;
    ready = (bits & EPOLLIN) != 0 ? ready | Io::Read : ready;
    ready = (bits & EPOLLOUT) != 0 ? ready | Io::Write : ready;
    ready = (bits & (EPOLLHUP | EPOLLRDHUP)) != 0 ? ready | Io::Hangup : ready;
    ready = (bits & EPOLLERR) != 0 ? ready | Io::Error : ready;
    return ready;
}

Io intersection(Io a, Io b) {
    return Io(std::uint32_t(a) & std::uint32_t(b));
}

timespec timespecOf(Duration duration) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(duration);
    return timespec{seconds.count(), (duration - seconds).count()};
}

}  // namespace

class Poller::Handle final : public EventLoop::WatchHandle {
public:
    Handle(Poller& poller, Record* record) : poller_(poller), record_(record) {}
    ~Handle() override { poller_.remove(record_); }
    Result<void> change(Io events) override {
        const Io former = std::exchange(record_->events, events);
        auto changed = poller_.control(EPOLL_CTL_MOD, *record_);
        if (!changed) {
            record_->events = former;
        }
        return changed;
    }

private:
    Poller& poller_;
    Record* record_;
};

Result<void> Poller::open() {
    if (!epoll_) {
        epoll_.reset(::epoll_create1(EPOLL_CLOEXEC));
    }
    if (!epoll_) {
        return failSystem("cannot open an epoll descriptor for the event loop", errno);
    }
    return {};
}

Result<std::unique_ptr<EventLoop::WatchHandle>> Poller::add(CallbackSource source, int fd,
                                                            Io events,
                                                            EventLoop::IoHandler handler) {
    if (auto opened = open(); !opened) {
        return tl::unexpected(std::move(opened.error()));
    }
    auto record = std::make_unique<Record>();
    record->source = source;
    record->fd = fd;
    record->events = events;
    record->order = nextOrder_++;
    record->handler = std::move(handler);
    if (auto added = control(EPOLL_CTL_ADD, *record); !added) {
        return tl::unexpected(std::move(added.error()));
    }
    ++watches_;
    return std::make_unique<Handle>(*this, record.release());
}

Result<void> Poller::control(int operation, Record& record) {
    epoll_event event{};
    event.events = epollBits(record.events);
    event.data.ptr = &record;
    if (::epoll_ctl(epoll_.get(), operation, record.fd, &event) == 0) {
        return {};
    }
    switch (errno) {
    case EEXIST:
        return fail(
            ErrorCode::InUse,
            fmt::format("descriptor {} is watched already; end that watch first", record.fd));
    case EPERM:
        return fail(ErrorCode::InvalParam,
                    fmt::format("descriptor {} cannot be waited for: it is a file or directory, "
                                "which is always ready",
                                record.fd));
    default: return failSystem(fmt::format("cannot watch descriptor {}", record.fd), errno);
    }
}

void Poller::remove(Record* record) {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, record->fd, nullptr);
    --watches_;
    for (std::size_t i = batchNext_; i < batchSize_; ++i) {
        if (batch_[i].data.ptr == record) {
            batch_[i].data.ptr = nullptr;
        }
    }
    releaseRecord(record);
}

void Poller::wait(std::optional<Duration> limit) {
    timespec timeout{};
    if (limit) {
        timeout = timespecOf(std::max(*limit, Duration::zero()));
    }
    const int count = ::epoll_pwait2(epoll_.get(), batch_.data(), int(batch_.size()),
                                     limit ? &timeout : nullptr, nullptr);
    batchSize_ = std::size_t(std::max(count, 0));
    batchNext_ = 0;
}

void Poller::sortBatch() {
    const auto made = [](const epoll_event& event) {
        return static_cast<const Record*>(event.data.ptr)->order;
    };
    std::sort(batch_.begin(), batch_.begin() + std::ptrdiff_t(batchSize_),
              [&](const epoll_event& a, const epoll_event& b) { return made(a) < made(b); });
}

CallbackSource Poller::runNext() {
    while (batchNext_ < batchSize_) {
        const epoll_event event = batch_[batchNext_++];
        auto* record = static_cast<Record*>(event.data.ptr);
        if (record == nullptr) {
            continue;
        }
        const Io wanted = record->events | Io::Hangup | Io::Error;
        const Io ready = intersection(ioBits(event.events), wanted);
        if (ready == Io::None) {
            continue;
        }
        const CallbackSource source = record->source;
        invokeRecord(record, [ready](Record& running) { running.handler(ready); });
        return source;
    }
    return {};
}

}  // namespace tipring::hal

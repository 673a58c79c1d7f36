// SPDX-License-Identifier: Apache-2.0
#include "usb_context.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/time.h>

#include <mutex>
#include <utility>

#include "tipring/hal/base/log.h"
#include "usb_transfer.h"

namespace tipring::hal {
namespace {

const LogCategory kLog{"usb"};

// A cancelled transfer comes back within a frame or two; a kernel that needs longer is broken.
constexpr int kCollectRounds = 500;
constexpr int kCollectMilliseconds = 1;

struct Contexts {
    std::mutex mutex;
    std::map<EventLoop*, std::weak_ptr<UsbContext>> all;
};

// Never destroyed: a context in a static object may outlive it.
Contexts& contexts() {
    static auto* const table = new Contexts;
    return *table;
}

}  // namespace

UsbContext::UsbContext(EventLoop& loop)
    : loop_(loop), deliverTimer_(loop, [this] {
          const auto self = shared_from_this();
          deliver();
      }) {}

UsbContext::~UsbContext() {
    if (context_ != nullptr) {
        libusb_set_pollfd_notifiers(context_, nullptr, nullptr, nullptr);
        watches_.clear();
        libusb_exit(context_);
    }
}

Result<std::shared_ptr<UsbContext>> UsbContext::of(EventLoop& loop) {
    Contexts& table = contexts();
    const std::lock_guard lock(table.mutex);
    if (auto found = table.all[&loop].lock()) {
        return found;
    }
    std::shared_ptr<UsbContext> context(new UsbContext(loop));
    if (auto opened = context->open(); !opened) {
        return tl::unexpected(std::move(opened.error()));
    }
    std::erase_if(table.all, [](const auto& entry) { return entry.second.expired(); });
    table.all[&loop] = context;
    return context;
}

Result<void> UsbContext::open() {
    libusb_set_option(nullptr, LIBUSB_OPTION_NO_DEVICE_DISCOVERY);
    if (const int result = libusb_init(&context_); result != 0) {
        context_ = nullptr;
        return fail(ErrorCode::OperationFailed,
                    fmt::format("libusb cannot start: {}", libusb_strerror(result)));
    }
    if (libusb_pollfds_handle_timeouts(context_) == 0) {
        return fail(ErrorCode::OperationUnavail,
                    "this libusb was built without timerfd; time limits need it");
    }
    libusb_set_pollfd_notifiers(
        context_,
        [](int fd, short events, void* user) { static_cast<UsbContext*>(user)->watch(fd, events); },
        [](int fd, void* user) { static_cast<UsbContext*>(user)->unwatch(fd); }, this);
    const libusb_pollfd** list = libusb_get_pollfds(context_);
    for (const libusb_pollfd** entry = list; list != nullptr && *entry != nullptr; ++entry) {
        watch((*entry)->fd, (*entry)->events);
    }
    libusb_free_pollfds(list);
    return {};
}

void UsbContext::watch(int fd, short events) {
    const Io wanted = ((events & POLLIN) != 0 ? Io::Read : Io::None) |
                      ((events & POLLOUT) != 0 ? Io::Write : Io::None);
    auto created = Watch::create(loop_, fd, wanted, [this](Io) { onReady(); });
    if (!created) {
        kLog.error("libusb will not be heard: {}", created.error().text());
        return;
    }
    watches_[fd] = std::move(*created);
}

void UsbContext::unwatch(int fd) {
    watches_.erase(fd);
    if (const auto lost = lost_.find(fd); lost != lost_.end()) {
        lost->second();
    }
}

void UsbContext::onDescriptorLost(int fd, std::function<void()> task) {
    if (task) {
        lost_[fd] = std::move(task);
    } else {
        lost_.erase(fd);
    }
}

void UsbContext::collect(int milliseconds) {
    collectedAt_ = loop_.now();
    timeval limit{0, milliseconds * 1000};
    if (const int result = libusb_handle_events_timeout_completed(context_, &limit, nullptr);
        result != 0 && result != LIBUSB_ERROR_INTERRUPTED) {
        kLog.error("libusb cannot take what has completed: {}", libusb_strerror(result));
    }
}

bool UsbContext::collectUntil(const std::function<bool()>& done) {
    for (int round = 0; round < kCollectRounds && !done(); ++round) {
        collect(round == 0 ? 0 : kCollectMilliseconds);
    }
    return done();
}

void UsbContext::onReady() {
    const auto self = shared_from_this();
    delivering_ = true;
    collect(0);
    deliver();
}

void UsbContext::enqueue(UsbTransfer& transfer) {
    transfer.next_ = nullptr;
    transfer.previous_ = last_;
    (last_ != nullptr ? last_->next_ : first_) = &transfer;
    last_ = &transfer;
    // Whoever collected outside of onReady() does not deliver.
    if (!delivering_) {
        deliverTimer_.arm(Duration::zero());
    }
}

void UsbContext::dequeue(UsbTransfer& transfer) {
    (transfer.previous_ != nullptr ? transfer.previous_->next_ : first_) = transfer.next_;
    (transfer.next_ != nullptr ? transfer.next_->previous_ : last_) = transfer.previous_;
}

void UsbContext::deliver() {
    delivering_ = true;
    while (first_ != nullptr) {
        first_->deliver();
    }
    delivering_ = false;
}

}  // namespace tipring::hal

// SPDX-License-Identifier: Apache-2.0
#include "provider_queue.h"

#include <cstring>
#include <utility>

#include "tipring/hal/base/log.h"
#include "tipring/tapi_core/api/types.h"

namespace tipring::core {
namespace {

const hal::LogCategory kLog{"manager"};

using QueueHandles = HandleTable<ProviderQueue, std::uintptr_t>;

QueueHandles& queueHandles() {
    static QueueHandles handles;
    return handles;
}

/// Gives the provider its handle of a new call at once; the rest waits for the loop.
void queueNewCall(ProviderQueue& queue, ProviderItem item) {
    auto* given = reinterpret_cast<HTAPICALL*>(item.p2);
    item.call = item.p1 == 0 || given == nullptr ? nullptr : queue.calls.add();
    if (given != nullptr) {
        *given = item.call;
    }
    queue.push(std::move(item));
}

/// Digits of a provider, which need not end: one too many shows that there are too many.
std::string gatheredText(const char* digits) {
    return std::string(digits, ::strnlen(digits, tapi::kMaxGatheredDigits + 1));
}

}  // namespace

std::shared_ptr<ProviderQueue> ProviderQueue::create(hal::EventLoop& loop, Handler handler) {
    auto queue = std::make_shared<ProviderQueue>(loop, std::move(handler));
    queue->handle_ = queueHandles().add(queue);
    return queue;
}

ProviderQueue::ProviderQueue(hal::EventLoop& loop, Handler handler)
    : loop_(loop), handler_(std::move(handler)) {}

std::shared_ptr<ProviderQueue> ProviderQueue::of(void* context) {
    return queueHandles().find(reinterpret_cast<std::uintptr_t>(context));
}

void ProviderQueue::push(ProviderItem item) {
    const std::lock_guard lock(mutex_);
    if (closed_) {
        return;
    }
    incoming_.push_back(std::move(item));
    if (!std::exchange(posted_, true)) {
        loop_.post([handle = handle_] {
            if (const auto queue = queueHandles().find(handle)) {
                queue->drain();
            }
        });
    }
}

void ProviderQueue::close() {
    queueHandles().remove(handle_);
    const std::lock_guard lock(mutex_);
    closed_ = true;
    for (const ProviderItem& item : incoming_) {
        if (item.kind == ProviderItem::Kind::LineClosed) {
            lineHandles().remove(item.line);  // nobody comes to it any more
        }
    }
    incoming_.clear();
}

std::vector<HDRVCALL> ProviderQueue::takeNewCalls(HTAPILINE line) {
    std::vector<HDRVCALL> taken;
    const std::lock_guard lock(mutex_);
    for (auto* list : {&round_, &incoming_}) {
        for (ProviderItem& item : *list) {
            // What was seen has its record, or had it.
            if (item.kind == ProviderItem::Kind::LineEvent && item.number == LINE_NEWCALL &&
                item.line == line && item.call != nullptr && !calls.find(item.call) &&
                !calls.stale(item.call)) {
                taken.push_back(reinterpret_cast<HDRVCALL>(item.p1));
                calls.remove(item.call);
                item.kind = ProviderItem::Kind::Dropped;
            }
        }
    }
    return taken;
}

void ProviderQueue::drain() {
    {
        const std::lock_guard lock(mutex_);
        round_.swap(incoming_);
        posted_ = false;
    }
    for (ProviderItem& item : round_) {
        handler_(item);
    }
    round_.clear();
}

LineHandles& lineHandles() {
    static LineHandles handles;
    return handles;
}

void onCompletion(void* context, DRV_REQUESTID requestId, TSPI_RESULT result, const char* cause) {
    const auto queue = ProviderQueue::of(context);
    if (!queue) {
        kLog.warning("contract breach: a provider completed request {} after its shutdown",
                     requestId);
        return;
    }
    ProviderItem item;
    item.kind = ProviderItem::Kind::Completion;
    item.number = requestId;
    item.result = result;
    item.text = cause == nullptr ? "" : cause;
    queue->push(std::move(item));
}

void onLineCreate(void* context, const char* deviceKey) {
    if (const auto queue = ProviderQueue::of(context); queue && deviceKey != nullptr) {
        ProviderItem item;
        item.kind = ProviderItem::Kind::LineCreate;
        item.text = deviceKey;
        queue->push(std::move(item));
    }
}

void onLineRemove(void* context, std::uint32_t deviceId) {
    if (const auto queue = ProviderQueue::of(context)) {
        ProviderItem item;
        item.kind = ProviderItem::Kind::LineRemove;
        item.number = deviceId;
        queue->push(std::move(item));
    }
}

void onLineEvent(HTAPILINE htLine, HTAPICALL htCall, std::uint32_t message, std::uintptr_t p1,
                 std::uintptr_t p2, std::uintptr_t p3) {
    const auto session = lineHandles().find(htLine);
    if (!session) {
        kLog.warning("contract breach: a provider sent message {} for line handle {}, which is {}",
                     message, static_cast<const void*>(htLine),
                     htLine == nullptr             ? "zero"
                     : lineHandles().stale(htLine) ? "of a line that was closed"
                                                   : "unknown");
        if (message == LINE_NEWCALL && p2 != 0) {
            *reinterpret_cast<HTAPICALL*>(p2) = nullptr;
        }
        return;
    }
    ProviderItem item;
    item.kind = ProviderItem::Kind::LineEvent;
    item.number = message;
    item.line = htLine;
    item.call = htCall;
    item.p1 = p1;
    item.p2 = p2;
    item.p3 = p3;
    if (message == LINE_GATHERDIGITS && p3 != 0) {
        item.text = gatheredText(reinterpret_cast<const char*>(p3));
    }
    if (message == LINE_NEWCALL) {
        queueNewCall(*session->queue, std::move(item));
    } else {
        session->queue->push(std::move(item));
    }
}

}  // namespace tipring::core

// SPDX-License-Identifier: Apache-2.0
#include "provider_queue.h"

#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "tipring/tapi_core/api/types.h"

namespace tipring::core {
namespace {

using QueueHandles = HandleTable<ProviderQueue, std::uintptr_t>;

QueueHandles& queueHandles() {
    static QueueHandles handles;
    return handles;
}

/// The provider gets its handle of a new call at once; the rest waits for the loop.
HTAPICALL newCallHandle(ProviderQueue& queue, std::uintptr_t driverCall, std::uintptr_t given) {
    if (given == 0) {
        return nullptr;
    }
    const HTAPICALL handle = driverCall == 0 ? nullptr : queue.calls.add();
    *reinterpret_cast<HTAPICALL*>(given) = handle;
    return handle;
}

void checkEntry(const RoutineScope& scope, const BreachSource& source, std::string_view routine,
                std::string_view line) {
    if (scope.nested()) {
        source.report(ContractRule::ReEntry, routine, line,
                      "was called from within a routine of the core");
    }
}

/// The session of a routine's context, or a report that there is none.
std::shared_ptr<ProviderQueue> sessionOf(void* context, const char* routine,
                                         const std::string& what, ContractRule rule) {
    auto queue = ProviderQueue::of(context);
    if (!queue) {
        const auto owner = DeadHandles::instance().find(DeadHandles::Kind::Session, context);
        if (owner.source.provider.empty()) {
            ContractChecker::reportUnknown(rule, routine, what + " came for no session");
        } else {
            owner.source.report(rule, routine, "", what + " came after providerShutdown");
        }
    }
    return queue;
}

/// Digits of a provider, which need not end: one too many shows that there are too many.
std::string gatheredText(const char* digits) {
    return std::string(digits, ::strnlen(digits, tapi::kMaxGatheredDigits + 1));
}

}  // namespace

ProviderItem::Attachment& ProviderItem::attached() {
    if (!attachment_) {
        attachment_ = std::make_unique<Attachment>();
    }
    return *attachment_;
}

const std::string& ProviderItem::text() const {
    static const std::string kNone;
    return attachment_ ? attachment_->text : kNone;
}

std::shared_ptr<InterfaceValuesIn> ProviderItem::values() const {
    return attachment_ ? attachment_->values : nullptr;
}

void ProviderItem::setText(std::string text) {
    if (!text.empty()) {
        attached().text = std::move(text);
    }
}

void ProviderItem::setValues(std::shared_ptr<InterfaceValuesIn> values) {
    attached().values = std::move(values);
}

std::shared_ptr<ProviderQueue> ProviderQueue::create(hal::EventLoop& loop, BreachSource source,
                                                     Handler handler) {
    auto queue = std::make_shared<ProviderQueue>(loop, std::move(source), std::move(handler));
    queue->handle_ = queueHandles().add(queue);
    return queue;
}

ProviderQueue::ProviderQueue(hal::EventLoop& loop, BreachSource source, Handler handler)
    : loop_(loop), source_(std::move(source)), handler_(std::move(handler)) {}

std::shared_ptr<ProviderQueue> ProviderQueue::of(void* context) {
    return queueHandles().find(reinterpret_cast<std::uintptr_t>(context));
}

void ProviderQueue::post() {
    loop_.post([handle = handle_] {
        if (const auto queue = queueHandles().find(handle)) {
            queue->drain();
        }
    });
}

void ProviderQueue::close() {
    DeadHandles::instance().add(DeadHandles::Kind::Session, context(), {source_, {}});
    queueHandles().remove(handle_);
    const std::lock_guard lock(mutex_);
    closed_ = true;
    for (const ProviderItem& item : incoming_) {
        if (item.kind == ProviderItem::Kind::LineClosed) {
            forgetLine(item.line);
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
    const std::lock_guard lock(mutex_);
    if (incoming_.empty()) {
        incoming_.swap(round_);  // the memory that is warm
    }
}

LineHandles& lineHandles() {
    static LineHandles handles;
    return handles;
}

void forgetLine(HTAPILINE line) {
    if (const auto session = lineHandles().find(line)) {
        DeadHandles::instance().add(DeadHandles::Kind::Line, line,
                                    {session->queue->source(), session->name});
    }
    lineHandles().remove(line);
}

void reportDeadLine(HTAPILINE line, std::uint32_t message) {
    const auto owner = DeadHandles::instance().find(DeadHandles::Kind::Line, line);
    const std::string function = messageName(message);
    const bool closed = !owner.source.provider.empty();
    const ContractRule rule = line == nullptr ? ContractRule::ZeroDeviceHandle
                              : closed        ? ContractRule::EventAfterClose
                                              : ContractRule::UnknownDeviceHandle;
    const std::string text = line == nullptr ? "the line handle is zero"
                             : closed        ? "the line was closed"
                                             : "nobody gave this line handle";
    if (closed) {
        owner.source.report(rule, function, owner.line, text);
    } else if (const ProviderQueue* caller = ProviderScope::current()) {
        caller->source().report(rule, function, "", text);
    } else {
        ContractChecker::reportUnknown(rule, function, text);
    }
}

std::string messageName(std::uint32_t message) {
    struct Name {
        std::uint32_t message;
        const char* text;
    };
    constexpr Name kNames[] = {
        {LINE_ADDRESSSTATE, "LINE_ADDRESSSTATE"},
        {LINE_CALLINFO, "LINE_CALLINFO"},
        {LINE_CALLSTATE, "LINE_CALLSTATE"},
        {LINE_CLOSE, "LINE_CLOSE"},
        {LINE_DEVSPECIFIC, "LINE_DEVSPECIFIC"},
        {LINE_DEVSPECIFICFEATURE, "LINE_DEVSPECIFICFEATURE"},
        {LINE_GATHERDIGITS, "LINE_GATHERDIGITS"},
        {LINE_GENERATE, "LINE_GENERATE"},
        {LINE_LINEDEVSTATE, "LINE_LINEDEVSTATE"},
        {LINE_MONITORDIGITS, "LINE_MONITORDIGITS"},
        {LINE_MONITORMEDIA, "LINE_MONITORMEDIA"},
        {LINE_MONITORTONE, "LINE_MONITORTONE"},
        {LINE_NEWCALL, "LINE_NEWCALL"},
        {LINE_CALLDEVSPECIFIC, "LINE_CALLDEVSPECIFIC"},
        {LINE_CALLDEVSPECIFICFEATURE, "LINE_CALLDEVSPECIFICFEATURE"},
        {LINE_HANGUPSIGN, "LINE_HANGUPSIGN"},
        {PHONE_BUTTON, "PHONE_BUTTON"},
        {PHONE_CLOSE, "PHONE_CLOSE"},
        {PHONE_DEVSPECIFIC, "PHONE_DEVSPECIFIC"},
        {PHONE_STATE, "PHONE_STATE"},
    };
    for (const Name& each : kNames) {
        if (each.message == message) {
            return each.text;
        }
    }
    return fmt::format("message {}", message);
}

ProviderScope::ProviderScope(const ProviderQueue& queue)
    : queue_(queue), begun_(queue.loop().now()), before_(std::exchange(current_, &queue)) {}

ProviderScope::~ProviderScope() {
    current_ = before_;
}

void onCompletion(void* context, DRV_REQUESTID requestId, TSPI_RESULT result, const char* cause) {
    const auto queue = sessionOf(context, "completion", fmt::format("request {}", requestId),
                                 ContractRule::CompletionAfterShutdown);
    if (!queue) {
        return;
    }
    const RoutineScope scope;
    checkEntry(scope, queue->source(), "completion", "");
    ProviderItem item;
    item.kind = ProviderItem::Kind::Completion;
    item.number = requestId;
    item.result = result;
    item.setText(cause == nullptr ? "" : cause);
    queue->push(std::move(item));
}

void onLineCreate(void* context, const char* deviceKey) {
    const auto queue = sessionOf(context, "lineCreate", "a device", ContractRule::UnknownDevice);
    if (!queue) {
        return;
    }
    const RoutineScope scope;
    checkEntry(scope, queue->source(), "lineCreate", "");
    if (deviceKey == nullptr || *deviceKey == '\0') {
        queue->source().report(ContractRule::BadValue, "lineCreate", "", "the device has no key");
        return;
    }
    ProviderItem item;
    item.kind = ProviderItem::Kind::LineCreate;
    item.setText(deviceKey);
    queue->push(std::move(item));
}

void onLineRemove(void* context, std::uint32_t deviceId) {
    const auto queue = sessionOf(context, "lineRemove", fmt::format("line {}", deviceId),
                                 ContractRule::UnknownDevice);
    if (!queue) {
        return;
    }
    const RoutineScope scope;
    checkEntry(scope, queue->source(), "lineRemove", "");
    ProviderItem item;
    item.kind = ProviderItem::Kind::LineRemove;
    item.number = deviceId;
    queue->push(std::move(item));
}

void onLineEvent(HTAPILINE htLine, HTAPICALL htCall, std::uint32_t message, std::uintptr_t p1,
                 std::uintptr_t p2, std::uintptr_t p3) {
    auto session = lineHandles().find(htLine);
    const ProviderQueue* caller = ProviderScope::current();
    const bool foreign = session && caller != nullptr && session->queue.get() != caller;
    if (!session || foreign) {
        if (foreign) {
            caller->source().report(ContractRule::ForeignDeviceHandle, messageName(message), "",
                                    fmt::format("line {} belongs to provider {}", session->name,
                                                session->queue->source().provider));
        } else {
            reportDeadLine(htLine, message);
        }
        if (message == LINE_NEWCALL && p2 != 0) {
            *reinterpret_cast<HTAPICALL*>(p2) = nullptr;
        }
        return;
    }
    const RoutineScope scope;
    if (scope.nested()) {
        checkEntry(scope, session->queue->source(), messageName(message), session->name);
    }
    ProviderQueue& queue = *session->queue;
    if (message == LINE_NEWCALL) {
        htCall = newCallHandle(queue, p1, p2);
    }
    if (message == LINE_GATHERDIGITS && p3 != 0) {
        ProviderItem item(std::move(session), htLine, htCall, message, p1, p2, p3);
        item.setText(gatheredText(reinterpret_cast<const char*>(p3)));
        return queue.push(std::move(item));
    }
    queue.push(std::move(session), htLine, htCall, message, p1, p2, p3);
}

}  // namespace tipring::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "contract_checker.h"
#include "handle_table.h"
#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::core {

struct InterfaceValuesIn;
struct LineSession;

/// Something that came from a provider, or a marker that the core put behind what had come.
struct ProviderItem {
    enum class Kind : std::uint8_t {
        Completion,       ///< number = request id, result, text = cause
        LineEvent,        ///< line, call, number = message, p1..p3; text = digits of a gathering
        LineCreate,       ///< text = device key
        LineRemove,       ///< number = device id
        Task,             ///< posted through the host: task, p1 = argument
        LineClosed,       ///< marker: nothing for `line` may come after this
        CallClosed,       ///< marker: nothing for `call` may come after this
        Dropped,          ///< taken back: nothing
        MediaNotice,      ///< p1 = stream, number = event, p2 = parameter, text = cause
        PhoneEvent,       ///< phone, number = message, p1..p3
        PhoneCreate,      ///< text = device key
        PhoneRemove,      ///< number = device id
        PhoneClosed,      ///< marker: nothing for `phone` may come after this
        InterfaceResult,  ///< number = request id, values
        InterfaceEvent,   ///< line, call, p1 = interface, p2 = event, values
    };
    Kind kind{};
    std::uint32_t number = 0;
    TSPI_RESULT result = 0;
    HTAPILINE line = nullptr;
    HTAPICALL call = nullptr;
    std::uintptr_t p1 = 0, p2 = 0, p3 = 0;
    TspiTask task = nullptr;
    HTAPIPHONE phone = nullptr;
    std::shared_ptr<LineSession> session{};  ///< of a LineEvent: what `line` led to

    ProviderItem() = default;
    /// A LineEvent.
    ProviderItem(std::shared_ptr<LineSession> of, HTAPILINE htLine, HTAPICALL htCall,
                 std::uint32_t message, std::uintptr_t first, std::uintptr_t second,
                 std::uintptr_t third)
        : kind(Kind::LineEvent),
          number(message),
          line(htLine),
          call(htCall),
          p1(first),
          p2(second),
          p3(third),
          session(std::move(of)) {}

    [[nodiscard]] const std::string& text() const;
    [[nodiscard]] std::shared_ptr<InterfaceValuesIn> values() const;
    void setText(std::string text);
    void setValues(std::shared_ptr<InterfaceValuesIn> values);

private:
    /// What few items have: the others stay small, for an item is moved twice.
    struct Attachment {
        std::string text{};
        std::shared_ptr<InterfaceValuesIn> values{};
    };
    [[nodiscard]] Attachment& attached();
    std::unique_ptr<Attachment> attachment_{};
};

struct CallRecord;

/// What comes from one provider, from any thread, on its way to the loop: one queue, so that order
/// is kept between completions, events and posts, and one post of the loop for all that wait.
/// In steady state nothing allocates for an event.
class ProviderQueue {
public:
    using Handler = std::function<void(ProviderItem& item)>;

    /// Handles of calls, given out to a provider from any of its threads.
    using CallHandles = HandleTable<CallRecord, HTAPICALL>;

    static std::shared_ptr<ProviderQueue> create(hal::EventLoop& loop, BreachSource source,
                                                 Handler handler);
    ProviderQueue(hal::EventLoop& loop, BreachSource source, Handler handler);

    /// Whose it is, for reports of what goes wrong before the loop. Any thread.
    [[nodiscard]] const BreachSource& source() const { return source_; }
    [[nodiscard]] hal::EventLoop& loop() const { return loop_; }

    /// Any thread.
    template <class... Parts>
    void push(Parts&&... parts) {
        {
            const std::lock_guard lock(mutex_);
            if (closed_) {
                return;
            }
            incoming_.emplace_back(std::forward<Parts>(parts)...);
            if (std::exchange(posted_, true)) {
                return;
            }
        }
        post();  // without the lock: who calls back from there is reported, not stuck
    }
    /// Drops what waits; the handler is not called any more. Loop's thread.
    void close();
    /// Calls that the provider announced on a line and that the loop has not seen yet: they are
    /// taken out, for the line closes. Loop's thread.
    [[nodiscard]] std::vector<HDRVCALL> takeNewCalls(HTAPILINE line);
    /// Stands for the queue where C wants a pointer: dead once the queue is closed.
    [[nodiscard]] void* context() const { return reinterpret_cast<void*>(handle_); }
    [[nodiscard]] static std::shared_ptr<ProviderQueue> of(void* context);

    CallHandles calls{4096};

private:
    void post();
    void drain();

    hal::EventLoop& loop_;
    const BreachSource source_;
    Handler handler_;
    std::uintptr_t handle_ = 0;
    std::mutex mutex_;
    std::vector<ProviderItem> incoming_;  // guarded by mutex_
    bool posted_ = false;                 // guarded by mutex_
    bool closed_ = false;                 // guarded by mutex_
    std::vector<ProviderItem> round_;
};

struct LineRecord;

/// An open line as its HTAPILINE leads to it.
struct LineSession {
    std::shared_ptr<ProviderQueue> queue;
    std::shared_ptr<LineRecord> line;  ///< loop's thread only
    std::string name{};                ///< of the line, for any thread
    bool closing = false;              ///< loop's thread only
};
using LineHandles = HandleTable<LineSession, HTAPILINE>;
/// The lines of the process: an event routine gets nothing but the handle.
LineHandles& lineHandles();

/// Removes a line's handle; an event for it is known as too late from then on.
void forgetLine(HTAPILINE line);
/// Reports an event for a line handle that is none.
void reportDeadLine(HTAPILINE line, std::uint32_t message);

/// The message of an event routine: "LINE_CALLSTATE".
[[nodiscard]] std::string messageName(std::uint32_t message);

/// A provider's code runs on this thread while this lives: in a function of its table, or in a task
/// that the host runs for it. Tells the routines who calls them.
class ProviderScope {
public:
    static constexpr hal::Duration kLongest = std::chrono::milliseconds(50);

    explicit ProviderScope(const ProviderQueue& queue);
    ~ProviderScope();
    ProviderScope(const ProviderScope&) = delete;
    ProviderScope& operator=(const ProviderScope&) = delete;

    /// How long it has run, by the loop's clock.
    [[nodiscard]] hal::Duration taken() const { return queue_.loop().now() - begun_; }
    /// Null: nobody's that is known.
    [[nodiscard]] static const ProviderQueue* current() { return current_; }

private:
    inline static thread_local const ProviderQueue* current_ = nullptr;
    const ProviderQueue& queue_;
    const hal::TimePoint begun_;
    const ProviderQueue* const before_;
};

/// Tells a routine that is called from within a routine of this thread.
class RoutineScope {
public:
    RoutineScope() { ++depth_; }
    ~RoutineScope() { --depth_; }
    RoutineScope(const RoutineScope&) = delete;
    RoutineScope& operator=(const RoutineScope&) = delete;
    [[nodiscard]] static bool nested() { return depth_ > 1; }

private:
    inline static thread_local unsigned depth_ = 0;
};

/// The routines that a provider gets.
void onCompletion(void* context, DRV_REQUESTID requestId, TSPI_RESULT result, const char* cause);
void onLineCreate(void* context, const char* deviceKey);
void onLineRemove(void* context, std::uint32_t deviceId);
void onLineEvent(HTAPILINE htLine, HTAPICALL htCall, std::uint32_t message, std::uintptr_t p1,
                 std::uintptr_t p2, std::uintptr_t p3);

}  // namespace tipring::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "arguments.h"
#include "channel.h"
#include "functions.h"
#include "host_services.h"
#include "interface_wire.h"
#include "tipring/tapi_core/isolation/provider_host.h"

namespace tipring::isolation {

class Host;

/// The sound of one stream on its way to the device. Thread: any.
struct SendQueue {
    std::mutex mutex;
    std::vector<std::int16_t> samples;  // guarded by mutex; at most 2 * kMaxSamples
    std::size_t next = 0;               // guarded by mutex

    void push(std::span<const std::int16_t> more);
    /// Up to `capacity`; `last`: none is left behind.
    std::size_t pop(std::int16_t* to, std::size_t capacity, bool& last);
    [[nodiscard]] bool empty();
};

/// Something that the provider made, by its token.
struct HostObject {
    Host* host = nullptr;
    ObjectKind kind{};
    void* driver = nullptr;  ///< the provider's handle; null until its function returned
    std::shared_ptr<SendQueue> sound{};
};

/// Tokens of the process: a routine of the provider's gets nothing but one. Thread: any.
void addHostObject(std::uint64_t token, HostObject object);
void setDriverHandle(std::uint64_t token, void* driver);
void removeHostObject(std::uint64_t token);
[[nodiscard]] HostObject hostObject(std::uint64_t token);
[[nodiscard]] std::uint64_t newHostToken();
/// Those of one host and kind.
[[nodiscard]] std::vector<std::uint64_t> hostTokens(const Host& host, ObjectKind kind);

/// The routines that the provider gets.
void fillInit(TspiInit& init);
extern const TspiMediaCallbacks kMediaRoutines;
void hostLineEvent(HTAPILINE line, HTAPICALL call, std::uint32_t number, std::uintptr_t p1,
                   std::uintptr_t p2, std::uintptr_t p3);
void hostPhoneEvent(HTAPIPHONE phone, std::uint32_t number, std::uintptr_t p1, std::uintptr_t p2,
                    std::uintptr_t p3);

/// The host's half. Thread: the loop's, but send().
class Host {
public:
    /// `onEnd`: called once the other end is gone and everything is closed.
    Host(hal::EventLoop& loop, hal::FileDescriptor socket, const TspiProvider& table,
         std::function<void()> onEnd = {});
    ~Host();
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;

    void turn();
    [[nodiscard]] bool ended() const { return ended_; }

    /// Any thread; blocks while the core does not read. `droppable`: rather lose it than wait.
    void send(const Writer& message, int descriptor = -1, bool droppable = false);
    [[nodiscard]] const TspiProvider& table() const { return table_; }
    [[nodiscard]] HPROVIDER session() const { return session_; }
    void endSession();
    [[nodiscard]] HostServices& services() { return services_; }
    /// A stop that waits until the device has heard what was pulled: `then` runs once it has, or
    /// when the stream closes. Any thread may say that it has.
    void deferStop(std::uint64_t media, DRV_REQUESTID id, std::uint32_t direction);
    void drained(std::uint64_t media);
    void finishStops();

private:
    void hello();
    void handle(std::span<const std::byte> message);
    void onInit(Reader& message);
    void onCall(Reader& message);
    void onSamples(Reader& message);
    void closeAll();

    struct DeferredStop {
        std::uint64_t media;
        DRV_REQUESTID id;
        std::uint32_t direction;
    };
    void finishStop(const DeferredStop& stop);

    hal::EventLoop& loop_;
    std::function<void()> onEnd_;
    hal::FileDescriptor socket_;
    TspiProvider table_{};
    HostServices services_;
    TspiInit init_{};
    HPROVIDER session_ = nullptr;
    std::vector<std::byte> buffer_;
    std::vector<DeferredStop> stops_;
    hal::Timer stopTimer_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    hal::Watch watch_;
    std::mutex sending_;
    std::atomic<bool> ended_ = false;
};

/// Reads the arguments of a call, calls, and answers unless `sequence` is 0. Unreadable: false.
[[nodiscard]] bool callFunction(Host& host, Function function, std::uint32_t sequence,
                                Reader& arguments);

}  // namespace tipring::isolation

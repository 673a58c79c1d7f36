// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "arguments.h"
#include "channel.h"
#include "functions.h"
#include "interface_wire.h"
#include "tipring/tapi_core/isolation/isolated_provider.h"
#include "tipring/tapi_core/tspi/host_loop.h"

namespace tipring::isolation {

/// A line, call, stream or phone, as the core's side knows it. The core's HDRV... points to it.
struct Object {
    Stub& stub;
    ObjectKind kind;
    std::uint64_t token;
    std::uintptr_t core = 0;  ///< the core's handle
    const Object* parent = nullptr;
    LINEEVENT lineEvent = nullptr;
    PHONEEVENT phoneEvent = nullptr;
    TspiMediaCallbacks media{};
    bool dead = false;    ///< its host is no more
    bool orphan = false;  ///< the core had no room for it
};

/// The core's half: behind the table stands a socket. Thread: the loop's.
class Stub {
public:
    Stub(Launcher launcher, Options options);
    ~Stub();

    /// The first launch: fills the table.
    hal::Result<void> begin();
    [[nodiscard]] const TspiProvider& table() const { return table_; }
    [[nodiscard]] HostStatus status() const;

    // What the table's functions are made of (stub_call.h).
    struct Answer {
        TSPI_RESULT result;
        Reader rest;
    };
    [[nodiscard]] bool running() const { return status_.state == HostState::Running; }
    [[nodiscard]] std::uint32_t nextSequence() {
        return ++sequence_ == 0 ? ++sequence_ : sequence_;
    }
    /// Sends a call and waits for its answer. Nothing: the host is dead now, and the core was told
    /// of all but `own`, the request that the call is about to be refused.
    [[nodiscard]] std::optional<Answer> transact(Function function, std::uint32_t sequence,
                                                 const Writer& message, DRV_REQUESTID own);
    Object& addObject(ObjectKind kind, std::uintptr_t core, std::uint64_t token = 0);
    void forget(Object& object);
    void addPending(DRV_REQUESTID id) { pending_.insert(id); }
    bool removePending(DRV_REQUESTID id) { return pending_.erase(id) > 0; }
    void created(Function function, std::uint32_t deviceId);
    void refuseAnswer(Function function);
    void explain(std::string_view cause) const;
    [[nodiscard]] const std::string& lastCause() const { return status_.lastCause; }
    [[nodiscard]] hal::FileDescriptor takeDescriptor() { return std::move(descriptor_); }

    TSPI_RESULT init(const TspiInit* init, HPROVIDER* provider);
    TSPI_RESULT shutDown();
    TSPI_RESULT interfaces(const TspiInterface** list, std::uint32_t* count) const;

private:
    struct Hello {
        std::uint32_t version = 0;
        std::string name;
        std::vector<std::uint8_t> functions;
        bool operator==(const Hello& other) const = default;
    };

    // Life (stub_life.cpp)
    hal::Result<Hello> meet();
    void limitWaits(hal::Duration limit);
    [[nodiscard]] std::optional<std::span<const std::byte>> waitFor(MessageKind kind,
                                                                    const char* what);
    void launchAgain();
    void watchSocket();
    void sendInit();
    void onInitAnswer(Reader message);
    void enterRunning();
    void enumerateAgain();
    void ping();
    void onLate();
    void onReadable();
    void send(const Writer& message);
    void die(std::string cause, bool closed = false);
    void tellDeath(const std::string& cause);
    void closeObjects();
    void scheduleRestart();
    void stopTimers();

    // What the host says (stub_messages.cpp)
    using MessageHandler = void (Stub::*)(Reader&);
    static MessageHandler handlerOf(MessageKind kind);
    /// False: rubbish.
    [[nodiscard]] bool handle(std::span<const std::byte> message);
    [[nodiscard]] static hal::Result<Hello> readHello(std::span<const std::byte> message);
    void onHello(Reader& message);
    void onCompletion(Reader& message);
    void onLineEvent(Reader& message);
    void onNewCall(Object& line, std::uint64_t token);
    void onOrphanEvent(Object& call, std::uint32_t number, std::uint64_t state);
    void onPhoneEvent(Reader& message);
    void onLineCreate(Reader& message);
    void onLineRemove(Reader& message);
    void onPhoneCreate(Reader& message);
    void onPhoneRemove(Reader& message);
    void onInterfaceResult(Reader& message);
    void onInterfaceEvent(Reader& message);
    void onMediaReceive(Reader& message);
    void onMediaPull(Reader& message);
    void onMediaEvent(Reader& message);
    void onLog(Reader& message);
    void onPong(Reader& message);
    [[nodiscard]] Object* find(std::uint64_t token, ObjectKind kind);
    [[nodiscard]] Object* findOrWarn(std::uint64_t token, ObjectKind kind, const char* what);
    void sendOwnCall(Function function, const Object& call);

    void makeTable();

    const Launcher launcher_;
    const Options options_;
    std::size_t slot_ = 0;
    TspiProvider table_{};
    Hello hello_;
    InterfaceList interfaces_;
    std::unique_ptr<Peer> peer_;
    HostStatus status_;
    std::vector<std::byte> buffer_;
    std::vector<std::byte> answer_;
    hal::FileDescriptor descriptor_;
    std::uint32_t sequence_ = 0;
    std::unordered_map<std::uint64_t, std::unique_ptr<Object>> objects_;
    std::unordered_map<const Object*, std::unique_ptr<Object>> dead_;
    std::unordered_set<DRV_REQUESTID> pending_;
    DRV_REQUESTID own_ = 0;                   // of the call that waits for its answer
    std::set<std::uint32_t> lines_, phones_;  // device ids that the core gave

    // From providerInit to providerShutdown.
    TspiInit init_{};
    struct Session;
    std::unique_ptr<Session> session_;
};

/// The loop of a session and what runs on it.
struct Stub::Session {
    explicit Session(Stub& stub, const TspiHost& host)
        : loop(host),
          ping(loop, [&stub] { stub.ping(); }),
          late(loop, [&stub] { stub.onLate(); }),
          restart(loop, [&stub] { stub.launchAgain(); }) {}
    tspi::HostLoop loop;
    hal::Watch watch{};
    hal::Timer ping, late, restart;
    std::uint64_t pings = 0, pongs = 0;
    hal::TimePoint runningSince{};
    hal::Duration delay{};
};

/// Fills the table with a function for each that is present. `init` is that of the slot.
void fillTable(TspiProvider& table, const std::vector<std::uint8_t>& present);
/// Slots tell providerInit, which gets no handle, whose it is. Nothing: all are taken.
[[nodiscard]] std::optional<std::size_t> takeSlot(Stub& stub, TspiProvider& table);
void freeSlot(std::size_t slot);

}  // namespace tipring::isolation

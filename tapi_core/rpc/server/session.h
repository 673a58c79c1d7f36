// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "bus/bus.h"
#include "server/outgoing.h"
#include "server/token_bucket.h"
#include "tipring/tapi_core/api/tapi.h"
#include "tipring/tapi_core/rpc/dial_barring.h"
#include "tipring/tapi_core/rpc/rights.h"
#include "tipring/tapi_core/rpc/server.h"

namespace tipring::rpc {

/// What all sessions of a server share.
struct ServerContext {
    hal::EventLoop& loop;
    Server::Maker maker;
    std::string version;
    ClientLimits limits;
    std::vector<std::string> soundDirectories;
    std::size_t clients = 0;
    std::unique_ptr<tapi::Tapi> house;  ///< owns the calls of clients that do not stay
    std::function<hal::Result<std::shared_ptr<tapi::Call>>(
        std::uint32_t addressId, const std::string& destination, tapi::Reply reply)>
        dialForClient;
    /// One of these calls, which every client sees; null: it is none.
    std::function<std::shared_ptr<tapi::Call>(std::uint64_t id)> houseCall;
    Rights rights{};
    DialBarring barring{};
    ServerCounters counters{};
};

/// One client: its application, the objects it knows, and what it asked to hear.
class Session final : public std::enable_shared_from_this<Session>, private tapi::EventSink {
public:
    /// `client`: its unique name on the bus; empty on a connection of its own. `onCut` is asked,
    /// in a turn of its own, to end the session of a client that does not read.
    Session(ServerContext& context, Bus& bus, std::string client, std::function<void()> onCut);
    ~Session() override;

    [[nodiscard]] ServerContext& context() { return context_; }
    [[nodiscard]] Bus& bus() { return bus_; }
    [[nodiscard]] const std::string& client() const { return client_; }
    /// Made at its first use.
    [[nodiscard]] tapi::Tapi& tapi();
    tapi::Result<void> open(const std::string& name);

    /// Null where this client sees no such object.
    [[nodiscard]] std::shared_ptr<tapi::Address> address(std::uint32_t id);
    [[nodiscard]] std::shared_ptr<tapi::Phone> phone(std::uint32_t id);
    [[nodiscard]] std::shared_ptr<tapi::Call> call(std::uint64_t id);
    /// One that has a call of this client.
    [[nodiscard]] std::shared_ptr<tapi::CallHub> hub(std::uint64_t id);
    /// Keeps the call findable.
    void know(const std::shared_ptr<tapi::Call>& call);
    void forget(std::uint64_t callId);
    [[nodiscard]] std::vector<std::shared_ptr<tapi::Call>> calls();

    tapi::Result<void> setEventFilter(tapi::EventFilter filter);
    tapi::Result<tapi::RegistrationCookie> registerFor(
        const std::shared_ptr<tapi::Address>& address, const tapi::CallNotification& wanted);
    tapi::Result<void> unregister(tapi::RegistrationCookie cookie);
    /// A client has no more rights over files than the folders it is given: OPERATIONUNAVAIL.
    tapi::Result<void> checkFile(const std::string& path) const;
    /// Room for one more call, or RESOURCEUNAVAIL.
    tapi::Result<void> checkCalls() const;

    /// An asynchronous request: answered once. Returns the reply to hand on; RESOURCEUNAVAIL where
    /// too many are under way.
    tapi::Result<tapi::Reply> begin(sd_bus_message* request,
                                    std::function<int(sd_bus_message* reply)> fill);
    void accepted(sd_bus_message* request, const std::vector<std::shared_ptr<tapi::Call>>& calls);
    void refused(sd_bus_message* request, const hal::Error& error);

    /// Whether there is room for a request of this client: at its rate, and in what it has not
    /// read yet. One that there is no room for is refused.
    [[nodiscard]] bool admit(sd_bus_message* request);
    [[nodiscard]] bool has(Right right) const;
    /// Where the right is missing: asks polkit and then does it, or refuses.
    void ask(sd_bus_message* request, Right right, std::function<void(sd_bus_message*)> then);
    [[nodiscard]] hal::Error lacking(Right right) const;
    /// OPERATIONUNAVAIL: the service does not dial it.
    [[nodiscard]] tapi::Result<void> checkNumber(std::string_view number) const;
    /// The same for digits that follow others on a call before it is answered.
    [[nodiscard]] tapi::Result<void> checkDigits(const tapi::Call& call, std::string_view digits);

    Identity identity{};
    bool announceAccepted = false;
    bool propertyChanges = false;

    /// To this client alone. `fill` appends the arguments.
    template <class... A>
    void emit(const std::string& path, const def::Signal& signal, const A&... arguments) {
        if (Message message = newSignal(path, signal.interface, signal.name)) {
            if (putAll(message.get(), arguments...) >= 0) {
                deliver(message.get());
            }
        }
    }
    Message newSignal(const std::string& path, const char* interface, const char* name);
    void deliver(sd_bus_message* signal);

private:
    struct Pending;

    void onEvent(const tapi::Event& event) override;
    void ping();
    void cut();
    static int onPong(sd_bus_message* reply, void* self, sd_bus_error* error);
    /// A request that waits for polkit.
    struct Question {
        Session* session;
        Right right;
        Message request;
        std::function<void(sd_bus_message*)> then;
        Slot slot{};
    };
    static int onPolkit(sd_bus_message* reply, void* question, sd_bus_error* error);
    void decided(Question& question, bool granted, const char* why);
    void owe();
    void onCallEnded(const std::shared_ptr<tapi::Call>& call);

    ServerContext& context_;
    Bus& bus_;
    const std::string client_;
    std::function<void()> onCut_;
    std::map<std::uint32_t, std::shared_ptr<tapi::Address>> addresses_;
    std::map<std::uint32_t, std::shared_ptr<tapi::Phone>> phones_;
    std::map<std::uint64_t, std::shared_ptr<tapi::Call>> calls_;
    std::deque<std::uint64_t> ended_;
    std::set<tapi::RegistrationCookie> registrations_;
    std::size_t pending_ = 0;
    TokenBucket rate_;
    std::set<Right> granted_;  ///< by polkit, for as long as the client stays
    std::list<std::unique_ptr<Question>> questions_;
    std::map<std::uint64_t, std::string> dialled_;  ///< on calls that are not answered yet
    std::size_t unread_ = 0;                        ///< signals sent and not known to be read
    std::size_t pinged_ = 0;                        ///< of these, sent before the ping under way
    Slot ping_;
    bool cut_ = false;
    bool named_ = false;
    std::unique_ptr<tapi::Tapi> tapi_;  // last: dies first
};

/// Tells a client of an event (event_signals.cpp).
void sendEvent(Session& session, const tapi::Event& event);
/// Tells of the properties that it changed (tree_signals.cpp).
void sendPropertyChanges(Session& session, const tapi::Event& event);

}  // namespace tipring::rpc

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "bus/bus.h"
#include "tipring/tapi_core/rpc/client.h"
#include "wire/members.h"
#include "wire/records.h"

namespace tipring::rpc {

/// A client's connection to the service: asks and waits, keeps requests until they are answered,
/// and puts what comes by itself into one queue, in the order in which it came. Connects again.
/// Nothing reaches the application but from the loop, in a turn of its own.
class Link final : public std::enable_shared_from_this<Link> {
public:
    /// Who uses it.
    class User {
    public:
        virtual ~User() = default;
        virtual void onSignal(sd_bus_message* signal) = 0;
        virtual void onServiceLost() = 0;
        /// It is there (again): nothing is known to it yet.
        virtual void onServiceBack() = 0;
    };

    Link(hal::EventLoop& loop, ClientOptions options) : loop_(loop), options_(std::move(options)) {}
    /// Connects for the first time; fails where there is no service.
    hal::Result<void> start(User& user);
    /// Nothing comes any more.
    void stop();
    [[nodiscard]] bool up() const { return up_; }

    /// A method that replies at once. Results: none, one, or a tuple of several.
    template <const def::Method& M, class... Out, class... In>
    auto call(const std::string& path, const In&... arguments) {
        static_assert(!M.request);
        static_assert(signatureOf<In...>().view() == M.in, "arguments are not as defined");
        static_assert(signatureOf<Out...>().view() == M.out, "results are not as defined");
        Message message = newCall(path, M.interface, M.name);
        return read<Out...>(fits(message, arguments...) ? ask(message.get()) : unsendable());
    }
    template <const def::Property& P, class T>
    tapi::Result<T> get(const std::string& path) {
        static_assert(Codec<T>::signature().view() == P.type, "the type is not as defined");
        Message message = newCall(path, "org.freedesktop.DBus.Properties", "Get");
        const std::string interface = P.interface, name = P.name;
        auto reply = fits(message, interface, name) ? ask(message.get()) : unsendable();
        if (reply && sd_bus_message_enter_container(reply->get(), 'v', P.type) < 0) {
            return hal::fail(hal::ErrorCode::OperationFailed, "the answer is of another type");
        }
        return read<T>(std::move(reply));
    }
    /// A request: refused at once, or answered later, once. `calls`: that it made.
    template <const def::Method& M, class... In>
    tapi::Result<tapi::RequestId> request(const std::string& path, tapi::Reply reply,
                                          std::vector<ObjectPath>* calls, const In&... arguments) {
        static_assert(M.request);
        static_assert(signatureOf<In...>().view() == M.in, "arguments are not as defined");
        Message message = newCall(path, M.interface, M.name);
        return fits(message, arguments...)
                   ? begin(
                         message.get(),
                         [reply = std::move(reply)](const tapi::Result<void>& result,
                                                    sd_bus_message*) { reply(result); },
                         calls)
                   : tl::unexpected(unsendable().error());
    }
    using Answer = std::function<void(const tapi::Result<void>&, sd_bus_message* reply)>;
    tapi::Result<tapi::RequestId> begin(sd_bus_message* message, Answer answer,
                                        std::vector<ObjectPath>* calls);
    [[nodiscard]] Message newCall(const std::string& path, const char* interface,
                                  const char* member);

private:
    struct Request;

    template <class... In>
    static bool fits(const Message& message, const In&... arguments) {
        return message != nullptr && putAll(message.get(), arguments...) >= 0;
    }
    template <class... Out>
    static auto read(tapi::Result<Message> reply) {
        if constexpr (sizeof...(Out) == 0) {
            return reply ? tapi::Result<void>() : tl::unexpected(std::move(reply.error()));
        } else {
            using Value = std::conditional_t<sizeof...(Out) == 1,
                                             std::tuple_element_t<0, std::tuple<Out..., void>>,
                                             std::tuple<Out...>>;
            return readInto<Value, Out...>(std::move(reply));
        }
    }
    template <class Value, class... Out>
    static tapi::Result<Value> readInto(tapi::Result<Message> reply) {
        if (!reply) {
            return tl::unexpected(std::move(reply.error()));
        }
        std::tuple<Out...> values;
        const int done =
            std::apply([&](auto&... value) { return getAll(reply->get(), value...); }, values);
        if (done < 0) {
            return hal::fail(hal::ErrorCode::OperationFailed, "the answer is not as described");
        }
        if constexpr (sizeof...(Out) == 1) {
            return std::move(std::get<0>(values));
        } else {
            return values;
        }
    }
    [[nodiscard]] tapi::Result<Message> unsendable() const;
    tapi::Result<Message> ask(sd_bus_message* message);

    hal::Result<void> connect();
    hal::Result<void> introduce();
    void watchService();
    void onBusLost();
    void lose();
    void retry();
    void comeBack();
    void later(std::function<void()> task);
    void deliver();

    static int onMessage(sd_bus_message* message, void* self, sd_bus_error* error);
    static int onOwnerChanged(sd_bus_message* message, void* self, sd_bus_error* error);
    static int onReply(sd_bus_message* message, void* request, sd_bus_error* error);
    static int onAsked(sd_bus_message* message, void* reply, sd_bus_error* error);
    void onAccepted(sd_bus_message* message);
    void finish(const std::shared_ptr<Request>& request, sd_bus_message* reply);

    hal::EventLoop& loop_;
    const ClientOptions options_;
    User* user_ = nullptr;
    bool up_ = false;
    std::string owner_;  ///< unique name of the service: nobody else's signals count
    std::map<std::uint64_t, std::shared_ptr<Request>> requests_;  ///< by serial number
    tapi::RequestId nextId_ = 1;
    std::deque<std::function<void()>> inbox_;
    bool posted_ = false;
    std::chrono::milliseconds pause_{};
    std::unique_ptr<hal::Timer> retry_;
    std::unique_ptr<Bus> bus_;
    std::vector<Slot> slots_;
};

}  // namespace tipring::rpc

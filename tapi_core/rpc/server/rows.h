// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemd/sd-bus-vtable.h>
#include <systemd/sd-bus.h>

#include <cerrno>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "server/outgoing.h"
#include "server/session.h"

/// How members of the interfaces are bound to members of the application interface. What does not
/// fit the definition does not compile.
namespace tipring::rpc {

/// The object that a message is for, as its sender sees it. Found anew for each message.
struct Target {
    std::shared_ptr<Session> session;
    std::shared_ptr<tapi::Address> address;
    std::shared_ptr<tapi::Call> call;
    std::shared_ptr<tapi::Phone> phone;
    std::shared_ptr<tapi::CallHub> hub;
    tapi::TerminalId terminal{};
};

struct MethodRow {
    const def::Method* member;
    sd_bus_message_handler_t handler;
};
struct PropertyRow {
    const def::Property* member;
    sd_bus_property_get_t get;
};
enum class Place : std::uint8_t { Root, Address, Call, Terminal, Phone, Hub };
struct InterfaceRows {
    const char* name;
    Place place;
    std::span<const MethodRow> methods;
    std::span<const PropertyRow> properties;
    std::span<const def::Signal* const> signals;
};
[[nodiscard]] InterfaceRows tapiRows();
[[nodiscard]] InterfaceRows addressRows();
[[nodiscard]] InterfaceRows callRows();
[[nodiscard]] InterfaceRows terminalRows();
[[nodiscard]] InterfaceRows phoneRows();
[[nodiscard]] InterfaceRows hubRows();
[[nodiscard]] InterfaceRows translationRows();

/// Every member of the definition has its row, in the same order.
template <class Member, std::size_t N, class Row, std::size_t M>
constexpr bool complete(const Member* const (&members)[N], const Row (&rows)[M]) {
    bool same = N == M;
    for (std::size_t i = 0; same && i < N; ++i) {
        same = members[i] == rows[i].member;
    }
    return same;
}

namespace detail {

template <class T>
struct ObjectOf;
template <>
struct ObjectOf<tapi::Tapi> {
    static tapi::Tapi& get(const Target& target) { return target.session->tapi(); }
};
template <>
struct ObjectOf<tapi::Address> {
    static tapi::Address& get(const Target& target) { return *target.address; }
};
template <>
struct ObjectOf<tapi::Call> {
    static tapi::Call& get(const Target& target) { return *target.call; }
};
template <>
struct ObjectOf<tapi::CallHub> {
    static tapi::CallHub& get(const Target& target) { return *target.hub; }
};
template <>
struct ObjectOf<tapi::Phone> {
    static tapi::Phone& get(const Target& target) { return *target.phone; }
};

/// A parameter: what is read from the message for it.
template <class A>
struct Parameter {
    using Stored = std::remove_cvref_t<A>;
    static constexpr auto signature() { return Codec<Stored>::signature(); }
    static int get(sd_bus_message* message, const Target&, Stored& value) {
        return rpc::get(message, value);
    }
};
template <>
struct Parameter<std::string_view> {
    using Stored = std::string;
    static constexpr auto signature() { return signatureText("s"); }
    static int get(sd_bus_message* message, const Target&, Stored& value) {
        return rpc::get(message, value);
    }
};
template <class T>
struct Parameter<std::span<const T>> {
    using Stored = std::vector<T>;
    static constexpr auto signature() { return Codec<Stored>::signature(); }
    static int get(sd_bus_message* message, const Target&, Stored& value) {
        return rpc::get(message, value);
    }
};
template <>
struct Parameter<tapi::Reply> {
    using Stored = tapi::Reply;
    static constexpr auto signature() { return signatureText(""); }
    static int get(sd_bus_message*, const Target&, Stored&) { return 0; }
};
template <>
struct Parameter<const std::shared_ptr<tapi::Call>&> {
    using Stored = std::shared_ptr<tapi::Call>;
    static constexpr auto signature() { return signatureText("o"); }
    static int get(sd_bus_message* message, const Target& target, Stored& value);
};
template <>
struct Parameter<const std::shared_ptr<tapi::Address>&> {
    using Stored = std::shared_ptr<tapi::Address>;
    static constexpr auto signature() { return signatureText("o"); }
    static int get(sd_bus_message* message, const Target& target, Stored& value);
};

template <class F>
struct Traits;
template <class R, class... A>
struct Bound {
    using Return = R;
    using Stored = std::tuple<typename Parameter<A>::Stored...>;
    static constexpr bool kRequest = (std::is_same_v<A, tapi::Reply> || ...);
    static constexpr auto signature() {
        return (signatureText("") + ... + Parameter<A>::signature());
    }
    static int get(sd_bus_message* message, const Target& target, Stored& values) {
        int result = 0;
        std::apply(
            [&](auto&... value) {
                (void)(((result = Parameter<A>::get(message, target, value)) >= 0) && ...);
            },
            values);
        return result;
    }
};
template <class C, class R, class... A>
struct Traits<R (C::*)(A...)> : Bound<R, A...> {
    template <class Fn>
    static R call(Fn fn, const Target& target, typename Bound<R, A...>::Stored& values) {
        return std::apply(
            [&](auto&... value) -> R {
                return (ObjectOf<C>::get(target).*fn)(std::move(value)...);
            },
            values);
    }
};
template <class C, class R, class... A>
struct Traits<R (C::*)(A...) const> : Traits<R (C::*)(A...)> {};
template <class R, class... A>
struct Traits<R (*)(const Target&, A...)> : Bound<R, A...> {
    template <class Fn>
    static R call(Fn fn, const Target& target, typename Bound<R, A...>::Stored& values) {
        return std::apply([&](auto&... value) -> R { return fn(target, std::move(value)...); },
                          values);
    }
};

/// The value inside a Result, or the value itself.
template <class R>
struct Value {
    using Type = R;
};
template <class T>
struct Value<tapi::Result<T>> {
    using Type = T;
};

/// What a method's outcome puts into the reply.
template <class T>
struct Out {
    using Type = OutgoingType<T>;
    static constexpr auto signature() { return Codec<Type>::signature(); }
    static int put(sd_bus_message* reply, Session& session, const T& value) {
        return rpc::put(reply, Outgoing<T>::make(session, value));
    }
};
template <>
struct Out<void> {
    static constexpr auto signature() { return signatureText(""); }
};
template <>
struct Out<hal::FileDescriptor> {
    static constexpr auto signature() { return signatureText("h"); }
    static int put(sd_bus_message* reply, Session&, const hal::FileDescriptor& value) {
        return rpc::put(reply, value);
    }
};
template <class... T>
struct Out<std::tuple<T...>> {
    static constexpr auto signature() { return (signatureText("") + ... + Out<T>::signature()); }
    static int put(sd_bus_message* reply, Session& session, const std::tuple<T...>& value) {
        int result = 0;
        std::apply(
            [&](const auto&... one) {
                (void)(((result = Out<std::remove_cvref_t<decltype(one)>>::put(reply, session,
                                                                               one)) >= 0) &&
                       ...);
            },
            value);
        return result;
    }
};
template <>
struct Out<tapi::AssistedRequest> {
    static constexpr auto signature() { return signatureText("ssss"); }
    static int put(sd_bus_message* reply, Session&, const tapi::AssistedRequest& r) {
        return putAll(reply, r.number, r.appName, r.calledParty, r.comment);
    }
};

/// Sends the reply of a method that is done.
template <class T>
void answer(sd_bus_message* request, Session& session, const tapi::Result<T>& result) {
    if (!result) {
        session.refused(request, result.error());
        return;
    }
    sd_bus_message* raw = nullptr;
    if (sd_bus_message_new_method_return(request, &raw) < 0) {
        return;
    }
    const Message reply(raw);
    int done = 0;
    if constexpr (!std::is_void_v<T>) {
        done = Out<T>::put(raw, session, *result);
    }
    if (done < 0) {
        session.refused(request, {hal::ErrorCode::OperationFailed, "the reply does not fit"});
        return;
    }
    session.bus().send(raw);
}

using Calls = std::vector<std::shared_ptr<tapi::Call>>;
inline Calls callsOf(tapi::RequestId) {
    return {};
}
inline Calls callsOf(const std::shared_ptr<tapi::Call>& call) {
    return {call};
}
inline Calls callsOf(const tapi::ConferenceCalls& calls) {
    return {calls.conference, calls.consultation};
}

/// Starts a request: its reply comes when it is finished.
template <class Traits, class Fn>
void ask(sd_bus_message* message, const Target& target, Fn fn, typename Traits::Stored& values) {
    Session& session = *target.session;
    // What the request makes is known before its reply comes, which is never from inside.
    auto made = std::make_shared<Calls>();
    auto reply = session.begin(message, [made, &session](sd_bus_message* out) {
        int done = 0;
        for (const auto& call : *made) {
            done = done < 0
                       ? done
                       : rpc::put(out, Outgoing<std::shared_ptr<tapi::Call>>::make(session, call));
        }
        return done;
    });
    if (!reply) {
        session.refused(message, reply.error());
        return;
    }
    const tapi::Reply answerTo = *reply;
    std::get<tapi::Reply>(values) = answerTo;
    if (auto id = Traits::call(fn, target, values); id) {
        *made = callsOf(*id);
        for (const auto& call : *made) {
            if (call) {
                session.know(call);
            }
        }
        session.accepted(message, *made);
    } else {
        answerTo(tl::unexpected(std::move(id.error())));
    }
}

template <class F, class Fn>
int handle(sd_bus_message* message, const Target& target, Fn fn) {
    typename F::Stored values;
    if (const int got = F::get(message, target, values); got < 0) {
        target.session->refused(
            message, {got == -ENOENT ? hal::ErrorCode::InvalCallHandle : hal::ErrorCode::InvalParam,
                      got == -ENOENT ? "there is no such object" : "an argument is out of range"});
        return 1;
    }
    if constexpr (F::kRequest) {
        ask<F>(message, target, fn, values);
    } else {
        using T = typename Value<typename F::Return>::Type;
        ServerContext& context = target.session->context();
        const hal::TimePoint since = context.loop.now();
        answer<T>(message, *target.session, F::call(fn, target, values));
        context.counters.queries.add(context.loop.now() - since);
    }
    return 1;
}

/// Does it when the right is known: without keeping the session, whose client may be gone then.
template <class Do>
std::function<void(sd_bus_message*)> later(Target target, Do what) {
    std::weak_ptr<Session> session = target.session;
    target.session.reset();
    return [target, session, what](sd_bus_message* message) {
        Target now = target;
        now.session = session.lock();
        if (now.session) {
            what(message, now);
        }
    };
}

template <const def::Method& M, auto Fn>
int methodThunk(sd_bus_message* message, void* found, sd_bus_error*) {
    const Target target = *static_cast<const Target*>(found);
    if (target.session->has(M.right)) {
        return handle<Traits<decltype(Fn)>>(message, target, Fn);
    }
    target.session->ask(message, M.right, later(target, [](sd_bus_message* m, const Target& t) {
                            handle<Traits<decltype(Fn)>>(m, t, Fn);
                        }));
    return 1;
}

template <auto Fn>
int propertyThunk(sd_bus*, const char*, const char*, const char*, sd_bus_message* reply,
                  void* found, sd_bus_error*) {
    using F = Traits<decltype(Fn)>;
    const Target target = *static_cast<const Target*>(found);
    typename F::Stored none;
    using T = std::remove_cvref_t<typename F::Return>;
    return Out<T>::put(reply, *target.session, F::call(Fn, target, none));
}

}  // namespace detail

/// `Fn`: a member function of Tapi, Address, Call or Phone, or a function whose first parameter is
/// the Target. One with a tapi::Reply is a request.
template <const def::Method& M, auto Fn>
constexpr MethodRow method() {
    using F = detail::Traits<decltype(Fn)>;
    using T = typename detail::Value<typename F::Return>::Type;
    static_assert(F::signature().view() == M.in, "arguments are not as defined");
    static_assert(F::kRequest == M.request, "a request, or not");
    if constexpr (!F::kRequest) {
        static_assert(detail::Out<T>::signature().view() == M.out, "results are not as defined");
    }
    return {&M, &detail::methodThunk<M, Fn>};
}

template <const def::Property& P, auto Fn>
constexpr PropertyRow property() {
    using T = std::remove_cvref_t<typename detail::Traits<decltype(Fn)>::Return>;
    static_assert(detail::Out<T>::signature().view() == P.type, "the type is not as defined");
    return {&P, &detail::propertyThunk<Fn>};
}

}  // namespace tipring::rpc

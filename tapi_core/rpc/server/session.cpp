// SPDX-License-Identifier: Apache-2.0
#include "server/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "definition.h"
#include "tipring/hal/base/log.h"

namespace tipring::rpc {
namespace {

using hal::ErrorCode;
using tapi::Result;

const hal::LogCategory kLog{"rpc"};

/// A client is asked whether it still reads after as many signals.
constexpr std::size_t kSignalsToAPing = 128;
constexpr std::size_t kNameLimit = 128;

tl::unexpected<hal::Error> tooMany(std::string_view what, std::size_t limit) {
    return hal::fail(ErrorCode::ResourceUnavail,
                     fmt::format("a client may have {} {} at a time", limit, what));
}

bool isIdle(const tapi::Call& call) {
    return call.lineState() == tapi::LineCallState::Idle && call.state() != tapi::CallState::Idle;
}

}  // namespace

Session::Session(ServerContext& context, Bus& bus, std::string client, std::function<void()> onCut)
    : context_(context),
      bus_(bus),
      client_(std::move(client)),
      onCut_(std::move(onCut)),
      rate_(context.limits.requestRate, context.limits.requestBurst) {
    ++context_.clients;
}

Session::~Session() {
    if (tapi_) {
        tapi_->setEventSink(nullptr);
    }
    --context_.clients;
}

tapi::Tapi& Session::tapi() {
    if (!tapi_) {
        (void)open(client_.empty() ? "a client without a bus" : client_);
        named_ = false;
    }
    return *tapi_;
}

Result<void> Session::open(const std::string& name) {
    const bool owns = std::any_of(calls_.begin(), calls_.end(), [](const auto& entry) {
        return entry.second->privilege() == tapi::CallPrivilege::Owner;
    });
    if (tapi_ && (named_ || owns || !registrations_.empty() || !tapi_->eventFilter().empty())) {
        return hal::fail(ErrorCode::InUse,
                         "Open comes once, before registrations, filters and calls");
    }
    if (name.empty() || name.size() > kNameLimit) {
        return hal::fail(ErrorCode::InvalParam,
                         fmt::format("a client's name has 1 to {} bytes", kNameLimit));
    }
    // Who only looked around so far has an application that nobody knows yet.
    addresses_.clear();
    phones_.clear();
    calls_.clear();
    tapi_ = context_.maker(name);
    tapi_->setEventSink(this);
    named_ = true;
    return {};
}

std::shared_ptr<tapi::Address> Session::address(std::uint32_t id) {
    const auto known = addresses_.find(id);
    if (known != addresses_.end()) {
        return known->second;
    }
    for (const auto& one : tapi().addresses()) {
        addresses_[one->id()] = one;
    }
    const auto found = addresses_.find(id);
    return found == addresses_.end() ? nullptr : found->second;
}

std::shared_ptr<tapi::Phone> Session::phone(std::uint32_t id) {
    const auto known = phones_.find(id);
    if (known != phones_.end()) {
        return known->second;
    }
    for (const auto& one : tapi().phones()) {
        phones_[one->id()] = one;
    }
    const auto found = phones_.find(id);
    return found == phones_.end() ? nullptr : found->second;
}

std::shared_ptr<tapi::Call> Session::call(std::uint64_t id) {
    if (const auto known = calls_.find(id); known != calls_.end()) {
        return known->second;
    }
    for (const auto& one : calls()) {
        if (one->id() == id) {
            return one;
        }
    }
    return context_.houseCall(id);
}

std::shared_ptr<tapi::CallHub> Session::hub(std::uint64_t id) {
    for (const auto& one : tapi().callHubs()) {
        if (one->id() == id) {
            return one;
        }
    }
    return nullptr;
}

void Session::know(const std::shared_ptr<tapi::Call>& call) {
    if (call != context_.houseCall(call->id())) {
        calls_.emplace(call->id(), call);
    }
}

void Session::forget(std::uint64_t callId) {
    calls_.erase(callId);
    ended_.erase(std::remove(ended_.begin(), ended_.end(), callId), ended_.end());
}

std::vector<std::shared_ptr<tapi::Call>> Session::calls() {
    for (const auto& address : tapi().addresses()) {
        for (const auto& call : address->calls()) {
            know(call);
        }
    }
    std::vector<std::shared_ptr<tapi::Call>> all;
    all.reserve(calls_.size());
    for (const auto& [id, call] : calls_) {
        all.push_back(call);
    }
    return all;
}

Result<void> Session::setEventFilter(tapi::EventFilter filter) {
    tapi().setEventFilter(filter);
    return {};
}

Result<tapi::RegistrationCookie> Session::registerFor(const std::shared_ptr<tapi::Address>& address,
                                                      const tapi::CallNotification& wanted) {
    if (registrations_.size() >= context_.limits.registrations) {
        return tooMany("registrations", context_.limits.registrations);
    }
    auto cookie = tapi().registerCallNotifications(address, wanted);
    if (cookie) {
        registrations_.insert(*cookie);
    }
    return cookie;
}

Result<void> Session::unregister(tapi::RegistrationCookie cookie) {
    auto done = tapi().unregisterNotifications(cookie);
    if (done) {
        registrations_.erase(cookie);
    }
    return done;
}

Result<void> Session::checkFile(const std::string& path) const {
    std::error_code error;
    const auto real = std::filesystem::weakly_canonical(path, error);
    for (const std::string& one : context_.soundDirectories) {
        const auto folder = std::filesystem::canonical(one, error);
        const auto below = real.lexically_relative(folder);
        if (!error && !below.empty() && *below.begin() != "..") {
            return {};
        }
    }
    return hal::fail(ErrorCode::OperationUnavail,
                     fmt::format("{} is in no folder that the service lets clients use; a "
                                 "descriptor brings sound of one's own",
                                 path));
}

Result<void> Session::checkCalls() const {
    const auto alive = static_cast<std::size_t>(std::count_if(
        calls_.begin(), calls_.end(), [](const auto& entry) { return !isIdle(*entry.second); }));
    if (alive >= context_.limits.calls) {
        return tooMany("calls", context_.limits.calls);
    }
    return {};
}

/// A request that was not answered yet. Its session may have died meanwhile.
struct Session::Pending {
    std::weak_ptr<Session> session;
    Message request;
    std::function<int(sd_bus_message*)> fill;
    hal::TimePoint since;

    void answer(const Result<void>& result) {
        const auto alive = session.lock();
        if (!alive) {
            return;
        }
        --alive->pending_;
        alive->context_.counters.finished.add(alive->context_.loop.now() - since);
        if (!result) {
            alive->refused(request.get(), result.error());
            return;
        }
        sd_bus_message* raw = nullptr;
        if (sd_bus_message_new_method_return(request.get(), &raw) >= 0) {
            const Message reply(raw);
            if (!fill || fill(raw) >= 0) {
                alive->bus_.send(raw);
            }
        }
    }
};

Result<tapi::Reply> Session::begin(sd_bus_message* request,
                                   std::function<int(sd_bus_message*)> fill) {
    if (pending_ >= context_.limits.requests) {
        return tooMany("requests", context_.limits.requests);
    }
    ++pending_;
    auto pending = std::make_shared<Pending>(
        Pending{weak_from_this(), keep(request), std::move(fill), context_.loop.now()});
    return [pending](const Result<void>& result) { pending->answer(result); };
}

void Session::accepted(sd_bus_message* request,
                       const std::vector<std::shared_ptr<tapi::Call>>& calls) {
    std::uint64_t serial = 0;
    if (announceAccepted && sd_bus_message_get_cookie(request, &serial) >= 0) {
        using All = std::vector<std::shared_ptr<tapi::Call>>;
        emit(kRootPath, def::tapi::kAccepted, serial, Outgoing<All>::make(*this, calls));
    }
}

void Session::refused(sd_bus_message* request, const hal::Error& error) {
    sd_bus_error raw = SD_BUS_ERROR_NULL;
    sd_bus_error_set(&raw, busErrorName(error.code).c_str(), validUtf8(error.cause).c_str());
    sd_bus_reply_method_error(request, &raw);
    sd_bus_error_free(&raw);
    bus_.touch();
}

Message Session::newSignal(const std::string& path, const char* interface, const char* name) {
    sd_bus_message* raw = nullptr;
    if (cut_ || !bus_.open() ||
        sd_bus_message_new_signal(bus_.raw(), &raw, path.c_str(), interface, name) < 0) {
        return nullptr;
    }
    Message message(raw);
    if (!client_.empty() && sd_bus_message_set_destination(raw, client_.c_str()) < 0) {
        return nullptr;
    }
    return message;
}

void Session::deliver(sd_bus_message* signal) {
    bus_.send(signal);
    ++context_.counters.signals;
    owe();
}

/// One more message that the client has to read.
void Session::owe() {
    ++unread_;
    if (unread_ >= context_.limits.unreadEvents) {
        cut();
    } else if (unread_ >= kSignalsToAPing && !ping_) {
        ping();
    }
}

/// A client that reads answers this by itself, whatever language it is written in.
void Session::ping() {
    sd_bus_message* raw = nullptr;
    const char* destination = client_.empty() ? nullptr : client_.c_str();
    if (sd_bus_message_new_method_call(bus_.raw(), &raw, destination, "/",
                                       "org.freedesktop.DBus.Peer", "Ping") < 0) {
        return;
    }
    const Message message(raw);
    sd_bus_slot* slot = nullptr;
    if (sd_bus_call_async(bus_.raw(), &slot, raw, onPong, this, UINT64_MAX) >= 0) {
        ping_.reset(slot);
        pinged_ = unread_;
    }
    bus_.touch();
}

int Session::onPong(sd_bus_message*, void* self, sd_bus_error*) {
    auto* session = static_cast<Session*>(self);
    session->unread_ -= std::min(session->unread_, session->pinged_);
    session->ping_.reset();
    return 1;
}

void Session::cut() {
    if (std::exchange(cut_, true)) {
        return;
    }
    ++context_.counters.cutOff;
    kLog.warning("client {} does not read what it is sent ({} wait) and is cut off",
                 client_.empty() ? "without a bus" : client_, unread_);
    context_.loop.post([task = onCut_] { task(); });
}

void Session::onEvent(const tapi::Event& event) {
    const auto alive = shared_from_this();
    sendEvent(*this, event);
    if (propertyChanges) {
        sendPropertyChanges(*this, event);
    }
    if (const auto* state = std::get_if<tapi::CallStateEvent>(&event);
        state != nullptr && state->lineState == tapi::LineCallState::Idle) {
        onCallEnded(state->call);
    }
}

void Session::onCallEnded(const std::shared_ptr<tapi::Call>& call) {
    ended_.push_back(call->id());
    dialled_.erase(call->id());
    while (ended_.size() > context_.limits.idleCalls) {
        calls_.erase(ended_.front());
        ended_.pop_front();
    }
}

}  // namespace tipring::rpc

// SPDX-License-Identifier: Apache-2.0
#include "client/link.h"

#include <algorithm>
#include <cstring>

#include "definition.h"
#include "tipring/hal/base/log.h"

namespace tipring::rpc {
namespace {

using namespace std::chrono_literals;
using hal::ErrorCode;
using tapi::Result;

const hal::LogCategory kLog{"rpc"};

constexpr auto kFirstPause = 100ms;
constexpr auto kLongestPause = 5000ms;

std::string_view textOf(const char* text) {
    return text == nullptr ? std::string_view() : std::string_view(text);
}

}  // namespace

/// A request that was sent.
struct Link::Request {
    Link* link;
    tapi::RequestId id;
    std::uint64_t serial = 0;
    Answer answer;
    bool accepted = false;
    bool done = false;
    Result<void> result;
    std::vector<ObjectPath> calls;
    Slot slot;
};

hal::Result<void> Link::start(User& user) {
    user_ = &user;
    retry_ = std::make_unique<hal::Timer>(loop_, [this] { retry(); });
    if (auto connected = connect(); !connected) {
        return connected;
    }
    if (!options_.name.empty() && owner_.empty() && !bus_->direct()) {
        return hal::fail(ErrorCode::NoDevice,
                         "the telephony service is not running; `systemctl start tipringd`, or "
                         "`tipringd --session-bus`, starts it");
    }
    return introduce();
}

void Link::stop() {
    user_ = nullptr;
    retry_.reset();
    inbox_.clear();
    requests_.clear();
    slots_.clear();
    bus_.reset();
    up_ = false;
}

hal::Result<void> Link::connect() {
    auto bus = Bus::connect(loop_, options_.address);
    if (!bus) {
        return tl::unexpected(std::move(bus.error()));
    }
    slots_.clear();
    bus_ = std::move(*bus);
    bus_->onLost([weak = weak_from_this(), lost = bus_.get()] {
        if (const auto self = weak.lock(); self && self->bus_.get() == lost) {
            self->onBusLost();
        }
    });
    bus_->onTurn([weak = weak_from_this()] {
        if (const auto self = weak.lock()) {
            self->deliver();
        }
    });
    sd_bus_slot* slot = nullptr;
    sd_bus_add_filter(bus_->raw(), &slot, onMessage, this);
    slots_.emplace_back(slot);
    if (!bus_->direct()) {
        watchService();
    }
    return {};
}

/// Whoever has the service's name now, and whenever that changes.
void Link::watchService() {
    sd_bus_slot* slot = nullptr;
    sd_bus_match_signal_async(bus_->raw(), &slot, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                              "org.freedesktop.DBus", "NameOwnerChanged", onOwnerChanged, nullptr,
                              this);
    slots_.emplace_back(slot);
    sd_bus_message* raw = nullptr;
    sd_bus_message_new_method_call(bus_->raw(), &raw, "org.freedesktop.DBus",
                                   "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetNameOwner");
    const Message message(raw);
    const std::string name = kServiceName;
    const auto owner =
        fits(message, name) ? read<std::string>(ask(raw)) : tl::unexpected(hal::Error{});
    owner_ = owner.value_or(std::string());
}

/// A new client tells its name before anything else.
hal::Result<void> Link::introduce() {
    up_ = true;
    auto named = call<def::tapi::kOpen>(kRootPath, options_.name);
    if (named) {
        named = call<def::tapi::kSetAnnounceAccepted>(kRootPath, true);
    }
    up_ = named.has_value();
    if (up_) {
        pause_ = kFirstPause;
    }
    return named;
}

Message Link::newCall(const std::string& path, const char* interface, const char* member) {
    sd_bus_message* raw = nullptr;
    if (!up_ ||
        sd_bus_message_new_method_call(bus_->raw(), &raw, bus_->direct() ? nullptr : kServiceName,
                                       path.c_str(), interface, member) < 0) {
        return nullptr;
    }
    return Message(raw);
}

Result<Message> Link::unsendable() const {
    return up_ ? hal::fail(ErrorCode::InvalParam, "an argument cannot be sent")
               : hal::fail(ErrorCode::ResourceUnavail, "the telephony service is not there");
}

int Link::onAsked(sd_bus_message* message, void* reply, sd_bus_error*) {
    *static_cast<Message*>(reply) = keep(message);
    return 1;
}

Result<Message> Link::ask(sd_bus_message* message) {
    Message reply;
    sd_bus_slot* raw = nullptr;
    if (const int sent = sd_bus_call_async(bus_->raw(), &raw, message, onAsked, &reply, 0);
        sent < 0) {
        return hal::failSystem("cannot ask the telephony service", -sent);
    }
    const Slot slot(raw);
    if (auto waited = bus_->wait([&] { return reply != nullptr; }); !waited) {
        return tl::unexpected(std::move(waited.error()));
    }
    if (const sd_bus_error* error = sd_bus_message_get_error(reply.get())) {
        return tl::unexpected(errorOf(*error));
    }
    return reply;
}

Result<tapi::RequestId> Link::begin(sd_bus_message* message, Answer answer,
                                    std::vector<ObjectPath>* calls) {
    auto request = std::make_shared<Request>();
    request->link = this;
    request->id = nextId_;
    nextId_ = nextId_ == UINT32_MAX ? 1 : nextId_ + 1;
    request->answer = std::move(answer);
    sd_bus_slot* raw = nullptr;
    if (const int sent =
            sd_bus_call_async(bus_->raw(), &raw, message, onReply, request.get(), UINT64_MAX);
        sent < 0) {
        return hal::failSystem("cannot ask the telephony service", -sent);
    }
    request->slot.reset(raw);
    sd_bus_message_get_cookie(message, &request->serial);
    requests_[request->serial] = request;
    if (auto waited = bus_->wait([&] { return request->accepted || request->done; }); !waited) {
        requests_.erase(request->serial);
        return tl::unexpected(std::move(waited.error()));
    }
    if (!request->accepted && !request->result) {
        return tl::unexpected(request->result.error());
    }
    if (calls != nullptr) {
        *calls = request->calls;
    }
    return request->id;
}

int Link::onReply(sd_bus_message* message, void* request, sd_bus_error*) {
    auto* asked = static_cast<Request*>(request);
    const auto found = asked->link->requests_.find(asked->serial);
    if (found != asked->link->requests_.end()) {
        const auto kept = found->second;
        asked->link->finish(kept, message);
    }
    return 1;
}

void Link::finish(const std::shared_ptr<Request>& request, sd_bus_message* reply) {
    requests_.erase(request->serial);
    request->done = true;
    if (const sd_bus_error* error = sd_bus_message_get_error(reply)) {
        request->result = tl::unexpected(errorOf(*error));
    }
    // Refused: begin() returns it, and no reply comes.
    if (request->accepted || request->result) {
        later([request, kept = std::shared_ptr<sd_bus_message>(keep(reply))] {
            request->answer(request->result, kept.get());
        });
    }
}

void Link::onAccepted(sd_bus_message* message) {
    std::uint64_t serial = 0;
    std::vector<ObjectPath> calls;
    if (getAll(message, serial, calls) < 0) {
        return;
    }
    if (const auto found = requests_.find(serial); found != requests_.end()) {
        found->second->accepted = true;
        found->second->calls = std::move(calls);
    }
}

int Link::onMessage(sd_bus_message* message, void* self, sd_bus_error*) {
    auto* link = static_cast<Link*>(self);
    const std::string_view path = textOf(sd_bus_message_get_path(message));
    const bool ours =
        link->bus_->direct() || textOf(sd_bus_message_get_sender(message)) == link->owner_;
    if (sd_bus_message_is_signal(message, nullptr, nullptr) <= 0 || !ours ||
        !path.starts_with(kRootPath)) {
        return 0;
    }
    if (sd_bus_message_is_signal(message, def::tapi::kInterface, def::tapi::kAccepted.name) > 0) {
        link->onAccepted(message);
        return 1;
    }
    link->later([link, kept = std::shared_ptr<sd_bus_message>(keep(message))] {
        if (link->user_ != nullptr) {
            link->user_->onSignal(kept.get());
        }
    });
    return 1;
}

int Link::onOwnerChanged(sd_bus_message* message, void* self, sd_bus_error*) {
    auto* link = static_cast<Link*>(self);
    const char *name = nullptr, *before = nullptr, *after = nullptr;
    if (sd_bus_message_read(message, "sss", &name, &before, &after) <= 0 ||
        std::strcmp(name, kServiceName) != 0) {
        return 0;
    }
    const bool lost = *before != '\0' && link->up_;
    link->owner_ = after;
    if (lost) {
        link->lose();
    }
    if (*after != '\0') {
        link->later([link] { link->comeBack(); });
    }
    return 0;
}

void Link::onBusLost() {
    owner_.clear();
    if (up_) {
        lose();
    }
    pause_ = std::max<std::chrono::milliseconds>(pause_, kFirstPause);
    if (retry_) {
        retry_->arm(pause_);
    }
}

/// Requests under way are answered by the bus or by sd-bus itself; what is left is answered here.
void Link::lose() {
    kLog.warning("the telephony service went away");
    up_ = false;
    for (const auto& [serial, request] : std::exchange(requests_, {})) {
        request->done = true;
        request->result = hal::fail(ErrorCode::Disconnected, "the telephony service went away");
        if (request->accepted) {
            later([kept = request] { kept->answer(kept->result, nullptr); });
        }
    }
    later([this] {
        if (user_ != nullptr) {
            user_->onServiceLost();
        }
    });
}

void Link::retry() {
    if (user_ == nullptr || up_) {
        return;
    }
    if (connect() && (bus_->direct() || !owner_.empty())) {
        comeBack();
    } else if (!bus_ || !bus_->open()) {
        pause_ = std::min<std::chrono::milliseconds>(pause_ * 2, kLongestPause);
        retry_->arm(pause_);
    }
}

void Link::comeBack() {
    if (user_ == nullptr || up_) {
        return;
    }
    if (auto done = introduce(); !done) {
        kLog.warning("the telephony service is back but does not take us: {}", done.error().cause);
        return;
    }
    kLog.info("the telephony service is back");
    user_->onServiceBack();
}

void Link::later(std::function<void()> task) {
    inbox_.push_back(std::move(task));
    if (bus_ && bus_->inTurn()) {
        return;
    }
    if (!std::exchange(posted_, true)) {
        loop_.post([weak = weak_from_this()] {
            if (const auto self = weak.lock()) {
                self->deliver();
            }
        });
    }
}

/// What a task brings in by waiting for the service comes after what is here already.
void Link::deliver() {
    const auto alive = shared_from_this();
    posted_ = false;
    for (std::size_t left = inbox_.size(); left > 0 && !inbox_.empty(); --left) {
        const auto task = std::move(inbox_.front());
        inbox_.pop_front();
        task();
    }
    if (!inbox_.empty() && !std::exchange(posted_, true)) {
        loop_.post([weak = weak_from_this()] {
            if (const auto self = weak.lock()) {
                self->deliver();
            }
        });
    }
}

}  // namespace tipring::rpc

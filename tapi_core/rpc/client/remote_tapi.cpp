// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <utility>

#include "client/signals.h"
#include "definition.h"
#include "tipring/hal/base/log.h"
#include "tipring/tapi_core/rpc/client.h"

namespace tipring::rpc {
namespace {

using tapi::Result;
using AddressPtr = std::shared_ptr<tapi::Address>;

const hal::LogCategory kLog{"rpc"};

}  // namespace

class RemoteTapi final : public tapi::Tapi, private Link::User {
public:
    RemoteTapi(hal::EventLoop& loop, const ClientOptions& options)
        : link_(std::make_shared<Link>(loop, options)),
          objects_(std::make_shared<Objects>(link_)),
          translation_(link_) {}
    ~RemoteTapi() override {
        link_->stop();
        objects_->release();
    }
    Result<void> start() { return link_->start(*this); }

    [[nodiscard]] std::vector<AddressPtr> addresses() const override {
        return Objects::all<tapi::Address>(
            link_->get<def::tapi::kAddresses, std::vector<ObjectPath>>(kRootPath),
            [this](const std::string& path) { return objects_->address(path); });
    }
    [[nodiscard]] std::vector<std::shared_ptr<tapi::Phone>> phones() const override {
        return Objects::all<tapi::Phone>(
            link_->get<def::tapi::kPhones, std::vector<ObjectPath>>(kRootPath),
            [this](const std::string& path) { return objects_->phone(path); });
    }
    [[nodiscard]] std::vector<std::shared_ptr<tapi::CallHub>> callHubs() const override {
        return Objects::all<tapi::CallHub>(
            link_->get<def::tapi::kCallHubs, std::vector<ObjectPath>>(kRootPath),
            [this](const std::string& path) { return objects_->hub(path); });
    }
    [[nodiscard]] Result<AddressPtr> findAddress(const tapi::CallParams& wanted) const override {
        auto found = link_->call<def::tapi::kFindAddress, ObjectPath>(kRootPath, wanted);
        if (!found) {
            return tl::unexpected(std::move(found.error()));
        }
        return objects_->address(found->text);
    }
    void setEventSink(tapi::EventSink* sink) override {
        sink_ = sink;
        sendFilter();
    }
    void setEventFilter(tapi::EventFilter filter) override {
        filter_ = filter;
        sendFilter();
    }
    [[nodiscard]] tapi::EventFilter eventFilter() const override { return filter_; }

    Result<tapi::RegistrationCookie> registerCallNotifications(
        const AddressPtr& address, const tapi::CallNotification& wanted) override {
        const auto remote = std::dynamic_pointer_cast<RemoteAddress>(address);
        if (!remote) {
            return hal::fail(hal::ErrorCode::InvalAddressId,
                             "the address is not one of this application's");
        }
        return remember({remote->path(), wanted}, registerAt(remote->path(), wanted));
    }
    Result<void> unregisterNotifications(tapi::RegistrationCookie cookie) override {
        const auto found = registrations_.find(cookie);
        const tapi::RegistrationCookie theirs =
            found == registrations_.end() ? 0 : found->second.theirs;
        auto done = link_->call<def::tapi::kUnregisterNotifications>(kRootPath, theirs);
        if (found != registrations_.end() && (done || !link_->up())) {
            registrations_.erase(found);
            return {};
        }
        return done;
    }
    Result<void> setPriority(tapi::MediaMode mediaMode, tapi::Priority priority) override {
        return link_->call<def::tapi::kSetPriority>(kRootPath, mediaMode, priority);
    }
    [[nodiscard]] tapi::Priority priority(tapi::MediaMode mediaMode) const override {
        return link_->call<def::tapi::kGetPriority, tapi::Priority>(kRootPath, mediaMode)
            .value_or(tapi::Priority::Normal);
    }
    Result<tapi::RegistrationCookie> registerRequestRecipient() override {
        return remember({}, registerRecipient());
    }
    Result<void> setRequestPriority(tapi::Priority priority) override {
        return link_->call<def::tapi::kSetRequestPriority>(kRootPath, priority);
    }
    Result<tapi::AssistedRequest> takeRequest() override {
        auto taken = link_->call<def::tapi::kTakeRequest, std::string, std::string, std::string,
                                 std::string>(kRootPath);
        if (!taken) {
            return tl::unexpected(std::move(taken.error()));
        }
        auto& [number, name, party, comment] = *taken;
        return tapi::AssistedRequest{number, name, party, comment};
    }
    Result<void> requestMakeCall(const tapi::AssistedRequest& request) override {
        return link_->call<def::tapi::kRequestMakeCall>(kRootPath, request.number, request.appName,
                                                        request.calledParty, request.comment);
    }
    [[nodiscard]] tapi::AddressTranslation* translation() const override {
        const bool there =
            link_->get<def::translation::kAvailable, bool>(kRootPath).value_or(false);
        return there ? &translation_ : nullptr;
    }
    [[nodiscard]] std::vector<tapi::InterfaceDescription> interfaces() const override {
        return fromWire(
            link_->call<def::tapi::kListInterfaces, std::vector<WireInterface>>(kRootPath));
    }
    Result<std::shared_ptr<tapi::ProviderInterface>> queryInterface(
        std::string_view name, std::uint32_t version) override {
        auto all = interfaces();
        std::erase_if(all, [](const auto& one) { return one.object != tapi::ObjectKind::Tapi; });
        return makeInterface(objects_, kRootPath, all, name, version);
    }

private:
    /// What the service is told anew when it is back. An empty path: a request recipient.
    struct Registration {
        std::string path;
        tapi::CallNotification wanted;
        tapi::RegistrationCookie theirs = 0;
    };

    /// A service without a sink to send to is not asked for signals.
    void sendFilter() {
        const std::uint32_t bits = sink_ == nullptr ? 0 : filter_.bits();
        if (auto done = link_->call<def::tapi::kSetEventFilter>(kRootPath, bits); !done) {
            kLog.warning("the event filter is not set: {}", done.error().cause);
        }
    }
    Result<tapi::RegistrationCookie> registerAt(const std::string& path,
                                                const tapi::CallNotification& wanted) {
        return link_->call<def::tapi::kRegisterCallNotifications, tapi::RegistrationCookie>(
            kRootPath, ObjectPath{path}, wanted.owner, wanted.monitor, wanted.mediaModes,
            wanted.callbackInstance);
    }
    Result<tapi::RegistrationCookie> registerRecipient() {
        return link_->call<def::tapi::kRegisterRequestRecipient, tapi::RegistrationCookie>(
            kRootPath);
    }
    /// The application's cookie stays the same over a restart of the service.
    Result<tapi::RegistrationCookie> remember(Registration registration,
                                              Result<tapi::RegistrationCookie> theirs) {
        if (!theirs) {
            return theirs;
        }
        registration.theirs = *theirs;
        registrations_[nextCookie_] = std::move(registration);
        return nextCookie_++;
    }

    void deliver(const tapi::Event& event) {
        if (sink_ != nullptr && filter_.has(tapi::classOf(event))) {
            sink_->onEvent(event);
        }
    }
    void onSignal(sd_bus_message* signal) override;
    void onServiceLost() override;
    void onServiceBack() override;

    const std::shared_ptr<Link> link_;
    const ObjectsPtr objects_;
    mutable RemoteTranslation translation_;
    tapi::EventSink* sink_ = nullptr;
    tapi::EventFilter filter_;
    std::map<tapi::RegistrationCookie, Registration> registrations_;
    tapi::RegistrationCookie nextCookie_ = 1;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

namespace {

/// The call of an event; null where it has none.
std::shared_ptr<tapi::Call> callOf(const tapi::Event& event) {
    return std::visit(
        [](const auto& one) -> std::shared_ptr<tapi::Call> {
            if constexpr (requires { one.call; }) {
                return one.call;
            } else {
                return nullptr;
            }
        },
        event);
}

}  // namespace

void RemoteTapi::onSignal(sd_bus_message* signal) {
    auto event = readEvent(*objects_, signal);
    if (!event) {
        return;
    }
    const auto call = std::dynamic_pointer_cast<RemoteCall>(callOf(*event));
    if (call && call->deallocated()) {
        return;
    }
    if (auto* request = std::get_if<tapi::RequestEvent>(&*event)) {
        for (const auto& [cookie, registration] : registrations_) {
            if (registration.theirs == request->registration) {
                request->registration = cookie;
                break;
            }
        }
    }
    deliver(*event);
}

/// What was lost: calls, and lines for now.
void RemoteTapi::onServiceLost() {
    const std::weak_ptr<int> alive = alive_;
    const std::string cause = "the telephony service went away";
    for (const auto& call : objects_->heldCalls()) {
        if (call->ended() || call->deallocated()) {
            continue;
        }
        for (const auto state : {tapi::LineCallState::Disconnected, tapi::LineCallState::Idle}) {
            tapi::CallStateEvent event{};
            event.call = call;
            event.lineState = state;
            event.state = tapi::fold(state);
            event.mode = state == tapi::LineCallState::Disconnected
                             ? static_cast<std::uint32_t>(tapi::DisconnectMode::TempFailure)
                             : 0;
            event.cause = cause;
            event.callbackInstance = call->callbackInstance;
            call->onState(event);
            deliver(event);
            if (alive.expired()) {
                return;
            }
        }
    }
    objects_->forgetCalls();
    for (const auto& address : objects_->heldAddresses()) {
        address->onDeviceChange();
        tapi::AddressEvent event{};
        event.kind = tapi::AddressEvent::Kind::State;
        event.address = address;
        deliver(event);
        if (alive.expired()) {
            return;
        }
    }
}

void RemoteTapi::onServiceBack() {
    sendFilter();
    for (auto& [cookie, registration] : registrations_) {
        auto again = registration.path.empty() ? registerRecipient()
                                               : registerAt(registration.path, registration.wanted);
        if (again) {
            registration.theirs = *again;
        } else {
            kLog.warning("a registration is lost: {}", again.error().cause);
        }
    }
    deliver(tapi::TapiObjectEvent{tapi::TapiObjectEvent::Kind::Reinit, {}});
}

hal::Result<std::unique_ptr<tapi::Tapi>> connect(hal::EventLoop& loop,
                                                 const ClientOptions& options) {
    auto made = std::make_unique<RemoteTapi>(loop, options);
    if (auto started = made->start(); !started) {
        return tl::unexpected(std::move(started.error()));
    }
    return made;
}

}  // namespace tipring::rpc

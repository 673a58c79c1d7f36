// SPDX-License-Identifier: Apache-2.0
#include "application.h"

#include <utility>

#include "core.h"
#include "room_view.h"

namespace tipring::core {

tapi::Result<std::shared_ptr<Core>> coreOf(const ApplicationRecord& application) {
    if (application.closed) {
        return hal::fail(hal::ErrorCode::InvalAppHandle,
                         "the Tapi of application " + application.name + " is gone");
    }
    auto core = application.core.lock();
    if (!core) {
        return hal::fail(hal::ErrorCode::Uninitialized, "the line manager is gone");
    }
    return core;
}

TapiView::TapiView(std::shared_ptr<ApplicationRecord> application)
    : application_(std::move(application)) {}

TapiView::~TapiView() {
    if (const auto core = application_->core.lock()) {
        core->removeApplication(application_);
    }
    application_->closed = true;
    application_->sink = nullptr;
    application_->addresses.clear();
    application_->phones.clear();
    application_->hubs.clear();
}

std::vector<std::shared_ptr<tapi::Address>> TapiView::addresses() const {
    std::vector<std::shared_ptr<tapi::Address>> out;
    if (const auto core = application_->core.lock()) {
        for (const auto& line : core->lines()) {
            if (line->provider != nullptr) {
                out.push_back(core->addressFor(application_, line));
            }
        }
    }
    return out;
}

void TapiView::setEventSink(tapi::EventSink* sink) {
    application_->sink = sink;
}

void TapiView::setEventFilter(tapi::EventFilter filter) {
    application_->filter = filter;
    if (const auto core = application_->core.lock()) {
        core->lineServices().updateStatusMessages();
    }
}

tapi::EventFilter TapiView::eventFilter() const {
    return application_->filter;
}

std::vector<std::shared_ptr<tapi::CallHub>> TapiView::callHubs() const {
    const auto core = coreOf(*application_);
    return core ? (*core)->hubs().viewsFor(application_)
                : std::vector<std::shared_ptr<tapi::CallHub>>{};
}

tapi::Result<std::shared_ptr<tapi::Address>> TapiView::findAddress(
    const tapi::CallParams& wanted) const {
    auto core = coreOf(*application_);
    if (!core) {
        return tl::unexpected(std::move(core.error()));
    }
    auto line = (*core)->lineServices().find(wanted);
    if (!line) {
        return tl::unexpected(std::move(line.error()));
    }
    return (*core)->addressFor(application_, *line);
}

tapi::Result<tapi::RegistrationCookie> TapiView::registerCallNotifications(
    const std::shared_ptr<tapi::Address>& address, const tapi::CallNotification& wanted) {
    auto core = coreOf(*application_);
    if (!core) {
        return tl::unexpected(std::move(core.error()));
    }
    const auto view = std::dynamic_pointer_cast<AddressView>(address);
    if (!view || !view->belongsTo(*application_)) {
        return hal::fail(hal::ErrorCode::InvalAddressId,
                         "the address is not one of this application's");
    }
    return (*core)->addRegistration(view->line(), application_, wanted);
}

tapi::Result<void> TapiView::unregisterNotifications(tapi::RegistrationCookie cookie) {
    auto core = coreOf(*application_);
    if (!core) {
        return tl::unexpected(std::move(core.error()));
    }
    return (*core)->removeRegistration(*application_, cookie);
}

tapi::Result<void> TapiView::setPriority(tapi::MediaMode mediaMode, tapi::Priority priority) {
    auto core = coreOf(*application_);
    return core ? (*core)->priorities().set(application_->name, mediaMode, priority)
                : tl::unexpected(std::move(core.error()));
}

tapi::Priority TapiView::priority(tapi::MediaMode mediaMode) const {
    const auto core = application_->core.lock();
    return core ? core->priorities().get(application_->name, mediaMode) : tapi::Priority::Normal;
}

tapi::Result<std::shared_ptr<tapi::Room>> TapiView::createRoom(const tapi::RoomSettings& settings) {
    auto core = coreOf(*application_);
    if (!core) {
        return tl::unexpected(std::move(core.error()));
    }
    return RoomView::create(*core, application_, settings);
}

tapi::Result<tapi::RegistrationCookie> TapiView::registerRequestRecipient() {
    auto core = coreOf(*application_);
    if (!core) {
        return tl::unexpected(std::move(core.error()));
    }
    return (*core)->addRequestRecipient(application_);
}

tapi::Result<void> TapiView::setRequestPriority(tapi::Priority priority) {
    auto core = coreOf(*application_);
    if (!core) {
        return tl::unexpected(std::move(core.error()));
    }
    if (auto kept = (*core)->priorities().setForRequests(application_->name, priority); !kept) {
        return kept;
    }
    application_->requestPriority = priority;
    (*core)->assistedRequests().setPriority(*application_, priority);
    return {};
}

tapi::Result<tapi::AssistedRequest> TapiView::takeRequest() {
    auto core = coreOf(*application_);
    return core ? (*core)->assistedRequests().take(*application_)
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<void> TapiView::requestMakeCall(const tapi::AssistedRequest& request) {
    auto core = coreOf(*application_);
    return core ? (*core)->assistedRequests().request(request)
                : tl::unexpected(std::move(core.error()));
}

tapi::AddressTranslation* TapiView::translation() const {
    const auto core = coreOf(*application_);
    return core ? (*core)->dialRules() : nullptr;
}

std::vector<std::shared_ptr<tapi::Phone>> TapiView::phones() const {
    const auto core = coreOf(*application_);
    return core ? (*core)->phones().phonesFor(application_)
                : std::vector<std::shared_ptr<tapi::Phone>>{};
}

std::vector<tapi::InterfaceDescription> TapiView::interfaces() const {
    const auto core = coreOf(*application_);
    return core ? (*core)->interfaces().all() : std::vector<tapi::InterfaceDescription>{};
}

tapi::Result<std::shared_ptr<tapi::ProviderInterface>> TapiView::queryInterface(
    std::string_view name, std::uint32_t version) {
    auto core = coreOf(*application_);
    return core ? (*core)->interfaces().query(nullptr, tapi::ObjectKind::Tapi, application_, {},
                                              name, version)
                : tl::unexpected(std::move(core.error()));
}

}  // namespace tipring::core

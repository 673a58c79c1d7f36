// SPDX-License-Identifier: Apache-2.0
#include "address_view.h"

#include "core.h"

namespace tipring::core {
namespace {

struct Way {
    std::shared_ptr<ApplicationRecord> application;
    std::shared_ptr<Core> core;
};

tapi::Result<Way> wayOf(const std::weak_ptr<ApplicationRecord>& application) {
    Way way;
    way.application = application.lock();
    if (!way.application) {
        return hal::fail(hal::ErrorCode::InvalAppHandle, "the application's Tapi is gone");
    }
    auto core = coreOf(*way.application);
    if (!core) {
        return tl::unexpected(std::move(core.error()));
    }
    way.core = std::move(*core);
    return way;
}

}  // namespace

tapi::Result<std::string> AddressView::deviceId(std::string_view deviceClass) const {
    auto way = wayOf(application_);
    return way ? way->core->deviceId(line_, deviceClass) : tl::unexpected(std::move(way.error()));
}

tapi::Result<std::shared_ptr<tapi::Call>> AddressView::createCall(std::string_view destination,
                                                                  const tapi::CallParams& params) {
    auto way = wayOf(application_);
    if (!way) {
        return tl::unexpected(std::move(way.error()));
    }
    return way->core->prepareCall(line_, way->application, destination, params);
}

std::vector<std::shared_ptr<tapi::Call>> AddressView::calls() const {
    auto way = wayOf(application_);
    return way ? way->core->visibleCalls(line_, way->application)
               : std::vector<std::shared_ptr<tapi::Call>>{};
}

tapi::Result<std::shared_ptr<tapi::Call>> AddressView::pickup(std::string_view group,
                                                              tapi::Reply reply) {
    auto way = wayOf(application_);
    return way ? way->core->pickup(line_, way->application, group, std::move(reply))
               : tl::unexpected(std::move(way.error()));
}

tapi::Result<tapi::ConferenceCalls> AddressView::setupConference(std::uint32_t parties,
                                                                 const tapi::CallParams& params,
                                                                 tapi::Reply reply) {
    auto way = wayOf(application_);
    return way ? way->core->setupConference(line_, way->application, parties, params,
                                            std::move(reply))
               : tl::unexpected(std::move(way.error()));
}

tapi::Result<void> AddressView::setCallHubTracking(tapi::CallHubTracking level) {
    auto way = wayOf(application_);
    return way ? way->core->hubs().track(line_, way->application, level)
               : tl::unexpected(std::move(way.error()));
}

tapi::CallHubTracking AddressView::callHubTracking() const {
    return CallHubs::levelOf(*line_);
}

tapi::Result<tapi::RequestId> AddressView::devSpecific(std::string_view data, tapi::Reply reply) {
    auto way = wayOf(application_);
    if (!way) {
        return tl::unexpected(std::move(way.error()));
    }
    return way->core->devSpecific(line_, way->application, data, std::move(reply));
}

tapi::AddressStatus AddressView::status() const {
    auto way = wayOf(application_);
    return way ? way->core->lineServices().status(line_) : tapi::AddressStatus{};
}

tapi::Result<void> AddressView::setRingsBeforeAnswer(std::uint32_t rings) {
    auto way = wayOf(application_);
    return way ? way->core->lineServices().setRingsBeforeAnswer(line_, way->application, rings)
               : tl::unexpected(std::move(way.error()));
}

tapi::Result<tapi::RequestId> AddressView::setDevStatus(std::uint32_t flags, bool on,
                                                        tapi::Reply reply) {
    auto way = wayOf(application_);
    return way ? way->core->lineServices().setDevStatus(line_, way->application, flags, on,
                                                        std::move(reply))
               : tl::unexpected(std::move(way.error()));
}

tapi::Result<tapi::RequestId> AddressView::forward(const std::vector<tapi::Forwarding>& list,
                                                   std::uint32_t ringsNoAnswer, tapi::Reply reply) {
    auto way = wayOf(application_);
    return way ? way->core->lineServices().forward(line_, way->application, list, ringsNoAnswer,
                                                   std::move(reply))
               : tl::unexpected(std::move(way.error()));
}

tapi::Result<std::string> AddressView::deviceConfig(std::string_view deviceClass) const {
    auto way = wayOf(application_);
    return way ? way->core->lineServices().deviceConfig(line_, deviceClass)
               : tl::unexpected(std::move(way.error()));
}

tapi::Result<void> AddressView::setDeviceConfig(std::string_view deviceClass,
                                                const std::string& config) {
    auto way = wayOf(application_);
    return way ? way->core->lineServices().setDeviceConfig(line_, deviceClass, config)
               : tl::unexpected(std::move(way.error()));
}

tapi::Result<void> AddressView::checkMediaDetection(tapi::MediaModes modes) const {
    auto way = wayOf(application_);
    return way ? way->core->lineServices().checkMediaDetection(line_, modes)
               : tl::unexpected(std::move(way.error()));
}

tapi::Result<tapi::RequestId> AddressView::devSpecificFeature(std::uint32_t feature,
                                                              std::string_view data,
                                                              tapi::Reply reply) {
    auto way = wayOf(application_);
    return way ? way->core->lineServices().devSpecificFeature(line_, way->application, feature,
                                                              data, std::move(reply))
               : tl::unexpected(std::move(way.error()));
}

tapi::Result<std::uint32_t> AddressView::negotiateExtVersion(std::uint32_t low,
                                                             std::uint32_t high) {
    auto way = wayOf(application_);
    return way ? way->core->lineServices().negotiateExtVersion(line_, low, high)
               : tl::unexpected(std::move(way.error()));
}

tapi::Result<void> AddressView::setEventFilter(tapi::EventClass eventClass, std::int32_t subEvent,
                                               bool on) {
    auto way = wayOf(application_);
    if (!way) {
        return tl::unexpected(std::move(way.error()));
    }
    if (!filter_) {
        filter_ = std::make_unique<tapi::SubEventFilter>();
    }
    return filter_->set(eventClass, subEvent, on);
}

std::vector<std::shared_ptr<tapi::Phone>> AddressView::phones() const {
    const auto way = wayOf(application_);
    return way ? way->core->phones().phonesOfLine(way->application, line_->provider, line_->id)
               : std::vector<std::shared_ptr<tapi::Phone>>{};
}

std::vector<tapi::InterfaceDescription> AddressView::interfaces() const {
    const auto way = wayOf(application_);
    return way ? way->core->interfaces().of(line_->provider, tapi::ObjectKind::Address)
               : std::vector<tapi::InterfaceDescription>{};
}

tapi::Result<std::shared_ptr<tapi::ProviderInterface>> AddressView::queryInterface(
    std::string_view name, std::uint32_t version) {
    auto way = wayOf(application_);
    if (!way) {
        return tl::unexpected(std::move(way.error()));
    }
    if (line_->provider == nullptr) {
        return hal::fail(hal::ErrorCode::NoDevice, "the device of " + line_->name + " is gone");
    }
    return way->core->interfaces().query(line_->provider, tapi::ObjectKind::Address,
                                         way->application, {line_, nullptr}, name, version);
}

}  // namespace tipring::core

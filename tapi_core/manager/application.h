// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tipring/tapi_core/api/tapi.h"

namespace tipring::core {

class Core;
class AddressView;
class PhoneView;
class HubView;

/// One application, as long as its Tapi lives.
struct ApplicationRecord {
    std::string name;
    std::weak_ptr<Core> core;
    tapi::EventSink* sink = nullptr;
    tapi::EventFilter filter;
    bool closed = false;
    tapi::Priority requestPriority = tapi::Priority::Normal;
    std::map<std::uint32_t, std::shared_ptr<AddressView>> addresses;  // by line id
    std::map<std::uint32_t, std::shared_ptr<PhoneView>> phones;       // by phone id
    std::map<std::uint64_t, std::weak_ptr<HubView>> hubs;             // by hub id

    [[nodiscard]] bool wants(tapi::EventClass eventClass) const {
        return !closed && sink != nullptr && filter.has(eventClass);
    }
};

/// The Tapi of one application. Its death gives up the application's calls and registrations.
class TapiView final : public tapi::Tapi {
public:
    explicit TapiView(std::shared_ptr<ApplicationRecord> application);
    ~TapiView() override;

    [[nodiscard]] std::vector<std::shared_ptr<tapi::Address>> addresses() const override;
    [[nodiscard]] std::vector<std::shared_ptr<tapi::CallHub>> callHubs() const override;
    [[nodiscard]] tapi::Result<std::shared_ptr<tapi::Address>> findAddress(
        const tapi::CallParams& wanted) const override;
    void setEventSink(tapi::EventSink* sink) override;
    void setEventFilter(tapi::EventFilter filter) override;
    [[nodiscard]] tapi::EventFilter eventFilter() const override;
    tapi::Result<tapi::RegistrationCookie> registerCallNotifications(
        const std::shared_ptr<tapi::Address>& address,
        const tapi::CallNotification& wanted) override;
    tapi::Result<void> unregisterNotifications(tapi::RegistrationCookie cookie) override;
    tapi::Result<void> setPriority(tapi::MediaMode mediaMode, tapi::Priority priority) override;
    [[nodiscard]] tapi::Priority priority(tapi::MediaMode mediaMode) const override;
    tapi::Result<std::shared_ptr<tapi::Room>> createRoom(
        const tapi::RoomSettings& settings) override;
    tapi::Result<tapi::RegistrationCookie> registerRequestRecipient() override;
    tapi::Result<void> setRequestPriority(tapi::Priority priority) override;
    tapi::Result<tapi::AssistedRequest> takeRequest() override;
    tapi::Result<void> requestMakeCall(const tapi::AssistedRequest& request) override;
    [[nodiscard]] tapi::AddressTranslation* translation() const override;

    [[nodiscard]] std::vector<std::shared_ptr<tapi::Phone>> phones() const override;
    [[nodiscard]] std::vector<tapi::InterfaceDescription> interfaces() const override;
    tapi::Result<std::shared_ptr<tapi::ProviderInterface>> queryInterface(
        std::string_view name, std::uint32_t version) override;

private:
    std::shared_ptr<ApplicationRecord> application_;
};

/// The core behind an application's handle, or why there is none.
[[nodiscard]] tapi::Result<std::shared_ptr<Core>> coreOf(const ApplicationRecord& application);

}  // namespace tipring::core

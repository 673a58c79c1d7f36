// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "line_record.h"
#include "tipring/tapi_core/api/tapi.h"

namespace tipring::core {

/// A line as one application sees it. Stays the same object while its device comes and goes.
class AddressView final : public tapi::Address {
public:
    AddressView(std::shared_ptr<LineRecord> line, std::weak_ptr<ApplicationRecord> application)
        : line_(std::move(line)), application_(std::move(application)) {}

    [[nodiscard]] std::uint32_t id() const override { return line_->id; }
    [[nodiscard]] std::string name() const override { return line_->name; }
    [[nodiscard]] std::string providerName() const override { return line_->providerName; }
    [[nodiscard]] tapi::AddressState state() const override { return line_->state; }
    [[nodiscard]] std::string stateCause() const override { return line_->stateCause; }
    [[nodiscard]] const tapi::AddressCapabilities& capabilities() const override {
        return line_->capabilities;
    }
    [[nodiscard]] tapi::Result<std::string> deviceId(std::string_view deviceClass) const override;
    tapi::Result<std::shared_ptr<tapi::Call>> createCall(std::string_view destination,
                                                         const tapi::CallParams& params) override;
    [[nodiscard]] std::vector<std::shared_ptr<tapi::Call>> calls() const override;
    tapi::Result<std::shared_ptr<tapi::Call>> pickup(std::string_view group,
                                                     tapi::Reply reply) override;
    tapi::Result<tapi::ConferenceCalls> setupConference(std::uint32_t parties,
                                                        const tapi::CallParams& params,
                                                        tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> devSpecific(std::string_view data, tapi::Reply reply) override;
    tapi::Result<void> setEventFilter(tapi::EventClass eventClass, std::int32_t subEvent,
                                      bool on) override;

    tapi::Result<void> setCallHubTracking(tapi::CallHubTracking level) override;
    [[nodiscard]] tapi::CallHubTracking callHubTracking() const override;
    [[nodiscard]] std::vector<std::shared_ptr<tapi::Phone>> phones() const override;
    [[nodiscard]] std::vector<tapi::InterfaceDescription> interfaces() const override;
    tapi::Result<std::shared_ptr<tapi::ProviderInterface>> queryInterface(
        std::string_view name, std::uint32_t version) override;

    // line_services.h
    [[nodiscard]] tapi::AddressStatus status() const override;
    tapi::Result<void> setRingsBeforeAnswer(std::uint32_t rings) override;
    tapi::Result<tapi::RequestId> setDevStatus(std::uint32_t flags, bool on,
                                               tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> forward(const std::vector<tapi::Forwarding>& list,
                                          std::uint32_t ringsNoAnswer, tapi::Reply reply) override;
    [[nodiscard]] tapi::Result<std::string> deviceConfig(
        std::string_view deviceClass) const override;
    tapi::Result<void> setDeviceConfig(std::string_view deviceClass,
                                       const std::string& config) override;
    [[nodiscard]] tapi::Result<void> checkMediaDetection(tapi::MediaModes modes) const override;
    tapi::Result<tapi::RequestId> devSpecificFeature(std::uint32_t feature, std::string_view data,
                                                     tapi::Reply reply) override;
    tapi::Result<std::uint32_t> negotiateExtVersion(std::uint32_t low, std::uint32_t high) override;

    [[nodiscard]] const std::shared_ptr<LineRecord>& line() const { return line_; }
    [[nodiscard]] bool belongsTo(const ApplicationRecord& application) const {
        return application_.lock().get() == &application;
    }

    /// Null while nothing was taken away.
    [[nodiscard]] const tapi::SubEventFilter* filter() const { return filter_.get(); }

private:
    const std::shared_ptr<LineRecord> line_;
    const std::weak_ptr<ApplicationRecord> application_;  // it holds this view
    std::unique_ptr<tapi::SubEventFilter> filter_;
};

}  // namespace tipring::core

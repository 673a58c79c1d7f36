// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "phone_record.h"
#include "tipring/tapi_core/api/tapi.h"

namespace tipring::core {

class Core;

/// A phone as one application sees it. Stays the same object while its device comes and goes.
class PhoneView final : public tapi::Phone {
public:
    PhoneView(std::shared_ptr<PhoneRecord> phone, std::weak_ptr<ApplicationRecord> application)
        : phone_(std::move(phone)), application_(std::move(application)) {}

    [[nodiscard]] std::uint32_t id() const override { return phone_->id; }
    [[nodiscard]] std::string name() const override { return phone_->name; }
    [[nodiscard]] std::string providerName() const override { return phone_->providerName; }
    [[nodiscard]] const tapi::PhoneCapabilities& capabilities() const override {
        return phone_->capabilities;
    }
    [[nodiscard]] std::shared_ptr<tapi::Address> address() const override;

    tapi::Result<void> open(tapi::PhonePrivilege privilege) override;
    tapi::Result<void> close() override;
    [[nodiscard]] tapi::Result<tapi::PhoneStatus> status() const override;
    tapi::Result<tapi::RequestId> setHookSwitch(tapi::HookSwitchDevice device, std::uint32_t mode,
                                                tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> setRing(std::uint32_t ringMode, std::uint32_t volume,
                                          tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> setVolume(tapi::HookSwitchDevice device, std::uint32_t volume,
                                            tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> setGain(tapi::HookSwitchDevice device, std::uint32_t gain,
                                          tapi::Reply reply) override;
    [[nodiscard]] tapi::Result<std::uint32_t> lamp(std::uint32_t lampId) const override;
    tapi::Result<tapi::RequestId> setLamp(std::uint32_t lampId, std::uint32_t mode,
                                          tapi::Reply reply) override;
    [[nodiscard]] tapi::Result<tapi::ButtonInfo> buttonInfo(std::uint32_t buttonId) const override;
    tapi::Result<tapi::RequestId> setButtonInfo(std::uint32_t buttonId,
                                                const tapi::ButtonInfo& info,
                                                tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> devSpecific(std::string_view data, tapi::Reply reply) override;
    [[nodiscard]] tapi::Result<std::string> deviceId(std::string_view deviceClass) const override;
    tapi::Result<std::uint32_t> negotiateExtVersion(std::uint32_t low, std::uint32_t high) override;

private:
    struct Way {
        std::shared_ptr<ApplicationRecord> application;
        std::shared_ptr<Core> core;
    };
    [[nodiscard]] tapi::Result<Way> way() const;

    const std::shared_ptr<PhoneRecord> phone_;
    const std::weak_ptr<ApplicationRecord> application_;  // it holds this view
};

/// The view of a phone that an application has, made where there is none yet.
[[nodiscard]] std::shared_ptr<PhoneView> phoneViewFor(
    const std::shared_ptr<ApplicationRecord>& application,
    const std::shared_ptr<PhoneRecord>& phone);

}  // namespace tipring::core

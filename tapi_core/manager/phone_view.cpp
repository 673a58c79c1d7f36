// SPDX-License-Identifier: Apache-2.0
#include "phone_view.h"

#include "core.h"

namespace tipring::core {

std::shared_ptr<PhoneView> phoneViewFor(const std::shared_ptr<ApplicationRecord>& application,
                                        const std::shared_ptr<PhoneRecord>& phone) {
    auto& view = application->phones[phone->id];
    if (!view) {
        view = std::make_shared<PhoneView>(phone, application);
    }
    return view;
}

tapi::Result<PhoneView::Way> PhoneView::way() const {
    Way way;
    way.application = application_.lock();
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

std::shared_ptr<tapi::Address> PhoneView::address() const {
    const auto found = way();
    if (!found || phone_->caps.lineDeviceId == 0) {
        return nullptr;
    }
    const auto line = found->core->findLine(phone_->caps.lineDeviceId - 1);
    const bool own = line && line->providerName == phone_->providerName;
    return own ? found->core->addressFor(found->application, line) : nullptr;
}

tapi::Result<void> PhoneView::open(tapi::PhonePrivilege privilege) {
    auto found = way();
    return found ? found->core->phones().open(phone_, found->application, privilege)
                 : tl::unexpected(std::move(found.error()));
}

tapi::Result<void> PhoneView::close() {
    auto found = way();
    return found ? found->core->phones().close(phone_, *found->application)
                 : tl::unexpected(std::move(found.error()));
}

tapi::Result<tapi::PhoneStatus> PhoneView::status() const {
    auto found = way();
    return found ? found->core->phones().status(*phone_, *found->application)
                 : tl::unexpected(std::move(found.error()));
}

tapi::Result<tapi::RequestId> PhoneView::setHookSwitch(tapi::HookSwitchDevice device,
                                                       std::uint32_t mode, tapi::Reply reply) {
    auto found = way();
    return found ? found->core->phones().setHookSwitch(phone_, found->application, device, mode,
                                                       std::move(reply))
                 : tl::unexpected(std::move(found.error()));
}

tapi::Result<tapi::RequestId> PhoneView::setRing(std::uint32_t ringMode, std::uint32_t volume,
                                                 tapi::Reply reply) {
    auto found = way();
    return found ? found->core->phones().setRing(phone_, found->application, ringMode, volume,
                                                 std::move(reply))
                 : tl::unexpected(std::move(found.error()));
}

tapi::Result<tapi::RequestId> PhoneView::setVolume(tapi::HookSwitchDevice device,
                                                   std::uint32_t volume, tapi::Reply reply) {
    auto found = way();
    return found ? found->core->phones().setVolume(phone_, found->application, device, volume,
                                                   std::move(reply))
                 : tl::unexpected(std::move(found.error()));
}

tapi::Result<tapi::RequestId> PhoneView::setGain(tapi::HookSwitchDevice device, std::uint32_t gain,
                                                 tapi::Reply reply) {
    auto found = way();
    return found ? found->core->phones().setGain(phone_, found->application, device, gain,
                                                 std::move(reply))
                 : tl::unexpected(std::move(found.error()));
}

tapi::Result<std::uint32_t> PhoneView::lamp(std::uint32_t lampId) const {
    auto found = way();
    return found ? found->core->phones().lamp(*phone_, *found->application, lampId)
                 : tl::unexpected(std::move(found.error()));
}

tapi::Result<tapi::RequestId> PhoneView::setLamp(std::uint32_t lampId, std::uint32_t mode,
                                                 tapi::Reply reply) {
    auto found = way();
    return found ? found->core->phones().setLamp(phone_, found->application, lampId, mode,
                                                 std::move(reply))
                 : tl::unexpected(std::move(found.error()));
}

tapi::Result<tapi::ButtonInfo> PhoneView::buttonInfo(std::uint32_t buttonId) const {
    auto found = way();
    return found ? found->core->phones().buttonInfo(*phone_, *found->application, buttonId)
                 : tl::unexpected(std::move(found.error()));
}

tapi::Result<tapi::RequestId> PhoneView::setButtonInfo(std::uint32_t buttonId,
                                                       const tapi::ButtonInfo& info,
                                                       tapi::Reply reply) {
    auto found = way();
    return found ? found->core->phones().setButtonInfo(phone_, found->application, buttonId, info,
                                                       std::move(reply))
                 : tl::unexpected(std::move(found.error()));
}

tapi::Result<tapi::RequestId> PhoneView::devSpecific(std::string_view data, tapi::Reply reply) {
    auto found = way();
    return found ? found->core->phones().devSpecific(phone_, found->application, data,
                                                     std::move(reply))
                 : tl::unexpected(std::move(found.error()));
}

tapi::Result<std::string> PhoneView::deviceId(std::string_view deviceClass) const {
    auto found = way();
    return found ? found->core->phones().deviceId(*phone_, *found->application, deviceClass)
                 : tl::unexpected(std::move(found.error()));
}

tapi::Result<std::uint32_t> PhoneView::negotiateExtVersion(std::uint32_t low, std::uint32_t high) {
    auto found = way();
    return found ? found->core->phones().negotiateExtVersion(phone_, *found->application, low, high)
                 : tl::unexpected(std::move(found.error()));
}

}  // namespace tipring::core

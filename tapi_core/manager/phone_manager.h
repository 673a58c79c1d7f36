// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "line_ids.h"
#include "outbox.h"
#include "phone_features.h"
#include "phone_record.h"
#include "provider_queue.h"
#include "provider_record.h"
#include "request_table.h"
#include "tipring/tapi_core/api/tapi.h"

namespace tipring::core {

class PhoneView;

/// The phones of all providers: who has them open, what is asked of them, what they tell.
/// A phone is open at its provider while one application at least has it open. Thread: the loop's.
class PhoneManager {
public:
    using PhonePtr = std::shared_ptr<PhoneRecord>;
    using ApplicationPtr = std::shared_ptr<ApplicationRecord>;

    PhoneManager(std::string stateDirectory, std::shared_ptr<Outbox> outbox, RequestTable& requests,
                 const std::vector<ApplicationPtr>& applications, AskProvider ask);

    // Devices. A provider whose phones cannot be listed keeps its lines.
    void enumerate(ProviderRecord& provider);
    void addDevice(ProviderRecord& provider, const std::string& deviceKey);
    void removeDevice(ProviderRecord& provider, std::uint32_t deviceId);
    void onEvent(ProviderRecord& provider, const ProviderItem& item);
    void onClosed(ProviderRecord& provider, const ProviderItem& item);
    void removeApplication(const ApplicationRecord& application);
    /// Closes all phones; nothing is told.
    void shutDown();

    [[nodiscard]] std::vector<std::shared_ptr<tapi::Phone>> phonesFor(
        const ApplicationPtr& application) const;
    /// Phones that their provider says belong to that line of it.
    [[nodiscard]] std::vector<std::shared_ptr<tapi::Phone>> phonesOfLine(
        const ApplicationPtr& application, const ProviderRecord* provider,
        std::uint32_t lineId) const;

    // What applications ask, with the errors of tapi::Phone.
    hal::Result<void> open(const PhonePtr& phone, const ApplicationPtr& application,
                           tapi::PhonePrivilege privilege);
    hal::Result<void> close(const PhonePtr& phone, const ApplicationRecord& application);
    hal::Result<tapi::PhoneStatus> status(const PhoneRecord& phone,
                                          const ApplicationRecord& application);
    hal::Result<tapi::RequestId> setHookSwitch(const PhonePtr& phone,
                                               const ApplicationPtr& application,
                                               tapi::HookSwitchDevice device, std::uint32_t mode,
                                               tapi::Reply reply);
    hal::Result<tapi::RequestId> setRing(const PhonePtr& phone, const ApplicationPtr& application,
                                         std::uint32_t ringMode, std::uint32_t volume,
                                         tapi::Reply reply);
    hal::Result<tapi::RequestId> setVolume(const PhonePtr& phone, const ApplicationPtr& application,
                                           tapi::HookSwitchDevice device, std::uint32_t volume,
                                           tapi::Reply reply);
    hal::Result<tapi::RequestId> setGain(const PhonePtr& phone, const ApplicationPtr& application,
                                         tapi::HookSwitchDevice device, std::uint32_t gain,
                                         tapi::Reply reply);
    hal::Result<std::uint32_t> lamp(const PhoneRecord& phone, const ApplicationRecord& application,
                                    std::uint32_t lampId);
    hal::Result<tapi::RequestId> setLamp(const PhonePtr& phone, const ApplicationPtr& application,
                                         std::uint32_t lampId, std::uint32_t mode,
                                         tapi::Reply reply);
    hal::Result<tapi::ButtonInfo> buttonInfo(const PhoneRecord& phone,
                                             const ApplicationRecord& application,
                                             std::uint32_t buttonId);
    hal::Result<tapi::RequestId> setButtonInfo(const PhonePtr& phone,
                                               const ApplicationPtr& application,
                                               std::uint32_t buttonId, const tapi::ButtonInfo& info,
                                               tapi::Reply reply);
    hal::Result<tapi::RequestId> devSpecific(const PhonePtr& phone,
                                             const ApplicationPtr& application,
                                             std::string_view data, tapi::Reply reply);
    hal::Result<std::string> deviceId(const PhoneRecord& phone,
                                      const ApplicationRecord& application,
                                      std::string_view deviceClass);
    hal::Result<std::uint32_t> negotiateExtVersion(const PhonePtr& phone,
                                                   const ApplicationRecord& application,
                                                   std::uint32_t low, std::uint32_t high);

private:
    [[nodiscard]] PhonePtr find(std::uint32_t id) const;
    hal::Result<void> describe(ProviderRecord& provider, PhoneRecord& phone);
    hal::Result<void> openDevice(const PhonePtr& phone);
    void closeDevice(const PhonePtr& phone);
    /// All who have it open hear Close; what they ask from now on is INVALPHONEHANDLE.
    void closeForAll(const PhonePtr& phone);
    [[nodiscard]] TspiPhoneStatus readStatus(const PhoneRecord& phone) const;
    /// The application's privilege; NODEVICE, INVALPHONEHANDLE.
    static hal::Result<tapi::PhonePrivilege> usable(const PhoneRecord& phone,
                                                    const ApplicationRecord& application);
    hal::Result<void> check(const PhoneRecord& phone, const ApplicationRecord& application,
                            PhoneAct act, std::size_t device = 0) const;
    hal::Result<tapi::RequestId> request(const PhonePtr& phone, const ApplicationPtr& application,
                                         const char* function, tapi::Reply reply,
                                         const std::function<TSPI_RESULT(tapi::RequestId)>& invoke);

    // phone_manager_events.cpp
    void onState(const PhonePtr& phone, const ProviderItem& item);
    void onStateBit(const PhonePtr& phone, std::uint32_t bit, std::uint32_t value);
    void onLampState(const PhonePtr& phone, std::uint32_t lampId);
    void onButton(const PhonePtr& phone, const ProviderItem& item);
    void breach(const PhoneRecord& phone, ContractRule rule, const char* function,
                std::string what) const;
    void tell(const PhonePtr& phone, tapi::PhoneEvent event,
              const ApplicationRecord* except = nullptr) const;
    void tellAll(const PhonePtr& phone, tapi::TapiObjectEvent::Kind kind) const;

    LineIds ids_;
    std::shared_ptr<Outbox> outbox_;
    RequestTable& requests_;
    const std::vector<ApplicationPtr>& applications_;
    AskProvider ask_;
    std::vector<PhonePtr> phones_;
};

}  // namespace tipring::core

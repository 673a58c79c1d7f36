// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "provider_queue.h"
#include "tipring/tapi_core/api/address.h"
#include "tipring/tapi_core/api/tapi.h"

namespace tipring::core {

class Core;
struct ApplicationRecord;
struct CallRecord;
struct LineRecord;

/// What lines do beside calls: status, settings, extensions, forwarding, and the vendor's events.
/// Thread: the loop's.
class LineServices {
public:
    using LinePtr = std::shared_ptr<LineRecord>;
    using ApplicationPtr = std::shared_ptr<ApplicationRecord>;

    explicit LineServices(Core& core) : core_(core) {}

    // line_status.cpp
    [[nodiscard]] tapi::AddressStatus status(const LinePtr& line) const;
    hal::Result<void> setRingsBeforeAnswer(const LinePtr& line, const ApplicationPtr& application,
                                           std::uint32_t rings);
    /// LINEMAPPERFAILED, with what each line lacks.
    [[nodiscard]] hal::Result<LinePtr> find(const tapi::CallParams& wanted) const;

    // line_services.cpp
    hal::Result<tapi::RequestId> setDevStatus(const LinePtr& line,
                                              const ApplicationPtr& application,
                                              std::uint32_t flags, bool on, tapi::Reply reply);
    hal::Result<tapi::RequestId> forward(const LinePtr& line, const ApplicationPtr& application,
                                         const std::vector<tapi::Forwarding>& list,
                                         std::uint32_t ringsNoAnswer, tapi::Reply reply);
    hal::Result<tapi::RequestId> devSpecificFeature(const LinePtr& line,
                                                    const ApplicationPtr& application,
                                                    std::uint32_t feature, std::string_view data,
                                                    tapi::Reply reply);
    [[nodiscard]] hal::Result<std::string> deviceConfig(const LinePtr& line,
                                                        std::string_view deviceClass);
    hal::Result<void> setDeviceConfig(const LinePtr& line, std::string_view deviceClass,
                                      const std::string& config);
    [[nodiscard]] hal::Result<void> checkMediaDetection(const LinePtr& line,
                                                        tapi::MediaModes modes);
    hal::Result<std::uint32_t> negotiateExtVersion(const LinePtr& line, std::uint32_t low,
                                                   std::uint32_t high);

    // line_events.cpp
    /// The line was opened: its extension, its addresses, what is to be reported.
    void onOpened(const LinePtr& line);
    void onClosed(LineRecord& line);
    /// Tells the provider which changes of state somebody wants to hear of.
    void updateStatusMessages(const LinePtr& line);
    void updateStatusMessages();
    void onLineState(const LinePtr& line, const ProviderItem& item);
    void onAddressState(const LinePtr& line, const ProviderItem& item);
    void onDevSpecific(const LinePtr& line, const ProviderItem& item);
    void onCallDevSpecific(const std::shared_ptr<CallRecord>& call, const ProviderItem& item);
    /// AddressClose to all who had the line open, before its calls end.
    void onForcedClose(const LinePtr& line);
    /// The address of a new call must be one of the line's.
    void checkCallAddress(const std::shared_ptr<CallRecord>& call);

private:
    /// Who has a line open, each once: who registered, then who only takes part in a call.
    void forEachOpener(
        const LineRecord& line,
        const std::function<void(const ApplicationPtr& application, tapi::RegistrationCookie cookie,
                                 std::uint32_t callbackInstance)>& tell) const;
    hal::Result<tapi::RequestId> lineRequest(
        const LinePtr& line, const ApplicationPtr& application, const char* function,
        const std::function<TSPI_RESULT(tapi::RequestId id)>& invoke, tapi::Reply reply);
    [[nodiscard]] std::uint32_t lineFeatures(const LineRecord& line, std::uint32_t provider) const;
    [[nodiscard]] std::uint32_t addressFeatures(const LineRecord& line,
                                                std::uint32_t provider) const;
    void checkAddresses(LineRecord& line);
    void selectExtVersion(LineRecord& line);

    Core& core_;
};

}  // namespace tipring::core

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "address_view.h"
#include "application.h"
#include "assisted_requests.h"
#include "bridges.h"
#include "call_hubs.h"
#include "call_record.h"
#include "call_states.h"
#include "contract_checker.h"
#include "interface_registry.h"
#include "line_ids.h"
#include "line_record.h"
#include "line_services.h"
#include "listening.h"
#include "media_control.h"
#include "outbox.h"
#include "ownership.h"
#include "phone_manager.h"
#include "priorities.h"
#include "provider_record.h"
#include "request_table.h"
#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/api/translation.h"
#include "tipring/tapi_core/manager/line_manager.h"

namespace tipring::core {

/// What stands behind LineManager. Thread: the loop's.
class Core : public std::enable_shared_from_this<Core> {
public:
    Core(hal::EventLoop& loop, std::string stateDirectory);
    ~Core();

    // Providers and lines: provider_control.cpp, line_control.cpp
    hal::Result<void> addProvider(const TspiProvider& table, ProviderConfig config,
                                  Library library);
    void shutDown();
    void setDialRules(std::unique_ptr<tapi::AddressTranslation> rules);
    [[nodiscard]] tapi::AddressTranslation* dialRules() const { return dialRules_.get(); }
    /// Opens the line at the provider, once for all who need it.
    hal::Result<void> openLine(const std::shared_ptr<LineRecord>& line);
    /// Closes it when nobody needs it any more.
    void releaseLine(const std::shared_ptr<LineRecord>& line);
    [[nodiscard]] const std::vector<std::shared_ptr<LineRecord>>& lines() const { return lines_; }
    [[nodiscard]] std::shared_ptr<LineRecord> findLine(std::uint32_t id) const;
    LineServices& lineServices() { return lineServices_; }
    [[nodiscard]] ContractChecker& contract() { return *checker_; }
    hal::Result<tapi::RequestId> devSpecific(const std::shared_ptr<LineRecord>& line,
                                             const std::shared_ptr<ApplicationRecord>& application,
                                             std::string_view data, tapi::Reply reply);
    hal::Result<std::string> deviceId(const std::shared_ptr<LineRecord>& line,
                                      std::string_view deviceClass);

    // Applications: application_control.cpp
    std::shared_ptr<ApplicationRecord> addApplication(std::string name);
    void removeApplication(const std::shared_ptr<ApplicationRecord>& application);
    hal::Result<tapi::RegistrationCookie> addRegistration(
        const std::shared_ptr<LineRecord>& line,
        const std::shared_ptr<ApplicationRecord>& application,
        const tapi::CallNotification& wanted);
    hal::Result<void> removeRegistration(const ApplicationRecord& application,
                                         tapi::RegistrationCookie cookie);
    tapi::RegistrationCookie addRequestRecipient(
        const std::shared_ptr<ApplicationRecord>& application);
    AssistedRequests& assistedRequests() { return assisted_; }
    std::shared_ptr<AddressView> addressFor(const std::shared_ptr<ApplicationRecord>& application,
                                            const std::shared_ptr<LineRecord>& line);
    std::vector<std::shared_ptr<tapi::Call>> visibleCalls(
        const std::shared_ptr<LineRecord>& line,
        const std::shared_ptr<ApplicationRecord>& application);

    // Calls: call_start.cpp, call_control.cpp
    hal::Result<std::shared_ptr<tapi::Call>> prepareCall(
        const std::shared_ptr<LineRecord>& line,
        const std::shared_ptr<ApplicationRecord>& application, std::string_view destination,
        const tapi::CallParams& params);
    hal::Result<tapi::RequestId> connect(CallView& view, tapi::Reply reply);
    hal::Result<std::shared_ptr<tapi::Call>> pickup(
        const std::shared_ptr<LineRecord>& line,
        const std::shared_ptr<ApplicationRecord>& application, std::string_view group,
        tapi::Reply reply);
    hal::Result<tapi::RequestId> devSpecific(CallView& view, std::string_view data,
                                             tapi::Reply reply);
    hal::Result<tapi::RequestId> answer(CallView& view, tapi::Reply reply);
    hal::Result<tapi::RequestId> drop(CallView& view, tapi::Reply reply);
    hal::Result<tapi::RequestId> dial(CallView& view, std::string_view digits, tapi::Reply reply);

    // Holding, transfer, conference: call_supplementary.cpp
    hal::Result<tapi::RequestId> hold(CallView& view, tapi::Reply reply);
    hal::Result<tapi::RequestId> unhold(CallView& view, tapi::Reply reply);
    hal::Result<tapi::RequestId> swapHold(CallView& view, const tapi::Call* held,
                                          tapi::Reply reply);
    hal::Result<tapi::RequestId> blindTransfer(CallView& view, std::string_view destination,
                                               tapi::Reply reply);
    hal::Result<std::shared_ptr<tapi::Call>> setupTransfer(CallView& view,
                                                           const tapi::CallParams& params,
                                                           tapi::Reply reply);
    hal::Result<tapi::RequestId> completeTransfer(CallView& view, const tapi::Call* consultation,
                                                  tapi::Reply reply);
    hal::Result<std::shared_ptr<tapi::Call>> completeAsConference(CallView& view,
                                                                  const tapi::Call* consultation,
                                                                  tapi::Reply reply);
    hal::Result<tapi::ConferenceCalls> setupConference(CallView& view, std::uint32_t parties,
                                                       const tapi::CallParams& params,
                                                       tapi::Reply reply);
    hal::Result<std::shared_ptr<tapi::Call>> prepareAddToConference(CallView& view,
                                                                    const tapi::CallParams& params,
                                                                    tapi::Reply reply);
    hal::Result<tapi::RequestId> addToConference(CallView& view, const tapi::Call* consultation,
                                                 tapi::Reply reply);
    hal::Result<tapi::RequestId> removeFromConference(CallView& view, tapi::Reply reply);

    // Consultations of any line: call_consult.cpp
    hal::Result<tapi::RequestId> conference(CallView& view, const tapi::Call* consultation,
                                            tapi::Reply reply);
    hal::Result<tapi::RequestId> transfer(CallView& view, const tapi::Call* consultation,
                                          tapi::Reply reply);
    hal::Result<tapi::RequestId> finish(CallView& view, tapi::FinishMode mode, tapi::Reply reply);
    hal::Result<tapi::ConferenceCalls> setupConference(
        const std::shared_ptr<LineRecord>& line,
        const std::shared_ptr<ApplicationRecord>& application, std::uint32_t parties,
        const tapi::CallParams& params, tapi::Reply reply);
    hal::Result<void> setMember(CallView& view, const tapi::MemberSettings& settings);
    hal::Result<tapi::MemberStatus> memberStatus(const CallView& view) {
        return bridges_.memberStatus(view);
    }

    // What calls carry for applications: call_data.cpp
    hal::Result<tapi::RequestId> accept(CallView& view, tapi::Reply reply);
    hal::Result<tapi::RequestId> secure(CallView& view, tapi::Reply reply);
    hal::Result<void> setMediaMode(CallView& view, tapi::MediaModes modes);
    hal::Result<void> setAppSpecific(CallView& view, std::uint32_t value);
    hal::Result<tapi::RequestId> setCallData(CallView& view, std::vector<std::byte> data,
                                             tapi::Reply reply);
    hal::Result<void> setPrivilege(CallView& view, tapi::CallPrivilege privilege);
    hal::Result<void> handoff(CallView& view, std::string_view applicationName);
    hal::Result<void> handoff(CallView& view, tapi::MediaMode mediaMode);
    hal::Result<void> deallocate(CallView& view);
    Priorities& priorities() { return priorities_; }

    // Parameters and the raw port: call_passthrough.cpp
    hal::Result<tapi::RequestId> setCallParams(CallView& view, const tapi::CallParams& wanted,
                                               tapi::Reply reply);
    hal::Result<hal::FileDescriptor> takeDescriptor(CallView& view, std::string_view deviceClass);

    // Digits and tones: call_digits.cpp
    hal::Result<void> generateDigits(CallView& view, std::string_view digits, tapi::DigitMode mode,
                                     std::chrono::milliseconds duration);
    hal::Result<void> generateTones(CallView& view, tapi::ToneMode mode,
                                    std::span<const tapi::GeneratedTone> tones,
                                    std::chrono::milliseconds duration);
    hal::Result<void> monitorDigits(CallView& view, tapi::DigitModes modes);
    hal::Result<void> monitorTones(CallView& view, std::span<const tapi::MonitoredTone> tones);
    hal::Result<void> monitorMedia(CallView& view, tapi::MediaModes modes);
    hal::Result<void> gatherDigits(CallView& view, const tapi::GatherDigits& wanted);

    // Sound: call_sound.cpp
    hal::Result<tapi::RequestId> play(CallView& view, const std::string& path, tapi::Reply reply);
    hal::Result<tapi::RequestId> record(CallView& view, const std::string& path, tapi::Reply reply);
    hal::Result<tapi::RequestId> stopPlaying(CallView& view, tapi::StopMode mode,
                                             tapi::Reply reply);
    hal::Result<tapi::RequestId> stopRecording(CallView& view, tapi::Reply reply);
    hal::Result<tapi::TerminalId> addTerminal(CallView& view, tapi::TerminalSpec spec);
    hal::Result<tapi::RequestId> startTerminal(CallView& view, tapi::TerminalId id,
                                               tapi::Reply reply);
    hal::Result<void> pauseTerminal(CallView& view, tapi::TerminalId id);
    hal::Result<tapi::RequestId> stopTerminal(CallView& view, tapi::TerminalId id,
                                              tapi::StopMode mode, tapi::Reply reply);
    hal::Result<void> removeTerminal(CallView& view, tapi::TerminalId id);
    hal::Result<void> setHangUpWatch(CallView& view, const tapi::HangUpWatch& watch);
    [[nodiscard]] tapi::MediaStatus mediaStatus(const CallRecord& call) const {
        return media_.status(call);
    }

    // Hubs, phones and provider-specific interfaces
    CallHubs& hubs() { return hubs_; }
    Bridges& bridges() { return bridges_; }
    MediaControl& media() { return media_; }
    hal::EventLoop& loop() { return loop_; }
    /// A Done that replies to an application.
    PendingRequest::Done replyTo(std::shared_ptr<ApplicationRecord> application, tapi::Reply reply);
    tapi::RequestId requestId() { return requests_.reserve(); }
    void tell(const std::shared_ptr<ApplicationRecord>& application, tapi::RoomEvent event) {
        outbox_->event(application, std::move(event));
    }
    hal::Result<void> clearHub(const HubRecord& hub, const ApplicationRecord& application);
    PhoneManager& phones() { return phones_; }
    InterfaceRegistry& interfaces() { return interfaces_; }

private:
    friend class LineServices;
    friend class Bridges;
    using LinePtr = std::shared_ptr<LineRecord>;
    using CallPtr = std::shared_ptr<CallRecord>;
    using ApplicationPtr = std::shared_ptr<ApplicationRecord>;
    using CallViews = std::vector<std::shared_ptr<CallView>>;
    using AskForCall = std::function<TSPI_RESULT(tapi::RequestId)>;

    // provider_control.cpp
    void dispatch(ProviderRecord& provider, ProviderItem& item);
    void onCompletion(ProviderRecord& provider, const ProviderItem& item);
    void onLineClosed(ProviderRecord& provider, const ProviderItem& item);
    void onCallClosed(ProviderRecord& provider, const ProviderItem& item);
    hal::Result<void> enumerate(ProviderRecord& provider);
    [[nodiscard]] std::string lineNameOf(const ProviderRecord& provider,
                                         const CallTarget& target) const;
    void onExpired(const PendingRequest& request);
    void addDevice(ProviderRecord& provider, const std::string& deviceKey);
    void removeDevice(ProviderRecord& provider, std::uint32_t deviceId);
    void onLineEvent(ProviderRecord& provider, ProviderItem& item);
    void onInterfaceEvent(ProviderRecord& provider, ProviderItem& item);
    InterfaceRegistry::Ways waysOfInterfaces();
    AskProvider asking();
    /// Asks the provider for something that completes later. `invoke(id)` calls its function.
    template <class Invoke>
    hal::Result<tapi::RequestId> request(ProviderRecord& provider, PendingRequest pending,
                                         Invoke&& invoke);
    hal::Result<tapi::RequestId> requestResult(ProviderRecord& provider, const char* function,
                                               const std::string& device, tapi::RequestId id,
                                               TSPI_RESULT result);

    // line_control.cpp
    hal::Result<void> describeLine(ProviderRecord& provider, LineRecord& line);
    void readAddressCaps(ProviderRecord& provider, LineRecord& line);
    void readStatus(LineRecord& line);
    void setState(const LinePtr& line, tapi::AddressState state, std::string cause);
    void closeLine(const LinePtr& line);
    /// Ends the line's calls as the loss of the device does, and closes it.
    void abandonLine(const LinePtr& line, const std::string& cause);
    void updateMediaDetection(const LinePtr& line);
    void tellAll(const LinePtr& line, tapi::AddressEvent::Kind kind);
    void tellAll(const LinePtr& line, tapi::TapiObjectEvent::Kind kind);
    void tellRinging(const LinePtr& line, const ProviderItem& item);

    // call_events.cpp
    void onNewCall(const LinePtr& line, const ProviderItem& item);
    void onCallEvent(const LinePtr& line, const CallPtr& call, ProviderItem& item);
    void onCallState(const LinePtr& line, const CallPtr& call, const ProviderItem& item);
    void onCallInfo(const CallPtr& call, std::uint32_t reported);
    void onGenerated(const CallPtr& call, const ProviderItem& item);
    void readInfo(const CallPtr& call);
    void readCause(const CallPtr& call);
    /// `call->cause` says why already.
    void enterState(const CallPtr& call, tapi::LineCallState state, std::uint32_t mode);
    void announce(const CallPtr& call);
    void tellState(const CallPtr& call);
    [[nodiscard]] CallPtr findCall(const LinePtr& line, ProviderRecord& provider,
                                   const ProviderItem& item);

    // call_control.cpp
    hal::Result<void> check(const CallView& view, Operation operation) const;
    hal::Result<tapi::RequestId> callRequest(const CallPtr& call, const char* function,
                                             PendingRequest::Done done, const AskForCall& ask);
    hal::Result<tapi::RequestId> callRequest(const CallPtr& call, const char* function,
                                             TSPI_RESULT (*pointer)(DRV_REQUESTID, HDRVCALL),
                                             PendingRequest::Done done);
    void armFirstState(const CallPtr& call);
    hal::Result<tapi::RequestId> connectWith(CallView& view, PendingRequest::Done done);
    hal::Result<tapi::RequestId> begin(const CallViews& views, const char* function,
                                       PendingRequest::Done done, const AskForCall& ask);
    hal::Result<std::shared_ptr<CallView>> consultationOf(const CallView& view,
                                                          const tapi::CallParams& wanted);
    std::shared_ptr<CallView> conferenceOf(const CallView& view);
    hal::Result<tapi::RequestId> setupTransferWith(CallView& view,
                                                   const std::shared_ptr<CallView>& consultation,
                                                   PendingRequest::Done done);
    hal::Result<tapi::RequestId> setupConferenceWith(CallView& view,
                                                     const std::shared_ptr<CallView>& consultation,
                                                     std::uint32_t parties,
                                                     PendingRequest::Done done);
    hal::Result<tapi::ConferenceCalls> askForConference(
        const CallPtr& first, const std::shared_ptr<CallView>& conference,
        const std::shared_ptr<CallView>& consultation, std::uint32_t parties,
        PendingRequest::Done done);
    hal::Result<tapi::RequestId> prepareAddWith(CallView& conference,
                                                const std::shared_ptr<CallView>& consultation,
                                                PendingRequest::Done done);
    hal::Result<tapi::RequestId> conferenceByCore(CallView& view,
                                                  const std::shared_ptr<CallView>& other,
                                                  PendingRequest::Done done);
    hal::Result<tapi::RequestId> byCore(hal::Result<void> asked);
    void queueNumber(CallView& consultation);
    hal::Result<void> beginConsultation(CallView& other, const PendingRequest::Done& go);
    CallPtr handOver(const CallPtr& call);
    PendingRequest::Done joining(const CallPtr& call, std::vector<CallPtr> calls,
                                 PendingRequest::Done answer);
    void onMakeCallDone(const CallPtr& call, const hal::Result<void>& result);
    void dialNext(const CallPtr& call);
    void beginCall(const CallPtr& call);
    /// Hangs up on the core's own account.
    void dropCall(const CallPtr& call, const std::string& why);
    hal::Result<void> generate(CallView& view, const char* function,
                               const std::function<TSPI_RESULT(std::uint32_t)>& invoke);
    hal::Result<void> generateNow(CallView& view, const char* function,
                                  const std::function<TSPI_RESULT(std::uint32_t)>& invoke);
    hal::Result<void> cancelGeneration(CallView& view);
    void tellGenerated(const std::shared_ptr<CallView>& view, bool cancelled);
    void endGeneration(const CallPtr& call, bool cancelled);
    void armWatchdog(const CallPtr& call, std::string why);
    /// Leads a call to idle whatever the provider does.
    void forceIdle(const CallPtr& call, const std::string& cause);
    /// Idle: the last event, then the provider's handle is closed.
    void endCall(const CallPtr& call);
    hal::Result<void> checkAppearance(const LineRecord& line, const tapi::CallParams& params) const;
    void watchForAnswer(const CallPtr& call);

    // call_sound.cpp
    MediaControl::Ways waysOfMedia();
    [[nodiscard]] std::string countryOf(const LineRecord& line) const;
    void onHangUpSign(const CallPtr& call, const ProviderItem& item);
    void watchForHangUp(const CallPtr& call);
    void farEndGone(const CallPtr& call);
    void onProgress(const CallPtr& call, dsp::ToneKind tone);
    void onHeardCaller(const CallPtr& call, const dsp::CallerId& id);
    void onRoomEnded(const CallPtr& call, tapi::TerminalId id, const std::string& why);

    hal::EventLoop& loop_;
    const std::shared_ptr<ContractChecker> checker_;
    LineIds ids_;
    std::shared_ptr<Outbox> outbox_;
    RequestTable requests_;
    AssistedRequests assisted_;
    LineServices lineServices_{*this};
    std::unique_ptr<tapi::AddressTranslation> dialRules_;
    std::unique_ptr<tapi::TranslationSubscription> dialRulesChange_;
    Priorities priorities_;
    Ownership ownership_;
    Listening listening_;
    MediaControl media_;
    CallHubs hubs_{outbox_, lines_};
    Bridges bridges_{*this};
    std::vector<std::unique_ptr<ProviderRecord>> providers_;
    std::vector<LinePtr> lines_;
    std::vector<ApplicationPtr> applications_;
    PhoneManager phones_;
    InterfaceRegistry interfaces_;
    std::uint64_t nextCallId_ = 1;
    tapi::RegistrationCookie nextCookie_ = 1;
    std::uint32_t nextEndToEndId_ = 1;
};

template <class Invoke>
hal::Result<tapi::RequestId> Core::request(ProviderRecord& provider, PendingRequest pending,
                                           Invoke&& invoke) {
    if (requests_.full()) {
        return hal::fail(hal::ErrorCode::RequestOverrun, "too many requests are pending already");
    }
    pending.provider = &provider;
    const char* function = pending.function;
    const std::string device = pending.line    ? pending.line->name
                               : pending.phone ? pending.phone->name
                                               : std::string();
    const CallTarget target{pending.line ? pending.line->driverLine : nullptr, {}};
    const tapi::RequestId id = requests_.add(std::move(pending));
    const TSPI_RESULT result =
        provider.invoke(function, target, [&] { return std::forward<Invoke>(invoke)(id); });
    return requestResult(provider, function, device, id, result);
}

}  // namespace tipring::core

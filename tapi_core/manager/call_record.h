// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "address_view.h"
#include "bridges.h"
#include "hang_up_judge.h"
#include "listening.h"
#include "provider_queue.h"
#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/api/tapi.h"
#include "tipring/tapi_core/tspi/tspi.h"

namespace tipring::core {

struct ApplicationRecord;
struct LineRecord;
struct HubRecord;
class CallMedia;
class CallView;
class RoomView;

/// Who calls, as the core heard it.
struct HeardCaller {
    tapi::Party party;
    std::optional<tapi::NetworkTime> time;
};

/// One call, whoever looks at it.
struct CallRecord : std::enable_shared_from_this<CallRecord> {
    /// Where it stands between the core and the provider.
    enum class Phase : std::uint8_t {
        Prepared,  ///< made by an application, not begun
        Asked,     ///< lineMakeCall accepted and not completed: its events are held
        Alive,
        Ended,  ///< idle
    };

    // First what each event needs.
    std::shared_ptr<LineRecord> line;
    HTAPICALL handle = nullptr;
    HDRVCALL driverCall = nullptr;
    Phase phase = Phase::Prepared;
    bool inbound = false;
    bool announced = false;  ///< the registrations were told of it
    bool endedByProvider = false;
    bool conference = false;                   ///< everybody of a conference together, not a member
    bool endedByCore = false;                  ///< the far end is gone, as the core says
    std::optional<tapi::LineCallState> state;  ///< empty until the first one
    std::uint32_t mode = 0;
    std::uint32_t mediaModes = 0;
    std::string cause;
    std::vector<std::shared_ptr<CallView>> views;
    hal::WallTime entered{};               ///< its state
    std::optional<hal::Timer> noAnswer;    ///< where the device has no such timer
    std::optional<hal::Timer> firstState;  ///< of an incoming call that has none yet
    std::optional<hal::Timer> watchdog;    ///< forces idle on a provider that forgets it
    bool orderReported = false;            ///< that something came before the first state

    std::uint64_t id = 0;
    std::vector<ProviderItem> held;   ///< events that came before their time
    tapi::CallParams params;          ///< of an outgoing call
    std::string destination;          ///< of an outgoing call, as checked
    std::vector<std::string> toDial;  ///< pieces that did not fit into lineMakeCall
    tapi::CallInfo info;
    std::uint32_t switchRelation = 0;  ///< the related call id, as the provider told it
    std::shared_ptr<HubRecord> hub;    ///< null: in none
    std::weak_ptr<RoomView> room;      ///< empty: in none
    std::shared_ptr<Bridge> bridge;    ///< null: the core joins it with nothing
    BridgeRole role = BridgeRole::None;
    bool seating = false;        ///< on its way into the mix: nothing else is done with it
    bool joinsSilently = false;  ///< a consultation of a no-hold conference
    std::weak_ptr<CallRecord> consultFor;  ///< what this call was made for
    struct Beneath {
        tapi::LineCallState state{};
        std::uint32_t mode = 0;
    };
    std::optional<Beneath> beneath;  ///< what the device says, where the core says something else
    std::shared_ptr<CallMedia> media;
    tapi::MediaStatus mediaStatus;  ///< as it was at the end
    tapi::HangUpWatch hangUpWatch;
    std::optional<HangUpJudge> judge;         ///< while it is connected
    std::vector<tapi::HangUpReason> reasons;  ///< Disconnected: of the state
    std::optional<HeardCaller> heardCaller;
    struct Generation {
        std::uint32_t endToEndId;
        std::weak_ptr<CallView> view;
    };
    std::vector<Generation> generations;  ///< at most one
    EndedIds endedIds;                    ///< of generations and of gatherings
    ListeningState listening;
};

/// The state as applications are told it: of a call not begun, and of one not heard of yet, too.
[[nodiscard]] tapi::LineCallState lineStateOf(const CallRecord& call) noexcept;
[[nodiscard]] tapi::CallState foldedStateOf(const CallRecord& call) noexcept;

/// A call as one application sees it.
class CallView final : public tapi::Call, public std::enable_shared_from_this<CallView> {
public:
    CallView(std::shared_ptr<CallRecord> call, std::shared_ptr<ApplicationRecord> application,
             std::shared_ptr<AddressView> addressView);

    [[nodiscard]] std::uint64_t id() const override { return call->id; }
    [[nodiscard]] std::shared_ptr<tapi::Address> address() const override;
    [[nodiscard]] tapi::CallState state() const override { return foldedStateOf(*call); }
    [[nodiscard]] tapi::LineCallState lineState() const override { return lineStateOf(*call); }
    [[nodiscard]] bool connectionConfirmed() const override;
    [[nodiscard]] tapi::CallPrivilege privilege() const override { return rights; }
    [[nodiscard]] tapi::CallInfo info() const override { return call->info; }

    tapi::Result<tapi::RequestId> connect(tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> answer(tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> disconnect(tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> dial(std::string_view digits, tapi::Reply reply) override;
    tapi::Result<void> generateDigits(std::string_view digits, tapi::DigitMode mode,
                                      std::chrono::milliseconds duration) override;
    tapi::Result<void> generateTones(tapi::ToneMode mode,
                                     std::span<const tapi::GeneratedTone> tones,
                                     std::chrono::milliseconds duration) override;
    tapi::Result<void> monitorDigits(tapi::DigitModes modes) override;
    tapi::Result<void> monitorTones(std::span<const tapi::MonitoredTone> tones) override;
    tapi::Result<void> monitorMedia(tapi::MediaModes modes) override;
    tapi::Result<void> gatherDigits(const tapi::GatherDigits& wanted) override;
    tapi::Result<tapi::RequestId> play(const std::string& path, tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> stopPlaying(tapi::StopMode mode, tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> record(const std::string& path, tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> stopRecording(tapi::Reply reply) override;
    tapi::Result<tapi::TerminalId> addTerminal(tapi::TerminalSpec spec) override;
    tapi::Result<tapi::RequestId> startTerminal(tapi::TerminalId id, tapi::Reply reply) override;
    tapi::Result<void> pauseTerminal(tapi::TerminalId id) override;
    tapi::Result<tapi::RequestId> stopTerminal(tapi::TerminalId id, tapi::StopMode mode,
                                               tapi::Reply reply) override;
    tapi::Result<void> removeTerminal(tapi::TerminalId id) override;
    [[nodiscard]] tapi::MediaStatus mediaStatus() const override;
    tapi::Result<void> setHangUpWatch(const tapi::HangUpWatch& watch) override;

    // call_consult.cpp
    tapi::Result<tapi::RequestId> conference(const std::shared_ptr<tapi::Call>& consultation,
                                             tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> transfer(const std::shared_ptr<tapi::Call>& consultation,
                                           tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> finish(tapi::FinishMode mode, tapi::Reply reply) override;
    tapi::Result<void> setMember(const tapi::MemberSettings& settings) override;
    [[nodiscard]] tapi::Result<tapi::MemberStatus> memberStatus() const override;

    // call_supplementary.cpp
    tapi::Result<tapi::RequestId> hold(tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> unhold(tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> swapHold(const std::shared_ptr<tapi::Call>& held,
                                           tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> blindTransfer(std::string_view destination,
                                                tapi::Reply reply) override;
    tapi::Result<std::shared_ptr<tapi::Call>> setupTransfer(const tapi::CallParams& params,
                                                            tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> completeTransfer(const std::shared_ptr<tapi::Call>& consultation,
                                                   tapi::Reply reply) override;
    tapi::Result<std::shared_ptr<tapi::Call>> completeAsConference(
        const std::shared_ptr<tapi::Call>& consultation, tapi::Reply reply) override;
    tapi::Result<tapi::ConferenceCalls> setupConference(std::uint32_t parties,
                                                        const tapi::CallParams& params,
                                                        tapi::Reply reply) override;
    tapi::Result<std::shared_ptr<tapi::Call>> prepareAddToConference(const tapi::CallParams& params,
                                                                     tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> addToConference(const std::shared_ptr<tapi::Call>& consultation,
                                                  tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> removeFromConference(tapi::Reply reply) override;

    [[nodiscard]] std::shared_ptr<tapi::CallHub> hub() const override;

    tapi::Result<tapi::RequestId> devSpecific(std::string_view data, tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> setCallParams(tapi::BearerMode bearer, std::uint32_t minRate,
                                                std::uint32_t maxRate,
                                                const tapi::DialParams& dialParams,
                                                tapi::Reply reply) override;
    tapi::Result<hal::FileDescriptor> takeDescriptor(std::string_view deviceClass) override;
    [[nodiscard]] tapi::CallStatus status() const override;
    tapi::Result<tapi::RequestId> accept(tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> secure(tapi::Reply reply) override;
    tapi::Result<void> setMediaMode(tapi::MediaModes modes) override;
    tapi::Result<void> setAppSpecific(std::uint32_t value) override;
    tapi::Result<tapi::RequestId> setCallData(std::vector<std::byte> data,
                                              tapi::Reply reply) override;
    tapi::Result<void> setPrivilege(tapi::CallPrivilege privilege) override;
    tapi::Result<void> handoff(std::string_view applicationName) override;
    tapi::Result<void> handoff(tapi::MediaMode mediaMode) override;
    tapi::Result<void> deallocate() override;
    tapi::Result<void> setEventFilter(tapi::EventClass eventClass, std::int32_t subEvent,
                                      bool on) override;

    const std::shared_ptr<AddressView> addressView;
    std::unique_ptr<tapi::SubEventFilter> filter;  ///< null while nothing was taken away
    bool deallocated = false;                      ///< given back: nothing comes, nothing goes

    [[nodiscard]] std::vector<tapi::InterfaceDescription> interfaces() const override;
    tapi::Result<std::shared_ptr<tapi::ProviderInterface>> queryInterface(
        std::string_view name, std::uint32_t version) override;

    const std::shared_ptr<CallRecord> call;
    const std::shared_ptr<ApplicationRecord> application;
    tapi::CallPrivilege rights = tapi::CallPrivilege::Owner;
    tapi::RegistrationCookie cookie = 0;
    std::uint32_t callbackInstance = 0;
    ListeningWish wish;
    bool heard = false;  ///< the application knows of it: it is not forgotten with a notification
};

}  // namespace tipring::core

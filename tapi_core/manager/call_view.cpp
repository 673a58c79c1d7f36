// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "call_features.h"
#include "core.h"

namespace tipring::core {

CallView::CallView(std::shared_ptr<CallRecord> record, std::shared_ptr<ApplicationRecord> owner,
                   std::shared_ptr<AddressView> where)
    : addressView(std::move(where)), call(std::move(record)), application(std::move(owner)) {}

std::shared_ptr<tapi::Address> CallView::address() const {
    return addressView;
}

tapi::LineCallState lineStateOf(const CallRecord& call) noexcept {
    const bool begun = call.phase != CallRecord::Phase::Prepared;
    return call.state.value_or(begun ? tapi::LineCallState::Unknown : tapi::LineCallState::Idle);
}

tapi::CallState foldedStateOf(const CallRecord& call) noexcept {
    const bool begun = call.phase != CallRecord::Phase::Prepared;
    return begun ? tapi::fold(lineStateOf(call)) : tapi::CallState::Idle;
}

bool CallView::connectionConfirmed() const {
    return lineState() == tapi::LineCallState::Connected &&
           (call->mode & LINECONNECTEDMODE_CONFIRMED) != 0;
}

tapi::Result<tapi::RequestId> CallView::connect(tapi::Reply reply) {
    auto core = coreOf(*application);
    return core ? (*core)->connect(*this, std::move(reply))
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<tapi::RequestId> CallView::answer(tapi::Reply reply) {
    auto core = coreOf(*application);
    return core ? (*core)->answer(*this, std::move(reply))
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<tapi::RequestId> CallView::disconnect(tapi::Reply reply) {
    auto core = coreOf(*application);
    return core ? (*core)->drop(*this, std::move(reply)) : tl::unexpected(std::move(core.error()));
}

tapi::Result<tapi::RequestId> CallView::dial(std::string_view digits, tapi::Reply reply) {
    auto core = coreOf(*application);
    return core ? (*core)->dial(*this, digits, std::move(reply))
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<void> CallView::generateDigits(std::string_view digits, tapi::DigitMode mode,
                                            std::chrono::milliseconds duration) {
    auto core = coreOf(*application);
    return core ? (*core)->generateDigits(*this, digits, mode, duration)
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<void> CallView::generateTones(tapi::ToneMode mode,
                                           std::span<const tapi::GeneratedTone> tones,
                                           std::chrono::milliseconds duration) {
    auto core = coreOf(*application);
    return core ? (*core)->generateTones(*this, mode, tones, duration)
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<void> CallView::monitorDigits(tapi::DigitModes modes) {
    auto core = coreOf(*application);
    return core ? (*core)->monitorDigits(*this, modes) : tl::unexpected(std::move(core.error()));
}

tapi::Result<void> CallView::monitorTones(std::span<const tapi::MonitoredTone> tones) {
    auto core = coreOf(*application);
    return core ? (*core)->monitorTones(*this, tones) : tl::unexpected(std::move(core.error()));
}

tapi::Result<void> CallView::monitorMedia(tapi::MediaModes modes) {
    auto core = coreOf(*application);
    return core ? (*core)->monitorMedia(*this, modes) : tl::unexpected(std::move(core.error()));
}

tapi::Result<void> CallView::gatherDigits(const tapi::GatherDigits& wanted) {
    auto core = coreOf(*application);
    return core ? (*core)->gatherDigits(*this, wanted) : tl::unexpected(std::move(core.error()));
}

std::shared_ptr<tapi::CallHub> CallView::hub() const {
    return application->closed ? nullptr : CallHubs::viewOf(application, call->hub);
}

tapi::Result<tapi::RequestId> CallView::devSpecific(std::string_view data, tapi::Reply reply) {
    auto core = coreOf(*application);
    return core ? (*core)->devSpecific(*this, data, std::move(reply))
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<tapi::RequestId> CallView::setCallParams(tapi::BearerMode bearer,
                                                      std::uint32_t minRate, std::uint32_t maxRate,
                                                      const tapi::DialParams& dialParams,
                                                      tapi::Reply reply) {
    auto core = coreOf(*application);
    if (!core) {
        return tl::unexpected(std::move(core.error()));
    }
    tapi::CallParams wanted;
    wanted.bearerMode = bearer;
    wanted.minRate = minRate;
    wanted.maxRate = maxRate;
    wanted.dialParams = dialParams;
    return (*core)->setCallParams(*this, wanted, std::move(reply));
}

tapi::Result<hal::FileDescriptor> CallView::takeDescriptor(std::string_view deviceClass) {
    auto core = coreOf(*application);
    return core ? (*core)->takeDescriptor(*this, deviceClass)
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<tapi::RequestId> CallView::play(const std::string& path, tapi::Reply reply) {
    auto core = coreOf(*application);
    return core ? (*core)->play(*this, path, std::move(reply))
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<tapi::RequestId> CallView::stopPlaying(tapi::StopMode mode, tapi::Reply reply) {
    auto core = coreOf(*application);
    return core ? (*core)->stopPlaying(*this, mode, std::move(reply))
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<tapi::RequestId> CallView::record(const std::string& path, tapi::Reply reply) {
    auto core = coreOf(*application);
    return core ? (*core)->record(*this, path, std::move(reply))
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<tapi::RequestId> CallView::stopRecording(tapi::Reply reply) {
    auto core = coreOf(*application);
    return core ? (*core)->stopRecording(*this, std::move(reply))
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<tapi::TerminalId> CallView::addTerminal(tapi::TerminalSpec spec) {
    auto core = coreOf(*application);
    return core ? (*core)->addTerminal(*this, std::move(spec))
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<tapi::RequestId> CallView::startTerminal(tapi::TerminalId id, tapi::Reply reply) {
    auto core = coreOf(*application);
    return core ? (*core)->startTerminal(*this, id, std::move(reply))
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<void> CallView::pauseTerminal(tapi::TerminalId id) {
    auto core = coreOf(*application);
    return core ? (*core)->pauseTerminal(*this, id) : tl::unexpected(std::move(core.error()));
}

tapi::Result<tapi::RequestId> CallView::stopTerminal(tapi::TerminalId id, tapi::StopMode mode,
                                                     tapi::Reply reply) {
    auto core = coreOf(*application);
    return core ? (*core)->stopTerminal(*this, id, mode, std::move(reply))
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<void> CallView::removeTerminal(tapi::TerminalId id) {
    auto core = coreOf(*application);
    return core ? (*core)->removeTerminal(*this, id) : tl::unexpected(std::move(core.error()));
}

tapi::MediaStatus CallView::mediaStatus() const {
    const auto core = coreOf(*application);
    return core ? (*core)->mediaStatus(*call) : call->mediaStatus;
}

tapi::Result<void> CallView::setHangUpWatch(const tapi::HangUpWatch& watch) {
    auto core = coreOf(*application);
    return core ? (*core)->setHangUpWatch(*this, watch) : tl::unexpected(std::move(core.error()));
}

tapi::CallStatus CallView::status() const {
    tapi::CallStatus status;
    status.state = lineState();
    status.mode = call->mode;
    status.privilege = rights;
    status.stateEntryTime = call->entered;
    status.cause = call->cause;
    if (coreOf(*application)) {
        status.features = featuresOf(*this);
    }
    return status;
}

tapi::Result<tapi::RequestId> CallView::accept(tapi::Reply reply) {
    auto core = coreOf(*application);
    return core ? (*core)->accept(*this, std::move(reply))
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<tapi::RequestId> CallView::secure(tapi::Reply reply) {
    auto core = coreOf(*application);
    return core ? (*core)->secure(*this, std::move(reply))
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<void> CallView::setMediaMode(tapi::MediaModes modes) {
    auto core = coreOf(*application);
    return core ? (*core)->setMediaMode(*this, modes) : tl::unexpected(std::move(core.error()));
}

tapi::Result<void> CallView::setAppSpecific(std::uint32_t value) {
    auto core = coreOf(*application);
    return core ? (*core)->setAppSpecific(*this, value) : tl::unexpected(std::move(core.error()));
}

tapi::Result<tapi::RequestId> CallView::setCallData(std::vector<std::byte> data,
                                                    tapi::Reply reply) {
    auto core = coreOf(*application);
    return core ? (*core)->setCallData(*this, std::move(data), std::move(reply))
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<void> CallView::setPrivilege(tapi::CallPrivilege privilege) {
    auto core = coreOf(*application);
    return core ? (*core)->setPrivilege(*this, privilege) : tl::unexpected(std::move(core.error()));
}

tapi::Result<void> CallView::handoff(std::string_view applicationName) {
    auto core = coreOf(*application);
    return core ? (*core)->handoff(*this, applicationName)
                : tl::unexpected(std::move(core.error()));
}

tapi::Result<void> CallView::handoff(tapi::MediaMode mediaMode) {
    auto core = coreOf(*application);
    return core ? (*core)->handoff(*this, mediaMode) : tl::unexpected(std::move(core.error()));
}

tapi::Result<void> CallView::deallocate() {
    auto core = coreOf(*application);
    return core ? (*core)->deallocate(*this) : tl::unexpected(std::move(core.error()));
}

tapi::Result<void> CallView::setEventFilter(tapi::EventClass eventClass, std::int32_t subEvent,
                                            bool on) {
    if (auto core = coreOf(*application); !core) {
        return tl::unexpected(std::move(core.error()));
    }
    if (!filter) {
        filter = std::make_unique<tapi::SubEventFilter>();
    }
    return filter->set(eventClass, subEvent, on);
}

std::vector<tapi::InterfaceDescription> CallView::interfaces() const {
    const auto core = coreOf(*application);
    return core ? (*core)->interfaces().of(call->line->provider, tapi::ObjectKind::Call)
                : std::vector<tapi::InterfaceDescription>{};
}

tapi::Result<std::shared_ptr<tapi::ProviderInterface>> CallView::queryInterface(
    std::string_view name, std::uint32_t version) {
    auto core = coreOf(*application);
    if (!core) {
        return tl::unexpected(std::move(core.error()));
    }
    if (call->line->provider == nullptr) {
        return hal::fail(hal::ErrorCode::InvalCallHandle, "the call went with its device");
    }
    return (*core)->interfaces().query(call->line->provider, tapi::ObjectKind::Call, application,
                                       {call->line, shared_from_this()}, name, version);
}

}  // namespace tipring::core

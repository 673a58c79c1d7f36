// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <system_error>
#include <utility>

#include "client/remote.h"
#include "definition.h"
#include "wire/paths.h"

namespace tipring::rpc {

namespace call = def::call;
using hal::ErrorCode;
using tapi::Reply;
using tapi::RequestId;
using tapi::Result;
using CallPtr = std::shared_ptr<tapi::Call>;

namespace {

ObjectPath pathOf(const CallPtr& other) {
    const auto remote = std::dynamic_pointer_cast<RemoteCall>(other);
    return {remote ? remote->path() : kNoPath};
}

/// The service has another working directory.
std::string absolute(const std::string& path) {
    std::error_code error;
    const auto whole = std::filesystem::absolute(path, error);
    return error || path.empty() ? path : whole.string();
}

template <class T>
T keepLast(const Result<T>& fresh, T& last) {
    if (fresh) {
        last = *fresh;
    }
    return last;
}

}  // namespace

std::shared_ptr<tapi::Address> RemoteCall::address() const {
    if (addressPath_.empty()) {
        addressPath_ = link().get<call::kAddress, ObjectPath>(path_).value_or(ObjectPath{}).text;
    }
    return objects_->address(addressPath_);
}
tapi::CallState RemoteCall::state() const {
    return ended_ ? folded_ : keepLast(link().get<call::kState, tapi::CallState>(path_), folded_);
}
tapi::LineCallState RemoteCall::lineState() const {
    return status().state;
}
bool RemoteCall::connectionConfirmed() const {
    return !ended_ && link().get<call::kConnectionConfirmed, bool>(path_).value_or(false);
}
tapi::CallPrivilege RemoteCall::privilege() const {
    return status().privilege;
}
tapi::CallInfo RemoteCall::info() const {
    return ended_ ? info_ : keepLast(link().get<call::kInfo, tapi::CallInfo>(path_), info_);
}
tapi::CallStatus RemoteCall::status() const {
    return ended_ ? status_ : keepLast(link().get<call::kStatus, tapi::CallStatus>(path_), status_);
}
tapi::MediaStatus RemoteCall::mediaStatus() const {
    return ended_ ? media_
                  : keepLast(link().get<call::kMediaStatus, tapi::MediaStatus>(path_), media_);
}

void RemoteCall::onState(const tapi::CallStateEvent& event) {
    if (event.lineState != tapi::LineCallState::Idle || ended_) {
        return;
    }
    (void)address();
    (void)info();
    (void)mediaStatus();
    (void)status();
    ended_ = true;
    folded_ = event.state;
    status_.state = event.lineState;
    status_.mode = event.mode;
    status_.cause = event.cause;
    status_.features = {};
}

Result<RequestId> RemoteCall::connect(Reply reply) {
    return link().request<call::kConnect>(path_, std::move(reply), nullptr);
}
Result<RequestId> RemoteCall::accept(Reply reply) {
    return link().request<call::kAccept>(path_, std::move(reply), nullptr);
}
Result<RequestId> RemoteCall::answer(Reply reply) {
    return link().request<call::kAnswer>(path_, std::move(reply), nullptr);
}
Result<RequestId> RemoteCall::disconnect(Reply reply) {
    return link().request<call::kDisconnect>(path_, std::move(reply), nullptr);
}
Result<RequestId> RemoteCall::dial(std::string_view digits, Reply reply) {
    return link().request<call::kDial>(path_, std::move(reply), nullptr, digits);
}
Result<void> RemoteCall::setMediaMode(tapi::MediaModes modes) {
    return link().call<call::kSetMediaMode>(path_, modes);
}
Result<RequestId> RemoteCall::setCallParams(tapi::BearerMode bearer, std::uint32_t minRate,
                                            std::uint32_t maxRate,
                                            const tapi::DialParams& dialParams, Reply reply) {
    return link().request<call::kSetCallParams>(path_, std::move(reply), nullptr, bearer, minRate,
                                                maxRate, dialParams);
}
Result<hal::FileDescriptor> RemoteCall::takeDescriptor(std::string_view deviceClass) {
    return link().call<call::kTakeDescriptor, hal::FileDescriptor>(path_, deviceClass);
}
Result<void> RemoteCall::setAppSpecific(std::uint32_t value) {
    return link().call<call::kSetAppSpecific>(path_, value);
}
Result<RequestId> RemoteCall::setCallData(std::vector<std::byte> data, Reply reply) {
    return link().request<call::kSetCallData>(path_, std::move(reply), nullptr, data);
}
Result<RequestId> RemoteCall::secure(Reply reply) {
    return link().request<call::kSecure>(path_, std::move(reply), nullptr);
}
Result<void> RemoteCall::setPrivilege(tapi::CallPrivilege privilege) {
    return link().call<call::kSetPrivilege>(path_, privilege);
}
Result<void> RemoteCall::handoff(std::string_view applicationName) {
    return link().call<call::kHandOff>(path_, applicationName);
}
Result<void> RemoteCall::handoff(tapi::MediaMode mediaMode) {
    return link().call<call::kHandOffMedia>(path_, mediaMode);
}
Result<void> RemoteCall::deallocate() {
    auto done = link().call<call::kDeallocate>(path_);
    deallocated_ = deallocated_ || done.has_value();
    return done;
}
Result<void> RemoteCall::setEventFilter(tapi::EventClass eventClass, std::int32_t subEvent,
                                        bool on) {
    return link().call<call::kSetEventFilter>(path_, eventClass, subEvent, on);
}
Result<void> RemoteCall::generateDigits(std::string_view digits, tapi::DigitMode mode,
                                        std::chrono::milliseconds duration) {
    return link().call<call::kGenerateDigits>(path_, digits, mode, duration);
}
Result<void> RemoteCall::generateTones(tapi::ToneMode mode,
                                       std::span<const tapi::GeneratedTone> tones,
                                       std::chrono::milliseconds duration) {
    const std::vector<tapi::GeneratedTone> all(tones.begin(), tones.end());
    return link().call<call::kGenerateTones>(path_, mode, all, duration);
}
Result<void> RemoteCall::monitorDigits(tapi::DigitModes modes) {
    return link().call<call::kMonitorDigits>(path_, modes);
}
Result<void> RemoteCall::monitorTones(std::span<const tapi::MonitoredTone> tones) {
    const std::vector<tapi::MonitoredTone> all(tones.begin(), tones.end());
    return link().call<call::kMonitorTones>(path_, all);
}
Result<void> RemoteCall::monitorMedia(tapi::MediaModes modes) {
    return link().call<call::kMonitorMedia>(path_, modes);
}
Result<void> RemoteCall::gatherDigits(const tapi::GatherDigits& wanted) {
    return link().call<call::kGatherDigits>(path_, wanted.modes, wanted.count, wanted.terminators,
                                            wanted.firstDigitTimeout, wanted.interDigitTimeout);
}
Result<RequestId> RemoteCall::play(const std::string& path, Reply reply) {
    return link().request<call::kPlay>(path_, std::move(reply), nullptr, absolute(path));
}
Result<RequestId> RemoteCall::stopPlaying(tapi::StopMode mode, Reply reply) {
    return link().request<call::kStopPlaying>(path_, std::move(reply), nullptr, mode);
}
Result<RequestId> RemoteCall::record(const std::string& path, Reply reply) {
    return link().request<call::kRecord>(path_, std::move(reply), nullptr, absolute(path));
}
Result<RequestId> RemoteCall::stopRecording(Reply reply) {
    return link().request<call::kStopRecording>(path_, std::move(reply), nullptr);
}

namespace {

/// Which method takes which terminal.
struct AddTerminal {
    Link& link;
    const std::string& path;

    Result<ObjectPath> operator()(const tapi::FilePlayTerminal& spec) const {
        std::vector<std::string> paths;
        for (const std::string& one : spec.paths) {
            paths.push_back(absolute(one));
        }
        return link.call<call::kAddFilePlayer, ObjectPath>(path, paths);
    }
    Result<ObjectPath> operator()(const tapi::FileRecordTerminal& spec) const {
        return link.call<call::kAddFileRecorder, ObjectPath>(path, absolute(spec.path),
                                                             spec.format);
    }
    Result<ObjectPath> operator()(const tapi::DescriptorTerminal& spec) const {
        if (!spec.descriptor) {
            return hal::fail(ErrorCode::InvalParam, "there is no descriptor");
        }
        return link.call<call::kAddDescriptor, ObjectPath>(path, spec.name, spec.descriptor,
                                                           spec.direction);
    }
    Result<ObjectPath> operator()(const tapi::SoundDeviceTerminal& spec) const {
        return link.call<call::kAddSoundDevice, ObjectPath>(path, spec.device, spec.direction);
    }
    Result<ObjectPath> operator()(const tapi::ToneTerminal& spec) const {
        return link.call<call::kAddTone, ObjectPath>(path, spec.steps, spec.repeats);
    }
    Result<ObjectPath> operator()(const tapi::NullTerminal& spec) const {
        return link.call<call::kAddNull, ObjectPath>(path, spec.direction);
    }
};

}  // namespace

Result<tapi::TerminalId> RemoteCall::addTerminal(tapi::TerminalSpec spec) {
    auto made = std::visit(AddTerminal{link(), path_}, spec);
    if (!made) {
        return tl::unexpected(std::move(made.error()));
    }
    std::uint64_t callId = 0;
    std::uint32_t id = 0;
    if (!parseTerminal(made->text, callId, id)) {
        return hal::fail(ErrorCode::OperationFailed, "the answer names no terminal");
    }
    return tapi::TerminalId{id};
}
std::string RemoteCall::terminalPath(tapi::TerminalId id) const {
    return rpc::terminalPath(id_, id);
}

namespace {

/// The bus does not know a terminal that is not there.
template <class R>
R ofTerminal(R result) {
    if (!result && result.error().code == ErrorCode::NoDevice) {
        result.error() = {ErrorCode::InvalTerminalId, "the call has no such terminal"};
    }
    return result;
}

}  // namespace

Result<RequestId> RemoteCall::startTerminal(tapi::TerminalId id, Reply reply) {
    return ofTerminal(
        link().request<def::terminal::kStart>(terminalPath(id), std::move(reply), nullptr));
}
Result<void> RemoteCall::pauseTerminal(tapi::TerminalId id) {
    return ofTerminal(link().call<def::terminal::kPause>(terminalPath(id)));
}
Result<RequestId> RemoteCall::stopTerminal(tapi::TerminalId id, tapi::StopMode mode, Reply reply) {
    return ofTerminal(
        link().request<def::terminal::kStop>(terminalPath(id), std::move(reply), nullptr, mode));
}
Result<void> RemoteCall::removeTerminal(tapi::TerminalId id) {
    return ofTerminal(link().call<def::terminal::kRemove>(terminalPath(id)));
}
Result<void> RemoteCall::setHangUpWatch(const tapi::HangUpWatch& watch) {
    return link().call<call::kSetHangUpWatch>(path_, watch.on, watch.silence);
}

Result<RequestId> RemoteCall::hold(Reply reply) {
    return link().request<call::kHold>(path_, std::move(reply), nullptr);
}
Result<RequestId> RemoteCall::unhold(Reply reply) {
    return link().request<call::kUnhold>(path_, std::move(reply), nullptr);
}
Result<RequestId> RemoteCall::swapHold(const CallPtr& held, Reply reply) {
    return link().request<call::kSwapHold>(path_, std::move(reply), nullptr, pathOf(held));
}
Result<RequestId> RemoteCall::blindTransfer(std::string_view destination, Reply reply) {
    return link().request<call::kBlindTransfer>(path_, std::move(reply), nullptr, destination);
}

template <const def::Method& M, class... In>
Result<CallPtr> RemoteCall::callBy(Reply reply, const In&... arguments) {
    std::vector<ObjectPath> calls;
    auto asked = link().request<M>(path_, std::move(reply), &calls, arguments...);
    if (!asked) {
        return tl::unexpected(std::move(asked.error()));
    }
    return objects_->call(calls.empty() ? std::string() : calls.front().text);
}

Result<CallPtr> RemoteCall::setupTransfer(const tapi::CallParams& params, Reply reply) {
    return callBy<call::kSetupTransfer>(std::move(reply), params);
}
Result<RequestId> RemoteCall::completeTransfer(const CallPtr& consultation, Reply reply) {
    return link().request<call::kCompleteTransfer>(path_, std::move(reply), nullptr,
                                                   pathOf(consultation));
}
Result<CallPtr> RemoteCall::completeAsConference(const CallPtr& consultation, Reply reply) {
    return callBy<call::kCompleteAsConference>(std::move(reply), pathOf(consultation));
}
Result<tapi::ConferenceCalls> RemoteCall::setupConference(std::uint32_t parties,
                                                          const tapi::CallParams& params,
                                                          Reply reply) {
    std::vector<ObjectPath> calls;
    auto asked =
        link().request<call::kSetupConference>(path_, std::move(reply), &calls, parties, params);
    if (!asked) {
        return tl::unexpected(std::move(asked.error()));
    }
    calls.resize(2, {kNoPath});
    return tapi::ConferenceCalls{objects_->call(calls[0].text), objects_->call(calls[1].text)};
}
Result<CallPtr> RemoteCall::prepareAddToConference(const tapi::CallParams& params, Reply reply) {
    return callBy<call::kPrepareAddToConference>(std::move(reply), params);
}
Result<RequestId> RemoteCall::addToConference(const CallPtr& consultation, Reply reply) {
    return link().request<call::kAddToConference>(path_, std::move(reply), nullptr,
                                                  pathOf(consultation));
}
Result<RequestId> RemoteCall::removeFromConference(Reply reply) {
    return link().request<call::kRemoveFromConference>(path_, std::move(reply), nullptr);
}
Result<RequestId> RemoteCall::conference(const CallPtr& consultation, Reply reply) {
    return link().request<call::kConference>(path_, std::move(reply), nullptr,
                                             pathOf(consultation));
}
Result<RequestId> RemoteCall::transfer(const CallPtr& consultation, Reply reply) {
    return link().request<call::kTransfer>(path_, std::move(reply), nullptr, pathOf(consultation));
}
Result<RequestId> RemoteCall::finish(tapi::FinishMode mode, Reply reply) {
    return link().request<call::kFinish>(path_, std::move(reply), nullptr, mode);
}
Result<void> RemoteCall::setMember(const tapi::MemberSettings& settings) {
    return link().call<call::kSetMember>(path_, settings);
}
Result<tapi::MemberStatus> RemoteCall::memberStatus() const {
    return link().call<call::kGetMemberStatus, tapi::MemberStatus>(path_);
}
std::shared_ptr<tapi::CallHub> RemoteCall::hub() const {
    const auto path = link().get<call::kHub, ObjectPath>(path_);
    return path ? objects_->hub(path->text) : nullptr;
}
Result<RequestId> RemoteCall::devSpecific(std::string_view data, Reply reply) {
    return link().request<call::kDevSpecific>(path_, std::move(reply), nullptr, bytesOf(data));
}
std::vector<tapi::InterfaceDescription> RemoteCall::interfaces() const {
    return fromWire(link().call<call::kListInterfaces, std::vector<WireInterface>>(path_));
}
Result<std::shared_ptr<tapi::ProviderInterface>> RemoteCall::queryInterface(std::string_view name,
                                                                            std::uint32_t version) {
    return makeInterface(objects_, path_, interfaces(), name, version);
}

}  // namespace tipring::rpc

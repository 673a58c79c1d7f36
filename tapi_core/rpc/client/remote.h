// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/link.h"
#include "client/remote_translation.h"
#include "tipring/tapi_core/api/tapi.h"

/// The application interface of a service in another process. An object is its path and what was
/// asked once; everything else is asked of the service each time, so that nothing can be stale.
namespace tipring::rpc {

class RemoteTapi;
class RemoteAddress;
class RemoteCall;
class RemotePhone;
class RemoteHub;

/// The objects that an application holds: the same path is the same object while it is held.
class Objects : public std::enable_shared_from_this<Objects> {
public:
    explicit Objects(std::shared_ptr<Link> link) : link_(std::move(link)) {}

    [[nodiscard]] Link& link() { return *link_; }
    /// Null for "/" and for what is no such path.
    std::shared_ptr<RemoteAddress> address(const std::string& path);
    std::shared_ptr<RemoteCall> call(const std::string& path);
    std::shared_ptr<RemotePhone> phone(const std::string& path);
    std::shared_ptr<RemoteHub> hub(const std::string& path);
    template <class T, class Make>
    static std::vector<std::shared_ptr<T>> all(const tapi::Result<std::vector<ObjectPath>>& paths,
                                               Make make) {
        std::vector<std::shared_ptr<T>> out;
        for (const ObjectPath& one : paths.value_or(std::vector<ObjectPath>{})) {
            if (auto object = make(one.text)) {
                out.push_back(std::move(object));
            }
        }
        return out;
    }
    [[nodiscard]] std::vector<std::shared_ptr<RemoteAddress>> heldAddresses() const;
    /// Another service counts its calls anew.
    void forgetCalls();
    /// The application is gone: only what it still holds stays.
    void release();
    [[nodiscard]] std::vector<std::shared_ptr<RemoteCall>> heldCalls() const;

private:
    std::shared_ptr<Link> link_;
    std::map<std::uint32_t, std::shared_ptr<RemoteAddress>> addresses_;
    std::map<std::uint64_t, std::weak_ptr<RemoteCall>> calls_;
    std::map<std::uint32_t, std::shared_ptr<RemotePhone>> phones_;
    std::map<std::uint64_t, std::weak_ptr<RemoteHub>> hubs_;
};
using ObjectsPtr = std::shared_ptr<Objects>;

class RemoteAddress final : public tapi::Address {
public:
    RemoteAddress(const ObjectsPtr& objects, std::uint32_t id, std::string path)
        : objects_(objects), id_(id), path_(std::move(path)) {}

    [[nodiscard]] std::uint32_t id() const override { return id_; }
    [[nodiscard]] std::string name() const override;
    [[nodiscard]] std::string providerName() const override;
    [[nodiscard]] tapi::AddressState state() const override;
    [[nodiscard]] std::string stateCause() const override;
    [[nodiscard]] const tapi::AddressCapabilities& capabilities() const override;
    [[nodiscard]] tapi::AddressStatus status() const override;
    [[nodiscard]] tapi::Result<std::string> deviceId(std::string_view deviceClass) const override;
    tapi::Result<std::shared_ptr<tapi::Call>> createCall(std::string_view destination,
                                                         const tapi::CallParams& params) override;
    [[nodiscard]] std::vector<std::shared_ptr<tapi::Call>> calls() const override;
    tapi::Result<std::shared_ptr<tapi::Call>> pickup(std::string_view group,
                                                     tapi::Reply reply) override;
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
    tapi::Result<void> setEventFilter(tapi::EventClass eventClass, std::int32_t subEvent,
                                      bool on) override;
    tapi::Result<tapi::ConferenceCalls> setupConference(std::uint32_t parties,
                                                        const tapi::CallParams& params,
                                                        tapi::Reply reply) override;
    tapi::Result<void> setCallHubTracking(tapi::CallHubTracking level) override;
    [[nodiscard]] tapi::CallHubTracking callHubTracking() const override;
    [[nodiscard]] std::vector<std::shared_ptr<tapi::Phone>> phones() const override;
    tapi::Result<tapi::RequestId> devSpecific(std::string_view data, tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> devSpecificFeature(std::uint32_t feature, std::string_view data,
                                                     tapi::Reply reply) override;
    tapi::Result<std::uint32_t> negotiateExtVersion(std::uint32_t low, std::uint32_t high) override;
    [[nodiscard]] std::vector<tapi::InterfaceDescription> interfaces() const override;
    tapi::Result<std::shared_ptr<tapi::ProviderInterface>> queryInterface(
        std::string_view name, std::uint32_t version) override;

    [[nodiscard]] const std::string& path() const { return path_; }
    /// What was asked once may be another device's now.
    void onDeviceChange() { capabilitiesKnown_ = false; }

private:
    [[nodiscard]] Link& link() const { return objects_->link(); }

    const ObjectsPtr objects_;
    const std::uint32_t id_;
    const std::string path_;
    mutable std::string name_, provider_;
    mutable tapi::AddressCapabilities capabilities_;
    mutable bool capabilitiesKnown_ = false;
};

class RemoteCall final : public tapi::Call {
public:
    RemoteCall(const ObjectsPtr& objects, std::uint64_t id, std::string path)
        : objects_(objects), id_(id), path_(std::move(path)) {}

    [[nodiscard]] std::uint64_t id() const override { return id_; }
    [[nodiscard]] std::shared_ptr<tapi::Address> address() const override;
    [[nodiscard]] tapi::CallState state() const override;
    [[nodiscard]] tapi::LineCallState lineState() const override;
    [[nodiscard]] bool connectionConfirmed() const override;
    [[nodiscard]] tapi::CallPrivilege privilege() const override;
    [[nodiscard]] tapi::CallInfo info() const override;
    [[nodiscard]] tapi::CallStatus status() const override;

    tapi::Result<tapi::RequestId> connect(tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> accept(tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> answer(tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> disconnect(tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> dial(std::string_view digits, tapi::Reply reply) override;
    tapi::Result<void> setMediaMode(tapi::MediaModes modes) override;
    tapi::Result<tapi::RequestId> setCallParams(tapi::BearerMode bearer, std::uint32_t minRate,
                                                std::uint32_t maxRate,
                                                const tapi::DialParams& dialParams,
                                                tapi::Reply reply) override;
    tapi::Result<hal::FileDescriptor> takeDescriptor(std::string_view deviceClass) override;
    tapi::Result<void> setAppSpecific(std::uint32_t value) override;
    tapi::Result<tapi::RequestId> setCallData(std::vector<std::byte> data,
                                              tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> secure(tapi::Reply reply) override;
    tapi::Result<void> setPrivilege(tapi::CallPrivilege privilege) override;
    tapi::Result<void> handoff(std::string_view applicationName) override;
    tapi::Result<void> handoff(tapi::MediaMode mediaMode) override;
    tapi::Result<void> deallocate() override;
    tapi::Result<void> setEventFilter(tapi::EventClass eventClass, std::int32_t subEvent,
                                      bool on) override;
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
    tapi::Result<tapi::RequestId> conference(const std::shared_ptr<tapi::Call>& consultation,
                                             tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> transfer(const std::shared_ptr<tapi::Call>& consultation,
                                           tapi::Reply reply) override;
    tapi::Result<tapi::RequestId> finish(tapi::FinishMode mode, tapi::Reply reply) override;
    tapi::Result<void> setMember(const tapi::MemberSettings& settings) override;
    [[nodiscard]] tapi::Result<tapi::MemberStatus> memberStatus() const override;
    [[nodiscard]] std::shared_ptr<tapi::CallHub> hub() const override;
    tapi::Result<tapi::RequestId> devSpecific(std::string_view data, tapi::Reply reply) override;
    [[nodiscard]] std::vector<tapi::InterfaceDescription> interfaces() const override;
    tapi::Result<std::shared_ptr<tapi::ProviderInterface>> queryInterface(
        std::string_view name, std::uint32_t version) override;

    [[nodiscard]] const std::string& path() const { return path_; }
    /// What a state event says, before the application hears of it. After idle the call is asked a
    /// last time, and stays readable.
    void onState(const tapi::CallStateEvent& event);
    [[nodiscard]] bool ended() const { return ended_; }
    [[nodiscard]] bool deallocated() const { return deallocated_; }
    std::uint32_t callbackInstance = 0;  ///< of the registration that it came from

private:
    [[nodiscard]] Link& link() const { return objects_->link(); }
    [[nodiscard]] std::string terminalPath(tapi::TerminalId id) const;
    template <const def::Method& M, class... In>
    tapi::Result<std::shared_ptr<tapi::Call>> callBy(tapi::Reply reply, const In&... arguments);

    const ObjectsPtr objects_;
    const std::uint64_t id_;
    const std::string path_;
    mutable std::string addressPath_;
    mutable tapi::CallStatus status_;  ///< as last heard of
    mutable tapi::CallInfo info_;
    mutable tapi::MediaStatus media_;
    mutable tapi::CallState folded_ = tapi::CallState::Idle;
    bool ended_ = false;
    bool deallocated_ = false;
};

class RemoteHub final : public tapi::CallHub {
public:
    RemoteHub(const ObjectsPtr& objects, std::uint64_t id, std::string path)
        : objects_(objects), id_(id), path_(std::move(path)) {}

    [[nodiscard]] std::uint64_t id() const override { return id_; }
    [[nodiscard]] tapi::CallHubState state() const override;
    [[nodiscard]] std::vector<std::shared_ptr<tapi::Call>> calls() const override;
    [[nodiscard]] std::size_t numberOfCalls() const override;
    tapi::Result<void> clear() override;

    void onIdle() { idle_ = true; }

private:
    [[nodiscard]] Link& link() const { return objects_->link(); }

    const ObjectsPtr objects_;
    const std::uint64_t id_;
    const std::string path_;
    bool idle_ = false;
};

class RemotePhone final : public tapi::Phone {
public:
    RemotePhone(const ObjectsPtr& objects, std::uint32_t id, std::string path)
        : objects_(objects), id_(id), path_(std::move(path)) {}

    [[nodiscard]] std::uint32_t id() const override { return id_; }
    [[nodiscard]] std::string name() const override;
    [[nodiscard]] std::string providerName() const override;
    [[nodiscard]] const tapi::PhoneCapabilities& capabilities() const override;
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

    void onDeviceChange() { capabilitiesKnown_ = false; }

private:
    [[nodiscard]] Link& link() const { return objects_->link(); }

    const ObjectsPtr objects_;
    const std::uint32_t id_;
    const std::string path_;
    mutable std::string name_, provider_;
    mutable tapi::PhoneCapabilities capabilities_;
    mutable bool capabilitiesKnown_ = false;
};

/// Bytes of a text, as devSpecific sends them.
[[nodiscard]] std::vector<std::byte> bytesOf(std::string_view text);
/// An interface of the object at `path`, out of those that it lists.
[[nodiscard]] tapi::Result<std::shared_ptr<tapi::ProviderInterface>> makeInterface(
    const ObjectsPtr& objects, const std::string& path,
    const std::vector<tapi::InterfaceDescription>& all, std::string_view name,
    std::uint32_t version);
[[nodiscard]] std::vector<tapi::InterfaceDescription> fromWire(
    const tapi::Result<std::vector<WireInterface>>& all);
/// A property that is asked once.
template <const def::Property& P>
std::string askedOnce(Link& link, const std::string& path, std::string& kept) {
    if (kept.empty()) {
        kept = link.get<P, std::string>(path).value_or(std::string());
    }
    return kept;
}

}  // namespace tipring::rpc

// SPDX-License-Identifier: Apache-2.0
// org.tipring.Call1 and org.tipring.Terminal1.
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "definition.h"
#include "server/rows.h"

namespace tipring::rpc {
namespace {

using hal::ErrorCode;
using tapi::Call;
using tapi::Reply;
using tapi::RequestId;
using tapi::Result;

Result<RequestId> hangUp(const Target& target, Reply reply) {
    if (target.call->privilege() != tapi::CallPrivilege::Owner) {
        if (auto owned = target.call->setPrivilege(tapi::CallPrivilege::Owner); !owned) {
            return tl::unexpected(std::move(owned.error()));
        }
    }
    return target.call->disconnect(std::move(reply));
}
Result<RequestId> dial(const Target& target, std::string_view digits, Reply reply) {
    auto allowed = target.session->checkDigits(*target.call, digits);
    return allowed ? target.call->dial(digits, std::move(reply))
                   : tl::unexpected(std::move(allowed.error()));
}
Result<RequestId> blindTransfer(const Target& target, std::string_view destination, Reply reply) {
    auto allowed = target.session->checkNumber(destination);
    return allowed ? target.call->blindTransfer(destination, std::move(reply))
                   : tl::unexpected(std::move(allowed.error()));
}
Result<void> generateDigits(const Target& target, std::string_view digits, tapi::DigitMode mode,
                            std::chrono::milliseconds duration) {
    // To the exchange, keys dial as well.
    auto allowed = target.session->checkDigits(*target.call, digits);
    return allowed ? target.call->generateDigits(digits, mode, duration) : allowed;
}
Result<void> handOff(const Target& target, std::string_view name) {
    return target.call->handoff(name);
}
Result<void> handOffMedia(const Target& target, tapi::MediaMode mode) {
    return target.call->handoff(mode);
}
Result<void> deallocate(const Target& target) {
    auto done = target.call->deallocate();
    if (done) {
        target.session->forget(target.call->id());
    }
    return done;
}
Result<void> gatherDigits(const Target& target, tapi::DigitModes modes, std::uint32_t count,
                          const std::string& terminators, std::chrono::milliseconds first,
                          std::chrono::milliseconds inter) {
    return target.call->gatherDigits({modes, count, terminators, first, inter});
}
Result<void> setHangUpWatch(const Target& target, bool on, std::chrono::seconds silence) {
    return target.call->setHangUpWatch({on, silence});
}
Result<RequestId> devSpecific(const Target& target, const std::vector<std::byte>& data,
                              Reply reply) {
    return target.call->devSpecific({reinterpret_cast<const char*>(data.data()), data.size()},
                                    std::move(reply));
}

Result<ObjectPath> add(const Target& target, tapi::TerminalSpec spec) {
    auto id = target.call->addTerminal(std::move(spec));
    if (!id) {
        return tl::unexpected(std::move(id.error()));
    }
    return ObjectPath{terminalPath(target.call->id(), *id)};
}
Result<RequestId> play(const Target& target, const std::string& path, Reply reply) {
    auto allowed = target.session->checkFile(path);
    return allowed ? target.call->play(path, std::move(reply))
                   : tl::unexpected(std::move(allowed.error()));
}
Result<RequestId> record(const Target& target, const std::string& path, Reply reply) {
    auto allowed = target.session->checkFile(path);
    return allowed ? target.call->record(path, std::move(reply))
                   : tl::unexpected(std::move(allowed.error()));
}
Result<ObjectPath> addFilePlayer(const Target& target, const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
        if (auto allowed = target.session->checkFile(path); !allowed) {
            return tl::unexpected(std::move(allowed.error()));
        }
    }
    return add(target, tapi::FilePlayTerminal{paths});
}
Result<ObjectPath> addFileRecorder(const Target& target, const std::string& path,
                                   tapi::FileFormat format) {
    if (auto allowed = target.session->checkFile(path); !allowed) {
        return tl::unexpected(std::move(allowed.error()));
    }
    return add(target, tapi::FileRecordTerminal{path, format});
}
Result<ObjectPath> addDescriptor(const Target& target, const std::string& name,
                                 hal::FileDescriptor descriptor,
                                 tapi::TerminalDirection direction) {
    return add(target, tapi::DescriptorTerminal{name, std::move(descriptor), direction});
}
Result<std::tuple<ObjectPath, hal::FileDescriptor>> openSound(const Target& target,
                                                              tapi::TerminalDirection direction) {
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return hal::failSystem("cannot make a socket for sound", errno);
    }
    hal::FileDescriptor ours(ends[0]);
    hal::FileDescriptor theirs(ends[1]);
    auto path =
        addDescriptor(target, "sound of " + target.session->client(), std::move(ours), direction);
    if (!path) {
        return tl::unexpected(std::move(path.error()));
    }
    return std::tuple<ObjectPath, hal::FileDescriptor>(std::move(*path), std::move(theirs));
}
Result<ObjectPath> addSoundDevice(const Target& target, const std::string& device,
                                  tapi::TerminalDirection direction) {
    return add(target, tapi::SoundDeviceTerminal{device, direction});
}
Result<ObjectPath> addTone(const Target& target, const std::vector<tapi::ToneTerminal::Step>& steps,
                           std::uint32_t repeats) {
    return add(target, tapi::ToneTerminal{steps, repeats});
}
Result<ObjectPath> addNull(const Target& target, tapi::TerminalDirection direction) {
    return add(target, tapi::NullTerminal{direction});
}
std::vector<ObjectPath> terminals(const Target& target) {
    std::vector<ObjectPath> paths;
    for (const tapi::TerminalStatus& one : target.call->mediaStatus().terminals) {
        paths.push_back({terminalPath(target.call->id(), one.id)});
    }
    return paths;
}

constexpr MethodRow kCallMethods[] = {
    method<def::call::kConnect, &Call::connect>(),
    method<def::call::kAccept, &Call::accept>(),
    method<def::call::kAnswer, &Call::answer>(),
    method<def::call::kDisconnect, &Call::disconnect>(),
    method<def::call::kHangUp, &hangUp>(),
    method<def::call::kDial, &dial>(),
    method<def::call::kSetMediaMode, &Call::setMediaMode>(),
    method<def::call::kSetCallParams, &Call::setCallParams>(),
    method<def::call::kTakeDescriptor, &Call::takeDescriptor>(),
    method<def::call::kSetAppSpecific, &Call::setAppSpecific>(),
    method<def::call::kSetCallData, &Call::setCallData>(),
    method<def::call::kSecure, &Call::secure>(),
    method<def::call::kSetPrivilege, &Call::setPrivilege>(),
    method<def::call::kHandOff, &handOff>(),
    method<def::call::kHandOffMedia, &handOffMedia>(),
    method<def::call::kDeallocate, &deallocate>(),
    method<def::call::kSetEventFilter, &Call::setEventFilter>(),
    method<def::call::kGenerateDigits, &generateDigits>(),
    method<def::call::kGenerateTones, &Call::generateTones>(),
    method<def::call::kMonitorDigits, &Call::monitorDigits>(),
    method<def::call::kMonitorTones, &Call::monitorTones>(),
    method<def::call::kMonitorMedia, &Call::monitorMedia>(),
    method<def::call::kGatherDigits, &gatherDigits>(),
    method<def::call::kPlay, &play>(),
    method<def::call::kStopPlaying, &Call::stopPlaying>(),
    method<def::call::kRecord, &record>(),
    method<def::call::kStopRecording, &Call::stopRecording>(),
    method<def::call::kAddFilePlayer, &addFilePlayer>(),
    method<def::call::kAddFileRecorder, &addFileRecorder>(),
    method<def::call::kAddDescriptor, &addDescriptor>(),
    method<def::call::kOpenSound, &openSound>(),
    method<def::call::kAddSoundDevice, &addSoundDevice>(),
    method<def::call::kAddTone, &addTone>(),
    method<def::call::kAddNull, &addNull>(),
    method<def::call::kSetHangUpWatch, &setHangUpWatch>(),
    method<def::call::kHold, &Call::hold>(),
    method<def::call::kUnhold, &Call::unhold>(),
    method<def::call::kSwapHold, &Call::swapHold>(),
    method<def::call::kBlindTransfer, &blindTransfer>(),
    method<def::call::kSetupTransfer, &Call::setupTransfer>(),
    method<def::call::kCompleteTransfer, &Call::completeTransfer>(),
    method<def::call::kCompleteAsConference, &Call::completeAsConference>(),
    method<def::call::kSetupConference, &Call::setupConference>(),
    method<def::call::kPrepareAddToConference, &Call::prepareAddToConference>(),
    method<def::call::kAddToConference, &Call::addToConference>(),
    method<def::call::kRemoveFromConference, &Call::removeFromConference>(),
    method<def::call::kConference, &Call::conference>(),
    method<def::call::kTransfer, &Call::transfer>(),
    method<def::call::kFinish, &Call::finish>(),
    method<def::call::kSetMember, &Call::setMember>(),
    method<def::call::kGetMemberStatus, &Call::memberStatus>(),
    method<def::call::kDevSpecific, &devSpecific>(),
    method<def::call::kListInterfaces, &Call::interfaces>(),
};
constexpr PropertyRow kCallProperties[] = {
    property<def::call::kId, &Call::id>(),
    property<def::call::kAddress, &Call::address>(),
    property<def::call::kHub, &Call::hub>(),
    property<def::call::kState, &Call::state>(),
    property<def::call::kLineState, &Call::lineState>(),
    property<def::call::kConnectionConfirmed, &Call::connectionConfirmed>(),
    property<def::call::kPrivilege, &Call::privilege>(),
    property<def::call::kInfo, &Call::info>(),
    property<def::call::kStatus, &Call::status>(),
    property<def::call::kMediaStatus, &Call::mediaStatus>(),
    property<def::call::kTerminals, &terminals>(),
};
static_assert(complete(def::call::kMethods, kCallMethods));
static_assert(complete(def::call::kProperties, kCallProperties));

Result<RequestId> start(const Target& target, Reply reply) {
    return target.call->startTerminal(target.terminal, std::move(reply));
}
Result<void> pause(const Target& target) {
    return target.call->pauseTerminal(target.terminal);
}
Result<RequestId> stop(const Target& target, tapi::StopMode mode, Reply reply) {
    return target.call->stopTerminal(target.terminal, mode, std::move(reply));
}
Result<void> removeTerminal(const Target& target) {
    return target.call->removeTerminal(target.terminal);
}
template <auto Member>
auto terminalMember(const Target& target) {
    const auto all = target.call->mediaStatus().terminals;
    const auto found = std::find_if(all.begin(), all.end(), [&](const tapi::TerminalStatus& one) {
        return one.id == target.terminal;
    });
    return (found == all.end() ? tapi::TerminalStatus{} : *found).*Member;
}

using tapi::TerminalStatus;
constexpr MethodRow kTerminalMethods[] = {
    method<def::terminal::kStart, &start>(),
    method<def::terminal::kPause, &pause>(),
    method<def::terminal::kStop, &stop>(),
    method<def::terminal::kRemove, &removeTerminal>(),
};
constexpr PropertyRow kTerminalProperties[] = {
    property<def::terminal::kId, &terminalMember<&TerminalStatus::id>>(),
    property<def::terminal::kName, &terminalMember<&TerminalStatus::name>>(),
    property<def::terminal::kDirection, &terminalMember<&TerminalStatus::direction>>(),
    property<def::terminal::kState, &terminalMember<&TerminalStatus::state>>(),
    property<def::terminal::kCaptured, &terminalMember<&TerminalStatus::captured>>(),
    property<def::terminal::kRendered, &terminalMember<&TerminalStatus::rendered>>(),
    property<def::terminal::kMissing, &terminalMember<&TerminalStatus::missing>>(),
    property<def::terminal::kDropped, &terminalMember<&TerminalStatus::dropped>>(),
};
static_assert(complete(def::terminal::kMethods, kTerminalMethods));
static_assert(complete(def::terminal::kProperties, kTerminalProperties));

}  // namespace

InterfaceRows callRows() {
    return {def::call::kInterface, Place::Call, kCallMethods, kCallProperties, def::call::kSignals};
}
InterfaceRows terminalRows() {
    return {def::terminal::kInterface, Place::Terminal, kTerminalMethods, kTerminalProperties, {}};
}

}  // namespace tipring::rpc

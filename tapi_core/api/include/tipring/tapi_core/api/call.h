// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/hal/base/file_descriptor.h"
#include "tipring/tapi_core/api/conference.h"
#include "tipring/tapi_core/api/event_filter.h"
#include "tipring/tapi_core/api/interfaces.h"
#include "tipring/tapi_core/api/media.h"
#include "tipring/tapi_core/api/types.h"

namespace tipring::tapi {

class Address;
class CallHub;

/// How sound leaves a playback: let it be heard to its end, or cut it off now.
enum class StopMode : std::uint8_t { Drain, Discard };

class Call;

/// What Call::setupConference makes.
struct ConferenceCalls {
    std::shared_ptr<Call> conference;  ///< everybody together
    /// To the next member; null where the line has no room for it: any call may be added.
    std::shared_ptr<Call> consultation;
};

/// One call as one application sees it. Handles may be kept as long as wanted: after the call is
/// idle they stay readable.
/// A request returns its id, and its reply comes later, once; or an error, and no reply comes.
/// Errors of every operation: NOTOWNER for a monitor, INVALCALLSTATE in the wrong state,
/// OPERATIONUNAVAIL where the line can never do it. What an implementation does not have answers
/// OPERATIONUNAVAIL too.
class Call {
public:
    virtual ~Call() = default;

    [[nodiscard]] virtual std::uint64_t id() const = 0;  ///< unique in this Tapi's life
    [[nodiscard]] virtual std::shared_ptr<Address> address() const = 0;
    [[nodiscard]] virtual CallState state() const = 0;
    [[nodiscard]] virtual LineCallState lineState() const = 0;
    /// True when something proved the connection (ConnectedMode::Confirmed), not just presumed.
    [[nodiscard]] virtual bool connectionConfirmed() const = 0;
    [[nodiscard]] virtual CallPrivilege privilege() const = 0;
    [[nodiscard]] virtual CallInfo info() const = 0;
    /// State, and what would succeed now.
    [[nodiscard]] virtual CallStatus status() const;

    /// Dials the destination given to Address::createCall. Only in Idle, once.
    virtual Result<RequestId> connect(Reply reply) = 0;
    /// Claims an offering call before answering it; nothing is heard on an analog line.
    virtual Result<RequestId> accept(Reply reply);
    virtual Result<RequestId> answer(Reply reply) = 0;
    /// Hangs up, cancels or rejects, in any state but idle.
    virtual Result<RequestId> disconnect(Reply reply) = 0;
    virtual Result<RequestId> dial(std::string_view digits, Reply reply) = 0;

    /// What the media of the call is, for example after a probe heard a fax.
    virtual Result<void> setMediaMode(MediaModes modes);
    /// Bearer, rate or dial parameters: PassThrough on an offering call takes it for a data
    /// program.
    virtual Result<RequestId> setCallParams(BearerMode bearer, std::uint32_t minRate,
                                            std::uint32_t maxRate, const DialParams& dialParams,
                                            Reply reply);
    /// The raw port of a pass-through call: a duplicate that the caller owns and closes before it
    /// disconnects the call. `deviceClass` is "comm" or "comm/datamodem".
    virtual Result<hal::FileDescriptor> takeDescriptor(std::string_view deviceClass);
    /// A number and a blob that all applications with this call see.
    virtual Result<void> setAppSpecific(std::uint32_t value);
    virtual Result<RequestId> setCallData(std::vector<std::byte> data, Reply reply);
    virtual Result<RequestId> secure(Reply reply);

    /// Owner or monitor. The sole owner of a call that is not idle cannot become a monitor.
    virtual Result<void> setPrivilege(CallPrivilege privilege);
    /// Gives ownership to the application of that name, which must have the line open as owner:
    /// TARGETNOTFOUND, TARGETSELF. This application keeps its privilege.
    virtual Result<void> handoff(std::string_view applicationName);
    /// The same to the application with the highest priority for one media mode.
    virtual Result<void> handoff(MediaMode mediaMode);
    /// This application has no more to do with it: no event comes any more. Dropped if it was the
    /// last owner.
    virtual Result<void> deallocate();
    /// On top of the application's filter and the address's.
    virtual Result<void> setEventFilter(EventClass eventClass, std::int32_t subEvent, bool on);

    /// Sends digits on the call; GenerateEvent tells the end. One generation per call, of all its
    /// owners: a new one cancels the old. `,` is a pause, `!` a hook flash; empty only cancels.
    /// `duration` of one digit; 0: default.
    virtual Result<void> generateDigits(std::string_view digits, DigitMode mode = DigitMode::Dtmf,
                                        std::chrono::milliseconds duration = {}) = 0;
    /// Tones together (Custom), or one of the known ones, whose list is empty. Duration 0: for
    /// ever.
    virtual Result<void> generateTones(ToneMode mode, std::span<const GeneratedTone> tones,
                                       std::chrono::milliseconds duration) = 0;
    /// One tone of `hertz`.
    Result<void> generateTone(std::uint32_t hertz, std::chrono::milliseconds duration) {
        const GeneratedTone tone{hertz};
        return generateTones(ToneMode::Custom, {&tone, 1}, duration);
    }
    /// DigitEvents, for this application. No mode: off.
    virtual Result<void> monitorDigits(DigitModes modes) = 0;
    /// ToneEvents. A new list replaces the old; an empty one: off.
    virtual Result<void> monitorTones(std::span<const MonitoredTone> tones);
    /// CallMediaEvent MediaHeard for these. None: off.
    virtual Result<void> monitorMedia(MediaModes modes);
    /// Collects digits; GatherDigitsEvent ends it. A new one cancels the old; count 0 only cancels.
    virtual Result<void> gatherDigits(const GatherDigits& wanted);

    /// Plays a sound file to the line: a FilePlayTerminal that goes when it ends. One at a time
    /// (INUSE). FileTerminalEvent Idle/EndOfFile when it was heard to its end.
    virtual Result<RequestId> play(const std::string& path, Reply reply) = 0;
    virtual Result<RequestId> stopPlaying(StopMode mode, Reply reply) = 0;
    /// Records the line: a FileRecordTerminal that goes when it ends. One at a time (INUSE).
    virtual Result<RequestId> record(const std::string& path, Reply reply) = 0;
    virtual Result<RequestId> stopRecording(Reply reply) = 0;

    /// Puts a terminal on the call, idle: as many as wanted. What all give is mixed, what comes
    /// from the line goes to all. INVALPARAM, INVALTONE, INUSE, NODEVICE: see the terminals.
    /// They go with the call. FileTerminalEvent tells of files and descriptors, ToneTerminalEvent
    /// of tones, CallMediaEvent TerminalFail of sound devices.
    virtual Result<TerminalId> addTerminal(TerminalSpec spec);
    /// Starts, or goes on after a pause. The reply comes when the device runs. INVALTERMINALID;
    /// INUSE where a half-duplex device is busy with the other direction; OPERATIONUNAVAIL where
    /// it lacks the direction, or both at once are needed and it cannot.
    virtual Result<RequestId> startTerminal(TerminalId id, Reply reply);
    /// It neither gives nor takes sound; the line goes on. INVALCALLSTATE when it is idle.
    virtual Result<void> pauseTerminal(TerminalId id);
    /// The reply comes when it is idle: `Drain` lets what was given be heard, where no other plays.
    virtual Result<RequestId> stopTerminal(TerminalId id, StopMode mode, Reply reply);
    /// INUSE unless it is idle.
    virtual Result<void> removeTerminal(TerminalId id);
    /// Figures of the sound and of the terminals.
    [[nodiscard]] virtual MediaStatus mediaStatus() const;
    /// For all applications of the call.
    virtual Result<void> setHangUpWatch(const HangUpWatch& watch);

    // Supplementary services (TAPI: holding, transfer, conference). The exchange does them where
    // the provider can make it, else the core's own mixer, on lines with sound in both directions
    // at once; across lines it is always the mixer. The states of all calls concerned tell;
    // CallStatus::features says what would succeed now. A call that one of these makes is this
    // application's, carries `relatedCallId`, and is dialled by dial().

    virtual Result<RequestId> hold(Reply reply);
    virtual Result<RequestId> unhold(Reply reply);
    /// This call is the active one; `held` takes its place. INVALCALLHANDLE: of another line or
    /// application; INVALCALLSTATE: it is not held.
    virtual Result<RequestId> swapHold(const std::shared_ptr<Call>& held, Reply reply);
    /// Sends the far end to `destination` and is done with it: idle. INVALADDRESS.
    virtual Result<RequestId> blindTransfer(std::string_view destination, Reply reply);
    /// Holds the call (on-hold-pending-transfer) and makes the consultation call.
    virtual Result<std::shared_ptr<Call>> setupTransfer(const CallParams& params, Reply reply);
    /// Connects the two others, and both calls go to idle. INVALCONSULTCALLHANDLE: not a call of
    /// this application on this line that is connected or on its way there.
    virtual Result<RequestId> completeTransfer(const std::shared_ptr<Call>& consultation,
                                               Reply reply);
    /// The other end of a consultation: all three talk, and the calls become members of the
    /// conference that is returned.
    virtual Result<std::shared_ptr<Call>> completeAsConference(
        const std::shared_ptr<Call>& consultation, Reply reply);
    /// Makes this call the first member of a conference, which waits (on-hold-pending-conference)
    /// while the next member is called. `parties` 0: as many as may be.
    virtual Result<ConferenceCalls> setupConference(std::uint32_t parties, const CallParams& params,
                                                    Reply reply);
    // Of the conference itself. INVALCONFCALLHANDLE: this call is none.
    /// Holds the conference and makes the consultation call to a further member. CALLUNAVAIL where
    /// the core carries it: conference() takes a call of any line.
    virtual Result<std::shared_ptr<Call>> prepareAddToConference(const CallParams& params,
                                                                 Reply reply);
    /// A call of any line and any origin, where the core carries the conference; it need not be
    /// held for that. CONFERENCEFULL, INVALCONSULTCALLHANDLE.
    virtual Result<RequestId> addToConference(const std::shared_ptr<Call>& consultation,
                                              Reply reply);
    /// Of a member. The last but one that goes leaves a two-party call behind: that is connected,
    /// and the conference goes to idle.
    virtual Result<RequestId> removeFromConference(Reply reply);

    // The same in TAPI 3's words, for calls of any lines. `consultation` is of
    // Address::createCall(), and is dialled if it was not begun; INVALCONSULTCALLHANDLE where it
    // cannot be one. The calls get a hub.

    /// Of a connected call, of a conference, or of a member: this call becomes a member (or the
    /// conference waits), and finish() adds the consultation. With CallParamFlag::NoHoldConference
    /// in the consultation's parameters nothing waits: when it is answered it joins by itself,
    /// muted; if it is not, the conference goes to idle and this call has never left connected.
    virtual Result<RequestId> conference(const std::shared_ptr<Call>& consultation, Reply reply);
    /// This call waits (on-hold-pending-transfer) until the consultation is finished.
    virtual Result<RequestId> transfer(const std::shared_ptr<Call>& consultation, Reply reply);
    /// Of a consultation, connected or on its way there. AsTransfer: both calls go to idle for the
    /// application; where the core carries them they stay together until one end hangs up.
    /// INVALCONSULTCALLHANDLE: it is none.
    virtual Result<RequestId> finish(FinishMode mode, Reply reply);
    /// Of a member of a conference that the core carries: INVALCALLSTATE for others. The delay, the
    /// echo's tail and the noise hold for its next joining.
    virtual Result<void> setMember(const MemberSettings& settings);
    [[nodiscard]] virtual Result<MemberStatus> memberStatus() const;

    /// What it belongs together with; null where it belongs to none (CallHubTracking).
    [[nodiscard]] virtual std::shared_ptr<CallHub> hub() const;

    /// The provider's own.
    virtual Result<RequestId> devSpecific(std::string_view data, Reply reply);
    [[nodiscard]] virtual std::vector<InterfaceDescription> interfaces() const;
    /// INVALFEATURE: there is no such interface, or not in that version.
    virtual Result<std::shared_ptr<ProviderInterface>> queryInterface(std::string_view name,
                                                                      std::uint32_t version);
};

}  // namespace tipring::tapi

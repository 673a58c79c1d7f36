// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "call_media.h"
#include "outbox.h"
#include "request_table.h"
#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/api/tapi.h"

namespace tipring::core {

struct CallRecord;
struct LineRecord;
class CallView;
class Listening;

/// The sound of calls: terminals, what the core hears by itself, and which directions the device
/// runs for them. A direction runs while a terminal or the ear needs it. On a half-duplex device
/// the ear gives way to whatever an application plays or sends, and takes up again after that.
/// Checks of privilege and state are the caller's. Thread: the loop's.
class MediaControl {
public:
    using CallPtr = std::shared_ptr<CallRecord>;
    struct Ways {
        AskProvider ask;
        std::function<void(const CallPtr& call, dsp::ToneKind tone)> progress;
        std::function<void(const CallPtr& call, const dsp::CallerId& id)> callerId;
        std::function<std::string(const LineRecord& line)> country;  ///< ISO 3166-1
        /// A room's terminal ended, though nobody took it away; `why` may be empty.
        std::function<void(const CallPtr& call, tapi::TerminalId id, const std::string& why)>
            roomEnded;
    };

    MediaControl(hal::EventLoop& loop, std::shared_ptr<Outbox> outbox, RequestTable& requests,
                 Listening& listening, Ways ways);

    // As tapi::Call has them.
    hal::Result<tapi::RequestId> play(CallView& view, const std::string& path, tapi::Reply reply);
    hal::Result<tapi::RequestId> record(CallView& view, const std::string& path, tapi::Reply reply);
    hal::Result<tapi::RequestId> stopPlaying(CallView& view, tapi::StopMode mode,
                                             tapi::Reply reply);
    hal::Result<tapi::RequestId> stopRecording(CallView& view, tapi::Reply reply);
    hal::Result<tapi::TerminalId> add(CallView& view, tapi::TerminalSpec spec);
    hal::Result<tapi::RequestId> start(CallView& view, tapi::TerminalId id, tapi::Reply reply);
    hal::Result<void> pause(CallView& view, tapi::TerminalId id);
    hal::Result<tapi::RequestId> stop(CallView& view, tapi::TerminalId id, tapi::StopMode mode,
                                      tapi::Reply reply);
    hal::Result<void> remove(CallView& view, tapi::TerminalId id);
    [[nodiscard]] tapi::MediaStatus status(const CallRecord& call) const;

    /// Puts the terminal of a room on the call and starts it; `started` comes when the device runs
    /// for it, or cannot. Errors as those of a terminal that needs both directions.
    hal::Result<tapi::TerminalId> attach(const CallPtr& call,
                                         std::unique_ptr<media::Terminal> terminal,
                                         PendingRequest::Done started);
    /// Takes it away at once.
    void detach(const CallPtr& call, tapi::TerminalId id);
    /// The sound of a call goes on under another record; the applications' terminals end.
    void handOver(const CallPtr& from, const CallPtr& to);

    /// The call has another state, or sends no digits or tones any more.
    void onChange(const CallPtr& call);
    /// What applications listen for has changed. INVALTONE; or why the device does not record.
    hal::Result<void> onWishes(const CallPtr& call);
    /// Runs `task(true)` when nothing is recorded for the ear alone; `task(false)` when a later one
    /// takes its place, or the call ends. False: it may run at once.
    bool holdBack(const CallPtr& call, std::function<void(bool go)> task);
    /// What is held back is not wanted any more.
    void letGo(const CallPtr& call);
    void onNotice(const ProviderItem& item);
    /// Everything ends; the files are whole.
    void close(const CallPtr& call, const std::string& cause);

private:
    using Way = media::StreamDirection;
    using State = CallMedia::State;
    using Done = PendingRequest::Done;

    // media_control.cpp: directions
    hal::Result<void> open(const CallPtr& call);
    void prepareEar(const CallPtr& call);
    [[nodiscard]] bool earWanted(const CallRecord& call) const;
    hal::Result<void> arrange(const CallPtr& call);
    hal::Result<void> run(const CallPtr& call, Way way);
    void onStarted(const CallPtr& call, const std::shared_ptr<CallMedia>& media, Way way,
                   const hal::Result<void>& result);
    hal::Result<void> halt(const CallPtr& call, Way way, std::uint32_t how);
    void onHalted(const CallPtr& call, const std::shared_ptr<CallMedia>& media, Way way,
                  const hal::Result<void>& result);
    void switchOff(const CallPtr& call, Way way, const std::string& cause);

    // media_terminals.cpp: what hangs on them
    hal::Result<CallTerminal*> find(CallView& view, tapi::TerminalId id) const;
    hal::Result<void> checkFree(const CallMedia& media, const CallTerminal& terminal) const;
    hal::Result<tapi::RequestId> begin(const CallPtr& call, CallTerminal& terminal, Done started);
    hal::Result<tapi::RequestId> end(CallView& view, CallTerminal& terminal, tapi::StopMode mode,
                                     tapi::Reply reply);
    hal::Result<tapi::RequestId> beginBrief(CallView& view, tapi::TerminalSpec spec, Way way,
                                            tapi::Reply reply);
    hal::Result<tapi::RequestId> endBrief(CallView& view, Way way, tapi::StopMode mode,
                                          tapi::Reply reply);
    hal::Result<CallTerminal*> put(CallView& view, tapi::TerminalSpec spec);
    void activate(const CallPtr& call, CallTerminal& terminal);
    void fail(const CallPtr& call, CallTerminal& terminal, const hal::Error& why);
    void failWaiting(const CallPtr& call, const hal::Error& why);
    void finish(const CallPtr& call, CallTerminal& terminal);
    void finishAll(const CallPtr& call, Way way, const std::string& cause);
    void finishOrDrain(const CallPtr& call, CallTerminal& terminal, std::uint32_t how);
    void onTerminalEnded(const CallPtr& call, const ProviderItem& item);
    [[nodiscard]] Done replyTo(CallView& view, tapi::Reply reply) const;

    // media_notices.cpp: what is heard and told
    void onEnded(const CallPtr& call, const ProviderItem& item);
    void onInterrupted(const CallPtr& call, const ProviderItem& item);
    void onHeard(const CallPtr& call, CallEar::Event event, std::uint32_t value,
                 std::uint32_t extra);
    void tellEnd(const CallPtr& call, const CallTerminal& terminal, media::TerminalCause cause,
                 const std::string& text);
    void tellFile(const CallPtr& call, const CallTerminal& terminal, const std::string& path,
                  tapi::FileTerminalEvent::State state, tapi::FileTerminalEvent::Cause cause,
                  const std::string& text);
    void tellMedia(const CallPtr& call, tapi::CallMediaEvent::Kind kind, const std::string& cause,
                   const std::string& terminal = {});

    hal::EventLoop& loop_;
    std::shared_ptr<Outbox> outbox_;
    RequestTable& requests_;
    Listening& listening_;
    Ways ways_;
};

/// The terminal that a specification means, and the name that it has for people.
struct MadeTerminal {
    std::unique_ptr<media::Terminal> terminal;
    CallTerminal::Kind kind{};
    std::string name;
};
[[nodiscard]] hal::Result<MadeTerminal> makeTerminal(tapi::TerminalSpec spec);

/// What the core hears of a line's calls in the device's place, and the line's abilities with that.
[[nodiscard]] tapi::Detections deviceDetections(const TspiLineCaps& caps) noexcept;
[[nodiscard]] tapi::Detections coreDetections(const TspiLineCaps& caps) noexcept;
[[nodiscard]] TspiLineCaps withCoreDetections(const TspiLineCaps& caps) noexcept;

}  // namespace tipring::core

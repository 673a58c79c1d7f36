// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "call_sound.h"
#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/api/tapi.h"

namespace tipring::tools {

/// How an answering machine behaves.
struct AnsweringPolicy {
    std::uint32_t rings = 2;                   ///< answer at this ring
    std::string greeting;                      ///< sound file; empty: no greeting
    std::string recording;                     ///< WAV file to make; empty: hang up after the beep
    std::chrono::milliseconds limit{120'000};  ///< of the recording
    std::uint32_t beepHertz = 1000;
    std::chrono::milliseconds beep{400};  ///< 0: none
    bool stopAtKey = true;                ///< `#` ends greeting or recording
    bool stopAtSilence = true;
    bool streamed = false;  ///< the call is one of a service (CallSound)
};

/// Takes one incoming call from the ring to the end: answers, plays the greeting, beeps, records
/// until the caller hangs up, falls silent, presses `#` or reaches the limit, and hangs up.
///
/// What goes wrong on the way is told and gone round as far as that is useful: a greeting that
/// cannot be played is left out, a recording that cannot be written ends the call. Whatever the
/// device does, done comes exactly once. Thread: the loop's.
class AnsweringMachine {
public:
    enum class Step { Waiting, Answering, Greeting, Beep, Recording, HangingUp, Done };
    enum class End {
        CallerHungUp,
        Silence,
        Key,
        Limit,
        NotAnswered,  ///< the call went away before it was answered
        Stopped,      ///< stop() was called
        Failed,       ///< see the problems told before
    };

    class Observer {
    public:
        virtual ~Observer() = default;
        virtual void onStep(Step step) = 0;
        /// What, why, and what is done instead.
        virtual void onProblem(std::string_view text) = 0;
        /// Last. The machine may be destroyed once control is back in the loop, not in here.
        virtual void onDone(End end) = 0;
    };

    AnsweringMachine(hal::EventLoop& loop, std::shared_ptr<tapi::Call> call, AnsweringPolicy policy,
                     Observer& observer, std::uint32_t ringsSoFar = 0);
    ~AnsweringMachine();

    /// Feed every event of the session; those of other calls are passed over.
    void onEvent(const tapi::Event& event);
    /// Hangs up now, wherever it stands.
    void stop();
    /// Where to record; has effect until the recording starts.
    void setRecording(std::string path) { policy_.recording = std::move(path); }
    [[nodiscard]] Step step() const { return step_; }
    /// Why it ends or ended; nothing while it goes on.
    [[nodiscard]] std::optional<End> end() const { return end_; }
    /// How long the recording ran.
    [[nodiscard]] hal::Duration recorded() const { return recorded_; }

private:
    void onState(const tapi::CallStateEvent& event);
    void onFile(const tapi::FileTerminalEvent& event);
    void onDigit(char digit);
    void considerRing(std::uint32_t rings);
    void answer();
    void onConnected();
    void greet();
    void beep();
    void record();
    void finish(End end);
    void hangUp();
    void complete();
    void onStepTimeout();
    void enter(Step step, hal::Duration limit);
    tapi::Reply reply(void (AnsweringMachine::*handler)(const tapi::Result<void>&));
    void onAnswered(const tapi::Result<void>& result);
    void onPlaying(const tapi::Result<void>& result);
    void onPlayStopped(const tapi::Result<void>& result);
    void onRecordingStarted(const tapi::Result<void>& result);
    void onRecordingStopped(const tapi::Result<void>& result);
    void onHungUp(const tapi::Result<void>& result);

    hal::EventLoop& loop_;
    std::shared_ptr<tapi::Call> call_;
    AnsweringPolicy policy_;
    CallSound sound_;
    Observer& observer_;
    Step step_ = Step::Waiting;
    std::optional<End> end_;
    bool recordingRuns_ = false;
    bool stopping_ = false;
    hal::TimePoint recordingStart_{};
    hal::Duration recorded_{};
    hal::Timer timer_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

[[nodiscard]] std::string_view word(AnsweringMachine::End end) noexcept;  ///< "hang-up", "silence"

}  // namespace tipring::tools

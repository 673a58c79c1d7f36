// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "answering_machine.h"
#include "session.h"

namespace tipring::tools {

class JsonLine;

/// Answers calls of a session with an AnsweringMachine and tells what happens: the common part of
/// `answer`, `record` and `demo`.
class MachineTask : public Session::User, private AnsweringMachine::Observer {
public:
    struct Options {
        AnsweringPolicy policy;
        std::string recordings;     ///< folder for files named after time and number
        std::string recordingFile;  ///< this file instead
        bool all = false;           ///< every call until interrupted, else the first
        bool watchOnly =
            false;  ///< a modem without voice names and logs the call, else it is refused
        bool endWhenMissed = false;  ///< a call that nobody took ends it, too
        std::string waitingText;     ///< told when the line is ready
    };

    MachineTask(hal::EventLoop& loop, Console& console, const Settings& settings, Options options);
    ~MachineTask() override;

    ExitCode run() { return session_.run(); }

    /// Called on every step of a call, and when the line is ready (Waiting).
    std::function<void(AnsweringMachine::Step)> onStepHook;
    [[nodiscard]] Session& session() { return session_; }

private:
    void onReady(const std::shared_ptr<tapi::Address>& line) override;
    void onEvent(const tapi::Event& event) override;
    void onInterrupt() override;
    void onStep(AnsweringMachine::Step step) override;
    void onProblem(std::string_view text) override;
    void onDone(AnsweringMachine::End end) override;

    void takeCall(const std::shared_ptr<tapi::Call>& call);
    void tell(const tapi::Event& event);
    void tellOwnHangUp();
    void tellHangUp(const tapi::CallStateEvent& state);
    void say(std::string_view text);
    void chooseRecording();
    void showProgress();
    void conclude(AnsweringMachine::End end);
    void tellSummary(AnsweringMachine::End end);
    void tellLoss(JsonLine& line);

    hal::EventLoop& loop_;
    Console& console_;
    Options options_;
    Session session_;
    std::shared_ptr<tapi::Call> call_;
    std::unique_ptr<AnsweringMachine> machine_;
    std::string recording_;
    std::uint32_t rings_ = 0;
    bool voice_ = false;
    hal::TimePoint recordingStart_{};
    hal::Timer progressTimer_;
};

/// A path in `folder` for a recording that starts now; made of time and number, not there yet.
[[nodiscard]] std::string newRecordingPath(const std::string& folder, hal::WallTime start,
                                           const tapi::Party& caller);

}  // namespace tipring::tools

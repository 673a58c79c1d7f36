// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "call_journal.h"
#include "commands.h"
#include "console.h"
#include "settings.h"
#include "tipring/hal/base/event_loop.h"
#include "tipring/tapi_core/api/tapi.h"
#include "tipring/tapi_core/manager/line_manager.h"

namespace tipring::tools {

/// The configuration file with the command line's options laid over it; also sets up the log.
hal::Result<Settings> settingsFor(const CommonOptions& common);

/// What the modems' provider is configured with.
[[nodiscard]] core::ProviderConfig providerConfig(const Settings& settings);

/// Runs a command with its settings and a loop of its own; what is wrong with either is told.
ExitCode runOnLoop(Console& console, const CommonOptions& common,
                   const std::function<ExitCode(hal::EventLoop&, const Settings&)>& command);

/// Everything between a command and its lines: the loop's signals, the manager with its providers,
/// the application, the call log. Prints problems, never ends the program. Thread: the loop's.
class Session : private tapi::EventSink {
public:
    /// What a command gets to hear.
    class User {
    public:
        virtual ~User() = default;
        /// The line answers its device and is in service. Once, before any event of the line.
        virtual void onReady(const std::shared_ptr<tapi::Address>& line) = 0;
        virtual void onEvent(const tapi::Event& event) = 0;
        /// With Needs::allLines: some lines were not ready in time; which and why was told.
        virtual void onLinesGivenUp() {}
        /// SIGINT, SIGTERM or SIGHUP. A second one ends the session whatever the user does.
        virtual void onInterrupt() = 0;
    };
    struct Needs {
        bool allLines = false;  ///< else the first line only, and its failure ends the session
        bool ownCalls = false;  ///< may answer; else only watches
        bool journal = true;    ///< write the call log
    };

    Session(hal::EventLoop& loop, Console& console, const Settings& settings, Needs needs,
            User& user);
    ~Session() override;

    /// Opens the lines and runs the loop until finish().
    ExitCode run();
    /// Gives every call back on-hook, closes the lines and ends run().
    void finish(ExitCode code);

    [[nodiscard]] hal::EventLoop& loop() { return loop_; }
    [[nodiscard]] tapi::Tapi& tapi() { return *tapi_; }
    [[nodiscard]] CallJournal& journal() { return journal_; }
    [[nodiscard]] Console& console() { return console_; }
    [[nodiscard]] const Settings& settings() const { return settings_; }

private:
    hal::Result<void> open();
    hal::Result<void> dropUnusablePorts();
    void onEvent(const tapi::Event& event) override;
    void addLine(const std::shared_ptr<tapi::Address>& line);
    void considerReady(const std::shared_ptr<tapi::Address>& line);
    void onOpenLimit();
    void onSignal();
    hal::Result<void> watchSignals();

    hal::EventLoop& loop_;
    Console& console_;
    Settings settings_;
    Needs needs_;
    User& user_;
    CallJournal journal_;
    std::unique_ptr<core::LineManager> manager_;
    std::unique_ptr<tapi::Tapi> tapi_;
    std::vector<std::shared_ptr<tapi::Address>> waiting_;
    std::vector<hal::SignalWatch> signals_;
    hal::Timer openLimit_;
    std::optional<ExitCode> exit_;
    bool interrupted_ = false;
};

}  // namespace tipring::tools

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
#include "device_choice.h"
#include "settings.h"
#include "simulated_device.h"
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
/// the application, the call log. Without a port the only device that is there is taken. Lines of
/// adapters come when their adapter is up, and may leave and come back. Telephones of such lines
/// are watched too. With Settings::bus all of this is a service's. Prints problems, never ends the
/// program. Thread: the loop's.
class Session : private tapi::EventSink {
public:
    /// What a command gets to hear.
    class User {
    public:
        virtual ~User() = default;
        /// The line answers its device and is in service. Once, before any event of the line that
        /// matters to its calls.
        virtual void onReady(const std::shared_ptr<tapi::Address>& line) = 0;
        virtual void onEvent(const tapi::Event& event) = 0;
        /// With Needs::allLines: some lines were not ready in time; which and why was told.
        virtual void onLinesGivenUp() {}
        /// SIGINT, SIGTERM or SIGHUP. A second one ends the session whatever the user does.
        virtual void onInterrupt() = 0;
    };
    struct Needs {
        bool allLines = false;  ///< else the first line only, and its failure ends the session
        bool ownCalls = false;  ///< may answer: lines that can be called only; else watches
        bool journal = true;    ///< write the call log
    };

    Session(hal::EventLoop& loop, Console& console, const Settings& settings, Needs needs,
            User& user);
    ~Session() override;

    /// Opens the lines and runs the loop until finish().
    ExitCode run();
    /// Gives every call back on-hook, closes the lines and ends run().
    void finish(ExitCode code);

    /// Some line is still to come, or to be ready.
    [[nodiscard]] bool isWaiting() const { return !waiting_.empty() || !missing_.empty(); }
    /// Those of `sim:` ports.
    [[nodiscard]] const std::vector<std::unique_ptr<SimulatedDevice>>& simulated() const {
        return simulated_;
    }
    /// The lines are a service's.
    [[nodiscard]] bool inService() const { return !settings_.bus.empty(); }
    [[nodiscard]] hal::EventLoop& loop() { return loop_; }
    [[nodiscard]] tapi::Tapi& tapi() { return *tapi_; }
    [[nodiscard]] CallJournal& journal() { return journal_; }
    [[nodiscard]] Console& console() { return console_; }
    [[nodiscard]] const Settings& settings() const { return settings_; }

private:
    hal::Result<void> open();
    hal::Result<void> openDevices();
    hal::Result<void> openService();
    [[nodiscard]] bool isWanted(const tapi::Address& line) const;
    [[nodiscard]] std::string noLineText() const;
    hal::Result<void> choosePorts();
    hal::Result<void> takePort(const std::string& name, const DevicesThere& there);
    hal::Result<void> simulate(const std::string& name);
    void onEvent(const tapi::Event& event) override;
    void onObject(const tapi::TapiObjectEvent& event);
    void considerLine(const std::shared_ptr<tapi::Address>& line);
    void addLine(const std::shared_ptr<tapi::Address>& line);
    void watchPhone(const std::shared_ptr<tapi::Phone>& phone);
    void tellMissing();
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
    DeviceChoice choice_;
    std::vector<std::unique_ptr<SimulatedDevice>> simulated_;
    std::unique_ptr<core::LineManager> manager_;
    std::unique_ptr<tapi::Tapi> tapi_;
    std::vector<std::shared_ptr<tapi::Address>> waiting_;  ///< not ready yet
    std::vector<AdapterPort> missing_;                     ///< no line of them yet
    bool hasLine_ = false;
    std::vector<hal::SignalWatch> signals_;
    hal::Timer openLimit_;
    bool begun_ = false;
    std::optional<ExitCode> exit_;
    bool interrupted_ = false;
};

}  // namespace tipring::tools

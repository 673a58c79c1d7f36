// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sound_file.h"
#include "tipring/hal/sim/control.h"
#include "tipring/hal/sim/network.h"
#include "tipring/hal/sim/pty_outlet.h"
#include "tipring/hal/sim/script_runner.h"
#include "tipring/hal/sim/script_telephone.h"
#include "tipring/hal/sim/sim_port.h"

namespace tipring::sim {

using Tell = std::function<void(std::string_view where, std::string_view number,
                                std::string_view what, std::string_view detail)>;

/// Somebody far away with a script that begins at a time.
struct NetworkPerson {
    NetworkPerson(Exchange& exchange, const Script& script, const ScriptSetting& setting,
                  const Tell& tell);
    FarEnd end;
    FarEndActor actor{end};
    ScriptRunner runner;
    hal::Timer begin;
    bool begun = false;
};

/// A line with all that belongs to it.
class NetworkStation final : public LineWatcher {
public:
    NetworkStation(Exchange& exchange, const Scenario::Line& plan, const Tell& tell);
    ~NetworkStation() override;

    hal::Result<void> openOutlet(hal::EventLoop& loop, const Scenario::Line& plan);
    hal::Result<void> record(const std::string& file);
    void addScript(const Scenario::Line& plan, const ScriptSetting& setting);
    void start();
    [[nodiscard]] bool isOver() const;
    [[nodiscard]] NetworkLine describe() const;
    [[nodiscard]] std::string run(Exchange& exchange, std::string_view command);
    [[nodiscard]] Line& line() const { return line_; }
    [[nodiscard]] AtModem* modem() const { return modem_.get(); }
    /// A USB device has the line; for people.
    void plugInto(Exchange& exchange, std::string_view model, std::string place);

    void onLineEvent(const Line& line, std::string_view what, std::string_view detail) override;
    void onLineSound(const Line& line, HeardBlock toDevice, HeardBlock fromDevice) override;

private:
    hal::EventLoop& loop_;
    Line& line_;
    const Tell& tell_;
    std::string device_, place_;
    std::chrono::milliseconds at_;
    std::unique_ptr<AtModem> modem_;
    std::optional<SimPortName> port_;
    std::unique_ptr<PtyOutlet> pty_;
    std::unique_ptr<FarEnd> caller_;  ///< of the control commands
    std::unique_ptr<Control> control_;
    std::unique_ptr<ScriptTelephone> telephone_;
    std::unique_ptr<ScriptRunner> runner_;
    std::unique_ptr<hal::Timer> begin_;
    bool begun_ = false;
    std::optional<SoundWriter> tape_;
    double heardPower_ = 0, spokenPower_ = 0;
};

}  // namespace tipring::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/base/result.h"
#include "tipring/hal/sim/at_modem.h"
#include "tipring/hal/sim/command_receiver.h"
#include "tipring/hal/sim/scenario.h"
#include "tipring/hal/sim/usbip_server.h"

namespace tipring::sim {

/// Something that happened in a network.
struct NetworkEvent {
    hal::Duration at{};       ///< since the start
    std::string_view where;   ///< "line", "far-end" or "device"
    std::string_view number;  ///< which one
    std::string_view what;    ///< see LineWatcher and ScriptRunner
    std::string_view detail;
};

/// A line of a network, for people.
struct NetworkLine {
    Line* line = nullptr;
    AtModem* modem = nullptr;  ///< null: a telephone, or nothing
    std::string device;        ///< its kind
    std::string place;         ///< "/dev/pts/5", "sim:5550100", "usbip 1-1", or empty
    float toDevice = -100;     ///< dBm0 of the last block heard; -100 in silence
    float fromDevice = -100;
};

/// A USB device of a network, for people.
struct NetworkDevice {
    std::string_view model, description;  ///< of usbModelKinds()
    std::string bus, place;               ///< "1-1"; "usbip 1-1", "sim:1-1", or empty
    std::vector<std::string> lines;       ///< on its jacks; empty: an open one
    std::uint16_t vendor = 0, product = 0;
    bool plugged = true, attached = false;  ///< attached: somebody has it
};

struct NetworkOptions {
    bool outlets = true;                  ///< PTYs and sim: ports for the modems and USB devices
    std::string folder{};                 ///< that sound files of the scenario start from
    std::optional<UsbipOptions> usbip{};  ///< where USB/IP is spoken; none: devices have no outlet
};

/// The network of a scenario on a loop: exchange, lines, devices, people, calls. The same scenario
/// and seed give the same events and samples, as long as no program takes part over an outlet.
/// What goes wrong on one line is told and leaves the others alone. Thread: the loop's.
class Network final : public CommandReceiver {
public:
    /// Fails where an outlet or a recording cannot be made, with which line it is.
    static hal::Result<std::unique_ptr<Network>> create(hal::EventLoop& loop,
                                                        const Scenario& scenario,
                                                        NetworkOptions options = {});
    ~Network() override;

    /// Before start().
    void onEvent(std::function<void(const NetworkEvent&)> task);
    /// Writes what is said on a line to a WAV file: left to the device, right from it.
    hal::Result<void> record(std::string_view number, const std::string& file);
    /// Scripts and calls begin.
    void start();

    [[nodiscard]] Exchange& exchange();
    [[nodiscard]] std::vector<NetworkLine> lines() const;
    [[nodiscard]] std::vector<NetworkDevice> devices() const;
    /// Where USB/IP is spoken; none: nowhere.
    [[nodiscard]] std::optional<std::uint16_t> usbipPort() const;
    /// No script runs but those that wait for a call, no call of the scenario is still to come, and
    /// every line is idle.
    [[nodiscard]] bool isOver() const;

    /// `lines?`, `devices?`, `quit`, `help`; `on NUMBER COMMAND` as Control has them for that line;
    /// `on BUS unplug|plug`, and `lift|hangup|flash|keys 123` of a device with a telephone that no
    /// script has. Any other command is for the first line.
    [[nodiscard]] std::string run(std::string_view command) override;
    [[nodiscard]] bool quitAsked() const override;

private:
    struct Impl;
    explicit Network(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace tipring::sim

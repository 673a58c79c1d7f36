// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scenario/network_parts.h"
#include "tipring/hal/sim/sim_usb.h"
#include "tipring/hal/sim/usb_catalog.h"
#include "tipring/hal/sim/usbip_server.h"
#include "usb/script_handset.h"

namespace tipring::sim {

/// A USB device with what is on its jacks: lines of the network, or a telephone and somebody at it.
class NetworkUsb {
public:
    /// `parts` live longer; a telephone is this one's own.
    NetworkUsb(const Scenario::Device& plan, UsbParts parts, const Tell& tell);
    ~NetworkUsb();

    /// Behind USB/IP or in process, as the plan has it. `server` may be null, and lives longer.
    void offer(const Scenario::Device& plan, UsbipServer* server);
    void addScript(const Scenario::Device& plan, const ScriptSetting& setting);
    void start();
    [[nodiscard]] bool isOver() const;
    [[nodiscard]] NetworkDevice describe() const;
    [[nodiscard]] const std::string& bus() const { return bus_; }
    /// unplug, plug, lift, hangup, keys 123, flash.
    [[nodiscard]] std::string run(std::string_view command);

private:
    [[nodiscard]] std::string runTelephone(const std::vector<std::string>& words);

    const UsbModelKind& kind_;
    std::string bus_, place_;
    std::vector<std::string> numbers_;
    const Tell& tell_;
    hal::EventLoop& loop_;
    std::chrono::milliseconds at_;
    std::unique_ptr<Telephone> telephone_;
    std::unique_ptr<UsbModel> model_;
    std::optional<SimUsbName> name_;
    UsbipServer* server_ = nullptr;
    std::unique_ptr<ScriptHandset> person_;
    std::unique_ptr<ScriptRunner> runner_;
    std::unique_ptr<hal::Timer> begin_;
    bool begun_ = false;
};

}  // namespace tipring::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapter_list.h"
#include "tipring/hal/base/event_loop.h"
#include "tipring/hal/sim/usb_model.h"

namespace tipring::tools {

/// A device of the simulator with what it hangs on, for `--port sim:NAME`: who has no hardware can
/// try every command. An adapter or modem for lines is on a small exchange with the magic numbers,
/// and somebody calls it; an adapter for telephones has a telephone and somebody who uses it.
class SimulatedDevice {
public:
    virtual ~SimulatedDevice() = default;
    /// The device is in service: people begin to do what they do. Once.
    virtual void begin() = 0;
    /// What is plugged in, to pull it out; null for a modem on a serial port.
    [[nodiscard]] virtual sim::UsbModel* model() = 0;

    /// `name` without "sim:"; null for a name that is none of simulatedDeviceNames().
    static std::unique_ptr<SimulatedDevice> create(hal::EventLoop& loop, const std::string& name,
                                                   const std::string& country);

protected:
    SimulatedDevice() = default;
    SimulatedDevice(const SimulatedDevice&) = delete;
    SimulatedDevice& operator=(const SimulatedDevice&) = delete;
};

/// The name of the simulated port that `tipring demo` makes itself.
inline constexpr std::string_view kDemoPort = "demo";

/// "sangoma-u100", "open-usb-fxs", ... and the kinds of modem.
[[nodiscard]] std::vector<std::string> simulatedDeviceNames();
/// Who drives the simulated adapter of that name; null for other names, modems too.
[[nodiscard]] const AdapterDriver* simulatedAdapterDriver(std::string_view name);

}  // namespace tipring::tools

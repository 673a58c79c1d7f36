// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapter_list.h"
#include "settings.h"
#include "tipring/hal/serial/port_list.h"
#include "tipring/tapi_core/manager/line_manager.h"

namespace tipring::tools {

/// A USB adapter that was named with --port.
struct AdapterPort {
    std::string name;    ///< as it was given: "usb:10c4:8461:0123/2", "sim:sangoma-u100"
    std::string device;  ///< opens it: "usb:10c4:8461:0123"
    unsigned line = 0;   ///< one of its lines alone; 0: all
    const AdapterDriver* driver = nullptr;
};

/// The ports of the settings, by who drives them.
struct DeviceChoice {
    std::vector<std::string> modems;
    std::vector<AdapterPort> adapters;
};

/// What is plugged in and can be used without being named.
struct DevicesThere {
    std::vector<hal::PortInfo> serial;
    std::vector<AdapterFound> adapters;
};
DevicesThere devicesThere();

/// Who drives the port of that name; nothing: it is a modem's. NoDevice: a USB name that nothing
/// has, or a device that no driver knows. ResourceUnavail: no permission.
hal::Result<std::optional<AdapterPort>> adapterPortOf(const std::string& name,
                                                      const DevicesThere& there);

/// The only device that is there: a USB modem's port or an adapter. Built-in serial ports do not
/// count, for nobody knows what hangs on them. NoDevice: none, or several, which the cause lists.
hal::Result<std::string> onlyDevice(const DevicesThere& there);

/// Adds the providers that the choice needs.
hal::Result<void> addProviders(core::LineManager& manager, const DeviceChoice& choice,
                               const Settings& settings);

/// A line of an adapter that was named: "PROVIDER" and "KEY/2" of TAPI.
[[nodiscard]] bool isChosen(const DeviceChoice& choice, std::string_view provider,
                            std::string_view permanentId);

/// For people: "10c4:8461" and what it is called.
[[nodiscard]] std::string serialPortText(const hal::PortInfo& port);
[[nodiscard]] std::string adapterText(const AdapterFound& adapter);

}  // namespace tipring::tools

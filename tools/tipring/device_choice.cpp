// SPDX-License-Identifier: Apache-2.0
#include "device_choice.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "session.h"
#include "simulated_device.h"
#include "tipring/drivers/at_modem/provider.h"
#include "tipring/hal/base/usb_id.h"

namespace tipring::tools {
namespace {

using hal::ErrorCode;
using hal::Result;

constexpr std::string_view kUsb = "usb:", kSim = "sim:";

/// "NAME/2": the name and 2; other endings are the name's own.
std::pair<std::string, unsigned> splitLine(const std::string& name) {
    const auto slash = name.rfind('/');
    unsigned line = 0;
    if (slash != std::string::npos) {
        const char* end = name.data() + name.size();
        const auto parsed = std::from_chars(name.data() + slash + 1, end, line);
        if (parsed.ec == std::errc() && parsed.ptr == end && line > 0) {
            return {name.substr(0, slash), line};
        }
    }
    return {name, 0};
}

bool matches(const hal::UsbIdentity& identity, const std::string& name) {
    if (name == "usb:@" + identity.busPath) {
        return true;
    }
    const auto id = hal::parseUsbId(std::string_view(name).substr(kUsb.size()));
    return id && id->vendor == identity.vendor && id->product == identity.product &&
           (id->serial.empty() || id->serial == identity.serial);
}

Result<std::optional<AdapterPort>> notThere(const std::string& name, const DevicesThere& there) {
    const auto id = hal::parseUsbId(std::string_view(name).substr(kUsb.size()));
    for (const hal::PortInfo& port : there.serial) {
        if (id && port.usb && port.usb->vendor == id->vendor && port.usb->product == id->product) {
            return hal::fail(
                ErrorCode::NoDevice,
                fmt::format("{} is a modem with a serial port: use --port {}", name, port.path));
        }
    }
    return hal::fail(
        ErrorCode::NoDevice,
        fmt::format("there is no adapter {}; `tipring devices` lists those that are there", name));
}

}  // namespace

DevicesThere devicesThere() {
    DevicesThere there;
    there.serial = hal::listSerialPorts().value_or(std::vector<hal::PortInfo>{});
    there.adapters = listAdapters().value_or(std::vector<AdapterFound>{});
    return there;
}

Result<std::optional<AdapterPort>> adapterPortOf(const std::string& name,
                                                 const DevicesThere& there) {
    AdapterPort port;
    port.name = name;
    std::tie(port.device, port.line) = splitLine(name);
    if (port.device.starts_with(kSim)) {
        port.driver = simulatedAdapterDriver(std::string_view(port.device).substr(kSim.size()));
        return port.driver == nullptr ? std::nullopt : std::optional(port);
    }
    if (!port.device.starts_with(kUsb)) {
        return std::nullopt;
    }
    for (const AdapterFound& found : there.adapters) {
        if (!matches(found.device.identity, port.device)) {
            continue;
        }
        if (!found.device.problem.empty()) {
            return hal::fail(ErrorCode::ResourceUnavail, found.device.problem);
        }
        port.driver = findAdapterDriver(found.model.family);
        return std::optional(port);
    }
    return notThere(name, there);
}

std::string serialPortText(const hal::PortInfo& port) {
    if (!port.usb) {
        const bool says = !port.description.empty() && !port.path.ends_with(port.description);
        return says ? port.description : std::string("built-in serial port");
    }
    std::string text = port.usb->productName.empty() ? port.description : port.usb->productName;
    if (!port.usb->manufacturer.empty() && !text.starts_with(port.usb->manufacturer)) {
        text = text.empty() ? port.usb->manufacturer
                            : fmt::format("{} {}", port.usb->manufacturer, text);
    }
    text = text.empty() ? std::string("USB serial device") : text;
    text += fmt::format(" (USB {:04x}:{:04x}", port.usb->vendor, port.usb->product);
    text += port.usb->serial.empty() ? ")" : fmt::format(", serial number {})", port.usb->serial);
    return text;
}

std::string adapterText(const AdapterFound& adapter) {
    const hal::UsbIdentity& identity = adapter.device.identity;
    return fmt::format("{} ({}; USB {:04x}:{:04x}{})", adapter.model.name, adapter.model.chip,
                       identity.vendor, identity.product,
                       identity.serial.empty() ? "" : ", serial number " + identity.serial);
}

Result<std::string> onlyDevice(const DevicesThere& there) {
    std::vector<std::string> names, texts;
    for (const hal::PortInfo& port : there.serial) {
        if (port.usb) {
            names.push_back(port.path);
            texts.push_back(fmt::format("    {}  {}", port.path, serialPortText(port)));
        }
    }
    for (const AdapterFound& adapter : there.adapters) {
        names.push_back(adapter.device.name);
        texts.push_back(fmt::format("    {}  {}", adapter.device.name, adapterText(adapter)));
    }
    if (names.size() == 1) {
        return names.front();
    }
    if (names.empty()) {
        return hal::fail(ErrorCode::NoDevice,
                         "no port given, and no modem or adapter found; use --port /dev/ttyACM0, "
                         "or `ports` in the configuration file. `tipring doctor` looks what is "
                         "wrong, `tipring demo` needs no hardware");
    }
    return hal::fail(ErrorCode::NoDevice,
                     fmt::format("no port given, and {} devices are there; choose one with "
                                 "--port:\n{}",
                                 names.size(), fmt::join(texts, "\n")));
}

Result<void> addProviders(core::LineManager& manager, const DeviceChoice& choice,
                          const Settings& settings) {
    Result<void> added;
    if (!choice.modems.empty()) {
        Settings own = settings;
        own.ports = choice.modems;
        added = manager.addProvider(*tipring_at_modem_provider(), providerConfig(own));
    }
    for (const AdapterDriver& driver : adapterDrivers()) {
        std::string devices;
        for (const AdapterPort& port : choice.adapters) {
            if (port.driver == &driver) {
                devices += fmt::format("{}{}", devices.empty() ? "" : "\n", port.device);
            }
        }
        if (added && !devices.empty()) {
            core::ProviderConfig config{{"device", devices}};
            if (!settings.country.empty()) {
                config["country"] = settings.country;
            }
            added = manager.addProvider(*driver.provider, std::move(config));
        }
    }
    return added;
}

bool isChosen(const DeviceChoice& choice, std::string_view provider, std::string_view permanentId) {
    bool ofAdapter = false, chosen = false;
    for (const AdapterPort& port : choice.adapters) {
        if (port.driver->family == provider) {
            ofAdapter = true;
            chosen =
                chosen || port.line == 0 || permanentId.ends_with("/" + std::to_string(port.line));
        }
    }
    return chosen || !ofAdapter;
}

}  // namespace tipring::tools

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "commands.h"
#include "console.h"
#include "device_choice.h"
#include "json_line.h"
#include "port_check.h"
#include "tipring/hal/serial/port_list.h"

namespace tipring::tools {
namespace {

std::string stateText(const PortAccess& access) {
    if (!access.allowed) {
        return fmt::format(
            "no permission: your user is not in the group {0}; run `sudo adduser "
            "$USER {0}` and log in again",
            access.group);
    }
    if (!access.holders.empty()) {
        const PortHolder& holder = access.holders.front();
        return fmt::format("in use by {} (pid {}); {}", holder.program, holder.pid,
                           holderAdvice(holder));
    }
    return access.allHoldersKnown ? "free" : "free, as far as this user can see";
}

void tell(Console& console, const hal::PortInfo& port) {
    const PortAccess access = checkPort(port.path);
    const bool free = access.allowed && access.holders.empty();
    console.result(fmt::format("{}  {}", console.paint(Console::Style::Strong, port.path),
                               serialPortText(port)));
    console.result(fmt::format(
        "    {}",
        console.paint(free ? Console::Style::Good : Console::Style::Bad, stateText(access))));

    JsonLine line;
    line.set("port", port.path).set("name", port.name);
    line.setUnlessEmpty("description", port.description);
    if (port.usb) {
        line.set("usb", fmt::format("{:04x}:{:04x}", port.usb->vendor, port.usb->product));
        line.setUnlessEmpty("manufacturer", port.usb->manufacturer)
            .setUnlessEmpty("product", port.usb->productName)
            .setUnlessEmpty("serialNumber", port.usb->serial);
    }
    line.set("allowed", access.allowed).set("group", access.group).set("free", free);
    if (!access.holders.empty()) {
        line.set("heldBy", access.holders.front().program).set("pid", access.holders.front().pid);
    }
    console.object(line);
}

/// Kernel drivers that hold an interface: ours detaches them, and that is worth telling.
std::string kernelDrivers(const hal::UsbDeviceInfo& device) {
    std::string names;
    for (const auto& configuration : device.descriptors.configurations) {
        for (const auto& interface : configuration.interfaces) {
            if (!interface.driver.empty() && names.find(interface.driver) == std::string::npos) {
                names += fmt::format("{}{}", names.empty() ? "" : ", ", interface.driver);
            }
        }
    }
    return names;
}

void tell(Console& console, const AdapterFound& found) {
    const hal::UsbDeviceInfo& device = found.device;
    const bool lines = found.model.kind == adapters::AdapterKind::Fxo;
    const std::string usb =
        fmt::format("{:04x}:{:04x}", device.identity.vendor, device.identity.product);
    console.result(fmt::format("{}  {}", console.paint(Console::Style::Strong, device.name),
                               adapterText(found)));
    const std::string held = kernelDrivers(device);
    const bool allowed = device.problem.empty();
    const std::string state =
        !allowed       ? device.problem
        : held.empty() ? std::string("free")
                       : fmt::format("free once the kernel's {} lets go, which it does", held);
    console.result(
        fmt::format("    {}; for {}, by the driver {}",
                    console.paint(allowed ? Console::Style::Good : Console::Style::Bad, state),
                    lines ? "telephone lines" : "telephones", found.model.family));
    JsonLine line;
    line.set("device", device.name).set("name", found.model.name).set("chip", found.model.chip);
    line.set("usb", usb).setUnlessEmpty("serialNumber", device.identity.serial);
    line.set("driver", found.model.family).set("kind", lines ? "fxo" : "fxs");
    line.set("path", device.path).set("allowed", allowed);
    line.setUnlessEmpty("problem", device.problem).setUnlessEmpty("kernelDriver", held);
    console.object(line);
}

}  // namespace

ExitCode runDevices(Console& console) {
    const auto ports = hal::listSerialPorts();
    if (!ports) {
        console.problem("cannot list the serial ports", ports.error());
    }
    const std::size_t portCount = ports ? ports->size() : 0;
    for (std::size_t i = 0; i < portCount; ++i) {
        tell(console, (*ports)[i]);
    }
    const auto found = listAdapters();
    if (!found) {
        console.problem("cannot list the USB devices", found.error());
    }
    for (const AdapterFound& each : found.value_or(std::vector<AdapterFound>{})) {
        tell(console, each);
    }
    if (portCount != 0 || (found && !found->empty())) {
        console.note("Next: `tipring lines --port PORT` asks what a device there can do.");
    } else if (found) {
        console.note(
            "No serial ports and no adapters found. Plug one in, or try `tipring demo`: it needs "
            "none.");
    }
    return ports ? ExitCode::Ok : exitCodeFor(ports.error().code);
}

}  // namespace tipring::tools

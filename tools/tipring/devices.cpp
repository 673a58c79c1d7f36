// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "commands.h"
#include "console.h"
#include "json_line.h"
#include "port_check.h"
#include "tipring/hal/serial/port_list.h"

namespace tipring::tools {
namespace {

std::string identity(const hal::PortInfo& port) {
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
    console.result(
        fmt::format("{}  {}", console.paint(Console::Style::Strong, port.path), identity(port)));
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

}  // namespace

ExitCode runDevices(Console& console) {
    const auto ports = hal::listSerialPorts();
    if (!ports) {
        console.problem("cannot list the serial ports", ports.error());
        return exitCodeFor(ports.error().code);
    }
    if (ports->empty()) {
        console.note(
            "No serial ports found. Plug in a modem, or try `tipring demo`: it needs none.");
        return ExitCode::Ok;
    }
    for (const hal::PortInfo& port : *ports) {
        tell(console, port);
    }
    console.note("Next: `tipring lines --port PORT` asks what a modem there can do.");
    return ExitCode::Ok;
}

}  // namespace tipring::tools

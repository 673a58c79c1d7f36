// SPDX-License-Identifier: Apache-2.0
#include "doctor_checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "tipring/drivers/chips/conexant_monitor.h"

namespace tipring::tools {
namespace {

using Kind = Finding::Kind;
using Findings = std::vector<Finding>;

constexpr std::string_view kReplug = "pull it out and plug it in again";
constexpr std::string_view kReload =
    "sudo systemd-hwdb update && sudo udevadm control --reload && sudo udevadm trigger";

/// Built-in ports may have nothing on them: only what USB says is somebody's device.
bool isDevice(const DoctorPort& port) {
    return port.port.usb.has_value() || port.known || port.answers.has_value();
}

void lookForDevices(const DoctorMachine& machine, Findings& found) {
    const bool port = std::any_of(machine.ports.begin(), machine.ports.end(), isDevice);
    if (!port && machine.devices.empty()) {
        found.push_back({Kind::Problem, "", "there is no modem on USB and no adapter",
                         "plug one in and look at `lsusb`; a modem on a built-in serial port is "
                         "asked with --port /dev/ttyS0. `tipring demo` needs no hardware"});
    }
}

void lookForRules(const DoctorMachine& machine, Findings& found) {
    if (!machine.rules || !machine.hwdb) {
        found.push_back({Kind::Problem, "",
                         fmt::format("{} is not installed",
                                     machine.rules ? "70-tipring.hwdb" : "70-tipring.rules"),
                         fmt::format("install the package, or copy both files to /etc/udev/rules.d "
                                     "and /etc/udev/hwdb.d, then: {}",
                                     kReload)});
    } else if (!machine.hwdbLacks.empty()) {
        found.push_back({Kind::Problem, "",
                         fmt::format("70-tipring.hwdb is older than this program: it does not "
                                     "have the {}",
                                     machine.hwdbLacks),
                         fmt::format("install the newer one, then: {}", kReload)});
    }
}

void lookForMarks(const DoctorMachine& machine, Findings& found) {
    if (!machine.rules || !machine.hwdb) {
        return;  // told already
    }
    for (const DoctorUsb& each : machine.devices) {
        if (each.driver != nullptr && !each.marked) {
            found.push_back({Kind::Problem, each.device.name,
                             fmt::format("udev has not marked the {}: its database is not up to "
                                         "date, or it was plugged in before",
                                         each.name),
                             fmt::format("{}, then {}", kReload, kReplug)});
        }
    }
}

void lookForPorts(const DoctorMachine& machine, Findings& found) {
    for (const DoctorUsb& each : machine.devices) {
        const hal::UsbIdentity& identity = each.device.identity;
        const bool has = std::any_of(
            machine.ports.begin(), machine.ports.end(), [&identity](const DoctorPort& port) {
                return port.port.usb && port.port.usb->vendor == identity.vendor &&
                       port.port.usb->product == identity.product;
            });
        if (each.driver == nullptr && !has) {
            found.push_back({Kind::Problem, each.device.name,
                             fmt::format("the modem {} has no serial port: the kernel's driver "
                                         "has not taken it",
                                         each.name),
                             "sudo modprobe cdc_acm; where the modem was handed to a virtual "
                             "machine or a container, take it back"});
        }
    }
}

void lookForPermission(const DoctorMachine& machine, Findings& found) {
    for (const DoctorPort& each : machine.ports) {
        if (isDevice(each) && each.access.exists && !each.access.allowed) {
            found.push_back(
                {Kind::Problem, each.port.path,
                 fmt::format("you may not use it: it belongs to the group {}", each.access.group),
                 fmt::format("sudo adduser $USER {}, and log in again", each.access.group)});
        }
    }
    for (const DoctorUsb& each : machine.devices) {
        if (each.driver != nullptr && !each.device.problem.empty()) {
            found.push_back(
                {Kind::Problem, each.device.name,
                 fmt::format("you may not use {}", each.device.path),
                 machine.rules && machine.hwdb
                     ? "sudo adduser $USER dialout, and log in again; who sits at the machine "
                       "needs no group"
                     : "the udev rules above give it to the group dialout and to who sits at the "
                       "machine"});
        }
    }
}

void lookForHolders(const DoctorMachine& machine, Findings& found) {
    for (const DoctorPort& each : machine.ports) {
        for (const PortHolder& holder : each.access.holders) {
            found.push_back({Kind::Problem, each.port.path,
                             fmt::format("{} (pid {}) has it open", holder.program, holder.pid),
                             holderAdvice(holder)});
        }
    }
}

void lookForManager(const DoctorMachine& machine, Findings& found) {
    if (machine.modemManager == 0) {
        return;
    }
    for (const DoctorPort& each : machine.ports) {
        if (each.port.usb && !each.managerKept) {
            found.push_back({Kind::Problem, each.port.path,
                             fmt::format("ModemManager runs (pid {}) and is not kept away: it "
                                         "sends commands of its own and loses calls",
                                         machine.modemManager),
                             "ATTRS{idVendor}==\"" + fmt::format("{:04x}", each.port.usb->vendor) +
                                 "\", ENV{ID_MM_DEVICE_IGNORE}=\"1\" in a udev rule (the package's "
                                 "rules have one for modems that it knows), or: sudo systemctl "
                                 "stop ModemManager"});
        }
    }
}

/// Drivers of the kernel on interfaces of an adapter; "usbfs" is another program.
void lookForKernelDrivers(const DoctorMachine& machine, Findings& found) {
    for (const DoctorUsb& each : machine.devices) {
        if (each.driver == nullptr) {
            continue;
        }
        const auto* active = each.device.descriptors.configuration(each.device.configuration);
        for (const auto& one : active ? active->interfaces : std::vector<hal::UsbInterface>{}) {
            if (one.driver == "usbfs") {
                found.push_back({Kind::Problem, each.device.name,
                                 fmt::format("another program has interface {}", one.number),
                                 "end it: `sudo fuser -v " + each.device.path + "` names it"});
            } else if (!one.driver.empty()) {
                found.push_back(
                    {Kind::Advice, each.device.name,
                     fmt::format("the kernel's {} has interface {}", one.driver, one.number),
                     "nothing: it is asked to let go while Tipring uses the adapter, "
                     "and gets it back"});
            }
        }
    }
}

void lookAtConfiguration(const DoctorMachine& machine, Findings& found) {
    for (const DoctorUsb& each : machine.devices) {
        const std::uint8_t active = each.device.configuration;
        if (active == 0) {
            found.push_back({Kind::Problem, each.device.name,
                             "the kernel has not configured it: it asks for more power than the "
                             "hub gives, or was switched off",
                             "use a port of the machine itself or a hub with a power supply"});
        } else if (each.driver == nullptr &&
                   chips::hasMonitor(each.device.descriptors, chips::kMonitorConfiguration) &&
                   active != chips::kMonitorConfiguration) {
            found.push_back(
                {Kind::Advice, each.device.name,
                 fmt::format("configuration {} is active, the line monitor (caller ID heard on the "
                             "line itself) is in configuration {}",
                             active, chips::kMonitorConfiguration),
                 fmt::format("sudo mkdir -p /etc/tipring && sudo touch /etc/tipring/line-monitor, "
                             "{}, and set lineMonitor = \"on\" in [at_modem]",
                             kReplug)});
        }
    }
}

void lookForAnswers(const DoctorMachine& machine, Findings& found) {
    for (const DoctorPort& each : machine.ports) {
        if (each.answers == false) {
            found.push_back({Kind::Problem, each.port.path, "nothing there answers AT",
                             fmt::format("{}; some devices have a second port that is the modem's, "
                                         "and a modem in a data call answers when that ends",
                                         kReplug)});
        }
    }
}

void lookForSilence(const DoctorMachine& machine, Findings& found) {
    for (const DoctorUsb& each : machine.devices) {
        if (!each.silence.empty()) {
            found.push_back(
                {Kind::Problem, each.device.name,
                 fmt::format("the {} does not answer: {}", each.name, each.silence),
                 fmt::format("{}; where that does not help, another cable or port", kReplug)});
        }
    }
}

constexpr DoctorCheck kChecks[] = {
    {"device", "Is a modem or an adapter plugged in?", lookForDevices},
    {"rules", "Are the udev rules installed, and not older than this program?", lookForRules},
    {"marks", "Has udev marked the adapters?", lookForMarks},
    {"serial-port", "Has every modem on USB a serial port?", lookForPorts},
    {"permission", "May you use them?", lookForPermission},
    {"in-use", "Is nobody else using them?", lookForHolders},
    {"modem-manager", "Does ModemManager keep away?", lookForManager},
    {"kernel-driver", "Are the adapters' interfaces free?", lookForKernelDrivers},
    {"configuration", "Are they in the right USB configuration?", lookAtConfiguration},
    {"answer", "Do the modems answer?", lookForAnswers},
    {"wedged", "Do the adapters answer?", lookForSilence},
};

}  // namespace

std::span<const DoctorCheck> doctorChecks() {
    return kChecks;
}

bool isUsbModem(const hal::UsbDeviceInfo& device) {
    constexpr std::uint8_t kCommunications = 2, kAbstractControl = 2;  // CDC PSTN 1.2, 3
    for (const auto& configuration : device.descriptors.configurations) {
        for (const auto& one : configuration.interfaces) {
            for (const auto& alternate : one.alternates) {
                if (alternate.classCode == kCommunications &&
                    alternate.subclass == kAbstractControl) {
                    return true;
                }
            }
        }
    }
    return false;
}

}  // namespace tipring::tools

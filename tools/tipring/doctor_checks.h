// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapter_list.h"
#include "port_check.h"
#include "tipring/hal/serial/port_list.h"

namespace tipring::tools {

/// A serial port as it was found.
struct DoctorPort {
    hal::PortInfo port;
    PortAccess access;
    bool known = false;             ///< udev's database says that it is a modem of ours
    bool managerKept = false;       ///< udev keeps ModemManager away
    std::optional<bool> answers{};  ///< to AT; nothing: not asked
};

/// A USB device that is an adapter or a modem.
struct DoctorUsb {
    hal::UsbDeviceInfo device;
    const AdapterDriver* driver = nullptr;  ///< of an adapter; null: a modem
    std::string name;                       ///< for people
    bool marked = false;                    ///< udev's database knows it
    std::string silence;  ///< why it gave no answer to a request; empty: it did, or was not asked
};

/// All that the checks look at.
struct DoctorMachine {
    std::vector<DoctorPort> ports;
    std::vector<DoctorUsb> devices;
    bool rules = false;     ///< 70-tipring.rules is installed
    bool hwdb = false;      ///< 70-tipring.hwdb is installed
    std::string hwdbLacks;  ///< a device of ours that the installed one does not have
    int modemManager = 0;   ///< pid; 0: does not run
};

/// What is wrong with one thing.
struct Finding {
    enum class Kind : unsigned char {
        Problem,
        Advice,  ///< works, and could be better
    };
    Kind kind = Kind::Problem;
    std::string device;  ///< name or path; empty: of the machine
    std::string seen;    ///< how it shows
    std::string remedy;  ///< what to do
};

/// One thing that can be wrong.
struct DoctorCheck {
    std::string_view name;      ///< for programs: "permission"
    std::string_view question;  ///< for people
    void (*look)(const DoctorMachine&, std::vector<Finding>&);
};
/// In the order in which a person should read them.
[[nodiscard]] std::span<const DoctorCheck> doctorChecks();

/// A modem on USB has a CDC ACM interface, whoever made it.
[[nodiscard]] bool isUsbModem(const hal::UsbDeviceInfo& device);

}  // namespace tipring::tools

// SPDX-License-Identifier: Apache-2.0
#include "doctor_machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <system_error>

#include "tipring/hal/base/udev.h"
#include "tipring/hal/serial/serial_port.h"
#include "tipring/hal/usb/usb_device.h"

namespace tipring::tools {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// A few of udev's properties, by device node.
using Properties = std::map<std::string, std::string, std::less<>>;
Properties propertiesOf(const std::string& node, const char* subsystem) {
    Properties properties;
    const hal::Udev context{udev_new()};
    const hal::UdevEnumeration search{context ? udev_enumerate_new(context.get()) : nullptr};
    if (!search) {
        return properties;
    }
    udev_enumerate_add_match_subsystem(search.get(), subsystem);
    udev_enumerate_scan_devices(search.get());
    for (auto* entry = udev_enumerate_get_list_entry(search.get()); entry != nullptr;
         entry = udev_list_entry_get_next(entry)) {
        const hal::UdevDevice device{
            udev_device_new_from_syspath(context.get(), udev_list_entry_get_name(entry))};
        if (!device || hal::udevText(udev_device_get_devnode(device.get())) != node) {
            continue;
        }
        for (const char* name :
             {"ID_TIPRING", "ID_TIPRING_ADAPTER", "ID_MM_DEVICE_IGNORE", "ID_MM_PORT_IGNORE"}) {
            properties[name] = hal::udevText(udev_device_get_property_value(device.get(), name));
        }
    }
    return properties;
}

/// The first of the places where udev looks that has the file; empty: none.
std::string findUdevFile(const std::string& root, const std::string& folder,
                         const std::string& name) {
    for (const char* place :
         {"/etc/udev/", "/run/udev/", "/usr/local/lib/udev/", "/lib/udev/", "/usr/lib/udev/"}) {
        const std::string path = root + place + folder + "/" + name;
        std::error_code error;
        if (fs::exists(path, error)) {
            return path;
        }
    }
    return {};
}

/// Names the first adapter that an installed database does not have.
std::string lackOf(const std::string& hwdb) {
    std::ifstream file(hwdb);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    for (const AdapterDriver& driver : adapterDrivers()) {
        for (const adapters::UsbModelRow& row : driver.models) {
            if (text.find(fmt::format("usb:v{:04X}p{:04X}", row.vendor, row.product)) ==
                text.npos) {
                return std::string(row.name);
            }
        }
    }
    return {};
}

int findProcess(const std::string& root, std::string_view program) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(root + "/proc", error)) {
        const std::string name = entry.path().filename();
        int pid = 0;
        const auto parsed = std::from_chars(name.data(), name.data() + name.size(), pid);
        std::string comm;
        if (parsed.ec == std::errc() && parsed.ptr == name.data() + name.size()) {
            std::ifstream file(entry.path() / "comm");
            std::getline(file, comm);
        }
        if (!comm.empty() && comm == program) {
            return pid;
        }
    }
    return 0;
}

void addPort(DoctorMachine& machine, const hal::PortInfo& port) {
    const Properties has = propertiesOf(port.path, "tty");
    const auto is = [&has](const char* name) {
        const auto found = has.find(name);
        return found != has.end() && found->second == "1";
    };
    machine.ports.push_back({.port = port,
                             .access = checkPort(port.path),
                             .known = is("ID_TIPRING"),
                             .managerKept = is("ID_MM_DEVICE_IGNORE") || is("ID_MM_PORT_IGNORE")});
}

void addUsb(DoctorMachine& machine, const hal::UsbDeviceInfo& device) {
    DoctorUsb seen;
    seen.device = device;
    for (const AdapterDriver& driver : adapterDrivers()) {
        const auto* row =
            adapters::findModel(driver.models, device.identity.vendor, device.identity.product);
        if (row != nullptr) {
            seen.driver = &driver;
            seen.name = row->name;
        }
    }
    if (seen.driver == nullptr) {
        if (!isUsbModem(device)) {
            return;
        }
        seen.name = device.product.empty() ? "without a name" : device.product;
    }
    const Properties has = propertiesOf(device.path, "usb");
    const auto mark = has.find("ID_TIPRING_ADAPTER");
    seen.marked = mark != has.end() && !mark->second.empty();
    machine.devices.push_back(std::move(seen));
}

/// Sends AT to one port and waits for OK; two times, for the first one may find a modem asleep.
class PortQuestion final : private hal::SerialPortObserver {
public:
    PortQuestion(hal::EventLoop& loop, DoctorPort& port, std::function<void()> done)
        : port_(port), done_(std::move(done)), timer_(loop, [this] { onTimer(); }) {
        auto opened = hal::openSerialPort(loop, port.port.path);
        if (opened) {
            device_ = std::move(*opened);
            device_->setObserver(this);
            static_cast<void>(device_->setDtr(true));
            static_cast<void>(device_->setRts(true));
        }
        timer_.arm(device_ ? kSettle : hal::Duration{});
    }

private:
    static constexpr hal::Duration kSettle = 200ms, kPatience = 1500ms;
    static constexpr int kTries = 2;

    void onTimer() {
        if (!device_ || tries_++ == kTries) {
            end(device_ ? std::optional(false) : std::nullopt);
            return;
        }
        constexpr std::string_view kQuestion = "AT\r";
        static_cast<void>(device_->write(std::as_bytes(std::span(kQuestion))));
        timer_.arm(kPatience);
    }
    void onReceived(std::span<const std::byte> bytes) override {
        constexpr std::size_t kMost = 4096;
        for (const std::byte byte : bytes.first(std::min(bytes.size(), kMost))) {
            heard_ += static_cast<char>(byte);
        }
        if (heard_.find("OK\r") != heard_.npos || heard_.find("\r0\r") != heard_.npos) {
            end(true);
        } else if (heard_.size() > kMost) {
            heard_.clear();
        }
    }
    void onGone(const hal::Error&) override { end(false); }
    void end(std::optional<bool> answers) {
        if (!std::exchange(ended_, true)) {
            timer_.cancel();
            port_.answers = answers;
            done_();
        }
    }

    DoctorPort& port_;
    std::function<void()> done_;
    hal::Timer timer_;
    std::unique_ptr<hal::SerialPort> device_;
    std::string heard_;
    int tries_ = 0;
    bool ended_ = false;
};

}  // namespace

DoctorMachine lookAround(const std::vector<std::string>& ports, const std::string& root) {
    DoctorMachine machine;
    for (const hal::PortInfo& port :
         hal::listSerialPorts().value_or(std::vector<hal::PortInfo>{})) {
        addPort(machine, port);
    }
    for (std::string path : ports) {
        for (const std::string_view scheme : {"serial:", "pty:"}) {
            path.erase(0, path.starts_with(scheme) ? scheme.size() : 0);
        }
        const bool listed =
            std::any_of(machine.ports.begin(), machine.ports.end(),
                        [&path](const DoctorPort& each) { return each.port.path == path; });
        if (path.starts_with('/') && !listed) {
            hal::PortInfo port;
            port.path = path;
            addPort(machine, port);
            machine.ports.back().known = true;
        }
    }
    for (const hal::UsbDeviceInfo& device :
         hal::listUsbDevices().value_or(std::vector<hal::UsbDeviceInfo>{})) {
        addUsb(machine, device);
    }
    const std::string hwdb = findUdevFile(root, "hwdb.d", "70-tipring.hwdb");
    machine.rules = !findUdevFile(root, "rules.d", "70-tipring.rules").empty();
    machine.hwdb = !hwdb.empty();
    machine.hwdbLacks = hwdb.empty() ? "" : lackOf(hwdb);
    machine.modemManager = findProcess(root, "ModemManager");
    return machine;
}

void askDevices(hal::EventLoop& loop, DoctorMachine& machine) {
    constexpr hal::UsbSetup kDeviceDescriptor{0x80, 6, 0x0100, 0};
    constexpr std::size_t kSize = 18;
    std::size_t waiting = 1;
    const auto done = [&] {
        if (--waiting == 0) {
            loop.stop();
        }
    };
    std::vector<std::unique_ptr<PortQuestion>> questions;
    for (DoctorPort& port : machine.ports) {
        const bool worth = port.port.usb.has_value() || port.known;
        if (worth && port.access.allowed && port.access.holders.empty()) {
            ++waiting;
            questions.push_back(std::make_unique<PortQuestion>(loop, port, done));
        }
    }
    std::vector<std::unique_ptr<hal::UsbDevice>> devices;
    for (DoctorUsb& each : machine.devices) {
        if (each.driver == nullptr || !each.device.problem.empty()) {
            continue;
        }
        auto opened = hal::openUsbDevice(loop, each.device.name);
        if (!opened) {
            each.silence = opened.error().cause;
            continue;
        }
        ++waiting;
        (*opened)->controlIn(kDeviceDescriptor, kSize, 1s,
                             [&each, done](const hal::Result<std::span<const std::byte>>& got) {
                                 each.silence = got ? std::string() : got.error().cause;
                                 done();
                             });
        devices.push_back(std::move(*opened));
    }
    loop.post(done);
    loop.run();
}

}  // namespace tipring::tools

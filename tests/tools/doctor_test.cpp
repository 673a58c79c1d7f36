// SPDX-License-Identifier: Apache-2.0
// Each row of the doctor's table: found where it is wrong, silent where it is not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "doctor_machine.h"
#include "temp_dir.h"

namespace tipring::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = Finding::Kind;

hal::UsbConfiguration configurationOf(std::uint8_t value,
                                      std::vector<hal::UsbInterface> interfaces) {
    hal::UsbConfiguration configuration;
    configuration.value = value;
    configuration.interfaces = std::move(interfaces);
    return configuration;
}

hal::UsbInterface interfaceOf(std::uint8_t number, std::uint8_t classCode,
                              std::vector<std::uint8_t> bulkEndpoints = {}) {
    hal::UsbAlternate face;
    face.classCode = classCode;
    face.subclass = classCode == 2 ? 2 : 0;
    for (const std::uint8_t address : bulkEndpoints) {
        face.endpoints.push_back({address, hal::UsbTransferType::Bulk, 64, 1});
    }
    hal::UsbInterface one;
    one.number = number;
    one.alternates = {face};
    return one;
}

/// A machine where nothing is wrong: a CX93010 that answers, and a U100 that is free.
DoctorMachine healthy() {
    DoctorMachine machine;
    machine.rules = machine.hwdb = true;
    DoctorPort port;
    port.port.path = "/dev/ttyACM0";
    port.port.usb = hal::PortInfo::Usb{0x0572, 0x1340, "", "Conexant", "USB Modem"};
    port.access.exists = port.access.allowed = true;
    port.access.group = "dialout";
    port.known = port.managerKept = true;
    port.answers = true;
    machine.ports = {port};
    DoctorUsb modem;
    modem.device.identity.vendor = 0x0572;
    modem.device.identity.product = 0x1340;
    modem.device.name = "usb:@1-1";
    modem.device.configuration = 2;
    const auto serial = interfaceOf(0, 2), data = interfaceOf(1, 0x0A, {0x82, 0x02});
    modem.device.descriptors.configurations = {
        configurationOf(1, {serial, data}),
        configurationOf(2, {serial, data, interfaceOf(2, 0x0A, {0x83, 0x03})})};
    modem.name = "USB Modem";
    DoctorUsb adapter;
    adapter.device.identity.vendor = 0x10C4;
    adapter.device.identity.product = 0x8461;
    adapter.device.name = "usb:10c4:8461:0123";
    adapter.device.path = "/dev/bus/usb/001/003";
    adapter.device.configuration = 1;
    adapter.device.descriptors.configurations = {
        configurationOf(1, {interfaceOf(0, 0xFF, {0x81, 0x01})})};
    adapter.driver = findAdapterDriver("sangoma_u100");
    adapter.name = "Sangoma U100";
    adapter.marked = true;
    machine.devices = {modem, adapter};
    return machine;
}

std::vector<Finding> look(std::string_view check, const DoctorMachine& machine) {
    std::vector<Finding> found;
    for (const DoctorCheck& each : doctorChecks()) {
        if (each.name == check) {
            each.look(machine, found);
            return found;
        }
    }
    ADD_FAILURE() << "no check " << check;
    return found;
}

/// One finding of the check, no other check is disturbed; its texts name device, cause and remedy.
void expectOne(const DoctorMachine& machine, std::string_view check, Kind kind,
               const std::string& device, const std::string& seen, const std::string& remedy) {
    for (const DoctorCheck& each : doctorChecks()) {
        if (each.name != check) {
            EXPECT_THAT(look(each.name, machine), IsEmpty()) << each.name;
        }
    }
    const auto found = look(check, machine);
    ASSERT_EQ(found.size(), 1U) << check;
    EXPECT_EQ(found[0].kind, kind);
    EXPECT_EQ(found[0].device, device);
    EXPECT_THAT(found[0].seen, HasSubstr(seen));
    EXPECT_THAT(found[0].remedy, HasSubstr(remedy));
}

TEST(Doctor, FindsNothingWhereNothingIsWrong) {
    for (const DoctorCheck& check : doctorChecks()) {
        EXPECT_THAT(look(check.name, healthy()), IsEmpty()) << check.name;
    }
}

TEST(Doctor, NoDeviceAtAll) {
    DoctorMachine machine = healthy();
    machine.ports.clear();
    machine.devices.clear();
    DoctorPort builtIn;
    builtIn.port.path = "/dev/ttyS0";
    builtIn.access.exists = true;
    machine.ports = {builtIn};
    expectOne(machine, "device", Kind::Problem, "", "no modem on USB and no adapter",
              "tipring demo");
}

TEST(Doctor, RulesThatAreMissingOrOld) {
    DoctorMachine machine = healthy();
    machine.rules = false;
    expectOne(machine, "rules", Kind::Problem, "", "70-tipring.rules is not installed",
              "udevadm trigger");
    machine = healthy();
    machine.hwdb = false;
    expectOne(machine, "rules", Kind::Problem, "", "70-tipring.hwdb is not installed", "hwdb");
    machine = healthy();
    machine.hwdbLacks = "magicJack";
    expectOne(machine, "rules", Kind::Problem, "", "does not have the magicJack",
              "systemd-hwdb update");
}

TEST(Doctor, AnAdapterThatUdevDidNotMark) {
    DoctorMachine machine = healthy();
    machine.devices[1].marked = false;
    expectOne(machine, "marks", Kind::Problem, "usb:10c4:8461:0123", "has not marked",
              "plug it in");
}

TEST(Doctor, AModemWithoutASerialPort) {
    DoctorMachine machine = healthy();
    machine.ports.clear();
    expectOne(machine, "serial-port", Kind::Problem, "usb:@1-1", "no serial port",
              "modprobe cdc_acm");
}

TEST(Doctor, PermissionOfAPortAndOfAnAdapter) {
    DoctorMachine machine = healthy();
    machine.ports[0].access.allowed = false;
    machine.ports[0].answers.reset();
    expectOne(machine, "permission", Kind::Problem, "/dev/ttyACM0", "group dialout",
              "adduser $USER dialout");
    machine = healthy();
    machine.devices[1].device.problem = "no permission";
    expectOne(machine, "permission", Kind::Problem, "usb:10c4:8461:0123", "/dev/bus/usb/001/003",
              "adduser $USER dialout");
}

TEST(Doctor, AnotherProgramHasThePort) {
    DoctorMachine machine = healthy();
    machine.ports[0].access.holders = {{4711, "minicom"}};
    machine.ports[0].answers.reset();
    expectOne(machine, "in-use", Kind::Problem, "/dev/ttyACM0", "minicom (pid 4711)", "kill 4711");
}

TEST(Doctor, ModemManagerThatIsNotKeptAway) {
    DoctorMachine machine = healthy();
    machine.modemManager = 800;
    EXPECT_THAT(look("modem-manager", machine), IsEmpty()) << "udev keeps it away";
    machine.ports[0].managerKept = false;
    expectOne(machine, "modem-manager", Kind::Problem, "/dev/ttyACM0", "pid 800",
              "ID_MM_DEVICE_IGNORE");
    machine.modemManager = 0;
    EXPECT_THAT(look("modem-manager", machine), IsEmpty()) << "it does not run";
}

TEST(Doctor, DriversOfTheKernelOnAnAdapter) {
    DoctorMachine machine = healthy();
    auto& one = machine.devices[1].device.descriptors.configurations[0].interfaces[0];
    one.driver = "snd-usb-audio";
    expectOne(machine, "kernel-driver", Kind::Advice, "usb:10c4:8461:0123", "snd-usb-audio",
              "let go");
    one.driver = "usbfs";
    expectOne(machine, "kernel-driver", Kind::Problem, "usb:10c4:8461:0123",
              "another program has interface 0", "fuser -v /dev/bus/usb/001/003");
}

TEST(Doctor, AConexantModemInTheOtherConfiguration) {
    DoctorMachine machine = healthy();
    machine.devices[0].device.configuration = 1;
    expectOne(machine, "configuration", Kind::Advice, "usb:@1-1", "line monitor",
              "/etc/tipring/line-monitor");
    machine.devices[0].device.descriptors.configurations.pop_back();
    EXPECT_THAT(look("configuration", machine), IsEmpty()) << "it has no monitor";
}

TEST(Doctor, ADeviceThatIsNotConfigured) {
    DoctorMachine machine = healthy();
    machine.devices[1].device.configuration = 0;
    expectOne(machine, "configuration", Kind::Problem, "usb:10c4:8461:0123", "not configured",
              "hub");
}

TEST(Doctor, AModemThatDoesNotAnswer) {
    DoctorMachine machine = healthy();
    machine.ports[0].answers = false;
    expectOne(machine, "answer", Kind::Problem, "/dev/ttyACM0", "nothing there answers AT",
              "plug it in again");
}

TEST(Doctor, AWedgedAdapter) {
    DoctorMachine machine = healthy();
    machine.devices[1].silence = "no answer within 1000 ms";
    expectOne(machine, "wedged", Kind::Problem, "usb:10c4:8461:0123", "no answer within 1000 ms",
              "plug it in again");
}

TEST(Doctor, LooksForFilesAndProcessesBelowItsRoot) {
    namespace fs = std::filesystem;
    TempDir root;
    const DoctorMachine empty = lookAround({}, root.path());
    EXPECT_FALSE(empty.rules);
    EXPECT_FALSE(empty.hwdb);
    EXPECT_EQ(empty.modemManager, 0);
    fs::create_directories(root.file("lib/udev/rules.d"));
    fs::create_directories(root.file("etc/udev/hwdb.d"));
    fs::create_directories(root.file("proc/812"));
    std::ofstream(root.file("proc/812/comm")) << "ModemManager\n";
    std::ofstream(root.file("lib/udev/rules.d/70-tipring.rules")) << "# rules\n";
    std::ofstream(root.file("etc/udev/hwdb.d/70-tipring.hwdb")) << "usb:v10C4p8461*\n";
    const DoctorMachine old = lookAround({}, root.path());
    EXPECT_TRUE(old.rules);
    EXPECT_TRUE(old.hwdb);
    EXPECT_EQ(old.modemManager, 812);
    EXPECT_FALSE(old.hwdbLacks.empty()) << "it has one adapter of many";
    std::ofstream all(root.file("etc/udev/hwdb.d/70-tipring.hwdb"));
    for (const AdapterDriver& driver : adapterDrivers()) {
        for (const auto& row : driver.models) {
            char line[32];
            std::snprintf(line, sizeof line, "usb:v%04Xp%04X*\n", row.vendor, row.product);
            all << line;
        }
    }
    all.close();
    EXPECT_EQ(lookAround({}, root.path()).hwdbLacks, "");
}

TEST(Doctor, NamesOfChecksAreUnique) {
    std::vector<std::string_view> names;
    for (const DoctorCheck& check : doctorChecks()) {
        EXPECT_EQ(std::count(names.begin(), names.end(), check.name), 0) << check.name;
        names.push_back(check.name);
    }
}

}  // namespace
}  // namespace tipring::tools

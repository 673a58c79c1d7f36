// SPDX-License-Identifier: Apache-2.0
#include "port_name.h"

#include <filesystem>
#include <fstream>

#include "port_fixture.h"
#include "tipring/hal/serial/port_list.h"

namespace tipring::hal::testing {
namespace {

namespace fs = std::filesystem;

class PortName : public PortFixture {
protected:
    PortName() {
        std::string name = fs::temp_directory_path() / "tipring-name-XXXXXX";
        directory = ::mkdtemp(name.data());
    }
    ~PortName() override { fs::remove_all(directory); }

    fs::path directory;
};

TEST_F(PortName, thatIsAPathOfAPtsOpensThePty) {
    const PtyMaster master;
    EXPECT_EQ(open(master.slave())->name(), "pty:" + master.slave());
}

TEST_F(PortName, mayBeALinkToAPts) {
    const PtyMaster master;
    const fs::path link = directory / "modem:0";
    fs::create_symlink(master.slave(), link);
    const auto port = open(link);
    ASSERT_NE(port, nullptr);
    EXPECT_EQ(port->name(), "pty:" + link.string());
    master.send("RING");
    EXPECT_TRUE(runUntil([&] { return seen.received == "RING"; }));
}

TEST_F(PortName, ofAFileOrDirectoryIsRefusedInWords) {
    const fs::path file = directory / "file";
    std::ofstream(file) << "x";
    for (const std::string prefix : {"", "pty:", "serial:"}) {
        const Error ofFile = openFailure(prefix + file.string());
        EXPECT_EQ(ofFile.code, ErrorCode::InvalAddress);
        EXPECT_NE(ofFile.cause.find("is a file, not a terminal"), std::string::npos);
        const Error ofDirectory = openFailure(prefix + directory.string());
        EXPECT_EQ(ofDirectory.code, ErrorCode::InvalAddress);
        EXPECT_NE(ofDirectory.cause.find("is a directory, not a terminal"), std::string::npos);
    }
}

TEST_F(PortName, ofADeviceThatIsNoTerminalIsRefused) {
    const Error error = openFailure("/dev/null");
    EXPECT_EQ(error.code, ErrorCode::InvalAddress);
    EXPECT_NE(error.cause.find("not a terminal"), std::string::npos) << error.cause;
}

TEST_F(PortName, thatIsNotThereIsNoDevice) {
    for (const std::string prefix : {"", "pty:", "serial:"}) {
        const Error error = openFailure(prefix + "/dev/ttyNOT0");
        EXPECT_EQ(error.code, ErrorCode::NoDevice);
        EXPECT_NE(error.cause.find("/dev/ttyNOT0"), std::string::npos) << error.cause;
    }
}

TEST_F(PortName, ofAnUnknownSchemeOrShapeIsRefused) {
    for (const char* name : {"", "modem", "nope:/dev/pts/1", "pty:", "pty:pts/1", "serial:ttyS0",
                             ":", "serial:usb:", "serial:usb:0572", "serial:usb:0572:134"}) {
        EXPECT_EQ(openFailure(name).code, ErrorCode::InvalAddress) << name;
    }
}

TEST_F(PortName, ofAPtsIsNothingForLibserialport) {
    const PtyMaster master;
    const Error error = openFailure("serial:" + master.slave());
    EXPECT_EQ(error.code, ErrorCode::InvalAddress);
    EXPECT_NE(error.cause.find("pty:" + master.slave()), std::string::npos) << error.cause;
}

TEST_F(PortName, withAUsbIdentityThatIsNotPluggedInIsNoDevice) {
    EXPECT_EQ(openFailure("serial:usb:ffff:fffe").code, ErrorCode::NoDevice);
}

TEST(UsbId, isTwoNumbersAndPerhapsASerialNumber) {
    const auto plain = parseUsbId("0572:1340");
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->vendor, 0x0572);
    EXPECT_EQ(plain->product, 0x1340);
    EXPECT_EQ(plain->serial, "");
    EXPECT_EQ(parseUsbId("ABcd:00ff:24:68 x")->serial, "24:68 x");
}

TEST(UsbId, inAnyOtherShapeIsRefused) {
    for (const char* text : {"", ":", "0572", "0572:", "0572:134", "0572-1340", "057g:1340",
                             "0572:13401", "0572:1340:", "0x572:1340", "+572:1340"}) {
        EXPECT_EQ(parseUsbId(text).error().code, ErrorCode::InvalAddress) << text;
    }
}

TEST(SerialPorts, areListedInTheOrderOfTheirPaths) {
    const auto ports = listSerialPorts();
    ASSERT_TRUE(ports) << ports.error().text();
    for (std::size_t i = 0; i < ports->size(); ++i) {
        EXPECT_EQ((*ports)[i].name, "serial:" + (*ports)[i].path);
        EXPECT_TRUE(i == 0 || (*ports)[i - 1].path < (*ports)[i].path);
    }
}

class PortSchemes : public PortFixture {
protected:
    std::string opened;

    PortOpener opener(const std::string& tag) {
        return [this, tag](EventLoop&, std::string_view rest,
                           const LineSettings& settings) -> Result<std::unique_ptr<SerialPort>> {
            opened = tag + "/" + std::string(rest) + "/" + std::to_string(settings.baud);
            return fail(ErrorCode::OperationUnavail, tag);
        };
    }
};

TEST_F(PortSchemes, openWhatTheyWereAddedFor) {
    const PortScheme token = addPortScheme("test", opener("first"));
    EXPECT_EQ(openSerialPort(*loop, "test:line:1", {.baud = 9600}).error().cause, "first");
    EXPECT_EQ(opened, "first/line:1/9600");
}

TEST_F(PortSchemes, areReplacedUntilTheTokenDies) {
    const PortScheme first = addPortScheme("test", opener("first"));
    {
        const PortScheme second = addPortScheme("test", opener("second"));
        EXPECT_EQ(openFailure("test:x").cause, "second");
    }
    EXPECT_EQ(openFailure("test:x").cause, "first");
}

TEST_F(PortSchemes, endWithTheirTokenEvenIfItMoved) {
    PortScheme kept;
    {
        PortScheme token = addPortScheme("test", opener("first"));
        kept = std::move(token);
    }
    EXPECT_EQ(openFailure("test:x").cause, "first");
    kept = PortScheme{};
    EXPECT_EQ(openFailure("test:x").code, ErrorCode::InvalAddress);
}

TEST_F(PortSchemes, mayEndWhileTheyOpen) {
    std::unique_ptr<PortScheme> token;
    token = std::make_unique<PortScheme>(
        addPortScheme("test",
                      [&](EventLoop&, std::string_view,
                          const LineSettings&) -> Result<std::unique_ptr<SerialPort>> {
                          token.reset();
                          return fail(ErrorCode::InUse, "once");
                      }));
    EXPECT_EQ(openFailure("test:x").cause, "once");
    EXPECT_EQ(openFailure("test:x").code, ErrorCode::InvalAddress);
}

TEST_F(PortSchemes, mayStandInForABuiltInOne) {
    const PortScheme token = addPortScheme("pty", opener("fault"));
    EXPECT_EQ(openFailure("pty:/dev/pts/0").cause, "fault");
}

}  // namespace
}  // namespace tipring::hal::testing

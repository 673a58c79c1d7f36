// SPDX-License-Identifier: Apache-2.0
#include <sys/ioctl.h>

#include <algorithm>

#include "fake_tty.h"
#include "opener.h"
#include "tipring/hal/serial/port_list.h"

namespace tipring::hal::testing {
namespace {

using std::chrono::milliseconds;

const FakeTty::Usb kFirst{"0572", "1340", "24680246"};
const FakeTty::Usb kSecond{"0572", "1340", "13579"};

class LibserialportPort : public PortFixture {
protected:
    FakeTty first{"ttyVM0", &kFirst};
    FakeTty second{"ttyVM1", &kSecond};
    FakeTty plain{"ttyVS0", nullptr};

    void expectCarries(SerialPort& port, const FakeTty& tty) {
        ASSERT_EQ(port.write(bytesOf("AT\r")).value(), 3U);
        EXPECT_EQ(tty.master.take(), "AT\r");
        seen.received.clear();
        tty.master.send("\r\nOK\r\n");
        EXPECT_TRUE(runUntil([&] { return seen.received == "\r\nOK\r\n"; }));
    }
};

TEST_F(LibserialportPort, opensByPathAndCarriesBytes) {
    const auto port = open("serial:/dev/ttyVM0");
    ASSERT_NE(port, nullptr);
    EXPECT_EQ(port->name(), "serial:/dev/ttyVM0");
    expectCarries(*port, first);
}

TEST_F(LibserialportPort, isChosenForAPathWithAnEntryInSysClassTty) {
    const auto port = open("/dev/ttyVS0");
    ASSERT_NE(port, nullptr);
    EXPECT_EQ(port->name(), "serial:/dev/ttyVS0");
    expectCarries(*port, plain);
}

TEST_F(LibserialportPort, opensTheFirstOfAUsbIdentity) {
    const auto port = open("serial:usb:0572:1340");
    ASSERT_NE(port, nullptr);
    EXPECT_EQ(port->name(), "serial:usb:0572:1340");
    expectCarries(*port, first);
}

TEST_F(LibserialportPort, opensTheOneWithTheSerialNumber) {
    const auto port = open("serial:usb:0572:1340:13579");
    ASSERT_NE(port, nullptr);
    expectCarries(*port, second);
    EXPECT_EQ(openFailure("serial:usb:0572:1340:999").code, ErrorCode::NoDevice);
    EXPECT_EQ(openFailure("serial:usb:0572:1341").code, ErrorCode::NoDevice);
}

TEST_F(LibserialportPort, isListedWithWhatUsbSaysOfIt) {
    const auto ports = listSerialPorts();
    ASSERT_TRUE(ports) << ports.error().text();
    ASSERT_EQ(ports->size(), 3U);
    EXPECT_EQ((*ports)[0].name, "serial:/dev/ttyVM0");
    EXPECT_EQ((*ports)[0].description, "Voice Modem - 24680246");
    ASSERT_TRUE((*ports)[0].usb);
    EXPECT_EQ((*ports)[0].usb->vendor, 0x0572);
    EXPECT_EQ((*ports)[0].usb->product, 0x1340);
    EXPECT_EQ((*ports)[0].usb->serial, "24680246");
    EXPECT_EQ((*ports)[0].usb->manufacturer, "Maker");
    EXPECT_EQ((*ports)[0].usb->productName, "Voice Modem");
    EXPECT_EQ((*ports)[2].path, "/dev/ttyVS0");
    EXPECT_FALSE((*ports)[2].usb);
}

TEST_F(LibserialportPort, setsBitsParityAndStopBits) {
    const auto port = open("serial:/dev/ttyVM0");
    ASSERT_TRUE(port->configure({.dataBits = 7, .parity = Parity::Even, .stopBits = 2}));
    EXPECT_EQ(first.asked.c_cflag & (CSIZE | PARENB | PARODD | CSTOPB),
              tcflag_t(CS7 | PARENB | CSTOPB));
    ASSERT_TRUE(port->configure({.dataBits = 5, .parity = Parity::Odd}));
    EXPECT_EQ(first.asked.c_cflag & (CSIZE | PARENB | PARODD | CSTOPB),
              tcflag_t(CS5 | PARENB | PARODD));
    ASSERT_TRUE(port->configure({.dataBits = 6}));
    EXPECT_EQ(first.asked.c_cflag & (CSIZE | PARENB | PARODD | CSTOPB), tcflag_t(CS6));
    ASSERT_TRUE(port->configure({}));
    EXPECT_EQ(first.asked.c_cflag & (CSIZE | PARENB | PARODD | CSTOPB), tcflag_t(CS8));
}

TEST_F(LibserialportPort, setsEachFlowControlAndTakesItBack) {
    const auto port = open("serial:/dev/ttyVM0");
    const auto flags = [&](FlowControl flow) {
        EXPECT_TRUE(port->configure({.flow = flow}));
        termios term{};
        EXPECT_EQ(::tcgetattr(first.master.fd(), &term), 0);
        EXPECT_EQ(term.c_iflag & CRTSCTS, 0U) << "a flag of c_cflag in c_iflag";
        EXPECT_EQ(term.c_cc[VMIN], 1);
        return std::pair(term.c_cflag & CRTSCTS, term.c_iflag & (IXON | IXOFF | IXANY));
    };
    const std::pair<tcflag_t, tcflag_t> none{0, 0};
    const std::pair<tcflag_t, tcflag_t> hardware{CRTSCTS, 0};
    const std::pair<tcflag_t, tcflag_t> software{0, IXON | IXOFF};
    EXPECT_EQ(flags(FlowControl::RtsCts), hardware);
    EXPECT_EQ(flags(FlowControl::None), none);
    EXPECT_EQ(flags(FlowControl::XonXoff), software);
    EXPECT_EQ(flags(FlowControl::RtsCts), hardware);
}

TEST_F(LibserialportPort, setsStandardAndOtherRates) {
    const auto port = open("serial:/dev/ttyVM0", {.baud = 38400});
    EXPECT_EQ(actualRate(first.master.fd()), 38400U);
    for (const unsigned rate : {300U, 2400U, 12345U, 115200U, 230400U, 921600U}) {
        ASSERT_TRUE(port->configure({.baud = rate}));
        EXPECT_EQ(actualRate(first.master.fd()), rate);
    }
    EXPECT_EQ(port->configure({.baud = 0}).error().code, ErrorCode::InvalParam);
}

TEST_F(LibserialportPort, leavesDtrAloneWhenItOpensAndConfigures) {
    first.lines = TIOCM_DTR | TIOCM_RTS;  // as the kernel raises them at the open
    const auto port = open("serial:/dev/ttyVM0");
    ASSERT_TRUE(port->configure({.baud = 9600, .flow = FlowControl::None}));
    EXPECT_EQ(first.writesOfDtr, 0);
    EXPECT_NE(first.lines & TIOCM_DTR, 0);
}

TEST_F(LibserialportPort, switchesDtrAndRtsUnderEveryFlowControl) {
    const auto port = open("serial:/dev/ttyVM0");
    for (const FlowControl flow : {FlowControl::RtsCts, FlowControl::None, FlowControl::XonXoff}) {
        ASSERT_TRUE(port->configure({.flow = flow}));
        ASSERT_TRUE(port->setDtr(true));
        ASSERT_TRUE(port->setRts(true));
        EXPECT_EQ(first.lines & (TIOCM_DTR | TIOCM_RTS), TIOCM_DTR | TIOCM_RTS);
        ASSERT_TRUE(port->setRts(false));
        EXPECT_EQ(first.lines & (TIOCM_DTR | TIOCM_RTS), TIOCM_DTR);
        ASSERT_TRUE(port->setDtr(false));
        EXPECT_EQ(first.lines & (TIOCM_DTR | TIOCM_RTS), 0);
    }
}

TEST_F(LibserialportPort, readsEachModemLine) {
    const auto port = open("serial:/dev/ttyVM0");
    const auto lines = [&](int bits) {
        first.lines = bits;
        return port->modemLines().value();
    };
    EXPECT_EQ(lines(0), ModemLines{});
    EXPECT_EQ(lines(TIOCM_CTS), (ModemLines{.cts = true}));
    EXPECT_EQ(lines(TIOCM_DSR), (ModemLines{.dsr = true}));
    EXPECT_EQ(lines(TIOCM_CAR), (ModemLines{.dcd = true}));
    EXPECT_EQ(lines(TIOCM_RNG), (ModemLines{.ri = true}));
}

TEST_F(LibserialportPort, reportsRingingAndCarrierWhileLinesAreWatched) {
    const auto port = open("serial:/dev/ttyVM0");
    first.lines = TIOCM_CTS | TIOCM_DSR;
    ASSERT_TRUE(port->watchLines(milliseconds(1)));
    settle();
    EXPECT_TRUE(seen.lines.empty()) << "a state is not a change";
    first.lines |= TIOCM_RNG;
    ASSERT_TRUE(runUntil([&] { return seen.lines.size() == 1; }));
    first.lines &= ~TIOCM_RNG;
    ASSERT_TRUE(runUntil([&] { return seen.lines.size() == 2; }));
    first.lines |= TIOCM_CAR;
    ASSERT_TRUE(runUntil([&] { return seen.lines.size() == 3; }));
    EXPECT_EQ(seen.lines[0], (ModemLines{.cts = true, .dsr = true, .ri = true}));
    EXPECT_EQ(seen.lines[1], (ModemLines{.cts = true, .dsr = true}));
    EXPECT_EQ(seen.lines[2], (ModemLines{.cts = true, .dsr = true, .dcd = true}));
}

TEST_F(LibserialportPort, isSilentAboutLinesUntilAskedAndAfterItWasToldToStop) {
    const auto port = open("serial:/dev/ttyVM0");
    first.lines = TIOCM_CAR;
    settle();
    EXPECT_TRUE(seen.lines.empty());
    ASSERT_TRUE(port->watchLines(milliseconds(1)));
    ASSERT_TRUE(port->watchLines(Duration::zero()));
    first.lines = TIOCM_RNG;
    settle();
    EXPECT_TRUE(seen.lines.empty());
    const auto before = loop->wakeups();
    loop->runOnce(milliseconds(20));
    EXPECT_EQ(loop->wakeups() - before, 1U);
}

TEST_F(LibserialportPort, mayBeDestroyedWhenALineChanges) {
    auto port = open("serial:/dev/ttyVM0");
    ASSERT_TRUE(port->watchLines(milliseconds(1)));
    seen.inLines = [&] { port.reset(); };
    first.lines = TIOCM_RNG;
    EXPECT_TRUE(runUntil([&] { return port == nullptr; }));
    settle();
    EXPECT_EQ(seen.lines.size(), 1U);
}

TEST_F(LibserialportPort, reportsBeingUnpluggedOnce) {
    const auto port = open("serial:/dev/ttyVM0");
    ASSERT_TRUE(port->write(bytesOf("AT\r")));
    first.master.close();
    EXPECT_TRUE(runUntil([&] { return !seen.gone.empty(); }));
    settle();
    ASSERT_EQ(seen.gone.size(), 1U);
    EXPECT_EQ(seen.gone[0].code, ErrorCode::NoDevice);
    EXPECT_NE(seen.gone[0].cause.find("serial:/dev/ttyVM0"), std::string::npos);
    EXPECT_EQ(port->modemLines().error().code, ErrorCode::NoDevice);
}

TEST_F(LibserialportPort, reportsBeingUnpluggedWhenALineRequestFindsIt) {
    const auto port = open("serial:/dev/ttyVM0");
    first.unplugged = true;
    EXPECT_EQ(port->setDtr(false).error().code, ErrorCode::NoDevice);
    EXPECT_TRUE(seen.gone.empty());
    EXPECT_TRUE(runUntil([&] { return seen.gone.size() == 1; }));
}

TEST_F(LibserialportPort, reportsBeingUnpluggedWhenTheWatchOfLinesFindsIt) {
    const auto port = open("serial:/dev/ttyVM0");
    ASSERT_TRUE(port->watchLines(milliseconds(1)));
    first.unplugged = true;
    EXPECT_TRUE(runUntil([&] { return !seen.gone.empty(); }));
    settle();
    EXPECT_EQ(seen.gone.size(), 1U);
}

TEST_F(LibserialportPort, isHeldAloneAndGivenBack) {
    auto port = open("serial:/dev/ttyVM0");
    EXPECT_TRUE(first.exclusive);
    const Error error = openFailure("serial:usb:0572:1340:24680246");
    EXPECT_EQ(error.code, ErrorCode::Allocated);
    EXPECT_NE(error.cause.find("hal_serial_shim"), std::string::npos) << error.cause;
    port.reset();
    EXPECT_FALSE(first.exclusive);
    EXPECT_NE(open("serial:/dev/ttyVM0"), nullptr);
}

// Root passes TIOCEXCL; for anybody else the second open(2) fails before a lock can be asked.
TEST_F(LibserialportPort, namesThisProcessToAUserWhomTheKernelKeepsOut) {
    if (::getuid() == 0) {
        ASSERT_EQ(::chown(first.master.slave().c_str(), 65534, 65534), 0);
    }
    const auto openTwice = [this] {
        if (::getuid() == 0 && ::setuid(65534) != 0) {
            ::_exit(1);
        }
        auto port = open("serial:/dev/ttyVM0");
        const Error error = openFailure("serial:/dev/ttyVM0");
        port.reset();
        static_cast<void>(!::write(STDERR_FILENO, error.text().data(), error.text().size()));
        ::_exit(0);
    };
    EXPECT_EXIT(openTwice(), ::testing::ExitedWithCode(0), "ALLOCATED.*is held by this process");
}

TEST_F(LibserialportPort, doesNotTouchThePortOfAnOpenerWithoutALock) {
    first.lines = TIOCM_DTR;
    const Opener minicom(first.master.slave());
    const Error error = openFailure("serial:/dev/ttyVM0");
    EXPECT_EQ(error.code, ErrorCode::Allocated);
    EXPECT_NE(error.cause.find("pid " + std::to_string(minicom.pid())), std::string::npos)
        << error.cause;
    EXPECT_EQ(first.asked.c_cflag, 0U) << "its settings were changed";
    EXPECT_FALSE(first.exclusive);
}

}  // namespace
}  // namespace tipring::hal::testing

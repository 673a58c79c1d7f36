// SPDX-License-Identifier: Apache-2.0
#include <termios.h>

#include "port_fixture.h"

namespace tipring::hal::testing {
namespace {

constexpr std::size_t kQueueSize = std::size_t(64) * 1024;

std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
        text[i] = char(i * 7 + i / 251);
    }
    return text;
}

class PtyPort : public PortFixture {
protected:
    PtyMaster master;
    std::unique_ptr<SerialPort> port = open("pty:" + master.slave());

    void fillQueue() {
        const auto taken = port->write(bytesOf(pattern(4 * kQueueSize)));
        ASSERT_TRUE(taken);
        ASSERT_EQ(port->pending(), kQueueSize);
    }
    termios settingsAtMaster() const {
        termios term{};
        EXPECT_EQ(::tcgetattr(master.fd(), &term), 0);
        return term;
    }
    void expectGoneForAll() {
        EXPECT_EQ(port->write(bytesOf("AT")).error().code, ErrorCode::NoDevice);
        EXPECT_EQ(port->configure({}).error().code, ErrorCode::NoDevice);
        EXPECT_EQ(port->discardOutput().error().code, ErrorCode::NoDevice);
        EXPECT_EQ(port->setDtr(true).error().code, ErrorCode::NoDevice);
        EXPECT_EQ(port->setRts(true).error().code, ErrorCode::NoDevice);
        EXPECT_EQ(port->modemLines().error().code, ErrorCode::NoDevice);
        EXPECT_EQ(port->watchLines(std::chrono::seconds(1)).error().code, ErrorCode::NoDevice);
    }
};

TEST_F(PtyPort, carriesBytesBothWays) {
    ASSERT_EQ(port->write(bytesOf("ATI\r")).value(), 4U);
    EXPECT_EQ(master.take(), "ATI\r");
    master.send("\r\nOK\r\n");
    EXPECT_TRUE(runUntil([&] { return seen.received == "\r\nOK\r\n"; }));
    EXPECT_EQ(port->name(), "pty:" + master.slave());
}

TEST_F(PtyPort, isTransparentForEveryByteBothWays) {
    std::string all(256, '\0');
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i] = char(i);
    }
    ASSERT_TRUE(port->write(bytesOf(all)));
    EXPECT_EQ(master.take(), all);
    master.send(all);
    EXPECT_TRUE(runUntil([&] { return seen.received.size() >= all.size(); }));
    EXPECT_EQ(seen.received, all);
}

TEST_F(PtyPort, deliversALongStreamInOrderAndInPiecesOfAtMost4096) {
    const std::string sent = pattern(200000);
    std::size_t at = 0;
    EXPECT_TRUE(runUntil([&] {
        const ssize_t n = ::write(master.fd(), sent.data() + at, sent.size() - at);
        at += n > 0 ? std::size_t(n) : 0;
        return seen.received.size() == sent.size();
    }));
    EXPECT_EQ(seen.received, sent);
    EXPECT_LE(seen.largest, 4096U);
}

TEST_F(PtyPort, takesLessWhenNobodyReadsAndTellsWhenThereIsRoom) {
    const std::string sent = pattern(4 * kQueueSize);
    const std::size_t taken = port->write(bytesOf(sent)).value();
    EXPECT_LT(taken, sent.size());
    EXPECT_EQ(port->pending(), kQueueSize);
    EXPECT_EQ(port->write(bytesOf("more")).value(), 0U);
    settle();
    EXPECT_EQ(seen.writable, 0);
    std::string arrived;
    EXPECT_TRUE(runUntil([&] {
        arrived += master.take();
        return arrived.size() == taken;
    }));
    EXPECT_EQ(arrived, sent.substr(0, taken));
    EXPECT_EQ(seen.writable, 1);
    EXPECT_EQ(port->pending(), 0U);
}

TEST_F(PtyPort, aWriterThatComesAgainLosesNothing) {
    const std::string sent = pattern(10 * kQueueSize);
    std::size_t at = port->write(bytesOf(sent)).value();
    seen.inWritable = [&] { at += port->write(bytesOf(sent).subspan(at)).value(); };
    std::string arrived;
    EXPECT_TRUE(runUntil([&] {
        arrived += master.take();
        return arrived.size() == sent.size();
    }));
    EXPECT_EQ(arrived, sent);
}

TEST_F(PtyPort, discardingOutputMakesRoomAndTellsSoLater) {
    fillQueue();
    ASSERT_TRUE(port->discardOutput());
    EXPECT_EQ(port->pending(), 0U);
    EXPECT_EQ(seen.writable, 0);
    EXPECT_TRUE(runUntil([&] { return seen.writable == 1; }));
    EXPECT_EQ(port->write(bytesOf("AT\r")).value(), 3U);
    std::string arrived;
    EXPECT_TRUE(runUntil([&] {
        arrived += master.take();
        return arrived.ends_with("AT\r");
    }));
    EXPECT_LT(arrived.size(), kQueueSize);
}

TEST_F(PtyPort, reportsAHangUpOnceAndRefusesAllAfterIt) {
    master.close();
    EXPECT_TRUE(runUntil([&] { return !seen.gone.empty(); }));
    settle();
    ASSERT_EQ(seen.gone.size(), 1U);
    EXPECT_EQ(seen.gone[0].code, ErrorCode::NoDevice);
    EXPECT_NE(seen.gone[0].cause.find(port->name()), std::string::npos);
    expectGoneForAll();
}

TEST_F(PtyPort, reportsAHangUpThatAWriteFoundOnlyAfterTheCall) {
    master.close();
    EXPECT_EQ(port->write(bytesOf("AT\r")).error().code, ErrorCode::NoDevice);
    EXPECT_TRUE(seen.gone.empty());
    EXPECT_TRUE(runUntil([&] { return !seen.gone.empty(); }));
    settle();
    EXPECT_EQ(seen.gone.size(), 1U);
}

TEST_F(PtyPort, reportsAHangUpThatConfigureFoundOnlyAfterTheCall) {
    master.close();
    EXPECT_EQ(port->configure({}).error().code, ErrorCode::NoDevice);
    EXPECT_TRUE(seen.gone.empty());
    EXPECT_TRUE(runUntil([&] { return seen.gone.size() == 1; }));
}

TEST_F(PtyPort, hangsUpWithAFullQueue) {
    fillQueue();
    master.close();
    EXPECT_TRUE(runUntil([&] { return seen.gone.size() == 1; }));
    EXPECT_EQ(port->pending(), 0U);
    EXPECT_EQ(seen.writable, 0);
}

TEST_F(PtyPort, isDestroyedWithAFullQueue) {
    fillQueue();
    port.reset();
    settle();
    EXPECT_EQ(seen.writable, 0);
    EXPECT_TRUE(seen.gone.empty());
    EXPECT_NE(open(master.slave()), nullptr);
}

TEST_F(PtyPort, keepsAHangUpForTheObserverThatComesLater) {
    port->setObserver(nullptr);
    master.close();
    settle();
    const auto before = loop->wakeups();
    loop->runOnce(std::chrono::milliseconds(2));
    EXPECT_LE(loop->wakeups() - before, 1U);
    Recorder late;
    port->setObserver(&late);
    EXPECT_TRUE(late.gone.empty());
    EXPECT_TRUE(runUntil([&] { return late.gone.size() == 1; }));
    EXPECT_TRUE(seen.gone.empty());
}

TEST_F(PtyPort, leavesBytesInTheKernelWhileNobodyObserves) {
    port->setObserver(nullptr);
    master.send("RING");
    settle();
    EXPECT_EQ(seen.received, "");
    Recorder other;
    port->setObserver(&other);
    EXPECT_TRUE(runUntil([&] { return other.received == "RING"; }));
    EXPECT_EQ(seen.received, "");
}

TEST_F(PtyPort, tellsTheNewObserverWhenItIsReplacedInACallback) {
    Recorder second;
    seen.inReceived = [&] { port->setObserver(&second); };
    master.send("one");
    ASSERT_TRUE(runUntil([&] { return seen.received == "one"; }));
    master.send("two");
    EXPECT_TRUE(runUntil([&] { return second.received == "two"; }));
    EXPECT_EQ(seen.received, "one");
}

TEST_F(PtyPort, mayBeDestroyedInEachCallback) {
    seen.inReceived = [&] { port.reset(); };
    master.send("one");
    EXPECT_TRUE(runUntil([&] { return port == nullptr; }));

    PtyMaster second;
    port = open("pty:" + second.slave());
    seen.inWritable = [&] { port.reset(); };
    fillQueue();
    EXPECT_TRUE(runUntil([&] {
        static_cast<void>(second.take());
        return port == nullptr;
    }));

    PtyMaster third;
    port = open("pty:" + third.slave());
    seen.inGone = [&] { port.reset(); };
    third.close();
    EXPECT_TRUE(runUntil([&] { return port == nullptr; }));
    settle();
    EXPECT_EQ(seen.gone.size(), 1U);
}

TEST_F(PtyPort, showsItsSettingsToTheMaster) {
    const termios opened = settingsAtMaster();
    EXPECT_EQ(::cfgetospeed(&opened), B115200);
    EXPECT_NE(opened.c_cflag & CRTSCTS, 0U);
    EXPECT_EQ(opened.c_lflag & (ICANON | ECHO | ISIG), 0U);
    EXPECT_EQ(opened.c_oflag & OPOST, 0U);

    ASSERT_TRUE(port->configure({.baud = 2400, .stopBits = 2, .flow = FlowControl::XonXoff}));
    const termios term = settingsAtMaster();
    EXPECT_EQ(::cfgetospeed(&term), B2400);
    EXPECT_EQ(term.c_cflag & CRTSCTS, 0U);
    EXPECT_NE(term.c_cflag & CSTOPB, 0U);
    EXPECT_EQ(term.c_iflag & (IXON | IXOFF), tcflag_t(IXON | IXOFF));

    ASSERT_TRUE(port->configure({.flow = FlowControl::None}));
    EXPECT_EQ(settingsAtMaster().c_iflag & (IXON | IXOFF), 0U);
    EXPECT_EQ(settingsAtMaster().c_cflag & CRTSCTS, 0U);
}

TEST_F(PtyPort, takesBitsAndParityThoughItHasNoWireToPutThemOn) {
    ASSERT_TRUE(port->configure({.dataBits = 7, .parity = Parity::Even}));
    ASSERT_TRUE(port->write(bytesOf("\xC1\r")));
    EXPECT_EQ(master.take(), "\xC1\r");
}

TEST_F(PtyPort, refusesSettingsThatDoNotExistAndGoesOn) {
    EXPECT_EQ(port->configure({.baud = 0}).error().code, ErrorCode::InvalParam);
    EXPECT_EQ(port->configure({.baud = 12345}).error().code, ErrorCode::InvalParam);
    EXPECT_EQ(port->configure({.dataBits = 4}).error().code, ErrorCode::InvalParam);
    EXPECT_EQ(port->configure({.dataBits = 9}).error().code, ErrorCode::InvalParam);
    EXPECT_EQ(port->configure({.stopBits = 0}).error().code, ErrorCode::InvalParam);
    EXPECT_EQ(port->configure({.stopBits = 3}).error().code, ErrorCode::InvalParam);
    EXPECT_TRUE(port->write(bytesOf("AT\r")));
    settle();
    EXPECT_TRUE(seen.gone.empty());
}

TEST_F(PtyPort, hasNoModemLines) {
    EXPECT_EQ(port->setDtr(false).error().code, ErrorCode::OperationUnavail);
    EXPECT_EQ(port->setRts(false).error().code, ErrorCode::OperationUnavail);
    EXPECT_EQ(port->modemLines().error().code, ErrorCode::OperationUnavail);
    EXPECT_EQ(port->watchLines(std::chrono::seconds(1)).error().code, ErrorCode::OperationUnavail);
}

TEST_F(PtyPort, wakesNobodyWhileNothingHappens) {
    settle();
    Timer end(*loop, [this] { loop->stop(); });
    end.arm(std::chrono::milliseconds(30));
    const auto before = loop->wakeups();
    loop->run();
    EXPECT_LE(loop->wakeups() - before, 1U);
}

}  // namespace
}  // namespace tipring::hal::testing

// SPDX-License-Identifier: Apache-2.0
// Real pseudo-terminals on a real loop. Each wait ends by the loop's own events; the time limits
// are for failures only.
#include "tipring/hal/sim/pty_outlet.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <functional>

#include "scratch_dir.h"
#include "tipring/hal/base/epoll_loop.h"
#include "tipring/hal/base/file_descriptor.h"
#include "tipring/hal/sim/far_end.h"

namespace tipring::sim {
namespace {

using namespace std::chrono_literals;

struct PtyRig {
    explicit PtyRig(const std::string& link = {})
        : loop(std::move(*hal::EpollLoop::create())),
          exchange(*loop),
          line(exchange.addLine("5550100")),
          modem(*loop, line, *findPersonality("v253")),
          farEnd(exchange) {
        auto made = PtyOutlet::create(*loop, modem, link);
        EXPECT_TRUE(made) << made.error().text();
        outlet = std::move(*made);
    }

    bool until(const std::function<bool()>& done, std::chrono::milliseconds limit = 3s) {
        const auto end = loop->now() + limit;
        while (!done() && loop->now() < end) {
            loop->runOnce(5ms);
        }
        return done();
    }
    hal::FileDescriptor open(tcflag_t more = CLOCAL) {
        hal::FileDescriptor fd{::open(outlet->path().c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK)};
        termios settings{};
        ::tcgetattr(fd.get(), &settings);
        settings.c_cflag &= ~tcflag_t{CLOCAL};
        settings.c_cflag |= more;
        ::tcsetattr(fd.get(), TCSANOW, &settings);
        return fd;
    }
    static void write(int fd, std::string_view text) {
        ASSERT_EQ(::write(fd, text.data(), text.size()), ssize_t(text.size()));
    }
    std::string readUntil(int fd, std::string_view end) {
        std::string text;
        until([&] {
            std::array<char, 512> bytes;
            for (ssize_t n = 0; (n = ::read(fd, bytes.data(), bytes.size())) > 0;) {
                text.append(bytes.data(), std::size_t(n));
            }
            return text.ends_with(end);
        });
        return text;
    }
    std::string ask(int fd, std::string_view command) {
        write(fd, std::string{command} + "\r");
        return readUntil(fd, "OK\r\n");
    }

    std::unique_ptr<hal::EpollLoop> loop;
    Exchange exchange;
    Line& line;
    AtModem modem;
    FarEnd farEnd;
    std::unique_ptr<PtyOutlet> outlet;
};

TEST(PtyOutlet, AnswersAT) {
    PtyRig rig;
    const auto fd = rig.open();
    EXPECT_EQ(rig.ask(fd.get(), "AT"), "AT\r\r\nOK\r\n");
    EXPECT_TRUE(rig.outlet->isOpen());
}

TEST(PtyOutlet, TakesTheLastCloseForADropOfDtrAndKeepsSettings) {
    PtyRig rig;
    auto fd = rig.open();
    rig.ask(fd.get(), "ATE0S7=33H1");
    ASSERT_TRUE(rig.line.isOffHook());
    auto second = rig.open();
    fd.reset();
    rig.loop->runOnce(20ms);
    EXPECT_TRUE(rig.line.isOffHook());  // one is still open
    second.reset();
    EXPECT_TRUE(rig.until([&] { return !rig.line.isOffHook(); }));
    EXPECT_FALSE(rig.outlet->isOpen());
    fd = rig.open();
    EXPECT_EQ(rig.ask(fd.get(), "ATS7?"), "\r\n033\r\n\r\nOK\r\n");
}

TEST(PtyOutlet, SurvivesManyOpensAndCloses) {
    PtyRig rig;
    for (int i = 0; i < 50; ++i) {
        const auto fd = rig.open();
        EXPECT_EQ(rig.ask(fd.get(), "ATE0"), i == 0 ? "ATE0\r\r\nOK\r\n" : "\r\nOK\r\n");
        if (i % 2 == 0) {
            const auto quick = rig.open();  // opened and closed unseen
        }
    }
}

TEST(PtyOutlet, AnswersAProgramThatWritesAndLeavesAtOnce) {
    PtyRig rig;
    {
        const auto fd = rig.open();
        PtyRig::write(fd.get(), "ATE0S7=44\r");
    }
    rig.until([&] { return !rig.outlet->isOpen(); }, 200ms);
    const auto fd = rig.open();
    EXPECT_EQ(rig.ask(fd.get(), "ATE0S7?").find("044") != std::string::npos, true);
}

TEST(PtyOutlet, LosesWhatIsSaidToNobody) {
    PtyRig rig;
    ASSERT_TRUE(rig.farEnd.call("5550100", {}));
    rig.until([&] { return rig.line.rings() == 1; });
    const auto fd = rig.open();
    EXPECT_EQ(rig.ask(fd.get(), "AT"), "AT\r\r\nOK\r\n");
}

TEST(PtyOutlet, TakesSpeedZeroForADropOfDtr) {
    PtyRig rig;
    const auto fd = rig.open();
    rig.ask(fd.get(), "ATH1");
    ASSERT_TRUE(rig.line.isOffHook());
    termios settings{};
    ::tcgetattr(fd.get(), &settings);
    const termios before = settings;
    ::cfsetspeed(&settings, B0);
    ::tcsetattr(fd.get(), TCSANOW, &settings);
    EXPECT_TRUE(rig.until([&] { return !rig.line.isOffHook(); }));
    ::tcsetattr(fd.get(), TCSANOW, &before);
    rig.ask(fd.get(), "ATH1");
    EXPECT_TRUE(rig.line.isOffHook());
}

TEST(PtyOutlet, HangsUpAProgramWithoutClocalWhenCarrierIsLost) {
    const ScratchDir dir;
    const std::string link = dir.path() / "modem";
    PtyRig rig{link};
    rig.farEnd.setModem(true);
    const auto fd = rig.open(0);
    ASSERT_TRUE(rig.farEnd.call("5550100", {}));
    PtyRig::write(fd.get(), "ATA\r");
    EXPECT_NE(rig.readUntil(fd.get(), "CONNECT 33600\r\n").find("CONNECT"), std::string::npos);
    const std::string first = rig.outlet->path();
    rig.farEnd.hangUp();
    char byte = 0;
    EXPECT_TRUE(rig.until([&] {
        while (::read(fd.get(), &byte, 1) == 1) {
        }
        return errno == EIO || ::read(fd.get(), &byte, 1) == 0;
    }));
    EXPECT_EQ(std::filesystem::read_symlink(link), rig.outlet->path());
    const auto again = rig.open();
    EXPECT_NE(rig.ask(again.get(), "AT").find("OK"), std::string::npos);
}

TEST(PtyOutlet, HoldsTheProgramBackWhilePlaying) {
    PtyRig rig;
    const auto fd = rig.open();
    rig.ask(fd.get(), "ATE0+FCLASS=8");
    rig.ask(fd.get(), "AT+VLS=2");
    PtyRig::write(fd.get(), "AT+VTX\r");
    rig.readUntil(fd.get(), "CONNECT\r\n");
    const std::string sound(4000, '\x80');
    std::size_t written = 0;
    const auto start = rig.loop->now();
    while (rig.loop->now() - start < 500ms) {
        const ssize_t count = ::write(fd.get(), sound.data(), sound.size());
        written += count > 0 ? std::size_t(count) : 0;
        rig.loop->runOnce(5ms);
    }
    // 4000 played, 6000 in the modem, 4096 here, and what the kernel holds
    EXPECT_GT(written, 9000U);
    EXPECT_LT(written, 40000U);
}

/// What a program does that is no good neighbour, in one turn of the loop.
struct RudeProgram {
    const char* name;
    std::string_view begins;  ///< what it says properly before
    void (*turn)(int fd);
};

void writeRubbish(int fd) {
    std::array<char, 3000> bytes;
    static std::uint32_t seed = 1;
    for (char& byte : bytes) {
        seed = seed * 1664525 + 1013904223;
        byte = static_cast<char>(seed >> 24);
    }
    static_cast<void>(!::write(fd, bytes.data(), bytes.size()));
}
void writeTooFast(int fd) {
    const std::string sound(65536, '\x80');
    static_cast<void>(!::write(fd, sound.data(), sound.size()));
}
void readOneByte(int fd) {
    char byte = 0;
    static_cast<void>(!::read(fd, &byte, 1));
}
void askAndNeverRead(int fd) {
    static_cast<void>(!::write(fd, "ATI3\r", 5));
}
void nothing(int) {}

class RudePty : public testing::TestWithParam<RudeProgram> {};

TEST_P(RudePty, LeavesTheOtherLinesAlone) {
    PtyRig rig;
    Line& otherLine = rig.exchange.addLine("5550101");
    AtModem otherModem{*rig.loop, otherLine, *findPersonality("v253")};
    const auto otherOutlet = std::move(*PtyOutlet::create(*rig.loop, otherModem, ""));
    const hal::FileDescriptor other{
        ::open(otherOutlet->path().c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK)};
    rig.ask(other.get(), "ATE0+FCLASS=8;+VLS=1");
    PtyRig::write(other.get(), "AT+VRX\r");
    rig.readUntil(other.get(), "CONNECT\r\n");
    const auto rude = rig.open();
    if (!GetParam().begins.empty()) {
        rig.ask(rude.get(), "AT+FCLASS=8;+VLS=1");
        PtyRig::write(rude.get(), GetParam().begins);
        rig.until([&] { return rig.modem.stateName() != "command"; });
    }
    std::size_t sound = 0;
    std::array<char, 4096> bytes;
    const auto turn = [&] {
        GetParam().turn(rude.get());
        for (ssize_t n = 0; (n = ::read(other.get(), bytes.data(), bytes.size())) > 0;) {
            sound += std::size_t(n);
        }
        return sound > 6400;
    };
    EXPECT_TRUE(rig.until(turn, 10s)) << sound;
    PtyRig::write(other.get(), "\x10!");
    rig.readUntil(other.get(), "OK\r\n");
    EXPECT_EQ(rig.ask(other.get(), "AT+FCLASS?"), "\r\n8\r\n\r\nOK\r\n");
}

INSTANTIATE_TEST_SUITE_P(Programs, RudePty,
                         testing::Values(RudeProgram{"WritesRubbish", "", writeRubbish},
                                         RudeProgram{"WritesTooFast", "AT+VTX\r", writeTooFast},
                                         RudeProgram{"WritesNothing", "", nothing},
                                         RudeProgram{"ReadsSlowly", "AT+VRX\r", readOneByte},
                                         RudeProgram{"NeverReadsSound", "AT+VRX\r", nothing},
                                         RudeProgram{"NeverReadsAnswers", "", askAndNeverRead}),
                         [](const auto& made) { return std::string(made.param.name); });

TEST(PtyOutlet, ComesBackAtAnotherTerminalBehindTheSameLink) {
    const ScratchDir dir;
    const std::string link = dir.path() / "modem";
    PtyRig rig{link};
    rig.modem.setFaults({.vanishAt = "+FCLASS", .awayFor = 100ms});
    const auto fd = rig.open();
    PtyRig::write(fd.get(), "AT+FCLASS=8\r");
    EXPECT_TRUE(rig.until([&] { return rig.outlet->path().empty(); }));
    EXPECT_TRUE(rig.until([&] { return std::filesystem::is_symlink(link); }));
    const auto again = rig.open();
    EXPECT_EQ(rig.ask(again.get(), "AT"), "AT\r\r\nOK\r\n");
}

TEST(PtyOutlet, VanishesForAFault) {
    const ScratchDir dir;
    const std::string link = dir.path() / "modem";
    PtyRig rig{link};
    rig.modem.setFaults({.vanishAt = "+FCLASS"});
    const auto fd = rig.open();
    PtyRig::write(fd.get(), "AT+FCLASS=8\r");
    EXPECT_TRUE(rig.until([&] { return rig.outlet->path().empty(); }));
    EXPECT_FALSE(std::filesystem::is_symlink(link));
}

TEST(PtyOutlet, LeavesAloneWhatItDidNotMake) {
    const ScratchDir dir;
    const std::string link = dir.path() / "modem";
    { const hal::FileDescriptor file{::open(link.c_str(), O_CREAT | O_WRONLY, 0600)}; }
    auto loop = std::move(*hal::EpollLoop::create());
    Exchange exchange{*loop};
    AtModem modem{*loop, exchange.addLine("1"), *findPersonality("v253")};
    EXPECT_EQ(PtyOutlet::create(*loop, modem, link).error().code, hal::ErrorCode::InUse);
    std::filesystem::remove(link);
    std::filesystem::create_symlink("/etc/passwd", link);
    EXPECT_EQ(PtyOutlet::create(*loop, modem, link).error().code, hal::ErrorCode::InUse);
    std::filesystem::remove(link);
    std::filesystem::create_symlink("/dev/pts/99999999", link);  // of a dead simulator
    {
        auto outlet = PtyOutlet::create(*loop, modem, link);
        ASSERT_TRUE(outlet);
        EXPECT_EQ(std::filesystem::read_symlink(link), (*outlet)->path());
        AtModem second{*loop, exchange.addLine("2"), *findPersonality("v253")};
        EXPECT_FALSE(PtyOutlet::create(*loop, second, link));
    }
    EXPECT_FALSE(std::filesystem::is_symlink(link));
}

TEST(PtyOutlet, NeverWakesTheLoopWhileNothingHappens) {
    PtyRig rig;
    const auto settled = [&] {
        for (int i = 0; i < 20; ++i) {
            rig.loop->runOnce(2ms);
        }
    };
    settled();
    const auto quiet = [&] {
        const std::uint64_t before = rig.loop->wakeups();
        hal::Timer end{*rig.loop, [&] { rig.loop->stop(); }};
        end.arm(300ms);
        rig.loop->run();
        return rig.loop->wakeups() - before;
    };
    EXPECT_LE(quiet(), 1U) << "never opened";  // the end of the test itself
}

TEST(PtyOutlet, NeverWakesTheLoopWhileOpenAndIdleOrClosedAgain) {
    PtyRig rig;
    const auto quiet = [&] {
        for (int i = 0; i < 20; ++i) {
            rig.loop->runOnce(2ms);
        }
        const std::uint64_t before = rig.loop->wakeups();
        const auto end = rig.loop->now() + 200ms;
        while (rig.loop->now() < end) {
            rig.loop->runOnce(std::max<hal::Duration>(end - rig.loop->now(), 0ms));
        }
        return rig.loop->wakeups() - before;
    };
    auto fd = rig.open();
    rig.ask(fd.get(), "AT");
    EXPECT_LE(quiet(), 1U) << "open";
    fd.reset();
    EXPECT_LE(quiet(), 1U) << "closed";
}

}  // namespace
}  // namespace tipring::sim

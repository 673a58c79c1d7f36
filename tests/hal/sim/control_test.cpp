// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/control.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>

#include "modem_rig.h"
#include "scratch_dir.h"
#include "tipring/hal/base/file_descriptor.h"
#include "tipring/hal/sim/control_server.h"

namespace tipring::sim {
namespace {

using namespace std::chrono_literals;

struct ControlRig : ModemRig {
    std::string run(std::string_view command) { return control.run(command); }
    Control control{exchange, line, farEnd, &modem};
};

TEST(Control, DrivesACallFromRingToHangUp) {
    ControlRig rig;
    rig.ask("ATE0+VCID=1");
    EXPECT_EQ(rig.run("call number=5551234 name=\"J DOE\""), "ok");
    rig.advance(5s);
    EXPECT_EQ(rig.take(),
              "\r\nRING\r\n\r\nDATE = 0101\r\nTIME = 0000\r\nNMBR = 5551234\r\nNAME = J DOE\r\n");
    EXPECT_EQ(rig.run("rings?"), "ok 1");
    EXPECT_EQ(rig.run("answer?"), "ok no");
    EXPECT_EQ(rig.run("state?"), "ok line=ringing modem=command country=US farend=busy");
    rig.ask("AT+FCLASS=8;+VLS=1");
    EXPECT_EQ(rig.run("answer?"), "ok yes");
    rig.take();
    EXPECT_EQ(rig.run("digits 12"), "ok");
    rig.advance(1s);
    EXPECT_EQ(rig.take(),
              "\x10/\x10"
              "1\x10"
              "1\x10~\x10/\x10"
              "2\x10"
              "2\x10~");
    rig.ask("AT+VTS=7,8");
    rig.advance(1s);
    EXPECT_EQ(rig.run("digits?"), "ok 78");
    EXPECT_EQ(rig.run("hangup"), "ok");
    EXPECT_EQ(rig.run("rings?"), "ok 0");
}

TEST(Control, ACallerWithAModemSendsAndDoesNotEcho) {
    ControlRig rig;
    rig.ask("ATE0");
    EXPECT_EQ(rig.run("call number=5551234 modem text=\"hello\\n\""), "ok");
    rig.advance(3s);
    rig.take();
    rig.ask("ATA");
    rig.advance(5s);
    EXPECT_EQ(rig.take(), "\r\nCONNECT 33600\r\nhello\n");
    EXPECT_EQ(rig.run("data \"who\\r\""), "ok");
    EXPECT_EQ(rig.take(), "who\r");
    EXPECT_EQ(rig.ask("guest"), "");
    EXPECT_EQ(rig.run("data?"), "ok guest\\x0D");
    EXPECT_EQ(rig.run("data"), "error data needs one text in quotes; \\r and \\n end a line");
    EXPECT_EQ(rig.run("data one two"),
              "error data needs one text in quotes; \\r and \\n end a line");
}

TEST(Control, SetsFaultsOfTheModem) {
    ControlRig rig;
    rig.ask("ATE0");
    EXPECT_EQ(rig.run("fault wrong=+VCID result=\"NO CARRIER\" merge=on late=0.5"), "ok");
    EXPECT_EQ(rig.ask("AT+VCID=1"), "");
    rig.advance(500ms);
    EXPECT_EQ(rig.take(), "NO CARRIER\r");
    EXPECT_EQ(rig.run("fault clear pieces=2"), "ok");
    EXPECT_EQ(rig.modem.faults().splitLines, 2U);
    EXPECT_FALSE(rig.modem.faults().mergeLines);
    EXPECT_EQ(rig.run("fault clear"), "ok");
    EXPECT_EQ(rig.ask("AT"), "\r\nOK\r\n");
    EXPECT_EQ(rig.run("fault merge=2"), "error merge is on or off");
    EXPECT_EQ(rig.run("fault late=x"), "error late is seconds from 0 to 3600");
    EXPECT_EQ(rig.run("fault teeth=1"), "error there is no fault teeth; see help");
    EXPECT_NE(rig.run("fault"), "ok");
    EXPECT_NE(rig.run("fault broken"), "ok");
    EXPECT_NE(rig.run("help").find("wedge="), std::string::npos);
}

TEST(Control, PlaysAScript) {
    ControlRig rig;
    rig.ask("ATE0");
    EXPECT_EQ(rig.run("script?"), "ok off");
    EXPECT_EQ(rig.run("script dial line; wait rings=2; hangup; note \"gave; up\""), "ok");
    EXPECT_EQ(rig.run("script?"), "ok running step=2");
    rig.advance(30s);
    EXPECT_EQ(rig.take(), "\r\nRING\r\n\r\nRING\r\n");
    EXPECT_EQ(rig.run("script?"), "ok done step=5");
    EXPECT_EQ(rig.run("script dial line; shout"),
              "error step 2: no step shout; there are dial, answer, hangup, wait, play, speech, "
              "keys, tone, echo, quiet, record, modem, label, goto, repeat, end, stop, note");
    EXPECT_EQ(rig.run("script").substr(0, 22), "error step 1: no step ");
    EXPECT_EQ(rig.run("script dial line; wait answer within=2"), "ok");
    rig.advance(3s);
    EXPECT_EQ(rig.run("script?"),
              "ok failed step=2 reason=\"\"wait answer within=2\" did not come about in time\"");
    EXPECT_EQ(rig.run("script off"), "ok");
    EXPECT_EQ(rig.run("state?"), "ok line=idle modem=command country=US farend=idle");
}

TEST(Control, LetsAScriptAnswerByHand) {
    ControlRig rig;
    EXPECT_EQ(rig.run("plan number=5559999 does=answer byhand"), "ok");
    EXPECT_EQ(rig.run("script answer rings=2; wait hangup"), "ok");
    rig.ask("ATE0DT5559999");
    rig.advance(8s);
    EXPECT_EQ(rig.run("answer?"), "ok no");
    rig.advance(10s);
    EXPECT_EQ(rig.run("answer?"), "ok yes");
}

TEST(Control, GivesCountryAndAbsence) {
    ControlRig rig;
    rig.ask("ATE0+VCID=1");
    EXPECT_EQ(rig.run("call country=gb private rings=1"), "ok");
    rig.advance(10s);
    EXPECT_EQ(rig.take(), "\r\nDATE = 0101\r\nTIME = 0000\r\nNMBR = P\r\nNAME = P\r\n\r\nRING\r\n");
    EXPECT_EQ(rig.run("state?"), "ok line=idle modem=command country=GB farend=idle");
}

TEST(Control, DatesACall) {
    ControlRig rig;
    rig.ask("ATE0+VCID=1");
    EXPECT_EQ(rig.run("call number=1 date=0229 time=2305"), "ok");
    rig.advance(5s);
    EXPECT_EQ(rig.take(), "\r\nRING\r\n\r\nDATE = 0229\r\nTIME = 2305\r\nNMBR = 1\r\n");
}

TEST(Control, PlansOutgoingCalls) {
    ControlRig rig;
    rig.ask("ATE0");
    EXPECT_EQ(rig.run("plan number=123 does=answer rings=0 modem text=\"hi\\n\""), "ok");
    EXPECT_EQ(rig.run("plan number=* does=busy"), "ok");
    rig.ask("ATD123");
    rig.advance(5s);
    EXPECT_EQ(rig.take(), "\r\nCONNECT 33600\r\nhi\n");
    rig.push("a\x01\\");
    EXPECT_EQ(rig.run("data?"), "ok a\\x01\\\\");
    EXPECT_EQ(rig.run("dialled?"), "ok 123");
    EXPECT_EQ(rig.run("hangup"), "ok");
    rig.take();
    rig.ask("ATD9");
    rig.advance(10s);
    EXPECT_EQ(rig.take(), "\r\nBUSY\r\n");
    EXPECT_EQ(rig.run("dialtone off"), "ok");
    rig.ask("ATD123");
    rig.advance(5s);
    EXPECT_EQ(rig.take(), "\r\nNO DIALTONE\r\n");
}

TEST(Control, AnswersByHand) {
    ControlRig rig;
    rig.ask("ATE0+FCLASS=8;+VSD=0,0");
    EXPECT_EQ(rig.run("plan number=7 does=answer rings=99"), "ok");
    rig.ask("ATD7;");
    rig.advance(3s);
    EXPECT_EQ(rig.run("answer"), "ok");
    EXPECT_EQ(rig.line.state(), Line::State::Connected);
    EXPECT_TRUE(rig.run("answer").starts_with("error no call rings"));
}

TEST(Control, SaysInOneLineWhatIsWrong) {
    ControlRig rig;
    for (const char* command : {"",
                                "   ",
                                "bogus",
                                "call number=\"5",
                                "call nummer=5",
                                "call country=ZZ",
                                "call rings=x",
                                "call number=\x01\x02",
                                "call date=0230",
                                "call date=1301 time=0000",
                                "call date=0101 time=xx00",
                                "play",
                                "play /nonexistent.wav",
                                "play a b",
                                "record",
                                "record /nonexistent/x.wav",
                                "digits",
                                "digits 1x",
                                "plan",
                                "plan number=1",
                                "plan number=1 does=fly",
                                "plan number=1 does=answer rings=1000",
                                "dialtone maybe",
                                "extension",
                                "answer",
                                "\xFF\xFE"}) {
        const std::string reply = rig.run(command);
        const bool digitsOfNothing = std::string_view{command} == "digits";
        EXPECT_EQ(reply.starts_with("error "), !digitsOfNothing) << command << ": " << reply;
        EXPECT_EQ(reply.find('\n'), std::string::npos);
    }
    EXPECT_TRUE(rig.run("help").starts_with("ok "));
    EXPECT_FALSE(rig.control.quitAsked());
    EXPECT_EQ(rig.run("quit"), "ok");
    EXPECT_TRUE(rig.control.quitAsked());
}

struct ServerRig : ControlRig {
    ControlServer server{loop, control, [this] { ++quits; }};
    unsigned quits = 0;

    hal::FileDescriptor connect(const std::string& path) {
        hal::FileDescriptor fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0)};
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strcpy(address.sun_path, path.c_str());
        EXPECT_EQ(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        return fd;
    }
    std::string talk(int fd, std::string_view text) {
        EXPECT_EQ(::write(fd, text.data(), text.size()), ssize_t(text.size()));
        std::string reply;
        std::array<char, 4096> bytes;
        for (int i = 0; i < 20; ++i) {
            loop.settle();
            const ssize_t count = ::read(fd, bytes.data(), bytes.size());
            reply.append(bytes.data(), count > 0 ? std::size_t(count) : 0);
        }
        return reply;
    }
};

TEST(ControlServer, ServesASocket) {
    const ScratchDir dir;
    const std::string path = dir.path() / "control";
    {
        ServerRig rig;
        ASSERT_TRUE(rig.server.listen(path));
        struct stat status {};
        ASSERT_EQ(::stat(path.c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777, 0600U);
        ServerRig second;
        EXPECT_EQ(second.server.listen(path).error().code, hal::ErrorCode::InUse);
        const auto one = rig.connect(path), two = rig.connect(path);
        EXPECT_EQ(rig.talk(one.get(), "rin"), "");
        EXPECT_EQ(rig.talk(two.get(), "rings?\nbogus\r\n"),
                  "ok 0\nerror no command bogus; try help\n");
        EXPECT_EQ(rig.talk(one.get(), "gs?\n"), "ok 0\n");
        EXPECT_EQ(rig.talk(one.get(), "quit\n"), "ok\n");
        EXPECT_EQ(rig.quits, 1U);
    }
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(ControlServer, ReplacesADeadSocketAndNothingElse) {
    const ScratchDir dir;
    const std::string path = dir.path() / "control";
    {
        const hal::FileDescriptor dead{::socket(AF_UNIX, SOCK_STREAM, 0)};
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strcpy(address.sun_path, path.c_str());
        ASSERT_EQ(::bind(dead.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    }
    ServerRig rig;
    EXPECT_TRUE(rig.server.listen(path));
    const std::string file = dir.path() / "file";
    const hal::FileDescriptor made{::open(file.c_str(), O_CREAT | O_WRONLY, 0600)};
    ServerRig other;
    EXPECT_EQ(other.server.listen(file).error().code, hal::ErrorCode::InUse);
    EXPECT_EQ(other.server.listen(std::string(200, 'x')).error().code, hal::ErrorCode::InvalParam);
}

TEST(ControlServer, BoundsLinesClientsAndReplies) {
    const ScratchDir dir;
    const std::string path = dir.path() / "control";
    ServerRig rig;
    ASSERT_TRUE(rig.server.listen(path));
    std::vector<hal::FileDescriptor> clients;
    for (int i = 0; i < 16; ++i) {
        clients.push_back(rig.connect(path));
        rig.loop.settle();
    }
    EXPECT_EQ(rig.talk(clients[0].get(), std::string(5000, 'x') + "\nrings?\n"),
              "error the line is longer than 4096 bytes; shorten it\nok 0\n");
    const auto seventeenth = rig.connect(path);
    rig.loop.settle();
    char byte = 0;
    EXPECT_EQ(::read(seventeenth.get(), &byte, 1), 0);  // closed at once
    // a client that asks and never reads is closed, and the others go on
    std::string many;
    for (int i = 0; i < 100; ++i) {
        many += "help\n";
    }
    bool closed = false;
    for (int i = 0; i < 400 && !closed; ++i) {
        closed =
            ::send(clients[1].get(), many.data(), many.size(), MSG_NOSIGNAL) < 0 && errno != EAGAIN;
        rig.loop.settle();
    }
    EXPECT_TRUE(closed);
    EXPECT_EQ(rig.talk(clients[2].get(), "rings?\n"), "ok 0\n");
}

TEST(ControlServer, ReadsDescriptorsAndRestoresTheirMode) {
    ServerRig rig;
    int in[2], out[2];
    ASSERT_EQ(::pipe(in), 0);
    ASSERT_EQ(::pipe(out), 0);
    ASSERT_TRUE(rig.server.attach(in[0], out[1]));
    ASSERT_EQ(::write(in[1], "rings?\nstate?\n", 14), 14);
    rig.loop.settle();
    std::array<char, 256> bytes{};
    const ssize_t count = ::read(out[0], bytes.data(), bytes.size());
    EXPECT_EQ(std::string(bytes.data(), std::size_t(count)),
              "ok 0\nok line=idle modem=command country=US farend=idle\n");
    ::close(in[1]);
    rig.loop.settle();
    EXPECT_EQ(::fcntl(in[0], F_GETFL) & O_NONBLOCK, 0);
    for (const int fd : {in[0], out[0], out[1]}) {
        ::close(fd);
    }
}

}  // namespace
}  // namespace tipring::sim

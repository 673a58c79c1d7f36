// SPDX-License-Identifier: Apache-2.0
// What people type, with the lines of tipringd: tipring --bus, and the example for the shell.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <regex>
#include <sstream>

#include "tapi_core/rpc/test_bus.h"
#include "tipring/hal/base/epoll_loop.h"
#include "tipring/tapi_core/rpc/client.h"

namespace tipring::test {
namespace {

using namespace std::chrono_literals;
using tools::Process;

class CommandOverTheBus : public testing::Test {
protected:
    /// One line with a modem, and a caller who speaks after a beep.
    std::string scenario(const std::string& pty) const {
        const std::string file = bus.folder() + "/" + pty + ".toml";
        std::ofstream(file) << fmt::format(R"(country = "US"
seed = 7
[[line]]
number = "5550100"
device = "v253"
path = "{}/{}"
[[far_end]]
number = "5551200"
at = 10
script = ["dial 5550100 name=\"J DOE\"", "wait answer within=12 else=over",
          "wait beep within=30 else=over", "speech 4", "label over", "hangup"]
)",
                                           bus.folder(), pty);
        return file;
    }
    /// Until it takes clients.
    void startService(const std::vector<std::string>& simulate) {
        std::vector<std::string> arguments{TIPRINGD, "--address", bus.address(),
                                           "--state-directory", bus.folder()};
        arguments.insert(arguments.end(), simulate.begin(), simulate.end());
        daemon.emplace(arguments);
        for (int i = 0; i < 1000 && !tapi; ++i) {
            if (auto made = rpc::connect(
                    *loop, {{rpc::BusAddress::Kind::Bus, bus.address()}, "command test"})) {
                tapi = std::move(*made);
            } else {
                loop->runOnce(20ms);
            }
        }
        ASSERT_TRUE(tapi) << daemon->errors();
    }
    std::vector<std::string> command(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), TIPRING);
        arguments.emplace_back("--json");
        return arguments;
    }
    std::string onBus() const { return "--bus=" + bus.address(); }
    Process::Environment environment() const { return {{"XDG_DATA_HOME", bus.folder()}}; }

    TestBus bus;
    std::unique_ptr<hal::EpollLoop> loop = hal::EpollLoop::create().value();
    std::optional<Process> daemon;
    std::unique_ptr<tapi::Tapi> tapi;
};

/// What was told of calls, without clock times and the name of the line, which has the port in it.
std::vector<std::string> toldOfCalls(const std::string& output) {
    static const std::regex kOwn(R"re("(time|lineName|networkTime)":"[^"]*",?)re");
    std::vector<std::string> told;
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);) {
        if (line.find("\"call\":") != std::string::npos ||
            line.find("\"event\":\"ring\"") != std::string::npos) {
            told.push_back(std::regex_replace(line, kOwn, ""));
        }
    }
    return told;
}

TEST_F(CommandOverTheBus, MonitorTellsWhatItTellsInProcess) {
    Process network({TIPRING, "simulate", scenario("own")});
    startService({"--simulate", scenario("service")});
    Process own(command({"monitor", "--port", bus.folder() + "/own", "--no-call-log"}),
                environment());
    Process remote(command({"monitor", onBus(), "--no-call-log"}), environment());
    ASSERT_TRUE(own.lineWith(R"("state":"idle")", 60s)) << own.output() << own.errors();
    ASSERT_TRUE(remote.lineWith(R"("state":"idle")", 60s)) << remote.output() << remote.errors();
    for (Process* one : {&own, &remote}) {
        one->signal(SIGINT);
        EXPECT_EQ(one->finish(), 0) << one->errors();
    }
    const auto told = toldOfCalls(own.output());
    EXPECT_NE(own.output().find("J DOE"), std::string::npos) << own.output();
    EXPECT_GT(told.size(), 4U) << own.output();
    EXPECT_EQ(toldOfCalls(remote.output()), told);
}

/// The loudest sample of a WAV file with 16-bit samples.
int loudest(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    int most = 0;
    for (std::size_t i = 44; i + 1 < bytes.size(); i += 2) {
        std::int16_t sample = 0;
        std::memcpy(&sample, bytes.data() + i, sizeof sample);
        most = std::max(most, std::abs(int{sample}));
    }
    return most;
}

TEST_F(CommandOverTheBus, AnswerPlaysAndRecordsFilesOfItsOwnMachine) {
    startService({"--simulate", scenario("service")});
    const std::string recording = bus.folder() + "/message.wav";
    // No folder of the service may be used by clients, so these files can be nobody's but ours.
    Process answer(command({"answer", onBus(), "--rings", "1", "--recording", recording,
                            "--keep-on-silence", "--limit", "20", "--no-call-log"}),
                   environment());
    ASSERT_TRUE(answer.lineWith(R"("event":"ready")", 30s)) << answer.errors();
    EXPECT_EQ(answer.finish(90s), 0) << answer.output() << answer.errors();
    EXPECT_EQ(answer.errors().find("greeting"), std::string::npos) << answer.errors();
    EXPECT_NE(answer.output().find("\"event\":\"file\""), std::string::npos) << answer.output();
    // The caller speaks after the beep alone.
    EXPECT_GT(loudest(recording), 1000) << answer.output() << answer.errors();
}

TEST_F(CommandOverTheBus, LinesSaysWhichServiceIsNotThere) {
    Process lines(command({"lines", onBus()}), environment());
    EXPECT_EQ(lines.finish(), 3);
    EXPECT_NE(lines.errors().find("the telephony service is not running"), std::string::npos)
        << lines.errors();
}

TEST_F(CommandOverTheBus, LinesNamesLinesByTheirNumber) {
    startService({"--simulate"});
    Process one(command({"lines", onBus(), "--port", "0"}), environment());
    EXPECT_EQ(one.finish(60s), 0) << one.errors();
    EXPECT_NE(one.output().find("\"inService\":true"), std::string::npos) << one.output();
    Process none(command({"lines", onBus(), "--port", "9"}), environment());
    EXPECT_EQ(none.finish(60s), 3);
    EXPECT_NE(none.errors().find("no line at 9"), std::string::npos) << none.errors();
}

TEST_F(CommandOverTheBus, TheShellExampleDialsAndSaysHowItWent) {
    startService({"--simulate"});
    const auto line = tapi->addresses().at(0);
    ASSERT_TRUE(tapi->registerCallNotifications(line, {.owner = false, .monitor = true}));
    for (const auto end = loop->now() + 30s;
         line->state() != tapi::AddressState::InService && loop->now() < end;) {
        loop->runOnce(20ms);
    }
    Process dial({"/bin/sh", TIPRING_SOURCE_DIR "/examples/shell/dial.sh", "5559001",
                  "--address=" + bus.address()});
    EXPECT_EQ(dial.finish(90s), 0) << dial.errors();
    EXPECT_NE(dial.output().find("dialling\n"), std::string::npos) << dial.output();
    EXPECT_TRUE(dial.output().ends_with("over\n")) << dial.output();
}

}  // namespace
}  // namespace tipring::test

// SPDX-License-Identifier: Apache-2.0
// tipringd as a process, on the test's own bus, with a simulated line.
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>

#include "daemon_settings.h"
#include "tapi_core/rpc/daemon_fixture.h"

namespace tipring::test {
namespace {

TEST_F(Tipringd, BusctlDialsOnASimulatedLineAndHangsUp) {
    start();
    const auto line = tapi->addresses().at(0);
    ASSERT_TRUE(tapi->registerCallNotifications(line, {.owner = false, .monitor = true}));
    ASSERT_TRUE(until([&] { return line->state() == tapi::AddressState::InService; }))
        << line->stateCause();
    const std::string dialled =
        busctl({"call", "org.tipring.Tipring1",
                "/org/tipring/Tipring1/address/" + std::to_string(line->id()),
                "org.tipring.Address1", "Dial", "s", "5559000"});
    ASSERT_EQ(dialled.rfind("o \"/org/tipring/Tipring1/call/", 0), 0U) << dialled;
    const std::string path = dialled.substr(3, dialled.find('"', 3) - 3);
    const std::vector<std::string> ask{"get-property", "org.tipring.Tipring1", path,
                                       "org.tipring.Call1", "State"};
    EXPECT_EQ(busctl(ask).rfind("u ", 0), 0U) << busctl(ask);
    EXPECT_EQ(busctl({"call", "org.tipring.Tipring1", path, "org.tipring.Call1", "HangUp"}), "");
    EXPECT_TRUE(until([&] { return busctl(ask).find("Unknown object") != std::string::npos; }));
}

TEST_F(Tipringd, ReloadsWithoutTouchingACallAndEndsInOrder) {
    start();
    const auto line = tapi->addresses().at(0);
    const auto call = line->createCall("5559000", tapi::MediaMode::InteractiveVoice);
    ASSERT_TRUE(call) << call.error().text();
    daemon->signal(SIGHUP);
    EXPECT_TRUE(until([&] { return tapi->addresses().size() == 1; }));
    EXPECT_EQ((*call)->state(), tapi::CallState::Idle);
    daemon->signal(SIGTERM);
    EXPECT_EQ(daemon->finish(), 0) << daemon->errors();
}

TEST_F(Tipringd, SaysWhereItsConfigurationIsWrong) {
    const std::string file = bus.folder() + "/wrong.toml";
    std::ofstream(file) << "log = \"info\"\nports = 7\n";
    tools::Process process({TIPRINGD, "--config", file, "--address", bus.address()});
    EXPECT_EQ(process.finish(), 1);
    EXPECT_EQ(process.errors(),
              "tipringd: " + file +
                  ":2: ports wants a list of texts in quotes (see docs/guides/tipringd.md)\n");
}

using tools::readDaemonSettings;

TEST(DaemonSettings, TheShippedFileHasEveryDefault) {
    std::ifstream file(TIPRING_SOURCE_DIR "/tools/tipringd/tipringd.toml");
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    const auto read = readDaemonSettings(text, "tipringd.toml");
    ASSERT_TRUE(read) << read.error().text();
    const tools::DaemonSettings defaults;
    EXPECT_EQ(read->bus, defaults.bus);
    EXPECT_EQ(read->stateDirectory, defaults.stateDirectory);
    EXPECT_EQ(read->dialRules, defaults.dialRules);
    EXPECT_EQ(read->discover, defaults.discover);
    EXPECT_EQ(read->limits.registrations, defaults.limits.registrations);
    EXPECT_EQ(read->limits.unreadEvents, defaults.limits.unreadEvents);
    EXPECT_EQ(read->limits.requestRate, defaults.limits.requestRate);
    EXPECT_EQ(read->limits.requestBurst, defaults.limits.requestBurst);
    EXPECT_EQ(read->rights.monitor, defaults.rights.monitor);
    EXPECT_EQ(read->rights.answer, defaults.rights.answer);
    EXPECT_EQ(read->rights.dial, defaults.rights.dial);
    EXPECT_EQ(read->rights.configure, defaults.rights.configure);
    EXPECT_EQ(read->rights.polkit, defaults.rights.polkit);
    EXPECT_EQ(read->barring.barred, defaults.barring.barred);
    EXPECT_EQ(read->metrics, defaults.metrics);
}

TEST(DaemonSettings, ReadsEveryKey) {
    const auto read = readDaemonSettings(R"(
bus = "none"
listen = ["unix:path=/run/x"]
ports = ["serial:/dev/ttyACM0"]
adapters = false
sound_directories = ["/srv/sounds"]
[at_modem]
heartbeat = 60
[[provider]]
library = "/usr/lib/x.so"
config = { a = "b" }
isolated = false
[[provider]]
library = "/usr/lib/y.so"
[limits]
calls = 7
request_rate = 0
[rights]
dial = ["alice", "@staff"]
polkit = false
[dial]
barred = ["1900*", "+1809*"]
emergency = ["933"]
[metrics]
listen = ["127.0.0.1:9717"]
)",
                                         "f");
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->listen, std::vector<std::string>{"unix:path=/run/x"});
    EXPECT_FALSE(read->adapters);
    EXPECT_EQ(read->modem.at("heartbeat"), "60");
    ASSERT_EQ(read->providers.size(), 2U);
    EXPECT_EQ(read->providers[0].config.at("a"), "b");
    EXPECT_EQ(read->providers[0].isolated, false);
    EXPECT_FALSE(read->providers[1].isolated.has_value());
    EXPECT_EQ(read->limits.calls, 7U);
    EXPECT_EQ(read->limits.requestRate, 0U);
    EXPECT_EQ(read->rights.dial, (std::vector<std::string>{"alice", "@staff"}));
    EXPECT_FALSE(read->rights.polkit);
    EXPECT_EQ(read->barring.barred, (std::vector<std::string>{"1900*", "+1809*"}));
    EXPECT_EQ(read->metrics, std::vector<std::string>{"127.0.0.1:9717"});
}

TEST(DaemonSettings, NamesFileLineAndKey) {
    const struct {
        const char* text;
        const char* cause;
    } rows[] = {
        {"\nbuss = \"x\"", "f:2: buss is not a setting (see docs/guides/tipringd.md)"},
        {"[limits]\ncalls = 0",
         "f:2: limits.calls wants a number from 1 to 10000 (see docs/guides/tipringd.md)"},
        {"[[provider]]\nconfig = { a = \"b\" }",
         "f:1: provider wants a library (see docs/guides/tipringd.md)"},
        {"[[provider]]\nisolated = 1",
         "f:2: provider.isolated wants true or false (see docs/guides/tipringd.md)"},
        {"[dial]\nbarred = [\"19 00\"]",
         "f:2: dial.barred has \"19 00\" is no pattern: keys 0-9 * # A-D, ? for one key, * at the "
         "end for any rest, + in front for the canonical number (see docs/guides/tipringd.md)"},
        {"adapters = 1", "f:1: adapters wants true or false (see docs/guides/tipringd.md)"},
    };
    for (const auto& row : rows) {
        const auto read = readDaemonSettings(row.text, "f");
        ASSERT_FALSE(read) << row.text;
        EXPECT_EQ(read.error().cause, row.cause);
    }
    EXPECT_FALSE(readDaemonSettings("bus = ", "f"));
}

}  // namespace
}  // namespace tipring::test

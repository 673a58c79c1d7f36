// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "temp_dir.h"

namespace tipring::tools {
namespace {

class SettingsTest : public ::testing::Test {
protected:
    std::string write(const std::string& text) {
        const std::string path = dir_.file("tipring.toml");
        std::ofstream(path) << text;
        return path;
    }
    std::string causeOf(const std::string& text) {
        const auto settings = loadSettings(write(text));
        return settings ? std::string("accepted") : settings.error().cause;
    }
    TempDir dir_;
};

TEST_F(SettingsTest, ReadsEverySetting) {
    const auto settings = loadSettings(write(R"(
ports = ["/dev/ttyACM0", "serial:usb:0572:1340"]
profile = "conexant-cx930xx"
country = "GB"
log = "info"
call_log = "/var/lib/calls.db"
recordings = "/srv/messages"
[answer]
rings = 4
greeting = "/srv/hello.wav"
limit = 60
[at_modem]
baud = 57600
)"));
    ASSERT_TRUE(settings) << settings.error().cause;
    EXPECT_EQ(settings->ports, (std::vector<std::string>{"/dev/ttyACM0", "serial:usb:0572:1340"}));
    EXPECT_EQ(settings->profile, "conexant-cx930xx");
    EXPECT_EQ(settings->country, "GB");
    EXPECT_EQ(settings->log, "info");
    EXPECT_EQ(settings->callLog, "/var/lib/calls.db");
    EXPECT_EQ(settings->recordings, "/srv/messages");
    EXPECT_EQ(settings->rings, 4u);
    EXPECT_EQ(settings->greeting, "/srv/hello.wav");
    EXPECT_EQ(settings->limit, std::chrono::seconds(60));
    EXPECT_EQ(settings->provider.at("baud"), "57600");
}

TEST_F(SettingsTest, ASinglePortNeedsNoList) {
    const auto settings = loadSettings(write("port = '/dev/ttyUSB0'\n"));
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->ports, std::vector<std::string>{"/dev/ttyUSB0"});
}

TEST_F(SettingsTest, NamesFileLineAndKeyOfAMistake) {
    EXPECT_NE(causeOf("\nport = '/dev/ttyUSB0'\ncountri = 'GB'\n").find("tipring.toml:3: countri"),
              std::string::npos);
    EXPECT_NE(causeOf("[answer]\nrings = 0\n").find("answer.rings"), std::string::npos);
    EXPECT_NE(causeOf("[answer]\nrings = 'two'\n").find("answer.rings"), std::string::npos);
    EXPECT_NE(causeOf("ports = 7\n").find(":1: ports"), std::string::npos);
    EXPECT_NE(causeOf("country = \"GB\nlog = 1\n").find("tipring.toml:1"), std::string::npos);
}

TEST_F(SettingsTest, AFileThatWasAskedForMustBeThere) {
    const auto settings = loadSettings(dir_.file("none.toml"));
    ASSERT_FALSE(settings);
    EXPECT_EQ(settings.error().code, hal::ErrorCode::NoDevice);
}

TEST_F(SettingsTest, KeepsThingsInTheUsersOwnFolder) {
    ::setenv("XDG_DATA_HOME", dir_.path().c_str(), 1);
    const auto settings = loadSettings(write(""));
    ::unsetenv("XDG_DATA_HOME");
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->callLog, dir_.path() + "/tipring/calls.db");
    EXPECT_EQ(settings->recordings, dir_.path() + "/tipring/recordings");
}

TEST_F(SettingsTest, ATildeIsTheHome) {
    ::setenv("HOME", "/home/somebody", 1);
    const auto settings = loadSettings(write("recordings = '~/messages'\n"));
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->recordings, "/home/somebody/messages");
}

}  // namespace
}  // namespace tipring::tools

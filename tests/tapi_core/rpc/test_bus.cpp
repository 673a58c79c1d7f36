// SPDX-License-Identifier: Apache-2.0
#include "tapi_core/rpc/test_bus.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace tipring::test {
namespace {

constexpr const char* kConfiguration = R"(<!DOCTYPE busconfig PUBLIC
 "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=%s/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
)";

}  // namespace

TestBus::TestBus() {
    char name[] = "/tmp/tipring-bus-XXXXXX";
    folder_ = ::mkdtemp(name);
    std::string text = kConfiguration;
    text.replace(text.find("%s"), 2, folder_);
    std::ofstream(folder_ + "/bus.conf") << text;
    daemon_ = std::make_unique<tools::Process>(
        std::vector<std::string>{"/usr/bin/env", "dbus-daemon", "--nofork", "--print-address",
                                 "--config-file=" + folder_ + "/bus.conf"});
    EXPECT_TRUE(daemon_->line()) << "dbus-daemon does not start";
    address_ = "unix:path=" + folder_ + "/bus";
}

TestBus::~TestBus() {
    daemon_.reset();
    std::error_code error;
    std::filesystem::remove_all(folder_, error);
}

}  // namespace tipring::test

// SPDX-License-Identifier: Apache-2.0
#include "port_check.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "process.h"
#include "temp_dir.h"

namespace tipring::tools {
namespace {

TEST(PortCheck, APathThatIsNotThereDoesNotExist) {
    EXPECT_FALSE(checkPort("/dev/ttyNOTHERE7").exists);
}

TEST(PortCheck, NamesTheProgramThatHasADeviceOpenAlsoThroughALink) {
    const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    ASSERT_GE(master, 0);
    ASSERT_EQ(::grantpt(master), 0);
    ASSERT_EQ(::unlockpt(master), 0);
    const std::string slave = ::ptsname(master);
    TempDir dir;
    std::filesystem::create_symlink(slave, dir.file("modem"));

    Process holder({"/bin/sh", "-c", "exec 3<>" + slave + "; echo ready; read -r line"});
    ASSERT_EQ(holder.line(), "ready");
    for (const std::string& path : {slave, dir.file("modem")}) {
        const PortAccess access = checkPort(path);
        EXPECT_TRUE(access.exists);
        EXPECT_TRUE(access.allowed);
        EXPECT_FALSE(access.group.empty());
        ASSERT_EQ(access.holders.size(), 1u) << path;
        EXPECT_EQ(access.holders.front().program, "sh");
        EXPECT_GT(access.holders.front().pid, 1);
    }
    const auto refused = checkPortName("pty:" + slave);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, hal::ErrorCode::Allocated);
    EXPECT_NE(refused.error().cause.find("in use by sh (pid "), std::string::npos);
    holder.finish();
    EXPECT_TRUE(checkPortName(slave));
    EXPECT_TRUE(checkPort(slave).holders.empty());
    ::close(master);
}

TEST(PortCheck, WhoHasTheOtherSideIsTheModemAndNoHolder) {
    std::array<int, 2> told{};
    ASSERT_EQ(::pipe(told.data()), 0);
    const int master = ::posix_openpt(O_RDWR | O_NOCTTY);
    ASSERT_GE(master, 0);
    ASSERT_EQ(::grantpt(master), 0);
    ASSERT_EQ(::unlockpt(master), 0);
    const std::string slave = ::ptsname(master);
    const pid_t modem = ::fork();
    if (modem == 0) {  // has both sides, as programs that are a modem do
        const int own = ::open(slave.c_str(), O_RDWR | O_NOCTTY);
        const bool ready = own >= 0 && ::write(told[1], "r", 1) == 1;
        ::pause();
        ::_exit(ready ? 0 : 1);
    }
    char ready = 0;
    EXPECT_EQ(::read(told[0], &ready, 1), 1);
    EXPECT_TRUE(checkPort(slave).holders.empty());
    EXPECT_TRUE(checkPortName("pty:" + slave));
    ::kill(modem, SIGKILL);
    ::waitpid(modem, nullptr, 0);
    for (const int fd : {master, told[0], told[1]}) {
        ::close(fd);
    }
}

TEST(PortCheck, NamesThatAreNoPathAreLeftToTheDriver) {
    for (const char* name : {"serial:usb:0572:1340", "sim:demo", "trace:x"}) {
        EXPECT_TRUE(checkPortName(name)) << name;
    }
    const auto missing = checkPortName("serial:/dev/ttyNOTHERE7");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, hal::ErrorCode::NoDevice);
}

TEST(PortCheck, ModemManagerHasAnAdviceOfItsOwn) {
    EXPECT_NE(holderAdvice({7, "ModemManager"}).find("systemctl stop ModemManager"),
              std::string::npos);
    EXPECT_NE(holderAdvice({7, "minicom"}).find("kill 7"), std::string::npos);
}

}  // namespace
}  // namespace tipring::tools

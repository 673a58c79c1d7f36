// SPDX-License-Identifier: Apache-2.0
#include "port_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>

#include <filesystem>
#include <fstream>

#include "opener.h"
#include "port_fixture.h"
#include "tipring/hal/base/port_holder.h"

namespace tipring::hal::testing {
namespace {

namespace fs = std::filesystem;

std::string readAll(int fd) {
    std::string all;
    std::array<char, 512> piece{};
    for (ssize_t n = 0; (n = ::read(fd, piece.data(), piece.size())) > 0;) {
        all.append(piece.data(), std::size_t(n));
    }
    return all;
}

/// What opening `name` says in another process, which may first give up being root.
std::string openElsewhere(const std::string& name, uid_t user) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        std::string text = "cannot change user";
        if (user == ::getuid() || ::setuid(user) == 0) {
            auto loop = EpollLoop::create();
            auto port = openSerialPort(**loop, name);
            text = port ? "opened" : port.error().text();
        }
        static_cast<void>(!::write(ends[1], text.data(), text.size()));
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string text = readAll(ends[0]);
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    return text;
}

class ExclusivePort : public PortFixture {
protected:
    PtyMaster master;
    std::string name = "pty:" + master.slave();
    std::string us = fmt::format("(pid {})", ::getpid());
};

TEST_F(ExclusivePort, isRefusedASecondTimeInThisProcess) {
    const auto port = open(name);
    const Error error = openFailure(name);
    EXPECT_EQ(error.code, ErrorCode::Allocated);
    EXPECT_NE(error.cause.find("this process"), std::string::npos) << error.cause;
    EXPECT_NE(error.cause.find(us), std::string::npos) << error.cause;
    EXPECT_NE(error.cause.find(name), std::string::npos) << error.cause;
}

TEST_F(ExclusivePort, isRefusedInAnotherProcessWithOurName) {
    const auto port = open(name);
    const std::string text = openElsewhere(name, ::getuid());
    EXPECT_TRUE(text.starts_with("ALLOCATED")) << text;
    EXPECT_NE(text.find(us), std::string::npos) << text;
    EXPECT_NE(text.find("hal_serial_test"), std::string::npos) << text;
}

TEST_F(ExclusivePort, isFreeAgainAfterItWasClosed) {
    open(name).reset();
    EXPECT_EQ(openElsewhere(name, ::getuid()), "opened");
    EXPECT_NE(open(name), nullptr);
}

TEST_F(ExclusivePort, isFreeAgainOnceItIsGoneThoughTheObjectLives) {
    // While somebody has the slave, nobody else on the machine gets its number.
    const hal::FileDescriptor held(::open(master.slave().c_str(), O_RDWR | O_NOCTTY));
    ASSERT_TRUE(held);
    const auto port = open(name);
    master.close();
    ASSERT_TRUE(runUntil([&] { return seen.gone.size() == 1; }));
    EXPECT_EQ(openFailure(name).code, ErrorCode::NoDevice);
}

TEST_F(ExclusivePort, leavesALockFileWhileItIsOpen) {
    if (::access("/run/lock", W_OK) != 0) {
        GTEST_SKIP() << "/run/lock is not writable here";
    }
    const std::string number = master.slave().substr(master.slave().rfind('/') + 1);
    const std::string file = "/run/lock/LCK..pts_" + number;
    auto port = open(name);
    EXPECT_TRUE(fs::exists(file));
    EXPECT_EQ(openFailure(name).code, ErrorCode::Allocated);
    EXPECT_TRUE(fs::exists(file)) << "a refused opening took the file of the first";
    port.reset();
    EXPECT_FALSE(fs::exists(file));
}

TEST_F(ExclusivePort, saysWhatToDoWithoutPermission) {
    if (::getuid() != 0) {
        GTEST_SKIP() << "needs root, to become a user without permission";
    }
    const std::string text = openElsewhere(name, 65534);
    EXPECT_TRUE(text.starts_with("RESOURCEUNAVAIL")) << text;
    EXPECT_NE(text.find("usermod -aG "), std::string::npos) << text;
    EXPECT_NE(text.find(name), std::string::npos) << text;
}

TEST_F(ExclusivePort, toleratesWhoeverKeepsTheSlaveOpen) {
    const Opener opener(master.slave());
    EXPECT_NE(open(name), nullptr);
}

TEST(PortHolder, findsAnotherProcessThatHasADeviceOpen) {
    const PtyMaster master;
    EXPECT_FALSE(findOpener(master.slave()));
    const Opener opener(master.slave());
    const auto found = findOpener(master.slave());
    ASSERT_TRUE(found);
    EXPECT_EQ(found->pid, opener.pid());
    EXPECT_EQ(found->command, holderOf(::getpid()).command);
}

TEST(PortHolder, saysWhoHoldsAPortAndWhatToDo) {
    EXPECT_EQ(describeHolder("serial:/dev/ttyACM0", PortHolder{812, "ModemManager"}),
              "serial:/dev/ttyACM0 is held by ModemManager (pid 812); stop it or add a udev rule "
              "with ENV{ID_MM_DEVICE_IGNORE}=\"1\" for this device");
    EXPECT_EQ(describeHolder("serial:/dev/ttyS0", PortHolder{7, "minicom"}),
              "serial:/dev/ttyS0 is held by minicom (pid 7); stop it first");
    EXPECT_EQ(describeHolder("serial:/dev/ttyS0", PortHolder{7, ""}),
              "serial:/dev/ttyS0 is held by pid 7; stop it first");
    EXPECT_NE(describeHolder("x", std::nullopt).find("fuser"), std::string::npos);
}

class UucpLockFile : public ::testing::Test {
protected:
    UucpLockFile() {
        std::string name = fs::temp_directory_path() / "tipring-lock-XXXXXX";
        directory = ::mkdtemp(name.data());
        file = directory / "LCK..ttyACM0";
    }
    ~UucpLockFile() override { fs::remove_all(directory); }

    void leave(const std::string& text) const { std::ofstream(file) << text; }
    [[nodiscard]] std::string text() const {
        std::ifstream in(file);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    Result<UucpLock> take() {
        return UucpLock::take("/dev/ttyACM0", "serial:/dev/ttyACM0", {directory});
    }
    /// A process id that was in use a moment ago.
    static pid_t deadPid() {
        const pid_t child = ::fork();
        if (child == 0) {
            ::_exit(0);
        }
        ::waitpid(child, nullptr, 0);
        return child;
    }

    fs::path directory, file;
};

TEST_F(UucpLockFile, holdsOurPidTenWideAndGoesWithTheLock) {
    {
        const auto lock = take();
        ASSERT_TRUE(lock);
        EXPECT_EQ(text(), fmt::format("{:10}\n", ::getpid()));
    }
    EXPECT_TRUE(fs::is_empty(directory));
}

TEST_F(UucpLockFile, ofALiveProcessIsHonoured) {
    leave(fmt::format("{:10}\n", ::getppid()));
    const auto lock = take();
    ASSERT_FALSE(lock);
    EXPECT_EQ(lock.error().code, ErrorCode::Allocated);
    EXPECT_NE(lock.error().cause.find(fmt::format("pid {}", ::getppid())), std::string::npos);
    EXPECT_NE(lock.error().cause.find(file.string()), std::string::npos);
    EXPECT_TRUE(fs::exists(file));
}

TEST_F(UucpLockFile, inTheOldBinaryFormIsHonouredToo) {
    const int owner = ::getppid();
    std::string binary(sizeof owner, '\0');
    std::memcpy(binary.data(), &owner, sizeof owner);
    leave(binary);
    EXPECT_EQ(take().error().code, ErrorCode::Allocated);
}

TEST_F(UucpLockFile, ofADeadProcessIsTakenOver) {
    leave(fmt::format("{:10}\n", deadPid()));
    const auto lock = take();
    ASSERT_TRUE(lock);
    EXPECT_EQ(text(), fmt::format("{:10}\n", ::getpid()));
}

TEST_F(UucpLockFile, withRubbishInItIsTakenOver) {
    for (const char* rubbish : {"", "hello", "-1\n", "99999999999999999999\n", "0"}) {
        leave(rubbish);
        EXPECT_TRUE(take()) << rubbish;
    }
}

TEST_F(UucpLockFile, withOurPidIsLeftFromAnEarlierLife) {
    leave(fmt::format("{:10}\n", ::getpid()));
    EXPECT_TRUE(take());
}

TEST_F(UucpLockFile, isLeftAloneWhenSomebodyElseReplacedIt) {
    {
        const auto lock = take();
        ASSERT_TRUE(lock);
        leave(fmt::format("{:10}\n", ::getppid()));
    }
    EXPECT_TRUE(fs::exists(file));
}

TEST_F(UucpLockFile, isDoneWithoutWhereNoDirectoryIsWritable) {
    const auto lock = UucpLock::take("/dev/ttyACM0", "x", {directory / "missing"});
    ASSERT_TRUE(lock);
    EXPECT_EQ(lock->path(), "");
}

TEST_F(UucpLockFile, isWrittenOnceWhereTwoDirectoriesAreOne) {
    const fs::path link = directory / "link";
    fs::create_symlink(directory, link);
    {
        const auto lock = UucpLock::take("/dev/pts/5", "x", {directory, link});
        ASSERT_TRUE(lock);
        EXPECT_EQ(lock->path(), directory / "LCK..pts_5");
        EXPECT_TRUE(fs::exists(lock->path()));
    }
    EXPECT_FALSE(fs::exists(directory / "LCK..pts_5"));
}

}  // namespace
}  // namespace tipring::hal::testing

// SPDX-License-Identifier: Apache-2.0
// The host as a process: loading, crashes at the start, and what is left behind.
#include <sys/wait.h>

#include <cerrno>
#include <filesystem>
#include <iterator>

#include "process_fixture.h"

namespace tipring::test {
namespace {

class IsolationProcessTest : public ProcessFixture {
protected:
    static std::ptrdiff_t descriptors() {
        const std::filesystem::directory_iterator all("/proc/self/fd");
        return std::distance(begin(all), end(all));
    }
};

TEST_F(IsolationProcessTest, MakesACallAsInProcess) {
    start();
    EXPECT_GT(isolated->status().processId, 0);
    tell("ring");
    ASSERT_TRUE(until([&] { return reached(LineCallState::Offering); }));
    const auto call = lineOf("villain")->calls().at(0);
    Answer answer;
    ASSERT_TRUE(call->answer(answer.reply()));
    ASSERT_TRUE(until([&] { return reached(LineCallState::Connected); }));
    ASSERT_TRUE(call->disconnect({}));
    ASSERT_TRUE(until([&] { return idles() == 1; }));
    EXPECT_EQ(answer.count, 1);
    EXPECT_EQ(isolated->status().deaths, 0u);
}

TEST_F(IsolationProcessTest, ALibraryThatCannotBeLoadedIsToldInWords) {
    const auto missing = isolation::loadProvider("/no/such.so", options);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::NoDriver);
    EXPECT_NE(missing.error().cause.find("/no/such.so"), std::string::npos);
}

TEST_F(IsolationProcessTest, AProgramThatIsNoHostIsToldInWords) {
    options.program = "/bin/false";
    const auto failed = isolation::loadProvider(TIPRING_VILLAIN, options);
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().cause.find("ended with exit code 1"), std::string::npos)
        << failed.error().cause;
}

TEST_F(IsolationProcessTest, ARefusalOfProviderInitIsTheProviders) {
    options.config = {{"fault", "init-refuse"}};
    auto loaded = isolation::loadProvider(TIPRING_VILLAIN, options);
    ASSERT_TRUE(loaded);
    manager = std::make_unique<core::LineManager>(*loop);
    const auto added = manager->addProvider((*loaded)->table(), {});
    ASSERT_FALSE(added);
    EXPECT_NE(added.error().cause.find("no licence"), std::string::npos);
    manager.reset();
}

TEST_F(IsolationProcessTest, ACrashAtInitIsTriedAgainAndHurtsNobody) {
    options.config = {{"fault", "init-crash"}};
    start();
    EXPECT_EQ(lineOf("villain"), nullptr);
    EXPECT_TRUE(until([&] { return isolated->status().deaths >= 3; }));
    EXPECT_NE(lineOf("fake"), nullptr);
}

TEST_F(IsolationProcessTest, ACrashInLineOpenRefusesThatAndHurtsNobody) {
    options.config = {{"fault", "open-crash"}};
    start();
    EXPECT_FALSE(registered);
    EXPECT_EQ(isolated->status().deaths, 1u);
    EXPECT_EQ(lineOf("fake")->state(), tapi::AddressState::InService);
    EXPECT_TRUE(until([&] { return isolated->status().lines == 1; }));
    EXPECT_TRUE(logged("was killed by signal 6"));
}

TEST_F(IsolationProcessTest, LeavesNoDescriptorAndNoZombieBehind) {
    const auto before = descriptors();
    for (int round = 0; round < 3; ++round) {
        start();
        tell("crash");
        ASSERT_TRUE(until([&] { return isolated->status().lines == 1; }));
        application.reset();
        manager.reset();
        isolated.reset();
    }
    EXPECT_EQ(descriptors(), before);
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD);
}

}  // namespace
}  // namespace tipring::test

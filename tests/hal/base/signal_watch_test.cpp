// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <csignal>
#include <thread>

#include "captured_log.h"
#include "loop_fixture.h"

namespace tipring::hal {
namespace {

using testing::HasSubstr;

volatile std::sig_atomic_t gFormerRuns = 0;
void formerHandler(int) {
    gFormerRuns = gFormerRuns + 1;
}

/// SIGUSR1 has a handler of the program's own around each case.
class SignalWatchTest : public testing::Test {
protected:
    SignalWatchTest() : owner(std::move(EpollLoop::create().value())), loop(*owner) {
        gFormerRuns = 0;
        std::signal(SIGUSR1, formerHandler);
    }
    ~SignalWatchTest() override { std::signal(SIGUSR1, SIG_DFL); }

    std::unique_ptr<EpollLoop> owner;
    EpollLoop& loop;
};

TEST_F(SignalWatchTest, RunsTheTaskForEachDelivery) {
    int runs = 0;
    const auto watch = SignalWatch::create(loop, SIGUSR1, [&] { ++runs; });
    ASSERT_TRUE(watch) << watch.error().text();
    for (int i = 0; i < 3; ++i) {
        ASSERT_EQ(::raise(SIGUSR1), 0);
    }
    EXPECT_EQ(runs, 0) << "the task belongs to the loop, not to the signal handler";
    for (int turns = 0; turns < 10; ++turns) {
        loop.runOnce(0ns);
    }
    EXPECT_EQ(runs, 3);
    EXPECT_EQ(gFormerRuns, 0);
}

TEST_F(SignalWatchTest, WakesARunThatWaitsWhicheverThreadGotTheSignal) {
    const auto watch = SignalWatch::create(loop, SIGUSR1, [&] { loop.stop(); });
    ASSERT_TRUE(watch);
    std::thread raiser([] { ::raise(SIGUSR1); });
    loop.run();
    raiser.join();
    EXPECT_EQ(gFormerRuns, 0);
}

TEST_F(SignalWatchTest, GivesTheFormerDispositionBack) {
    int runs = 0;
    {
        const auto watch = SignalWatch::create(loop, SIGUSR1, [&] { ++runs; });
        ASSERT_TRUE(watch);
    }
    ::raise(SIGUSR1);
    loop.runOnce(0ns);
    EXPECT_EQ(runs, 0);
    EXPECT_EQ(gFormerRuns, 1);
}

TEST_F(SignalWatchTest, ForgetsWhatCameForTheOneBefore) {
    {
        const auto watch = SignalWatch::create(loop, SIGUSR1, [] {});
        ASSERT_TRUE(watch);
        ::raise(SIGUSR1);
    }
    int runs = 0;
    const auto watch = SignalWatch::create(loop, SIGUSR1, [&] { ++runs; });
    ASSERT_TRUE(watch);
    loop.runOnce(0ns);
    EXPECT_EQ(runs, 0);
}

TEST_F(SignalWatchTest, MayDieInItsOwnTask) {
    int runs = 0;
    SignalWatch watch;
    auto created = SignalWatch::create(loop, SIGUSR1, [&] {
        watch = SignalWatch{};
        ++runs;
    });
    ASSERT_TRUE(created);
    watch = std::move(*created);
    ::raise(SIGUSR1);
    ::raise(SIGUSR1);
    loop.runOnce(1s);
    loop.runOnce(0ns);
    EXPECT_EQ(runs, 1);
}

TEST_F(SignalWatchTest, TwoOfOneSignalAreRefused) {
    const auto first = SignalWatch::create(loop, SIGUSR1, [] {});
    const auto second = SignalWatch::create(loop, SIGUSR1, [] {});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::InUse);
    EXPECT_TRUE(SignalWatch::create(loop, SIGUSR2, [] {}));
}

TEST_F(SignalWatchTest, OfASignalThatCannotBeCaughtFailsEachTime) {
    for (int attempt = 0; attempt < 2; ++attempt) {
        const auto watch = SignalWatch::create(loop, SIGKILL, [] {});
        ASSERT_FALSE(watch);
        EXPECT_EQ(watch.error().code, ErrorCode::InvalParam);
        EXPECT_THAT(watch.error().cause, HasSubstr("cannot catch signal 9"));
    }
}

TEST_F(SignalWatchTest, OfWhatIsNoSignalFails) {
    VirtualLoop virtualTime;
    for (const int number : {-1, 0, 65, 1 << 20}) {
        EXPECT_FALSE(SignalWatch::create(loop, number, [] {})) << number;
        EXPECT_FALSE(SignalWatch::create(virtualTime, number, [] {})) << number;
    }
}

TEST_F(SignalWatchTest, OnVirtualTimeLeavesTheSignalAlone) {
    VirtualLoop virtualTime;
    int runs = 0;
    const auto watch = SignalWatch::create(virtualTime, SIGUSR1, [&] { ++runs; });
    ASSERT_TRUE(watch);
    ::raise(SIGUSR1);
    virtualTime.settle();
    EXPECT_EQ(runs, 0);
    EXPECT_EQ(gFormerRuns, 1);
}

TEST_F(SignalWatchTest, ASlowTaskIsNamedByItsSignal) {
    CapturedLog log;
    const auto watch = SignalWatch::create(loop, SIGUSR1, [&] {
        const TimePoint end = loop.now() + 21ms;
        while (loop.now() < end) {
        }
    });
    ASSERT_TRUE(watch);
    ::raise(SIGUSR1);
    loop.runOnce(1s);
    EXPECT_THAT(log.text(), HasSubstr("signal " + std::to_string(SIGUSR1)));
}

}  // namespace
}  // namespace tipring::hal

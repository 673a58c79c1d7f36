// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/base/epoll_loop.h"

#include <gmock/gmock.h>
#include <poll.h>

#include <atomic>
#include <optional>
#include <thread>

#include "captured_log.h"
#include "loop_fixture.h"

namespace tipring::hal {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class EpollLoopTest : public testing::Test {
protected:
    EpollLoopTest() : owner(std::move(EpollLoop::create().value())), loop(*owner) {}

    bool readable() const {
        pollfd entry{loop.descriptor(), POLLIN, 0};
        return ::poll(&entry, 1, 0) == 1;
    }
    /// Keeps the loop busy for longer than a callback may.
    void dawdle() const {
        const TimePoint end = loop.now() + 21ms;
        while (loop.now() < end) {
        }
    }

    std::unique_ptr<EpollLoop> owner;
    EpollLoop& loop;
};

TEST_F(EpollLoopTest, TimeMovesOnByItself) {
    const TimePoint before = loop.now();
    while (loop.now() == before) {
    }
    EXPECT_GT(loop.now(), before);
    EXPECT_GT(loop.wallNow(), WallTime(std::chrono::sys_days{std::chrono::year{2024} / 1 / 1}));
}

TEST_F(EpollLoopTest, WaitsForATimerWithOneWakeUp) {
    Pipe idle;
    const auto watch = Watch::create(loop, idle.reader.get(), Io::Read, [](Io) {});
    Timer far(loop, [] {});
    far.arm(1h);
    Timer timer(loop, [&] { loop.stop(); });
    timer.arm(10ms);
    const auto before = loop.wakeups();
    loop.run();
    EXPECT_EQ(loop.wakeups() - before, 1u);
}

TEST_F(EpollLoopTest, CancelledTimersDoNotWakeIt) {
    Timer cancelled(loop, [] {});
    Timer timer(loop, [&] { loop.stop(); });
    cancelled.arm(1ms);
    timer.arm(5ms);
    cancelled.cancel();
    const auto before = loop.wakeups();
    loop.run();
    EXPECT_EQ(loop.wakeups() - before, 1u);
}

TEST_F(EpollLoopTest, ManyPostsWhileItWaitsAreFewWakeUps) {
    int runs = 0;
    for (int i = 0; i < 1000; ++i) {
        loop.post([&] { ++runs; });
    }
    const auto before = loop.wakeups();
    loop.runOnce(-1ns);
    EXPECT_EQ(runs, 1000);
    EXPECT_EQ(loop.wakeups() - before, 1u);
}

TEST_F(EpollLoopTest, AStopThatCameBeforeLeavesNoWakeUpBehind) {
    loop.stop();
    loop.run();
    EXPECT_FALSE(readable());
    Timer timer(loop, [&] { loop.stop(); });
    timer.arm(1ms);
    const auto before = loop.wakeups();
    loop.run();
    EXPECT_EQ(loop.wakeups() - before, 1u);
}

TEST_F(EpollLoopTest, RunOnceComesBackAfterItsLimit) {
    const TimePoint before = loop.now();
    loop.runOnce(2ms);
    EXPECT_GE(loop.now() - before, 2ms);
}

TEST_F(EpollLoopTest, RunOnceWithoutLimitWaitsForAnEvent) {
    bool ran = false;
    std::thread poster([&] { loop.post([&] { ran = true; }); });
    loop.runOnce(-1ns);
    poster.join();
    EXPECT_TRUE(ran);
}

TEST_F(EpollLoopTest, DescriptorIsReadableWhileThereIsWork) {
    EXPECT_FALSE(readable());
    int runs = 0;
    loop.post([&] {
        ++runs;
        loop.post([&] { ++runs; });
    });
    EXPECT_TRUE(readable());
    loop.runOnce(0ns);
    EXPECT_EQ(runs, 1);
    EXPECT_TRUE(readable()) << "the post of a post waits for its turn";
    loop.runOnce(0ns);
    EXPECT_EQ(runs, 2);
    EXPECT_FALSE(readable());
}

TEST_F(EpollLoopTest, DescriptorIsReadableForWorkThatStopLeftBehind) {
    int runs = 0;
    loop.post([&] { loop.stop(); });
    loop.post([&] { ++runs; });
    loop.run();
    EXPECT_EQ(runs, 0);
    EXPECT_TRUE(readable());
    loop.runOnce(0ns);
    EXPECT_EQ(runs, 1);
    EXPECT_FALSE(readable());
}

TEST_F(EpollLoopTest, StopFromAnotherThreadEndsARunThatWaits) {
    std::atomic<bool> running{false};
    loop.post([&] { running = true; });
    std::thread stopper([&] {
        while (!running) {
            std::this_thread::yield();
        }
        loop.stop();
    });
    loop.run();
    stopper.join();
    EXPECT_TRUE(running);
}

TEST_F(EpollLoopTest, PostsWakeARunThatWaits) {
    // Ping-pong: each post comes only once the one before has run, often into a sleeping loop.
    constexpr int kRounds = 200;
    std::atomic<int> done{0};
    std::thread poster([&] {
        for (int i = 1; i <= kRounds; ++i) {
            loop.post([&] { ++done; });
            while (done < i) {
                std::this_thread::yield();
            }
        }
        loop.stop();
    });
    loop.run();
    poster.join();
    EXPECT_EQ(done, kRounds);
}

TEST_F(EpollLoopTest, WarnsOfASlowTimer) {
    CapturedLog log;
    Timer timer(loop, [&] { dawdle(); });
    timer.arm(0ms);
    loop.runOnce(1s);
    ASSERT_EQ(log.lines.size(), 1u);
    EXPECT_EQ(log.lines[0].level, LogLevel::Warning);
    EXPECT_EQ(log.lines[0].category, "loop");
    EXPECT_THAT(log.lines[0].text, testing::MatchesRegex("a timer callback held the loop .* ms"));
}

TEST_F(EpollLoopTest, WarnsOfASlowDescriptorByItsNumber) {
    CapturedLog log;
    Pipe pipe;
    const auto watch = Watch::create(loop, pipe.reader.get(), Io::Read, [&](Io) { dawdle(); });
    pipe.write("x");
    loop.runOnce(1s);
    EXPECT_THAT(log.text(), HasSubstr("descriptor " + std::to_string(pipe.reader.get())));
}

TEST_F(EpollLoopTest, WarnsOfASlowPostAndOnlyOfThat) {
    CapturedLog log;
    loop.post([] {});
    loop.post([&] { dawdle(); });
    loop.post([] {});
    loop.runOnce(1s);
    ASSERT_EQ(log.lines.size(), 1u);
    EXPECT_THAT(log.text(), HasSubstr("posted callback"));
}

TEST_F(EpollLoopTest, WaitingIsNotTakenForASlowCallback) {
    CapturedLog log;
    Timer timer(loop, [&] { loop.stop(); });
    timer.arm(25ms);
    loop.post([] {});
    loop.run();
    EXPECT_THAT(log.lines, IsEmpty());
}

}  // namespace
}  // namespace tipring::hal

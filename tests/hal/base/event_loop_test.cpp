// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/base/event_loop.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "captured_log.h"
#include "loop_fixture.h"

namespace tipring::hal {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class TimerTest : public LoopFixture {};
class PostTest : public LoopFixture {};
class RunTest : public LoopFixture {};
INSTANTIATE_TEST_SUITE_P(Loops, TimerTest, testing::Values(LoopKind::Epoll, LoopKind::Virtual),
                         loopName);
INSTANTIATE_TEST_SUITE_P(Loops, PostTest, testing::Values(LoopKind::Epoll, LoopKind::Virtual),
                         loopName);
INSTANTIATE_TEST_SUITE_P(Loops, RunTest, testing::Values(LoopKind::Epoll, LoopKind::Virtual),
                         loopName);

TEST_P(TimerTest, RunsOnceAndNotBeforeItsTime) {
    int runs = 0;
    TimePoint ranAt;
    Timer timer(loop(), [&] {
        ++runs;
        ranAt = loop().now();
    });
    EXPECT_FALSE(timer.armed());
    const TimePoint armedAt = loop().now();
    timer.arm(2ms);
    EXPECT_TRUE(timer.armed());
    ASSERT_TRUE(runUntil([&] { return runs > 0; }));
    EXPECT_GE(ranAt - armedAt, 2ms);
    EXPECT_FALSE(timer.armed());
    settle();
    EXPECT_EQ(runs, 1);
}

TEST_P(TimerTest, RunInOrderOfDueTime) {
    std::vector<int> order;
    Timer third(loop(), [&] { order.push_back(3); });
    Timer first(loop(), [&] { order.push_back(1); });
    Timer second(loop(), [&] { order.push_back(2); });
    armTogether([&] {
        third.arm(3ms);
        first.arm(1ms);
        second.arm(2ms);
    });
    ASSERT_TRUE(runUntil([&] { return order.size() == 3; }));
    EXPECT_THAT(order, ElementsAre(1, 2, 3));
}

TEST_P(TimerTest, DueAtOneInstantRunInOrderOfArming) {
    std::vector<int> order;
    std::vector<Timer> timers;
    for (int i = 0; i < 50; ++i) {
        timers.emplace_back(loop(), [&order, i] { order.push_back(i); });
    }
    const TimePoint due = loop().now() + 2ms;
    for (int i = 49; i >= 0; --i) {
        timers[std::size_t(i)].armAt(due);
    }
    ASSERT_TRUE(runUntil([&] { return order.size() == 50; }));
    for (int i = 0; i < 50; ++i) {
        EXPECT_EQ(order[std::size_t(i)], 49 - i);
    }
}

TEST_P(TimerTest, ArmedInThePastRunsAtTheNextTurn) {
    std::vector<int> order;
    Timer past(loop(), [&] { order.push_back(1); });
    Timer negative(loop(), [&] { order.push_back(2); });
    Timer zero(loop(), [&] { order.push_back(3); });
    past.armAt(loop().now() - 1h);
    negative.arm(-2h);
    zero.arm(0ms);
    EXPECT_TRUE(order.empty());
    ASSERT_TRUE(runUntil([&] { return order.size() == 3; }));
    EXPECT_THAT(order, ElementsAre(1, 2, 3));
}

TEST_P(TimerTest, OneThatKeepsArmingItselfDoesNotStarveTheOthers) {
    int spins = 0;
    bool posted = false;
    bool read = false;
    bool other = false;
    std::optional<Timer> spinning;
    spinning.emplace(loop(), [&] {
        ++spins;
        spinning->armAt(loop().now() - 1s);
    });
    Timer last(loop(), [&] { other = true; });
    Pipe pipe;
    auto watch = Watch::create(loop(), pipe.reader.get(), Io::Read, [&](Io) {
        pipe.read();
        read = true;
    });
    ASSERT_TRUE(watch);
    spinning->arm(0ms);
    last.arm(0ms);
    pipe.write("x");
    loop().post([&] { posted = true; });
    ASSERT_TRUE(runUntil([&] { return posted && read && other; }));
    EXPECT_LE(spins, 3);
}

TEST_P(TimerTest, ArmingAgainReplacesTheDueTime) {
    std::vector<int> order;
    Timer moved(loop(), [&] { order.push_back(1); });
    Timer fixed(loop(), [&] { order.push_back(2); });
    armTogether([&] {
        moved.arm(1ms);
        fixed.arm(2ms);
        moved.arm(4ms);
    });
    ASSERT_TRUE(runUntil([&] { return order.size() == 2; }));
    EXPECT_THAT(order, ElementsAre(2, 1));
}

TEST_P(TimerTest, CancelledDoesNotRun) {
    bool cancelledRan = false;
    bool lastRan = false;
    Timer cancelled(loop(), [&] { cancelledRan = true; });
    Timer last(loop(), [&] { lastRan = true; });
    cancelled.arm(1ms);
    last.arm(2ms);
    cancelled.cancel();
    cancelled.cancel();
    EXPECT_FALSE(cancelled.armed());
    ASSERT_TRUE(runUntil([&] { return lastRan; }));
    EXPECT_FALSE(cancelledRan);
}

TEST_P(TimerTest, CancelledByAnotherOfTheSameInstantDoesNotRun) {
    std::vector<int> order;
    std::optional<Timer> second;
    std::optional<Timer> third;
    Timer first(loop(), [&] {
        order.push_back(1);
        second->cancel();
        third.reset();
    });
    second.emplace(loop(), [&] { order.push_back(2); });
    third.emplace(loop(), [&] { order.push_back(3); });
    Timer fourth(loop(), [&] { order.push_back(4); });
    const TimePoint due = loop().now() + 1ms;
    for (Timer* timer : {&first, &*second, &*third, &fourth}) {
        timer->armAt(due);
    }
    ASSERT_TRUE(runUntil([&] { return order.size() == 2; }));
    settle();
    EXPECT_THAT(order, ElementsAre(1, 4));
}

TEST_P(TimerTest, MayArmItselfAgain) {
    int runs = 0;
    std::optional<Timer> timer;
    timer.emplace(loop(), [&] {
        if (++runs < 5) {
            timer->arm(100us);
        }
    });
    timer->arm(0ms);
    ASSERT_TRUE(runUntil([&] { return runs == 5; }));
    EXPECT_FALSE(timer->armed());
}

TEST_P(TimerTest, MayDieInItsOwnTask) {
    auto kept = std::make_shared<int>(7);
    const std::weak_ptr<int> observer = kept;
    int seen = 0;
    std::optional<Timer> timer;
    timer.emplace(loop(), [&timer, &seen, kept] {
        timer.reset();
        seen = *kept;  // what the task holds lives until it returns
    });
    kept.reset();
    timer->arm(0ms);
    ASSERT_TRUE(runUntil([&] { return seen != 0; }));
    EXPECT_EQ(seen, 7);
    EXPECT_TRUE(observer.expired());
}

TEST_P(TimerTest, MayBeArmedAndDieInItsOwnTask) {
    int runs = 0;
    std::optional<Timer> timer;
    timer.emplace(loop(), [&] {
        ++runs;
        timer->arm(0ms);
        timer.reset();
    });
    timer->arm(0ms);
    ASSERT_TRUE(runUntil([&] { return runs > 0; }));
    settle();
    EXPECT_EQ(runs, 1);
}

TEST_P(TimerTest, MovesWhileArmed) {
    int runs = 0;
    Timer first(loop(), [&] { ++runs; });
    first.arm(1ms);
    Timer second(std::move(first));
    EXPECT_TRUE(second.armed());
    Timer third(loop(), [&] { runs += 100; });
    third.arm(1ms);
    third = std::move(second);
    ASSERT_TRUE(runUntil([&] { return runs > 0; }));
    settle();
    EXPECT_EQ(runs, 1);
}

TEST_P(TimerTest, TheLongestDelayIsNever) {
    bool neverRan = false;
    bool lastRan = false;
    Timer never(loop(), [&] { neverRan = true; });
    Timer last(loop(), [&] { lastRan = true; });
    never.arm(Duration::max());
    last.arm(1ms);
    ASSERT_TRUE(runUntil([&] { return lastRan; }));
    EXPECT_FALSE(neverRan);
    EXPECT_TRUE(never.armed());
}

TEST_P(PostTest, RunsInPostingOrderAfterTheCallbackThatPosted) {
    std::vector<int> order;
    loop().post([&] {
        loop().post([&] { order.push_back(3); });
        order.push_back(1);
    });
    loop().post([&] { order.push_back(2); });
    EXPECT_TRUE(order.empty());
    ASSERT_TRUE(runUntil([&] { return order.size() == 3; }));
    EXPECT_THAT(order, ElementsAre(1, 2, 3));
}

TEST_P(PostTest, ReleasesWhatATaskHoldsOnceItRan) {
    auto held = std::make_shared<int>(1);
    const std::weak_ptr<int> observer = held;
    bool goneByNext = false;
    loop().post([held] { EXPECT_EQ(*held, 1); });
    loop().post([&] { goneByNext = observer.expired(); });
    held.reset();
    settle();
    EXPECT_TRUE(goneByNext);
}

TEST_P(PostTest, ComesFromAnyThreadInTheOrderOfThatThread) {
    constexpr int kThreads = 4;
    constexpr int kEach = 500;
    std::array<std::vector<int>, kThreads> seen;
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < kThreads; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < kEach; ++i) {
                loop().post([&seen, t, i] { seen[t].push_back(i); });
            }
        });
    }
    const auto all = [&] {
        return std::all_of(seen.begin(), seen.end(), [](auto& s) { return s.size() == kEach; });
    };
    if (virtualTime == nullptr) {
        EXPECT_TRUE(runUntil(all));
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    ASSERT_TRUE(runUntil(all));
    for (const auto& numbers : seen) {
        EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
    }
}

TEST_P(PostTest, TasksThatNeverRanDieWithTheLoop) {
    auto held = std::make_shared<int>(1);
    const std::weak_ptr<int> observer = held;
    auto timer = std::make_shared<Timer>(loop(), [] {});
    timer->arm(1h);
    loop().post([held, timer] {});
    held.reset();
    timer.reset();
    owner.reset();
    EXPECT_TRUE(observer.expired());
}

TEST_P(RunTest, StopEndsItAfterTheRunningCallback) {
    std::vector<int> order;
    loop().post([&] {
        loop().stop();
        order.push_back(1);
    });
    loop().post([&] { order.push_back(2); });
    loop().run();
    EXPECT_THAT(order, ElementsAre(1));
    loop().post([&] { loop().stop(); });
    loop().run();  // what was left of the round comes first
    EXPECT_THAT(order, ElementsAre(1, 2));
}

TEST_P(RunTest, StopBeforeMakesItReturnAtOnceThenIsForgotten) {
    bool ran = false;
    loop().post([&] {
        ran = true;
        loop().stop();
    });
    loop().stop();
    loop().run();
    EXPECT_FALSE(ran);
    loop().run();
    EXPECT_TRUE(ran);
}

TEST_P(RunTest, StopKeepsTimersAndDescriptorsForTheNextRun) {
    std::vector<int> order;
    const auto stopAfter = [&](int number) {
        order.push_back(number);
        loop().stop();
    };
    Timer first(loop(), [&] { stopAfter(1); });
    Timer second(loop(), [&] { stopAfter(2); });
    first.arm(0ms);
    second.arm(0ms);
    Pipe pipe;
    auto watch = Watch::create(loop(), pipe.reader.get(), Io::Read, [&](Io) {
        pipe.read();
        stopAfter(3);
    });
    ASSERT_TRUE(watch);
    pipe.write("x");
    loop().run();
    EXPECT_EQ(order.size(), 1u);
    loop().run();
    loop().run();
    EXPECT_THAT(order, testing::UnorderedElementsAre(1, 2, 3));
}

TEST_P(RunTest, InsideACallbackIsRefused) {
    CapturedLog log;
    bool ran = false;
    loop().post([&] {
        loop().run();
        ran = true;
    });
    ASSERT_TRUE(runUntil([&] { return ran; }));
    EXPECT_THAT(log.text(), HasSubstr("callbacks do not nest"));
}

}  // namespace
}  // namespace tipring::hal

// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/base/virtual_loop.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <vector>

#include "captured_log.h"
#include "loop_fixture.h"

namespace tipring::hal {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class VirtualLoopTest : public testing::Test {
protected:
    VirtualLoop loop;
    const TimePoint start = loop.now();
};

TEST_F(VirtualLoopTest, TimeStandsUnlessAdvanced) {
    loop.settle();
    EXPECT_EQ(loop.now(), start);
    loop.advance(90min);
    EXPECT_EQ(loop.now() - start, 90min);
    loop.advance(-5s);
    EXPECT_EQ(loop.now() - start, 90min);
}

TEST_F(VirtualLoopTest, WallClockStartsWithTheYear2026AndMovesAlong) {
    const WallTime newYear = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};
    EXPECT_EQ(loop.wallNow(), newYear);
    loop.advance(36h);
    EXPECT_EQ(loop.wallNow(), newYear + 36h);
    const WallTime leapDay = std::chrono::sys_days{std::chrono::year{2028} / 2 / 29};
    EXPECT_EQ(VirtualLoop(leapDay).wallNow(), leapDay);
}

TEST_F(VirtualLoopTest, ATaskSeesExactlyItsDueTime) {
    std::vector<Duration> seen;
    std::optional<Timer> timer;
    timer.emplace(loop, [&] {
        seen.push_back(loop.now() - start);
        timer->arm(20ms);
    });
    timer->arm(10ms);
    loop.advance(50ms);
    EXPECT_THAT(seen, ElementsAre(10ms, 30ms, 50ms));
    EXPECT_EQ(loop.now() - start, 50ms);
}

TEST_F(VirtualLoopTest, AdvanceRunsWhatIsDueAtItsVeryEndAndNothingLater) {
    int runs = 0;
    Timer atEnd(loop, [&] { ++runs; });
    Timer after(loop, [&] { runs += 100; });
    atEnd.arm(1s);
    after.arm(1s + 1ns);
    loop.advance(1s - 1ns);
    EXPECT_EQ(runs, 0);
    loop.advance(1ns);
    EXPECT_EQ(runs, 1);
}

TEST_F(VirtualLoopTest, SettleRunsTheWholeChainOfAnInstant) {
    std::vector<int> order;
    Timer timer(loop, [&] {
        order.push_back(2);
        loop.post([&] { order.push_back(3); });
    });
    loop.post([&] {
        order.push_back(1);
        timer.arm(0ms);
    });
    loop.settle();
    EXPECT_THAT(order, ElementsAre(1, 2, 3));
    EXPECT_EQ(loop.now(), start);
}

TEST_F(VirtualLoopTest, ReadyDescriptorsComeBeforeTimeMoves) {
    Pipe pipe;
    Duration readAt{-1};
    const auto watch = Watch::create(loop, pipe.reader.get(), Io::Read, [&](Io) {
        pipe.read();
        readAt = loop.now() - start;
    });
    Timer writer(loop, [&] { pipe.write("x"); });
    Timer later(loop, [] {});
    writer.arm(5ms);
    later.arm(6ms);
    loop.advance(1s);
    EXPECT_EQ(readAt, 5ms);
}

TEST_F(VirtualLoopTest, DescriptorsOfABatchComeInTheOrderOfTheirWatches) {
    std::vector<Pipe> pipes(20);
    std::vector<Result<Watch>> watches;
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < pipes.size(); ++i) {
        watches.push_back(Watch::create(loop, pipes[i].reader.get(), Io::Read, [&, i](Io) {
            pipes[i].read();
            order.push_back(i);
        }));
    }
    for (std::size_t i = pipes.size(); i-- > 0;) {
        pipes[i].write("x");
    }
    loop.settle();
    EXPECT_EQ(order.size(), pipes.size());
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST_F(VirtualLoopTest, AdvanceUntilStopsAtTheCallbackThatMadeItTrue) {
    int runs = 0;
    std::optional<Timer> timer;
    timer.emplace(loop, [&] {
        ++runs;
        timer->arm(1min);
    });
    timer->arm(1min);
    EXPECT_TRUE(loop.advanceUntil([&] { return runs == 3; }, 1h));
    EXPECT_EQ(runs, 3);
    EXPECT_EQ(loop.now() - start, 3min);
}

TEST_F(VirtualLoopTest, AdvanceUntilGivesUpAtItsLimit) {
    EXPECT_FALSE(loop.advanceUntil([] { return false; }, 10s));
    EXPECT_EQ(loop.now() - start, 10s);
}

TEST_F(VirtualLoopTest, AdvanceUntilOfWhatHoldsAlreadyRunsNothing) {
    bool ran = false;
    loop.post([&] { ran = true; });
    EXPECT_TRUE(loop.advanceUntil([] { return true; }, 10s));
    EXPECT_FALSE(ran);
    EXPECT_EQ(loop.now(), start);
}

TEST_F(VirtualLoopTest, AdvanceUntilLeavesTheRestOfTheInstantForLater) {
    std::vector<int> order;
    loop.post([&] { order.push_back(1); });
    loop.post([&] { order.push_back(2); });
    EXPECT_TRUE(loop.advanceUntil([&] { return !order.empty(); }, 1s));
    EXPECT_THAT(order, ElementsAre(1));
    loop.settle();
    EXPECT_THAT(order, ElementsAre(1, 2));
}

TEST_F(VirtualLoopTest, RunEndsWhenNothingIsLeft) {
    int runs = 0;
    std::optional<Timer> timer;
    timer.emplace(loop, [&] {
        if (++runs < 100) {
            timer->arm(1h);
        }
    });
    timer->arm(1h);
    loop.run();
    EXPECT_EQ(runs, 100);
    EXPECT_EQ(loop.now() - start, 100h);
}

TEST_F(VirtualLoopTest, AnEndlessInstantIsReportedAndLeft) {
    CapturedLog log;
    std::function<void()> again = [&] { loop.post(again); };
    loop.post(again);
    loop.advance(1s);
    ASSERT_EQ(log.lines.size(), 1u);
    EXPECT_EQ(log.lines[0].level, LogLevel::Error);
    EXPECT_THAT(log.lines[0].text, HasSubstr("without time moving"));
    EXPECT_EQ(loop.now(), start);
}

TEST_F(VirtualLoopTest, AnEndlessInstantEndsRunToo) {
    CapturedLog log;
    std::optional<Timer> timer;
    timer.emplace(loop, [&] { timer->arm(0ms); });
    timer->arm(1ms);
    loop.run();
    EXPECT_THAT(log.text(), HasSubstr("without time moving"));
    EXPECT_EQ(loop.now() - start, 1ms);
}

TEST_F(VirtualLoopTest, ManyCallbacksAreFineWhileTimeMoves) {
    CapturedLog log;
    int runs = 0;
    std::optional<Timer> timer;
    timer.emplace(loop, [&] {
        ++runs;
        timer->arm(1us);
    });
    timer->arm(1us);
    loop.advance(1200ms);
    EXPECT_EQ(runs, 1'200'000);
    EXPECT_TRUE(log.lines.empty());
}

/// The loop's timers against a plain sorted map, over random arming, cancelling and time.
class TimerModel {
public:
    TimerModel(VirtualLoop& loop, unsigned seed) : loop_(loop), random_(seed) {
        for (std::size_t i = 0; i < kTimers; ++i) {
            timers_.emplace_back(loop_, [this, i] { ran_.push_back(i); });
        }
    }

    void step() {
        const std::size_t which = pick(kTimers);
        const auto entry = std::find_if(expected_.begin(), expected_.end(),
                                        [&](auto& item) { return item.second == which; });
        EXPECT_EQ(timers_[which].armed(), entry != expected_.end());
        if (entry != expected_.end()) {
            expected_.erase(entry);
        }
        if (pick(4) == 0) {
            timers_[which].cancel();
        } else {
            const Duration delay = milliseconds(pick(20));
            timers_[which].arm(delay);
            expected_.emplace(loop_.now() + delay, which);  // equal keys: behind the others
        }
    }

    void advance() {
        const Duration span = milliseconds(pick(10));
        const auto end = expected_.upper_bound(loop_.now() + span);
        std::vector<std::size_t> due;
        for (auto item = expected_.begin(); item != end; ++item) {
            due.push_back(item->second);
        }
        expected_.erase(expected_.begin(), end);
        ran_.clear();
        loop_.advance(span);
        EXPECT_EQ(ran_, due);
    }

private:
    static constexpr std::size_t kTimers = 40;
    std::size_t pick(std::size_t limit) { return random_() % limit; }

    VirtualLoop& loop_;
    std::mt19937 random_;
    std::vector<Timer> timers_;
    std::vector<std::size_t> ran_;
    std::multimap<TimePoint, std::size_t> expected_;
};

TEST_F(VirtualLoopTest, TimersAgreeWithASortedMapOverRandomUse) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
        TimerModel model(loop, seed);
        for (int round = 0; round < 200; ++round) {
            for (int i = 0; i < 15; ++i) {
                model.step();
            }
            model.advance();
        }
    }
}

}  // namespace
}  // namespace tipring::hal

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "allocation_count.h"
#include "loop_fixture.h"
#include "tipring/hal/base/log.h"

namespace tipring::hal {
namespace {

using test::allocationCount;

class AllocationTest : public LoopFixture {
protected:
    /// Allocations of `turns` calls of `turn`, after a few to warm up.
    template <class Turn>
    std::uint64_t allocationsOf(int turns, Turn turn) {
        for (int i = 0; i < 10; ++i) {
            turn();
        }
        const std::uint64_t before = allocationCount();
        for (int i = 0; i < turns; ++i) {
            turn();
        }
        return allocationCount() - before;
    }
    void turnOnce() {
        if (virtualTime != nullptr) {
            virtualTime->settle();
        } else {
            epoll->runOnce(Duration::zero());
        }
    }
};
INSTANTIATE_TEST_SUITE_P(Loops, AllocationTest, testing::Values(LoopKind::Epoll, LoopKind::Virtual),
                         loopName);

TEST_P(AllocationTest, TheCounterCounts) {
    std::vector<std::unique_ptr<int>> made;
    EXPECT_GE(allocationsOf(5, [&] { made.push_back(std::make_unique<int>(1)); }), 5u);
}

TEST_P(AllocationTest, TimersTakeNoMemoryToArmCancelAndRun) {
    int runs = 0;
    std::vector<Timer> timers;
    for (int i = 0; i < 100; ++i) {
        timers.emplace_back(loop(), [&] { ++runs; });
    }
    EXPECT_EQ(allocationsOf(100,
                            [&] {
                                for (Timer& timer : timers) {
                                    timer.arm(1h);
                                }
                                for (std::size_t i = 0; i < timers.size(); i += 2) {
                                    timers[i].arm(0ms);
                                    timers[i + 1].cancel();
                                }
                                turnOnce();
                            }),
              0u);
    EXPECT_EQ(runs, 110 * 50);
}

TEST_P(AllocationTest, DescriptorEventsTakeNoMemory) {
    Pipe pipe;
    int reads = 0;
    auto watch = Watch::create(loop(), pipe.reader.get(), Io::Read, [&](Io) {
        char c = 0;
        reads += int(::read(pipe.reader.get(), &c, 1));
    });
    EXPECT_EQ(allocationsOf(100,
                            [&] {
                                pipe.write("x");
                                EXPECT_TRUE(watch->change(Io::Read | Io::Hangup));
                                turnOnce();
                            }),
              0u);
    EXPECT_EQ(reads, 110);
}

TEST_P(AllocationTest, PostsOfSmallCallablesTakeNoMemory) {
    int runs = 0;
    EXPECT_EQ(allocationsOf(100,
                            [&] {
                                for (int i = 0; i < 20; ++i) {
                                    loop().post([&runs] { ++runs; });
                                }
                                turnOnce();
                            }),
              0u);
    EXPECT_EQ(runs, 110 * 20);
}

TEST(LogAllocationTest, ShortMessagesTakeNoMemory) {
    const LogCategory log{"test-allocation"};
    std::size_t length = 0;
    setLogSink([&](LogLevel, std::string_view, std::string_view text) { length += text.size(); });
    const std::uint64_t before = allocationCount();
    for (int i = 0; i < 100; ++i) {
        log.debug("not shown {}", i);
        log.info("call {} from {} on {}", i, Private{"0301234567"}, "a\x1b line");
    }
    EXPECT_EQ(allocationCount() - before, 0u);
    setLogSink({});
    EXPECT_GT(length, 3000u);
}

}  // namespace
}  // namespace tipring::hal

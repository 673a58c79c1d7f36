// SPDX-License-Identifier: Apache-2.0
// Counts every allocation of this test program.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <vector>

#include "loop_fixture.h"
#include "tipring/hal/base/log.h"

namespace {

std::atomic<std::uint64_t> gAllocations{0};

void* allocate(std::size_t size) {
    gAllocations.fetch_add(1, std::memory_order_relaxed);
    if (void* memory = std::malloc(size == 0 ? 1 : size)) {
        return memory;
    }
    throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) {
    return allocate(size);
}
void* operator new[](std::size_t size) {
    return allocate(size);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete[](void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace tipring::hal {
namespace {

class AllocationTest : public LoopFixture {
protected:
    /// Allocations of `turns` calls of `turn`, after a few to warm up.
    template <class Turn>
    std::uint64_t allocationsOf(int turns, Turn turn) {
        for (int i = 0; i < 10; ++i) {
            turn();
        }
        const std::uint64_t before = gAllocations;
        for (int i = 0; i < turns; ++i) {
            turn();
        }
        return gAllocations - before;
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
    EXPECT_GE(
        allocationsOf(5, [] { std::vector<int>(100).swap(*std::make_unique<std::vector<int>>()); }),
        5u);
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
    const std::uint64_t before = gAllocations;
    for (int i = 0; i < 100; ++i) {
        log.debug("not shown {}", i);
        log.info("call {} from {} on {}", i, Private{"0301234567"}, "a\x1b line");
    }
    EXPECT_EQ(gAllocations - before, 0u);
    setLogSink({});
    EXPECT_GT(length, 3000u);
}

}  // namespace
}  // namespace tipring::hal

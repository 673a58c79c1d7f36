// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "loop_fixture.h"

namespace tipring::hal {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class WatchTest : public LoopFixture {
protected:
    Watch watch(int fd, Io events, EventLoop::IoHandler handler) {
        auto created = Watch::create(loop(), fd, events, std::move(handler));
        EXPECT_TRUE(created) << created.error().text();
        return created ? std::move(*created) : Watch{};
    }
};
INSTANTIATE_TEST_SUITE_P(Loops, WatchTest, testing::Values(LoopKind::Epoll, LoopKind::Virtual),
                         loopName);

TEST_P(WatchTest, ReportsBytesToRead) {
    Pipe pipe;
    std::string got;
    const Watch reader = watch(pipe.reader.get(), Io::Read, [&](Io ready) {
        EXPECT_EQ(ready, Io::Read);
        got += pipe.read();
    });
    settle();
    EXPECT_EQ(got, "");
    pipe.write("RING");
    ASSERT_TRUE(runUntil([&] { return got == "RING"; }));
}

TEST_P(WatchTest, ReportsAgainWhileBytesAreLeft) {
    Pipe pipe;
    std::string got;
    const Watch reader = watch(pipe.reader.get(), Io::Read, [&](Io) {
        char c = 0;
        ASSERT_EQ(::read(pipe.reader.get(), &c, 1), 1);
        got += c;
    });
    pipe.write("OK");
    ASSERT_TRUE(runUntil([&] { return got == "OK"; }));
}

TEST_P(WatchTest, ReportsRoomToWrite) {
    Pipe pipe;
    std::vector<Io> events;
    Watch writer = watch(pipe.writer.get(), Io::Write, [&](Io ready) {
        events.push_back(ready);
        EXPECT_TRUE(writer.change(Io::None));
    });
    ASSERT_TRUE(runUntil([&] { return !events.empty(); }));
    settle();
    EXPECT_THAT(events, ElementsAre(Io::Write));
}

TEST_P(WatchTest, ChangeTakesUpOtherEvents) {
    Pipe pipe;
    int reads = 0;
    Watch reader = watch(pipe.reader.get(), Io::None, [&](Io) {
        pipe.read();
        ++reads;
    });
    pipe.write("x");
    settle();
    EXPECT_EQ(reads, 0);
    ASSERT_TRUE(reader.change(Io::Read));
    ASSERT_TRUE(runUntil([&] { return reads == 1; }));
}

TEST_P(WatchTest, HangupIsReportedUnasked) {
    Pipe pipe;
    Io seen = Io::None;
    Watch reader = watch(pipe.reader.get(), Io::None, [&](Io ready) {
        seen = ready;
        reader.reset();
    });
    pipe.writer.reset();
    ASSERT_TRUE(runUntil([&] { return seen != Io::None; }));
    EXPECT_TRUE(has(seen, Io::Hangup));
}

TEST_P(WatchTest, ErrorIsReportedUnasked) {
    Pipe pipe;
    Io seen = Io::None;
    Watch writer = watch(pipe.writer.get(), Io::None, [&](Io ready) {
        seen = ready;
        writer.reset();
    });
    pipe.reader.reset();
    ASSERT_TRUE(runUntil([&] { return seen != Io::None; }));
    EXPECT_TRUE(has(seen, Io::Error));
}

TEST_P(WatchTest, HalfClosedPeerIsAHangupForWhoAsks) {
    int ends[2] = {-1, -1};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    const FileDescriptor near(ends[0]);
    const FileDescriptor far(ends[1]);
    Io seen = Io::None;
    Watch reader = watch(near.get(), Io::Hangup, [&](Io ready) {
        seen = ready;
        reader.reset();
    });
    ASSERT_EQ(::shutdown(far.get(), SHUT_WR), 0);
    ASSERT_TRUE(runUntil([&] { return seen != Io::None; }));
    EXPECT_EQ(seen, Io::Hangup);
}

TEST_P(WatchTest, MayDieInItsOwnHandler) {
    Pipe pipe;
    auto kept = std::make_shared<int>(7);
    const std::weak_ptr<int> observer = kept;
    int seen = 0;
    Watch reader;
    reader = watch(pipe.reader.get(), Io::Read, [&reader, &seen, kept](Io) {
        reader.reset();
        seen += *kept;
    });
    kept.reset();
    pipe.write("x");
    ASSERT_TRUE(runUntil([&] { return seen != 0; }));
    settle();
    EXPECT_EQ(seen, 7);
    EXPECT_TRUE(observer.expired());
}

TEST_P(WatchTest, KilledByAnotherOfTheSameBatchIsNotCalled) {
    std::array<Pipe, 3> pipes;
    std::array<Watch, 3> watches;
    int calls = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        watches[i] = watch(pipes[i].reader.get(), Io::Read, [&, i](Io) {
            ++calls;
            pipes[i].read();
            watches[(i + 1) % 3].reset();
            watches[(i + 2) % 3].reset();
        });
        pipes[i].write("x");
    }
    ASSERT_TRUE(runUntil([&] { return calls > 0; }));
    settle();
    EXPECT_EQ(calls, 1);
}

TEST_P(WatchTest, ReplacedInTheSameBatchGetsNothingOfTheOldOne) {
    std::array<Pipe, 2> pipes;
    std::array<Watch, 2> watches;
    int calls = 0;
    int replacementCalls = 0;
    for (std::size_t i = 0; i < 2; ++i) {
        watches[i] = watch(pipes[i].reader.get(), Io::Read, [&, i](Io) {
            ++calls;
            pipes[0].read();
            pipes[1].read();
            const std::size_t other = 1 - i;
            watches[other].reset();
            watches[other] =
                watch(pipes[other].reader.get(), Io::Read, [&](Io) { ++replacementCalls; });
        });
        pipes[i].write("x");
    }
    ASSERT_TRUE(runUntil([&] { return calls > 0; }));
    settle();
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(replacementCalls, 0);
}

TEST_P(WatchTest, NoLongerInterestedIsNotCalledInTheSameBatch) {
    std::array<Pipe, 2> pipes;
    std::array<Watch, 2> watches;
    int calls = 0;
    for (std::size_t i = 0; i < 2; ++i) {
        watches[i] = watch(pipes[i].reader.get(), Io::Read, [&, i](Io) {
            ++calls;
            pipes[i].read();
            EXPECT_TRUE(watches[1 - i].change(Io::None));
        });
        pipes[i].write("x");
    }
    ASSERT_TRUE(runUntil([&] { return calls > 0; }));
    settle();
    EXPECT_EQ(calls, 1);
}

TEST_P(WatchTest, KilledByATimerThatIsDueWhileItIsReadyIsNotCalled) {
    Pipe pipe;
    bool called = false;
    bool ticked = false;
    Watch reader = watch(pipe.reader.get(), Io::Read, [&](Io) { called = true; });
    Timer timer(loop(), [&] {
        reader.reset();
        ticked = true;
    });
    timer.arm(0ms);
    pipe.write("x");
    ASSERT_TRUE(runUntil([&] { return ticked; }));
    settle();
    EXPECT_FALSE(called);
}

TEST_P(WatchTest, OfMoreDescriptorsThanABatchHoldsReportsAll) {
    std::vector<Pipe> pipes(200);
    std::vector<Watch> watches;
    std::vector<int> calls(pipes.size());
    for (std::size_t i = 0; i < pipes.size(); ++i) {
        watches.push_back(watch(pipes[i].reader.get(), Io::Read, [&, i](Io) {
            pipes[i].read();
            ++calls[i];
        }));
        pipes[i].write("x");
    }
    const std::vector<int> onceEach(pipes.size(), 1);
    EXPECT_TRUE(runUntil([&] { return calls == onceEach; }));
}

TEST_P(WatchTest, OfAFileFailsAndSaysSo) {
    const FileDescriptor file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    ASSERT_TRUE(file);
    const auto created = Watch::create(loop(), file.get(), Io::Read, [](Io) {});
    ASSERT_FALSE(created);
    EXPECT_EQ(created.error().code, ErrorCode::InvalParam);
    EXPECT_THAT(created.error().cause, HasSubstr("file or directory"));
}

TEST_P(WatchTest, OfAWatchedDescriptorFailsUntilTheFirstEnds) {
    Pipe pipe;
    Watch first = watch(pipe.reader.get(), Io::Read, [](Io) {});
    const auto second = Watch::create(loop(), pipe.reader.get(), Io::Read, [](Io) {});
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::InUse);
    first.reset();
    EXPECT_FALSE(first);
    EXPECT_TRUE(Watch::create(loop(), pipe.reader.get(), Io::Read, [](Io) {}));
}

TEST_P(WatchTest, OfNoDescriptorFails) {
    const auto created = Watch::create(loop(), -1, Io::Read, [](Io) {});
    ASSERT_FALSE(created);
    EXPECT_THAT(created.error().cause, HasSubstr("descriptor -1"));
    EXPECT_FALSE(Watch{}.change(Io::Read));
}

}  // namespace
}  // namespace tipring::hal

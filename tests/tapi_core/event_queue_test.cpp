// SPDX-License-Identifier: Apache-2.0
#include "tipring/tapi_core/api/event_queue.h"

#include <fmt/format.h>
#include <poll.h>

#include <atomic>
#include <future>

#include "tapi_core/manager_fixture.h"
#include "tipring/hal/base/epoll_loop.h"

namespace tipring::test {
namespace {

bool readable(int descriptor) {
    pollfd each{descriptor, POLLIN, 0};
    return ::poll(&each, 1, 0) == 1;
}

tapi::Event numbered(std::uint32_t number) {
    tapi::TapiObjectEvent event{tapi::TapiObjectEvent::Kind::TranslateChange};
    event.callbackInstance = number;
    return event;
}
std::uint32_t numberOf(const tapi::Event& event) {
    return std::get<tapi::TapiObjectEvent>(event).callbackInstance;
}

class EventQueueTest : public testing::Test {
protected:
    EventQueueTest() {
        hal::setLogSink([this](hal::LogLevel, std::string_view, std::string_view text) {
            log.emplace_back(text);
        });
    }
    ~EventQueueTest() override { hal::setLogSink({}); }

    std::vector<std::string> log;
    hal::VirtualLoop loop;
    std::unique_ptr<tapi::EventQueue> queue = tapi::EventQueue::create(loop, 3).value();
};

TEST_F(EventQueueTest, TheDescriptorIsReadableWhileEventsWait) {
    EXPECT_FALSE(readable(queue->descriptor()));
    queue->onEvent(numbered(1));
    queue->onEvent(numbered(2));
    EXPECT_TRUE(readable(queue->descriptor()));
    EXPECT_EQ(numberOf(queue->take().value()), 1u);
    EXPECT_TRUE(readable(queue->descriptor()));
    EXPECT_EQ(numberOf(queue->take().value()), 2u);
    EXPECT_FALSE(readable(queue->descriptor()));
    EXPECT_FALSE(queue->take());
}

TEST_F(EventQueueTest, WhatDoesNotFitIsDroppedCountedAndSaid) {
    for (std::uint32_t number = 1; number <= 5; ++number) {
        queue->onEvent(numbered(number));
    }
    EXPECT_EQ(queue->dropped(), 2u);
    EXPECT_EQ(log.size(), 1u);  // said once, not for each
    EXPECT_EQ(numberOf(queue->take().value()), 1u);
    queue->onEvent(numbered(6));
    for (const std::uint32_t number : {2U, 3U, 6U}) {
        EXPECT_EQ(numberOf(queue->take().value()), number);
    }
    EXPECT_EQ(queue->dropped(), 2u);
    for (std::uint32_t number = 1; number <= 4; ++number) {
        queue->onEvent(numbered(number));
    }
    EXPECT_EQ(queue->dropped(), 3u);
    EXPECT_EQ(log.size(), 2u);
}

TEST_F(EventQueueTest, AQueueForNothingIsRefused) {
    EXPECT_EQ(tapi::EventQueue::create(loop, 0).error().code, ErrorCode::InvalParam);
}

TEST_F(EventQueueTest, OrderHoldsOverManyRounds) {
    std::uint32_t in = 0, out = 0;
    for (int round = 0; round < 1000; ++round) {
        for (int i = 0; i < 1 + round % 3 && in - out < 3; ++i) {
            queue->onEvent(numbered(++in));
        }
        for (int i = 0; i < 1 + round % 2; ++i) {
            if (const auto event = queue->take()) {
                EXPECT_EQ(numberOf(*event), ++out);
            }
        }
    }
    EXPECT_EQ(queue->dropped(), 0u);
    EXPECT_GT(out, 1000u);
}

TEST_F(EventQueueTest, DispatchPassesWhatWaitsNow) {
    struct Again : tapi::EventSink {
        void onEvent(const tapi::Event& event) override {
            ++seen;
            queue->onEvent(event);
        }
        tapi::EventQueue* queue = nullptr;
        int seen = 0;
    } again;
    again.queue = queue.get();
    queue->onEvent(numbered(1));
    queue->onEvent(numbered(2));
    EXPECT_EQ(queue->dispatch(again), 2u);
    EXPECT_EQ(again.seen, 2);
    EXPECT_TRUE(readable(queue->descriptor()));
}

TEST_F(EventQueueTest, NextRunsTheLoopUntilAnEventComes) {
    hal::Timer timer(loop, [&] { queue->onEvent(numbered(7)); });
    timer.arm(5s);
    const auto begun = loop.now();
    const auto event = queue->next(1h);
    ASSERT_TRUE(event);
    EXPECT_EQ(numberOf(*event), 7u);
    EXPECT_EQ(loop.now() - begun, 5s);
}

TEST_F(EventQueueTest, NextEndsWithItsTime) {
    const auto begun = loop.now();
    const auto none = queue->next(30s);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::Timeout);
    EXPECT_EQ(loop.now() - begun, 30s);
    EXPECT_EQ(queue->next(-1s).error().code, ErrorCode::Timeout);
    EXPECT_EQ(loop.now() - begun, 30s);
}

TEST_F(EventQueueTest, NextWithoutTimeStillLetsTheLoopGoOn) {
    loop.post([&] { queue->onEvent(numbered(1)); });
    EXPECT_TRUE(queue->next(0ms));
}

TEST_F(EventQueueTest, NextInsideACallbackTakesWhatIsThereAndNeverWaits) {
    std::vector<ErrorCode> codes;
    loop.post([&] {
        queue->onEvent(numbered(1));
        EXPECT_TRUE(queue->next(1s));
        codes.push_back(queue->next(1s).error().code);
    });
    hal::Timer later(loop, [&] { queue->onEvent(numbered(2)); });
    later.arm(10s);
    // The wait outside goes on over the one that failed inside.
    const auto event = queue->next(1h);
    ASSERT_TRUE(event);
    EXPECT_EQ(codes, std::vector{ErrorCode::InvalParam});
    EXPECT_EQ(numberOf(*event), 2u);
}

TEST_F(EventQueueTest, AStopOfTheLoopEndsTheWait) {
    hal::Timer timer(loop, [&] { loop.stop(); });
    timer.arm(1s);
    EXPECT_EQ(queue->next(1h).error().code, ErrorCode::UserCancelled);
    // And none is left over for the next wait.
    timer.cancel();
    queue->onEvent(numbered(1));
    EXPECT_TRUE(queue->next(1s));
    EXPECT_EQ(queue->next(1s).error().code, ErrorCode::Timeout);
}

TEST(EventQueueThreadTest, OtherThreadsTakeWhatTheLoopBrings) {
    constexpr std::uint32_t kEvents = 10'000;
    std::promise<tapi::EventQueue*> made;
    std::atomic<hal::EventLoop*> running{nullptr};
    std::thread looper([&] {
        auto loop = hal::EpollLoop::create().value();
        auto queue = tapi::EventQueue::create(*loop, kEvents).value();
        running = loop.get();
        made.set_value(queue.get());
        std::uint32_t sent = 0;
        hal::Timer timer(*loop, [&] {
            for (int i = 0; i < 50 && sent < kEvents; ++i) {
                queue->onEvent(numbered(++sent));
            }
            if (sent < kEvents) {
                timer.arm(hal::Duration::zero());
            }
        });
        timer.arm(hal::Duration::zero());
        loop->run();
        EXPECT_EQ(queue->dropped(), 0u);
    });
    tapi::EventQueue& queue = *made.get_future().get();
    std::atomic<std::uint32_t> taken{0};
    std::atomic<std::uint64_t> sum{0};
    const auto work = [&] {
        std::uint32_t last = 0;
        while (taken < kEvents) {
            if (const auto event = queue.next(20ms)) {
                EXPECT_GT(numberOf(*event), last);  // in order, with gaps that others took
                last = numberOf(*event);
                sum += last;
                ++taken;
            }
        }
    };
    std::thread first(work), second(work);
    first.join();
    second.join();
    EXPECT_EQ(taken, kEvents);
    EXPECT_EQ(sum, std::uint64_t{kEvents} * (kEvents + 1) / 2);
    running.load()->stop();
    looper.join();
}

/// The same scenario, heard in each of the three ways.
class ThreeWaysTest : public ManagerFixture {
protected:
    void SetUp() override { start(); }

    static std::string lineOf(const tapi::Event& event) {
        std::string text =
            fmt::format("{}/{}", tapi::name(tapi::classOf(event)), tapi::subEventOf(event));
        if (const auto* state = std::get_if<tapi::CallStateEvent>(&event)) {
            text += fmt::format(" {} {:#x} {}", tapi::name(state->lineState), state->mode,
                                state->callbackInstance);
        }
        return text;
    }
    /// An incoming call that is answered and dropped, an outgoing one that is busy, an unplug.
    void script(tapi::Tapi& tapi) {
        const auto address = tapi.addresses().at(0);
        ASSERT_TRUE(tapi.registerCallNotifications(
            address, {.owner = true, .monitor = true, .callbackInstance = 5}));
        steps = {
            [this] {
                fake.event(fake.line(), nullptr, LINE_LINEDEVSTATE, LINEDEVSTATE_RINGING, 1, 0);
                fake.ring(fake.line());
            },
            [this] {
                fake.event(fake.line(), fake.lastCall().handle, LINE_CALLINFO,
                           LINECALLINFOSTATE_CALLERID);
            },
            [address] { ASSERT_TRUE(address->calls().at(0)->answer({})); },
            [this] {
                fake.state(fake.lastCall(), LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
            },
            [address] { ASSERT_TRUE(address->calls().at(0)->disconnect({})); },
            [this] { fake.state(fake.lastCall(), LINECALLSTATE_IDLE); },
            [this, address] {
                made = address->createCall("12", tapi::MediaMode::AutomatedVoice).value();
                ASSERT_TRUE(made->connect({}));
            },
            [this] { fake.state(fake.lastCall(), LINECALLSTATE_DIALING); },
            [this] { fake.state(fake.lastCall(), LINECALLSTATE_BUSY, LINEBUSYMODE_STATION); },
            [this] { fake.remove(fake.line()); },
        };
        timer.emplace(loop, [this] {
            steps.at(step++)();
            if (step < steps.size()) {
                timer->arm(1s);
            }
        });
        timer->arm(1s);
    }
    [[nodiscard]] bool over() const { return step == steps.size(); }

    std::vector<std::function<void()>> steps;
    std::size_t step = 0;
    std::shared_ptr<tapi::Call> made;
    std::optional<hal::Timer> timer;

    std::vector<std::string> byCallback() {
        Application app(*manager, "app");
        script(*app.tapi);
        loop.advance(20s);
        std::vector<std::string> trace;
        for (const auto& event : app.events.events) {
            trace.push_back(lineOf(event));
        }
        return trace;
    }
    std::vector<std::string> byQueue(
        const std::function<void(tapi::EventQueue&, std::vector<std::string>&)>& hear) {
        auto queue = tapi::EventQueue::create(loop).value();
        auto tapi = manager->createApplication("app");
        tapi->setEventSink(queue.get());
        tapi->setEventFilter(tapi::kAllEvents);
        script(*tapi);
        std::vector<std::string> trace;
        hear(*queue, trace);
        return trace;
    }
    static void expectWhole(const std::vector<std::string>& trace) {
        const std::vector<std::string> whole = {
            "address/2",
            "call notification/0",
            "call state/4 offering 0x1 5",
            "call info change/0",
            "call state/2 connected 0x1 5",
            "call state/3 idle 0x0 5",
            "call state/1 dialing 0x0 0",
            "call state/3 busy 0x1 0",
            "call state/3 disconnected 0x2 0",
            "call state/3 idle 0x0 0",
            "tapi object/1",
        };
        EXPECT_EQ(trace, whole);
    }
};

TEST_F(ThreeWaysTest, ByCallback) {
    expectWhole(byCallback());
}

TEST_F(ThreeWaysTest, ByDescriptor) {
    expectWhole(byQueue([this](tapi::EventQueue& queue, std::vector<std::string>& trace) {
        Recorder sink;
        sink.then = [&](const tapi::Event& event) { trace.push_back(lineOf(event)); };
        for (int i = 0; i < 200; ++i) {
            loop.advance(100ms);
            if (readable(queue.descriptor())) {
                EXPECT_GT(queue.dispatch(sink), 0u);
            }
        }
        EXPECT_TRUE(over());
    }));
}

TEST_F(ThreeWaysTest, ByWaiting) {
    expectWhole(byQueue([this](tapi::EventQueue& queue, std::vector<std::string>& trace) {
        while (const auto event = queue.next(5s)) {
            trace.push_back(lineOf(*event));
        }
        EXPECT_TRUE(over());
    }));
}

}  // namespace
}  // namespace tipring::test

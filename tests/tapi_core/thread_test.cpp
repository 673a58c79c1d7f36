// SPDX-License-Identifier: Apache-2.0
// A provider that calls back from several threads at once.
#include <atomic>
#include <thread>

#include "tapi_core/manager_fixture.h"
#include "tipring/hal/base/epoll_loop.h"

namespace tipring::test {
namespace {

TEST(ThreadTest, EventsAndCompletionsFromSeveralThreadsLoseNothing) {
    constexpr unsigned kThreads = 3, kEvents = 500, kRequests = 100;
    const auto loop = std::move(*hal::EpollLoop::create());
    FakeProvider fake({"one", "two", "three"});
    core::LineManager manager(*loop, "");
    ASSERT_TRUE(manager.addProvider(fake.table, {}));
    Application app(manager, "app");
    for (std::size_t i = 0; i < kThreads; ++i) {
        ASSERT_TRUE(app.tapi->registerCallNotifications(app.address(i), {}));
    }
    std::atomic<unsigned> over = 0;
    std::vector<std::thread> threads;
    // Each thread is a device: a call comes, digits are heard, the caller hangs up.
    const auto device = [&](FakeProvider::Line& line, FakeProvider::Call& call) {
        line.events(line.handle, nullptr, LINE_NEWCALL, reinterpret_cast<std::uintptr_t>(&call),
                    reinterpret_cast<std::uintptr_t>(&call.handle), 0);
        line.events(line.handle, call.handle, LINE_CALLSTATE, LINECALLSTATE_OFFERING,
                    LINEOFFERINGMODE_ACTIVE, LINEMEDIAMODE_INTERACTIVEVOICE);
        for (unsigned i = 0; i < kEvents; ++i) {
            line.events(line.handle, call.handle, LINE_CALLINFO, LINECALLINFOSTATE_CALLERID, 0, 0);
        }
        line.events(line.handle, call.handle, LINE_CALLSTATE, LINECALLSTATE_IDLE, 0, 0);
        ++over;
        loop->post([&] { loop->stop(); });
    };
    std::vector<FakeProvider::Call> calls(kThreads);
    for (std::size_t i = 0; i < kThreads; ++i) {
        calls[i].line = &fake.line(i);
        threads.emplace_back(device, std::ref(fake.line(i)), std::ref(calls[i]));
    }
    // Meanwhile requests are completed by yet another thread.
    fake.behave = [](const std::string&) { return Behaviour{Behaviour::How::Thread}; };
    Answer answer;
    for (unsigned i = 0; i < kRequests; ++i) {
        ASSERT_TRUE(app.address(i % kThreads)->devSpecific("x", answer.reply()));
    }
    bool late = false;
    hal::Timer limit(*loop, [&] {
        late = true;
        loop->stop();
    });
    hal::Timer look(*loop, [&] { loop->stop(); });
    limit.arm(20s);
    const auto idles = [&] {
        const auto states = app.events.states();
        return std::count(states.begin(), states.end(), LineCallState::Idle);
    };
    while (!late && (over < kThreads || answer.count < int(kRequests) || idles() < kThreads)) {
        look.arm(5ms);
        loop->run();
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(answer.count, int(kRequests));
    EXPECT_EQ(idles(), kThreads);
    EXPECT_EQ(app.events.all<tapi::CallInfoChangeEvent>().size(), kThreads * kEvents);
    for (const auto& call : calls) {
        EXPECT_EQ(call.closed, 1u);
    }
}

}  // namespace
}  // namespace tipring::test

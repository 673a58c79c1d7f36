// SPDX-License-Identifier: Apache-2.0
// Whole calls: an application, the line manager, the provider, the simulated adapter on an
// exchange.
#include <gtest/gtest.h>

#include <algorithm>

#include "tipring/drivers/sangoma_u100/sangoma_u100.h"
#include "tipring/hal/base/virtual_loop.h"
#include "tipring/hal/sim/far_end.h"
#include "tipring/hal/sim/sangoma_u100.h"
#include "tipring/hal/sim/sim_usb.h"
#include "tipring/tapi_core/manager/line_manager.h"

namespace tipring::sangoma_u100 {
namespace {

using namespace std::chrono_literals;
using tapi::LineCallState;

struct CallEvents final : tapi::EventSink {
    void onEvent(const tapi::Event& event) override {
        if (const auto* call = std::get_if<tapi::CallNotificationEvent>(&event)) {
            calls.push_back(call->call);
        } else if (const auto* state = std::get_if<tapi::CallStateEvent>(&event)) {
            states.push_back(state->lineState);
        }
    }
    [[nodiscard]] auto count(LineCallState state) const {
        return std::count(states.begin(), states.end(), state);
    }
    std::vector<std::shared_ptr<tapi::Call>> calls;
    std::vector<LineCallState> states;
};

class U100CallTest : public testing::Test {
protected:
    void SetUp() override {
        manager = std::make_unique<core::LineManager>(loop);
        ASSERT_TRUE(manager->addProvider(*tipring_sangoma_u100_provider(),
                                         {{"device", "sim:u100"}, {"country", "US"}}));
        app = manager->createApplication("app");
        app->setEventSink(&events);
        app->setEventFilter(tapi::kAllEvents);
        loop.advance(20s);
        ASSERT_EQ(app->addresses().size(), 2U);
        tapi::CallNotification wanted;
        wanted.mediaModes = tapi::MediaMode::AutomatedVoice | tapi::MediaMode::InteractiveVoice;
        ASSERT_TRUE(app->registerCallNotifications(app->addresses()[0], wanted));
        loop.advance(1s);
        sim::CallerId id;
        id.number = "5551234567";
        ASSERT_TRUE(caller.call("5550100", id));
        ASSERT_TRUE(loop.advanceUntil([&] { return !events.calls.empty(); }, 20s));
        call = events.calls[0];
    }
    void TearDown() override {
        events.calls.clear();
        call.reset();
        app.reset();
        for (const auto& breach : manager->breaches()) {
            ADD_FAILURE() << breach.function << ": " << breach.text;
        }
        manager.reset();
    }
    bool reaches(LineCallState state) {
        const bool there = loop.advanceUntil([&] { return call->lineState() == state; }, 30s);
        loop.advance(1ms);
        return there;
    }

    hal::VirtualLoop loop;
    sim::Exchange exchange{loop};
    sim::Line& line = exchange.addLine("5550100");
    sim::FarEnd caller{exchange};
    sim::SangomaU100 board{loop, &line, nullptr};
    sim::SimUsbName name{"u100", board};
    CallEvents events;
    std::unique_ptr<core::LineManager> manager;
    std::unique_ptr<tapi::Tapi> app;
    std::shared_ptr<tapi::Call> call;
};

TEST_F(U100CallTest, NamesTheCallerAnswersAndHearsTheHangUp) {
    EXPECT_TRUE(loop.advanceUntil([&] { return call->info().caller.number == "5551234567"; }, 12s));
    loop.advance(3s);
    ASSERT_TRUE(call->answer([](const tapi::Result<void>&) {}));
    ASSERT_TRUE(reaches(LineCallState::Connected));
    loop.advance(3s);
    EXPECT_TRUE(caller.wasAnswered());
    EXPECT_EQ(call->lineState(), LineCallState::Connected);
    caller.hangUp();
    EXPECT_TRUE(reaches(LineCallState::Idle));
    loop.advance(5s);
    EXPECT_EQ(events.count(LineCallState::Idle), 1);
    EXPECT_EQ(line.state(), sim::Line::State::Idle);
}

TEST_F(U100CallTest, PulledOutInTheCallItEndsOnce) {
    loop.advance(5s);
    ASSERT_TRUE(call->answer([](const tapi::Result<void>&) {}));
    ASSERT_TRUE(reaches(LineCallState::Connected));
    board.unplug();
    EXPECT_TRUE(reaches(LineCallState::Idle));
    caller.hangUp();
    board.plugIn();
    loop.advance(60s);
    EXPECT_EQ(events.count(LineCallState::Idle), 1);
    EXPECT_EQ(app->addresses().size(), 2U);
    sim::CallerId again;
    ASSERT_TRUE(caller.call("5550100", again));
    EXPECT_TRUE(loop.advanceUntil([&] { return events.calls.size() == 2; }, 20s));
}

}  // namespace
}  // namespace tipring::sangoma_u100

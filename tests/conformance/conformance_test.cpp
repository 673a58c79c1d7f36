// SPDX-License-Identifier: Apache-2.0
// The rules of tspi.h, run over every provider.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "conformance/provider_under_test.h"
#include "tipring/hal/base/log.h"
#include "tipring/hal/base/virtual_loop.h"

namespace tipring::conformance {
namespace {

using namespace std::chrono_literals;
using tapi::LineCallState;

class ConformanceTest : public testing::TestWithParam<Factory>, protected tapi::EventSink {
protected:
    void SetUp() override {
        hal::setLogSink([this](hal::LogLevel, std::string_view, std::string_view text) {
            if (text.find("contract breach") != std::string_view::npos) {
                breaches.emplace_back(text);
            }
        });
        world = GetParam().make(loop);
        manager = std::make_unique<core::LineManager>(loop);
        const auto added = manager->addProvider(world->table(), world->config());
        ASSERT_TRUE(added) << added.error().text();
        app = manager->createApplication("conformance");
        app->setEventSink(this);
        app->setEventFilter(tapi::kAllEvents);
        ASSERT_FALSE(app->addresses().empty());
        address = app->addresses().front();
        const auto modes = address->capabilities().mediaModes;
        media =
            modes.has(tapi::MediaMode::AutomatedVoice) ? tapi::MediaMode::AutomatedVoice : modes;
        registration =
            app->registerCallNotifications(address, {.owner = true, .mediaModes = media}).value();
        loop.advance(30s);  // a device may need its time to start
    }
    void TearDown() override {
        app.reset();
        manager.reset();
        world.reset();
        loop.settle();
        hal::setLogSink({});
        for (const std::string& breach : breaches) {
            ADD_FAILURE() << breach;
        }
    }
    void onEvent(const tapi::Event& event) override {
        if (const auto* notice = std::get_if<tapi::CallNotificationEvent>(&event)) {
            order += 'n';
            call = notice->call;
        }
        if (const auto* state = std::get_if<tapi::CallStateEvent>(&event)) {
            order += 's';
            states.push_back(state->lineState);
        }
    }
    tapi::Reply counted() {
        return [this](const tapi::Result<void>& result) {
            ++replies;
            order += 'r';
            lastReply = result;
        };
    }
    bool until(const std::function<bool()>& done) { return loop.advanceUntil(done, 120s); }
    bool reached(LineCallState state) {
        return until(
            [&] { return std::find(states.begin(), states.end(), state) != states.end(); });
    }
    /// The call ended once, and nothing follows.
    void expectOneIdle() {
        EXPECT_TRUE(reached(LineCallState::Idle));
        loop.advance(60s);
        EXPECT_EQ(std::count(states.begin(), states.end(), LineCallState::Idle), 1);
        EXPECT_EQ(states.back(), LineCallState::Idle);
    }
    void makeCall() {
        auto made = address->createCall("1234", media);
        ASSERT_TRUE(made) << made.error().text();
        call = *made;
        const auto asked = call->connect(counted());
        ASSERT_TRUE(asked) << asked.error().text();
        ++accepted;
    }

    std::vector<std::string> breaches;
    hal::VirtualLoop loop;
    std::unique_ptr<World> world;
    std::unique_ptr<core::LineManager> manager;
    std::unique_ptr<tapi::Tapi> app;
    std::shared_ptr<tapi::Address> address;
    tapi::MediaModes media;
    tapi::RegistrationCookie registration = 0;
    std::shared_ptr<tapi::Call> call;
    std::vector<LineCallState> states;
    std::string order;
    int accepted = 0;
    int replies = 0;
    std::optional<tapi::Result<void>> lastReply;
};
INSTANTIATE_TEST_SUITE_P(Providers, ConformanceTest, testing::ValuesIn(factories()),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_P(ConformanceTest, ALineHasAPermanentIdAndAName) {
    EXPECT_FALSE(address->capabilities().permanentId.empty());
    EXPECT_FALSE(address->name().empty());
    EXPECT_FALSE(address->capabilities().mediaModes.empty());
    EXPECT_EQ(address->state(), tapi::AddressState::InService) << address->stateCause();
}

TEST_P(ConformanceTest, AnIncomingCallIsAnnouncedThenHasAState) {
    world->farEndRings(*address);
    ASSERT_TRUE(reached(LineCallState::Offering));
    const auto first = order.find_first_of("ns");
    EXPECT_EQ(order.substr(first, 2), "ns");
    EXPECT_EQ(call->info().origin, tapi::CallOrigin::Inbound);
    world->farEndHangsUp(*address);
    expectOneIdle();
}

TEST_P(ConformanceTest, AnAnsweredCallIsConnectedAndEndsWhenTheFarEndHangsUp) {
    world->farEndRings(*address);
    ASSERT_TRUE(reached(LineCallState::Offering));
    ASSERT_TRUE(call->answer(counted()));
    ASSERT_TRUE(reached(LineCallState::Connected));
    EXPECT_TRUE(until([&] { return replies == 1; }));
    EXPECT_TRUE(*lastReply);
    world->farEndHangsUp(*address);
    expectOneIdle();
    EXPECT_NE(std::find(states.begin(), states.end(), LineCallState::Disconnected), states.end());
}

TEST_P(ConformanceTest, AnOutgoingCallIsRepliedBeforeItsFirstState) {
    makeCall();
    ASSERT_TRUE(reached(LineCallState::Proceeding));
    EXPECT_EQ(order.find('r'), 0u) << order;
    EXPECT_EQ(call->info().origin, tapi::CallOrigin::Outbound);
    world->farEndAnswers(*address);
    ASSERT_TRUE(reached(LineCallState::Connected));
    ASSERT_TRUE(call->disconnect(counted()));
    expectOneIdle();
    EXPECT_EQ(replies, 2);
}

TEST_P(ConformanceTest, ACallMayBeDroppedAtOnce) {
    makeCall();
    EXPECT_TRUE(until([&] { return replies == 1; }));
    if (call->disconnect(counted())) {
        ++accepted;
    }
    expectOneIdle();
    EXPECT_EQ(replies, accepted);
}

TEST_P(ConformanceTest, RequestsThatMakeNoSenseAreRefusedOrReplied) {
    world->farEndRings(*address);
    ASSERT_TRUE(reached(LineCallState::Offering));
    EXPECT_EQ(call->connect(counted()).error().code, tapi::ErrorCode::InvalCallState);
    int asked = 0;
    for (int i = 0; i < 3; ++i) {
        asked += call->answer(counted()) ? 1 : 0;
        asked += call->disconnect(counted()) ? 1 : 0;
    }
    expectOneIdle();
    EXPECT_EQ(replies, asked);
}

TEST_P(ConformanceTest, NothingComesAfterTheLineWasClosed) {
    world->farEndRings(*address);
    ASSERT_TRUE(reached(LineCallState::Offering));
    app.reset();  // gives up the call and closes the line
    const auto heard = order.size();
    loop.advance(120s);
    EXPECT_EQ(order.size(), heard);
}

TEST_P(ConformanceTest, ShutDownInACallIsClean) {
    makeCall();
    loop.advance(2s);
    manager.reset();
    const auto heard = order.size();
    loop.advance(60s);
    EXPECT_EQ(order.size(), heard);
    EXPECT_EQ(call->lineState(), LineCallState::Idle);
}

TEST_P(ConformanceTest, AnUnpluggedDeviceEndsItsCall) {
    world->farEndRings(*address);
    ASSERT_TRUE(reached(LineCallState::Offering));
    if (!world->unplug()) {
        GTEST_SKIP() << "this device cannot be unplugged";
    }
    expectOneIdle();
    EXPECT_EQ(address->state(), tapi::AddressState::OutOfService);
}

}  // namespace
}  // namespace tipring::conformance

// SPDX-License-Identifier: Apache-2.0
// Which calls belong together: as providers say, and through conferences of an exchange.
#include "tapi_core/manager_fixture.h"

namespace tipring::test {
namespace {

using Kind = tapi::CallHubEvent::Kind;
using tapi::CallHubTracking;

class CallHubTest : public ManagerFixture {
protected:
    CallHubTest() : ManagerFixture({"one", "two"}) {}
    void SetUp() override {
        fake.table.lineSetCallHubTracking = [](HDRVLINE, std::uint32_t level) {
            told.push_back(level);
            return refusal;
        };
        told.clear();
        refusal = 0;
        start();
        app = std::make_unique<Application>(*manager, "app");
        app->watch({.owner = true, .mediaModes = tapi::MediaMode::InteractiveVoice});
        for (std::size_t line = 0; line < 2; ++line) {
            app->tapi
                ->registerCallNotifications(app->address(line),
                                            {.mediaModes = tapi::MediaMode::InteractiveVoice})
                .value();
        }
    }
    void TearDown() override { app.reset(); }
    FakeProvider::Call& ring(std::size_t line, std::uint32_t callId) {
        FakeProvider::Call& call = fake.newCall(fake.line(line));
        call.info.callId = callId;
        fake.state(call, LINECALLSTATE_OFFERING);
        settle();
        return call;
    }
    std::shared_ptr<tapi::Call> callOn(std::size_t line, std::size_t index = 0) {
        return app->address(line)->calls().at(index);
    }
    void track(CallHubTracking level) {
        for (std::size_t line = 0; line < 2; ++line) {
            ASSERT_TRUE(app->address(line)->setCallHubTracking(level));
        }
    }
    [[nodiscard]] std::vector<Kind> kinds() const {
        std::vector<Kind> out;
        for (const auto& event : app->events.all<tapi::CallHubEvent>()) {
            out.push_back(event.kind);
        }
        return out;
    }

    static inline std::vector<std::uint32_t> told;
    static inline TSPI_RESULT refusal = 0;
    std::unique_ptr<Application> app;
};

TEST_F(CallHubTest, WithoutTrackingACallIsInNone) {
    ring(0, 7);
    ring(1, 7);
    EXPECT_EQ(callOn(0)->hub(), nullptr);
    EXPECT_TRUE(app->tapi->callHubs().empty());
    EXPECT_TRUE(kinds().empty());
    EXPECT_TRUE(told.empty());
}

TEST_F(CallHubTest, EqualCallIdsMakeAHub) {
    track(CallHubTracking::Provider);
    EXPECT_EQ(told, (std::vector<std::uint32_t>{1, 1}));
    FakeProvider::Call& first = ring(0, 7);
    EXPECT_EQ(kinds(), (std::vector{Kind::New, Kind::Join}));
    FakeProvider::Call& second = ring(1, 7);
    const auto hub = callOn(0)->hub();
    ASSERT_TRUE(hub);
    EXPECT_EQ(callOn(1)->hub(), hub);
    EXPECT_EQ(app->tapi->callHubs(), std::vector{hub});
    EXPECT_EQ(hub->calls(), (std::vector{callOn(0), callOn(1)}));
    EXPECT_EQ(app->events.all<tapi::CallHubEvent>().back().call, callOn(1));

    const auto gone = callOn(0);
    fake.state(first, LINECALLSTATE_IDLE);
    settle();
    EXPECT_EQ(hub->numberOfCalls(), 1u);
    EXPECT_EQ(gone->hub(), nullptr);
    EXPECT_EQ(app->events.all<tapi::CallHubEvent>().back().call, gone);
    EXPECT_EQ(hub->state(), tapi::CallHubState::Active);
    fake.state(second, LINECALLSTATE_IDLE);
    settle();
    EXPECT_EQ(hub->state(), tapi::CallHubState::Idle);
    EXPECT_TRUE(hub->calls().empty());
    EXPECT_EQ(kinds(), (std::vector{Kind::New, Kind::Join, Kind::Join, Kind::Leave, Kind::Leave,
                                    Kind::Idle}));
    EXPECT_EQ(hub->clear().error().code, ErrorCode::InvalCallState);
}

TEST_F(CallHubTest, OtherIdsMakeOtherHubs) {
    track(CallHubTracking::Provider);
    ring(0, 7);
    ring(1, 8);
    EXPECT_NE(callOn(0)->hub(), callOn(1)->hub());
    EXPECT_EQ(app->tapi->callHubs().size(), 2u);
}

TEST_F(CallHubTest, AnIdThatComesLateMovesTheCall) {
    track(CallHubTracking::All);
    ring(0, 7);
    FakeProvider::Call& late = ring(1, 0);
    const auto alone = callOn(1)->hub();
    ASSERT_TRUE(alone);
    EXPECT_NE(alone, callOn(0)->hub());
    late.info.relatedCallId = 7;
    fake.event(fake.line(1), late.handle, LINE_CALLINFO, LINECALLINFOSTATE_RELATEDCALLID);
    settle();
    EXPECT_EQ(callOn(1)->hub(), callOn(0)->hub());
    EXPECT_EQ(alone->state(), tapi::CallHubState::Idle);
}

TEST_F(CallHubTest, TheProviderLevelLeavesCallsWithoutIdsAlone) {
    track(CallHubTracking::Provider);
    ring(0, 0);
    EXPECT_EQ(callOn(0)->hub(), nullptr);
    track(CallHubTracking::All);
    EXPECT_TRUE(callOn(0)->hub()) << "tracking that begins late takes what is there";
}

TEST_F(CallHubTest, TheHighestWishCounts) {
    Application other(*manager, "other");
    ASSERT_TRUE(other.address()->setCallHubTracking(CallHubTracking::All));
    EXPECT_EQ(app->address()->callHubTracking(), CallHubTracking::All);
    ASSERT_TRUE(app->address()->setCallHubTracking(CallHubTracking::None));
    EXPECT_EQ(app->address()->callHubTracking(), CallHubTracking::All);
    EXPECT_EQ(told.back(), 2u);
    EXPECT_EQ(app->address()->setCallHubTracking(CallHubTracking{5}).error().code,
              ErrorCode::InvalParam);
    refusal = LINEERR_OPERATIONFAILED;
    EXPECT_TRUE(other.address()->setCallHubTracking(CallHubTracking::None))
        << "the core groups what it hears of, whatever the provider does";
}

TEST_F(CallHubTest, ClearEndsAllCalls) {
    track(CallHubTracking::Provider);
    ring(0, 7);
    ring(1, 7);
    const auto hub = callOn(0)->hub();
    ASSERT_TRUE(hub->clear());
    settle();
    EXPECT_EQ(fake.count("lineDrop"), 2u);
    fake.state(fake.call(0), LINECALLSTATE_IDLE);
    fake.state(fake.call(1), LINECALLSTATE_IDLE);
    settle();
    EXPECT_EQ(hub->state(), tapi::CallHubState::Idle);
}

TEST_F(CallHubTest, OnlyTheOwnerOfAllClears) {
    Application monitor(*manager, "monitor");
    monitor.watch(
        {.owner = false, .monitor = true, .mediaModes = tapi::MediaMode::InteractiveVoice});
    track(CallHubTracking::Provider);
    ring(0, 7);
    ring(1, 7);
    const auto seen = monitor.address(0)->calls().at(0)->hub();
    ASSERT_TRUE(seen);
    EXPECT_NE(seen, callOn(0)->hub()) << "a handle of its own";
    EXPECT_EQ(seen->id(), callOn(0)->hub()->id());
    EXPECT_EQ(seen->calls().size(), 1u);
    EXPECT_EQ(seen->numberOfCalls(), 2u);
    EXPECT_EQ(seen->clear().error().code, ErrorCode::NotOwner);
    const auto joins = monitor.events.all<tapi::CallHubEvent>();
    ASSERT_FALSE(joins.empty());
    EXPECT_EQ(joins.back().kind, Kind::Join);
    EXPECT_EQ(joins.back().call, nullptr) << "it has no handle of the other line's call";
}

}  // namespace
}  // namespace tipring::test

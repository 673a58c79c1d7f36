// SPDX-License-Identifier: Apache-2.0
// Calls that are taken from elsewhere, and the provider's own requests on a call.
#include "tapi_core/manager_fixture.h"

namespace tipring::test {
namespace {

using How = Behaviour::How;
using S = LineCallState;

class PickupTest : public ManagerFixture {
protected:
    void begin() {
        start();
        app = std::make_unique<Application>(*manager, "app");
        other = std::make_unique<Application>(*manager, "other");
        other->watch({.owner = false, .monitor = true});
    }
    void TearDown() override {
        other.reset();
        app.reset();
    }
    std::unique_ptr<Application> app, other;
};

TEST_F(PickupTest, TheCallIsTheApplicationsAndTheOthersMonitorIt) {
    for (const How how : {How::Inside, How::Later, How::Thread}) {
        SCOPED_TRACE(static_cast<int>(how));
        if (!manager) {
            begin();
        }
        fake.behave = [how](const std::string&) { return Behaviour{how, 0, {}, 10ms}; };
        app->events.events.clear();
        other->events.events.clear();
        Answer answer;
        const auto taken = app->address()->pickup("*8", answer.reply());
        ASSERT_TRUE(taken) << taken.error().text();
        const auto& call = *taken;
        // Before the reply: held, not lost.
        fake.state(fake.lastCall(), LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
        loop.advance(20ms);
        while (answer.count == 0) {
            loop.settle();
            std::this_thread::yield();
        }
        settle();
        EXPECT_EQ(answer.count, 1);
        EXPECT_TRUE(*answer.result);
        EXPECT_EQ(fake.lastCall().number, "*8");
        EXPECT_EQ(call->privilege(), tapi::CallPrivilege::Owner);
        EXPECT_EQ(call->info().origin, tapi::CallOrigin::Inbound);
        EXPECT_EQ(call->info().reason, tapi::CallReason::PickUp);
        EXPECT_EQ(app->events.states(), std::vector{S::Connected});
        EXPECT_EQ(other->events.states(), std::vector{S::Connected});
        fake.state(fake.lastCall(), LINECALLSTATE_IDLE);
        settle();
        EXPECT_EQ(app->events.states().back(), S::Idle);
        EXPECT_EQ(fake.lastCall().closed, 1u);
    }
    EXPECT_EQ(breaches(), 0u);
}

TEST_F(PickupTest, WithoutAGroupTheWaitingCallIsTakenBesideTheOneThatIsThere) {
    begin();
    const auto first = connected(*app);
    const auto taken = app->address()->pickup("", {});
    ASSERT_TRUE(taken) << taken.error().text();
    EXPECT_EQ(fake.lastCall().number, "");
    fake.state(fake.call(0), LINECALLSTATE_ONHOLD);
    fake.state(fake.lastCall(), LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
    settle();
    EXPECT_EQ(first->lineState(), S::OnHold);
    EXPECT_EQ((*taken)->lineState(), S::Connected);
    EXPECT_EQ(breaches(), 0u);
}

TEST_F(PickupTest, WhatCannotBePickedUpIsRefused) {
    struct Row {
        const char* what;
        std::string group;
        std::function<void(FakeProvider&)> prepare;
        ErrorCode code;
    };
    const Row rows[] = {
        {"no such function", "", [](auto& device) { device.table.linePickup = nullptr; },
         ErrorCode::OperationUnavail},
        {"no dialable group", "a\nb", [](auto&) {}, ErrorCode::InvalAddress},
        {"too long a group", std::string(65536, '1'), [](auto&) {}, ErrorCode::InvalAddress},
        {"the provider refuses", "*8",
         [](auto& device) {
             device.behave = [](const std::string&) {
                 return Behaviour{How::Refuse, LINEERR_CALLUNAVAIL};
             };
         },
         ErrorCode::CallUnavail},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.what);
        app.reset();
        other.reset();
        manager.reset();
        FakeProvider fresh;
        row.prepare(fresh);
        manager = std::make_unique<core::LineManager>(loop, "");
        ASSERT_TRUE(manager->addProvider(fresh.table, {}));
        app = std::make_unique<Application>(*manager, "app");
        Answer answer;
        const auto taken = app->address()->pickup(row.group, answer.reply());
        ASSERT_FALSE(taken);
        EXPECT_EQ(taken.error().code, row.code) << taken.error().text();
        settle();
        EXPECT_EQ(answer.count, 0);
        EXPECT_EQ(fresh.line().opened, fresh.line().closed);
        EXPECT_TRUE(app->address()->calls().empty());
        app.reset();
        manager.reset();
    }
}

TEST_F(PickupTest, AFailureEndsInIdleWithItsCause) {
    begin();
    fake.behave = [](const std::string&) {
        return Behaviour{How::Later, LINEERR_CALLUNAVAIL, "nothing rings in the group", 1s};
    };
    Answer answer;
    ASSERT_TRUE(app->address()->pickup("*8", answer.reply()));
    loop.advance(2s);
    settle();
    EXPECT_EQ(answer.result->error().code, ErrorCode::CallUnavail);
    EXPECT_EQ(app->events.states(), std::vector{S::Idle});
    EXPECT_EQ(fake.lastCall().closed, 1u);
}

TEST_F(PickupTest, TheStatusOffersItOnlyWhenTheProviderSaysSo) {
    static std::uint32_t now;
    now = 0;
    fake.table.lineGetAddressCaps = [](HPROVIDER, std::uint32_t, std::uint32_t,
                                       TspiAddressCaps* caps) {
        caps->addressFeatures = LINEADDRFEATURE_MAKECALL | LINEADDRFEATURE_PICKUPWAITING;
        return 0;
    };
    fake.table.lineGetAddressStatus = [](HDRVLINE, std::uint32_t, TspiAddressStatus* status) {
        status->addressFeatures = now;
        return 0;
    };
    begin();
    EXPECT_EQ(app->address()->status().addressFeatures & LINEADDRFEATURE_PICKUPWAITING, 0u);
    now = LINEADDRFEATURE_PICKUPWAITING | LINEADDRFEATURE_PICKUPGROUP;
    const std::uint32_t features = app->address()->status().addressFeatures;
    EXPECT_NE(features & LINEADDRFEATURE_PICKUPWAITING, 0u);
    EXPECT_EQ(features & LINEADDRFEATURE_PICKUPGROUP, 0u);  // not among the caps
}

TEST_F(PickupTest, AnOwnRequestOnACallReachesTheProviderWithIt) {
    begin();
    Answer answer;
    const auto call = connected(*app);
    const std::string bytes("raw\0data", 8);
    ASSERT_TRUE(call->devSpecific(bytes, answer.reply()));
    settle();
    EXPECT_EQ(answer.count, 1);
    EXPECT_EQ(fake.line().own, std::vector{bytes});
    EXPECT_EQ(fake.line().ownCall, reinterpret_cast<HDRVCALL>(&fake.lastCall()));
    ASSERT_TRUE(app->address()->devSpecific("of the line", answer.reply()));
    EXPECT_EQ(fake.line().ownCall, nullptr);
}

TEST_F(PickupTest, AnOwnRequestIsAnsweredOnceWhenTheCallEndsFirst) {
    begin();
    Answer answer;
    const auto call = connected(*app);
    fake.behave = [](const std::string&) { return Behaviour{How::Never}; };
    ASSERT_TRUE(call->devSpecific("mute", answer.reply()));
    fake.state(fake.lastCall(), LINECALLSTATE_IDLE);
    settle();
    loop.advance(1min);
    settle();
    ASSERT_EQ(answer.count, 1);
    EXPECT_FALSE(*answer.result);
}

}  // namespace
}  // namespace tipring::test

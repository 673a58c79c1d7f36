// SPDX-License-Identifier: Apache-2.0
// Call waiting with its caller's number (type II): application, manager, provider, simulated
// exchange.
#include <gtest/gtest.h>

#include <map>

#include "fxo_call_fixture.h"
#include "tipring/tapi_core/tspi/constants.h"

namespace tipring::analog {
namespace {

struct WaitingEvents final : tapi::EventSink {
    void onEvent(const tapi::Event& event) override {
        if (const auto* fresh = std::get_if<tapi::CallNotificationEvent>(&event)) {
            calls.push_back(fresh->call);
        } else if (const auto* state = std::get_if<tapi::CallStateEvent>(&event)) {
            modes[state->lineState] = state->mode;
        } else if (const auto* info = std::get_if<tapi::CallInfoChangeEvent>(&event)) {
            infos += info->item == tapi::CallInfoChangeEvent::Item::Caller ? 1 : 0;
        } else if (const auto* digit = std::get_if<tapi::DigitEvent>(&event)) {
            keys += digit->digit;
        }
    }
    std::vector<std::shared_ptr<tapi::Call>> calls;
    std::map<LineCallState, std::uint32_t> modes;
    int infos = 0;
    std::string keys;
};

class FxoWaitingTest : public FxoCallTest {
protected:
    void talk(const char* country) {
        begin(country);
        sim::LineSettings settings = line->settings();
        settings.callWaiting = true;
        line->setSettings(settings);
        ringing();
        ASSERT_TRUE(call->answer({}));
        ASSERT_TRUE(reaches(LineCallState::Connected));
        app->setEventSink(&waiting);
        ASSERT_TRUE(call->monitorDigits(tapi::DigitMode::Dtmf));
        second = std::make_unique<sim::FarEnd>(*exchange);
    }
    /// Somebody else calls, and is told of.
    void called() {
        sim::CallerId id;
        id.number = "5559876543";
        id.name = "WAITER";
        ASSERT_TRUE(second->call("5550100", id));
        ASSERT_TRUE(loop.advanceUntil([&] { return !waiting.calls.empty(); }, 20s));
        other = waiting.calls.at(0);
        loop.advance(1ms);
    }
    ~FxoWaitingTest() override {
        waiting.calls.clear();
        other.reset();
        if (app) {
            app->setEventSink(nullptr);
        }
    }
    void ok(const tapi::Result<tapi::RequestId>& asked) {
        ASSERT_TRUE(asked) << asked.error().text();
        ASSERT_TRUE(loop.advanceUntil([&] { return reply.has_value(); }, 10s));
        ASSERT_TRUE(reply->has_value()) << reply->error().text();
        loop.advance(20ms);
    }
    tapi::Reply answered() {
        reply.reset();
        return [this](const tapi::Result<void>& result) { reply = result; };
    }

    WaitingEvents waiting;
    std::unique_ptr<sim::FarEnd> second;
    std::shared_ptr<tapi::Call> other;
};

class FxoWaitingCountryTest : public FxoWaitingTest,
                              public testing::WithParamInterface<const char*> {};

TEST_P(FxoWaitingCountryTest, TheCallerIsToldTakenAndSwapped) {
    talk(GetParam());
    called();
    EXPECT_EQ(other->lineState(), LineCallState::Offering);
    EXPECT_EQ(waiting.modes[LineCallState::Offering], LINEOFFERINGMODE_INACTIVE);
    EXPECT_EQ(other->info().caller.number, "5559876543");
    EXPECT_EQ(other->info().origin, tapi::CallOrigin::Inbound);
    EXPECT_GE(waiting.infos, 1);
    EXPECT_TRUE(other->status().features.has(tapi::CallFeature::Answer));
    EXPECT_EQ(call->lineState(), LineCallState::Connected);
    ASSERT_TRUE(farEnd->pressKeys("1"));  // the ear is back
    loop.advance(1s);
    EXPECT_EQ(waiting.keys, "1");  // and the acknowledgement is nobody's digit

    ok(other->answer(answered()));
    EXPECT_EQ(other->lineState(), LineCallState::Connected);
    EXPECT_EQ(call->lineState(), LineCallState::OnHold);
    EXPECT_TRUE(second->wasAnswered());
    EXPECT_TRUE(line->hasHeldCall());
    ASSERT_TRUE(other->monitorDigits(tapi::DigitMode::Dtmf));
    ASSERT_TRUE(second->pressKeys("2"));
    loop.advance(1s);
    EXPECT_EQ(waiting.keys, "12");

    ASSERT_TRUE(other->status().features.has(tapi::CallFeature::SwapHold));
    ok(other->swapHold(call, answered()));
    EXPECT_EQ(call->lineState(), LineCallState::Connected);
    EXPECT_EQ(other->lineState(), LineCallState::OnHold);
    ASSERT_TRUE(farEnd->pressKeys("3"));
    loop.advance(1s);
    EXPECT_EQ(waiting.keys, "123");
}
INSTANTIATE_TEST_SUITE_P(Countries, FxoWaitingCountryTest, testing::Values("US", "GB"));

TEST_F(FxoWaitingTest, TheLineSaysHowCallsAreOfferedAndHeld) {
    begin("US");
    EXPECT_EQ(address->capabilities().offeringModes,
              LINEOFFERINGMODE_ACTIVE | LINEOFFERINGMODE_INACTIVE);
    EXPECT_EQ(address->capabilities().maxOnHoldCalls, 1U);
}

TEST_F(FxoWaitingTest, ACallerWhoGivesUpIsGoneWhenNoBeepTellsOfHim) {
    talk("US");
    ASSERT_TRUE(call->setHangUpWatch({.silence = 0s}));
    called();
    loop.advance(60s);
    EXPECT_EQ(other->lineState(), LineCallState::Offering);  // beeps come
    second->hangUp();
    loop.advance(60s);
    EXPECT_EQ(other->lineState(), LineCallState::Idle);
    EXPECT_EQ(call->lineState(), LineCallState::Connected);
}

TEST_F(FxoWaitingTest, ARefusedOneLeavesTheCallAlone) {
    talk("US");
    called();
    ok(other->disconnect(answered()));
    EXPECT_EQ(other->lineState(), LineCallState::Idle);
    EXPECT_EQ(call->lineState(), LineCallState::Connected);
    ASSERT_TRUE(farEnd->pressKeys("5"));
    loop.advance(1s);
    EXPECT_EQ(waiting.keys, "5");
}

/// The exchange rings for the one who waited: that is a call of its own.
TEST_F(FxoWaitingTest, PuttingTheLineDownEndsAll) {
    talk("US");
    called();
    ok(call->disconnect(answered()));
    EXPECT_EQ(other->lineState(), LineCallState::Idle);
    ASSERT_TRUE(loop.advanceUntil([&] { return waiting.calls.size() > 1; }, 20s));
    EXPECT_EQ(waiting.calls.back()->lineState(), LineCallState::Offering);
}

TEST_F(FxoWaitingTest, AHeldCallCannotBeEndedAlone) {
    talk("US");
    called();
    ok(other->answer(answered()));
    const auto dropped = call->disconnect(answered());
    loop.advance(100ms);
    EXPECT_TRUE(!dropped || (reply && !*reply));
    EXPECT_EQ(call->lineState(), LineCallState::OnHold);
    farEnd->hangUp();
    second->hangUp();
    ASSERT_TRUE(loop.advanceUntil([&] { return other->lineState() == LineCallState::Idle; }, 60s));
    EXPECT_EQ(call->lineState(), LineCallState::Idle);
}

}  // namespace
}  // namespace tipring::analog

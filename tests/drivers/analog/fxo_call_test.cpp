// SPDX-License-Identifier: Apache-2.0
// Whole calls: an application, the line manager, the provider, a port on the simulated exchange.
#include <gtest/gtest.h>

#include <filesystem>

#include "fxo_call_fixture.h"

namespace tipring::analog {
namespace {

class FxoCountryCallTest : public FxoCallTest, public testing::WithParamInterface<const char*> {};

TEST_P(FxoCountryCallTest, AnswersWithCallerIdRecordsAndHearsTheHangUp) {
    begin(GetParam());
    ringing();
    EXPECT_TRUE(loop.advanceUntil([&] { return call->info().caller.number == "5551234567"; }, 12s));
    loop.advance(5s);  // a ring follows a message
    ASSERT_TRUE(call->answer([&](const tapi::Result<void>& result) { reply = result; }));
    ASSERT_TRUE(reaches(LineCallState::Connected));
    EXPECT_TRUE(farEnd->wasAnswered());
    EXPECT_TRUE(reply && reply->has_value());
    const std::string path = testing::TempDir() + "fxo_call_" + GetParam() + ".wav";
    ASSERT_TRUE(call->record(path, [](const tapi::Result<void>&) {}));
    std::vector<std::int16_t> tone(16000);
    for (std::size_t i = 0; i < tone.size(); ++i) {
        tone[i] = static_cast<std::int16_t>(i % 8 < 4 ? 4000 : -4000);
    }
    farEnd->say(tone);
    loop.advance(3s);
    farEnd->hangUp();
    expectIdleOnce();
    EXPECT_EQ(events.count(LineCallState::Disconnected), 1U);
    EXPECT_GT(std::filesystem::file_size(path), 3U * 16000);
    std::filesystem::remove(path);
}
INSTANTIATE_TEST_SUITE_P(Countries, FxoCountryCallTest,
                         testing::Values("US", "GB", "DE", "FR", "DK", "JP", "TW", "NZ"));

TEST_F(FxoCallTest, DialsAndTheFarEndAnswersAndHangsUp) {
    begin("US");
    sim::Route route;
    route.outcome = sim::Route::Outcome::Answer;
    route.rings = 1;
    route.farEnd = farEnd.get();
    exchange->setRoute("5557777", route);
    dial("555-7777");
    ASSERT_TRUE(reaches(LineCallState::Ringback, 30s));
    const std::vector<LineCallState> wanted{LineCallState::DialTone, LineCallState::Dialing,
                                            LineCallState::Proceeding, LineCallState::Ringback};
    EXPECT_TRUE(std::equal(wanted.begin(), wanted.end(), events.states.begin()));
    ASSERT_TRUE(reaches(LineCallState::Connected, 30s));
    EXPECT_FALSE(call->connectionConfirmed());
    ASSERT_TRUE(call->generateDigits("42#"));
    loop.advance(3s);
    EXPECT_EQ(farEnd->heardKeys(), "42#");
    farEnd->hangUp();
    expectIdleOnce();
}

TEST_F(FxoCallTest, PulsesAreUnderstoodByTheExchange) {
    begin("DE");
    sim::Route route;
    route.outcome = sim::Route::Outcome::Busy;
    exchange->setRoute("120", route);
    dial("P120");
    ASSERT_TRUE(reaches(LineCallState::Disconnected, 40s));
    EXPECT_EQ(events.count(LineCallState::Busy), 1U);
    expectIdleOnce();
}

TEST_F(FxoCallTest, ReversalConfirmsTheAnswer) {
    begin("US");
    sim::LineSettings settings = line->settings();
    settings.reversesOnAnswer = true;
    settings.supervision = sim::ExchangeHabits::Supervision::Reversal;
    line->setSettings(settings);
    sim::Route route;
    route.outcome = sim::Route::Outcome::Answer;
    route.farEnd = farEnd.get();
    exchange->setRoute("5557777", route);
    dial("5557777");
    ASSERT_TRUE(loop.advanceUntil([&] { return call->connectionConfirmed(); }, 40s));
    farEnd->hangUp();
    expectIdleOnce();
}

TEST_F(FxoCallTest, TheApplicationHangsUp) {
    begin("US");
    ringing();
    ASSERT_TRUE(call->answer({}));
    ASSERT_TRUE(reaches(LineCallState::Connected));
    ASSERT_TRUE(call->disconnect([&](const tapi::Result<void>& result) { reply = result; }));
    expectIdleOnce();
    EXPECT_TRUE(reply && reply->has_value());
    EXPECT_EQ(farEnd->state(), sim::FarEnd::State::Idle);
}

TEST_F(FxoCallTest, UnplugEndsTheCallAndTheLineComesBackWithItsKey) {
    begin("US");
    ringing();
    ASSERT_TRUE(call->answer({}));
    ASSERT_TRUE(reaches(LineCallState::Connected));
    ports.unplug("sim/1");
    port.reset();
    loop.advance(1s);
    EXPECT_EQ(call->lineState(), LineCallState::Idle);
    EXPECT_EQ(events.count(LineCallState::Idle), 1U);
    EXPECT_NE(address->state(), tapi::AddressState::InService);
    farEnd->hangUp();
    loop.advance(5s);
    port = std::make_unique<SimFxoPort>(*line);
    ports.plug({.key = "sim/1", .name = "line 1", .adapter = "simulated", .fxo = port.get()});
    loop.advance(2s);
    EXPECT_EQ(address->state(), tapi::AddressState::InService);
    EXPECT_EQ(app->addresses().size(), 1U);
    events.calls.clear();
    ringing();
}

TEST_F(FxoCallTest, ANewPortIsANewLine) {
    begin("US");
    SimFxoPort second(exchange->addLine("5550101"));
    ports.plug({.key = "sim/2", .name = "line 2", .adapter = "simulated", .fxo = &second});
    loop.advance(1s);
    EXPECT_EQ(app->addresses().size(), 2U);
    ports.unplug("sim/2");
}

}  // namespace
}  // namespace tipring::analog

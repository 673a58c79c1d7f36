// SPDX-License-Identifier: Apache-2.0
#include "event_text.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "fakes.h"
#include "json_line.h"
#include "tipring/hal/base/virtual_loop.h"

namespace tipring::tools {
namespace {

using namespace std::chrono_literals;
using tapi::PartyStatus;

class EventTextTest : public ::testing::Test {
protected:
    std::string json(const tapi::Event& event) { return toJson(event, loop_.wallNow()).text(); }
    tapi::CallStateEvent state(tapi::LineCallState which, std::uint32_t mode = 0,
                               std::string cause = {}) {
        return {call_->self(), tapi::CallState::InProgress, which, mode, std::move(cause), 0};
    }

    hal::VirtualLoop loop_;
    std::shared_ptr<FakeAddress> line_ = std::make_shared<FakeAddress>();
    std::shared_ptr<FakeCall> call_ = std::make_shared<FakeCall>(loop_, line_);
};

TEST_F(EventTextTest, CallersReadAsPeopleSayThem) {
    EXPECT_EQ(callerText({"5551234", PartyStatus::Ok, "J DOE", PartyStatus::Ok}), "5551234, J DOE");
    EXPECT_EQ(callerText({"5551234", PartyStatus::Ok, "", PartyStatus::Blocked}), "5551234");
    EXPECT_EQ(callerText({"", PartyStatus::Blocked, "", PartyStatus::Blocked}), "number withheld");
    EXPECT_EQ(callerText({"", PartyStatus::OutOfArea, "INTERNATIONAL", PartyStatus::Ok}),
              "number not available, INTERNATIONAL");
    EXPECT_EQ(callerText({"0191", PartyStatus::Partial, "", PartyStatus::Unknown}),
              "0191... (incomplete)");
    EXPECT_EQ(callerText({"", PartyStatus::Ok, "PAY PHONE", PartyStatus::Ok}), "PAY PHONE");
    EXPECT_EQ(callerText({}), "no caller ID");
}

TEST_F(EventTextTest, EveryStatusHasOneWord) {
    EXPECT_EQ(statusWord(PartyStatus::Ok), "ok");
    EXPECT_EQ(statusWord(PartyStatus::Blocked), "private");
    EXPECT_EQ(statusWord(PartyStatus::OutOfArea), "unavailable");
    EXPECT_EQ(statusWord(PartyStatus::Partial), "partial");
    EXPECT_EQ(statusWord(PartyStatus::Unknown), "absent");
    EXPECT_EQ(statusWord(PartyStatus::Unavail), "absent");
}

TEST_F(EventTextTest, RingsCountFromOne) {
    const tapi::AddressEvent ring{tapi::AddressEvent::Kind::Ringing, line_, 1, 0};
    EXPECT_EQ(describe(ring), "ring 1");
    EXPECT_EQ(json(ring), R"({"event":"ring","time":"2026-01-01T00:00:00.000Z","line":1,)"
                          R"("lineName":"test line","count":1,"mode":1})");
}

TEST_F(EventTextTest, ACallerInJsonHasTheKeysOfTheGuide) {
    call_->info_.caller = {"5551234", PartyStatus::Ok, "", PartyStatus::Blocked};
    call_->info_.networkTime = tapi::NetworkTime{3, 7, 9, 5};
    const tapi::CallInfoChangeEvent event{call_->self(), tapi::CallInfoChangeEvent::Item::Caller,
                                          0};
    EXPECT_EQ(json(event), R"({"event":"caller","time":"2026-01-01T00:00:00.000Z","line":1,)"
                           R"("lineName":"test line","call":42,"number":"5551234",)"
                           R"("numberStatus":"ok","nameStatus":"private",)"
                           R"("networkTime":"03-07 09:05"})");
    EXPECT_EQ(describe(event), "caller: 5551234 (sent by the exchange at 03-07 09:05)");
}

TEST_F(EventTextTest, AConnectionThatNothingProvesIsNotCalledCertain) {
    EXPECT_EQ(describe(state(tapi::LineCallState::Connected)),
              "connected, as far as the modem can tell");
    EXPECT_NE(json(state(tapi::LineCallState::Connected)).find(R"("confirmed":false)"),
              std::string::npos);
}

TEST_F(EventTextTest, TheReasonOfAnEndIsToldInWordsAndToPrograms) {
    const auto mode = static_cast<std::uint32_t>(tapi::DisconnectMode::Busy);
    const auto event = state(tapi::LineCallState::Disconnected, mode, "the modem said BUSY");
    EXPECT_EQ(describe(event), "disconnected: busy (the modem said BUSY)");
    EXPECT_NE(json(event).find(R"("state":"disconnected","reason":"busy","cause":"the modem)"),
              std::string::npos)
        << json(event);
}

TEST_F(EventTextTest, EveryEventHasJsonWithItsNameAndTime) {
    const std::vector<std::pair<const char*, tapi::Event>> all{
        {"line", tapi::TapiObjectEvent{tapi::TapiObjectEvent::Kind::AddressRemove, line_}},
        {"line", tapi::AddressEvent{tapi::AddressEvent::Kind::MessageWaitOn, line_}},
        {"call", tapi::CallNotificationEvent{call_->self(), tapi::CallPrivilege::Owner, 0}},
        {"state", state(tapi::LineCallState::Idle)},
        {"digit", tapi::DigitEvent{call_->self(), '#', 0ms, 0}},
        {"sent", tapi::GenerateEvent{call_->self(), false, 0}},
        {"media",
         tapi::CallMediaEvent{call_->self(), tapi::CallMediaEvent::Kind::StreamFail, "gone", 0, 0}},
        {"file",
         tapi::FileTerminalEvent{call_->self(), "a.wav", tapi::FileTerminalEvent::State::Idle,
                                 tapi::FileTerminalEvent::Cause::WriteError, "disk full", 0}},
    };
    for (const auto& [word, event] : all) {
        const std::string text = json(event);
        EXPECT_EQ(text.find(fmt::format(R"({{"event":"{}","time":")", word)), 0u) << text;
        EXPECT_FALSE(describe(event).empty()) << text;
    }
}

TEST(HangUpText, NamesTheSignsWhereTheCauseDoesNot) {
    tapi::CallStateEvent event{
        nullptr, tapi::CallState::Disconnected, tapi::LineCallState::Disconnected, 1, {}, 0};
    EXPECT_EQ(hangUpText(event), "");
    event.reasons = {{tapi::HangUpSign::BusyTone, 5.04, {}, {}},
                     {tapi::HangUpSign::Silence, 2, {}, {}}};
    EXPECT_EQ(hangUpText(event), "signs: busy tone 5.0, silence 2.0");
    event.cause = "<DLE>b";
    EXPECT_EQ(disconnectText(event), "normal (<DLE>b; signs: busy tone 5.0, silence 2.0)");
    event.cause = "the far end hung up: busy tone (weight 5.0), silence (weight 2.0)";
    EXPECT_EQ(hangUpText(event), event.cause);
}

}  // namespace
}  // namespace tipring::tools

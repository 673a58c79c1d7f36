// SPDX-License-Identifier: Apache-2.0
#include <random>

#include "tapi_core/manager_fixture.h"

namespace tipring::test {
namespace {

using How = Behaviour::How;
using S = LineCallState;

class CallTest : public ManagerFixture {
protected:
    void SetUp() override {
        start();
        app = std::make_unique<Application>(*manager, "app");
    }
    void TearDown() override { app.reset(); }
    std::unique_ptr<Application> app;
};

TEST_F(CallTest, AnOutgoingCallGoesThroughItsStates) {
    Answer answer;
    auto call = app->address()->createCall("12-34", tapi::MediaMode::AutomatedVoice).value();
    EXPECT_EQ(call->state(), tapi::CallState::Idle);
    ASSERT_TRUE(call->connect(answer.reply()));
    settle();
    EXPECT_EQ(answer.count, 1);
    EXPECT_EQ(fake.lastCall().number, "1234");
    for (const auto state : {LINECALLSTATE_DIALING, LINECALLSTATE_PROCEEDING}) {
        fake.state(fake.lastCall(), state);
    }
    fake.state(fake.lastCall(), LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
    settle();
    EXPECT_EQ(call->state(), tapi::CallState::Connected);
    EXPECT_FALSE(call->connectionConfirmed());
    fake.state(fake.lastCall(), LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_CONFIRMED);
    settle();
    EXPECT_TRUE(call->connectionConfirmed());
    std::strcpy(fake.lastCall().status.cause, "NO CARRIER");
    fake.state(fake.lastCall(), LINECALLSTATE_DISCONNECTED, LINEDISCONNECTMODE_NORMAL);
    fake.state(fake.lastCall(), LINECALLSTATE_IDLE);
    settle();
    EXPECT_EQ(app->events.states(), (std::vector{S::Dialing, S::Proceeding, S::Connected,
                                                 S::Connected, S::Disconnected, S::Idle}));
    EXPECT_EQ(app->events.all<tapi::CallStateEvent>()[4].cause, "NO CARRIER");
    EXPECT_EQ(call->state(), tapi::CallState::Disconnected);
    EXPECT_EQ(fake.lastCall().closed, 1u);
    EXPECT_EQ(fake.line().closed, 1u);
    EXPECT_EQ(breaches(), 0u);
}

TEST_F(CallTest, ConnectTwiceIsRefused) {
    Answer answer;
    auto call = dialled(*app, answer);
    const auto again = call->connect(answer.reply());
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::InvalCallState);
}

TEST_F(CallTest, ARefusedConnectMayBeTriedAgain) {
    fake.behave = [](const std::string&) { return Behaviour{How::Refuse, LINEERR_CALLUNAVAIL}; };
    Answer answer;
    auto call = app->address()->createCall("1", tapi::MediaMode::AutomatedVoice).value();
    const auto refused = call->connect(answer.reply());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::CallUnavail);
    EXPECT_EQ(fake.line().closed, 1u);
    fake.behave = nullptr;
    ASSERT_TRUE(call->connect(answer.reply()));
    settle();
    EXPECT_EQ(answer.count, 1);
}

TEST_F(CallTest, AFailedConnectEndsInIdleWithItsCause) {
    fake.behave = [](const std::string&) {
        return Behaviour{How::Later, LINEERR_NODEVICE, "the modem does not answer", 1s};
    };
    Answer answer;
    auto call = dialled(*app, answer);
    loop.advance(2s);
    EXPECT_EQ(answer.result->error().code, ErrorCode::NoDevice);
    const auto events = app->events.all<tapi::CallStateEvent>();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].lineState, S::Idle);
    EXPECT_EQ(events[0].cause, "the modem does not answer");
    EXPECT_EQ(fake.lastCall().closed, 1u);
}

TEST_F(CallTest, LongNumbersAreCutAndDialledInPieces) {
    Answer answer;
    const std::string number(100, '7');
    auto call = dialled(*app, answer, number);
    std::string dialled = fake.lastCall().number;
    EXPECT_EQ(dialled.size(), 40u);
    EXPECT_EQ(dialled.back(), ';');
    dialled.pop_back();
    ASSERT_EQ(fake.lastCall().dialled.size(), 2u);
    EXPECT_EQ(fake.lastCall().dialled[0].size(), 40u);
    dialled += fake.lastCall().dialled[0].substr(0, 39) + fake.lastCall().dialled[1];
    EXPECT_EQ(dialled, number);
}

TEST_F(CallTest, ACallWhoseRestCannotBeDialledIsDropped) {
    fake.behave = [](const std::string& function) {
        return function == "lineDial" ? Behaviour{How::Inside, LINEERR_OPERATIONFAILED}
                                      : Behaviour{};
    };
    Answer answer;
    dialled(*app, answer, std::string(50, '7'));
    EXPECT_EQ(fake.count("lineDrop"), 1u);
    loop.advance(11s);
    EXPECT_EQ(app->events.states().back(), S::Idle);
}

TEST_F(CallTest, AMuteProviderIsForcedToIdleAfterDisconnected) {
    auto call = connected(*app);
    fake.state(fake.lastCall(), LINECALLSTATE_DISCONNECTED, LINEDISCONNECTMODE_NORMAL);
    loop.advance(9s);
    EXPECT_EQ(call->lineState(), S::Disconnected);
    loop.advance(2s);
    EXPECT_EQ(call->lineState(), S::Idle);
    EXPECT_EQ(fake.lastCall().closed, 1u);
}

TEST_F(CallTest, ADropThatLeadsNowhereIsForcedToIdle) {
    auto call = connected(*app);
    Answer answer;
    ASSERT_TRUE(call->disconnect(answer.reply()));
    settle();
    EXPECT_EQ(answer.count, 1);
    loop.advance(11s);
    EXPECT_EQ(app->events.states(), (std::vector{S::Connected, S::Disconnected, S::Idle}));
}

TEST_F(CallTest, EventsAfterIdleAreBreaches) {
    auto call = connected(*app);
    auto& driverCall = fake.lastCall();
    fake.state(driverCall, LINECALLSTATE_IDLE);
    fake.state(driverCall, LINECALLSTATE_CONNECTED);
    settle();
    EXPECT_EQ(logged("after idle"), 1u);
    app->watch();
    fake.event(fake.line(), driverCall.handle, LINE_CALLSTATE, LINECALLSTATE_CONNECTED);
    settle();
    EXPECT_EQ(logged("of a call that is closed"), 1u);
    EXPECT_EQ(app->events.states(), (std::vector{S::Connected, S::Idle}));
}

TEST_F(CallTest, RogueHandlesAreReportedAndIgnored) {
    app->watch();
    const auto before = app->events.events.size();
    fake.event(fake.line(), nullptr, LINE_CALLSTATE, LINECALLSTATE_CONNECTED);
    fake.event(fake.line(), reinterpret_cast<HTAPICALL>(0x1234), LINE_CALLSTATE, 1);
    fake.line().events(nullptr, nullptr, LINE_CALLSTATE, 1, 0, 0);
    fake.line().events(reinterpret_cast<HTAPILINE>(0x99999), nullptr, LINE_CLOSE, 0, 0, 0);
    auto& call = fake.ring(fake.line());
    fake.event(fake.line(), call.handle, 999);
    fake.event(fake.line(), call.handle, LINE_CALLSTATE, 0x3);
    fake.event(fake.line(), call.handle, LINE_MONITORDIGITS, 'x');
    fake.event(fake.line(), call.handle, LINE_GENERATE, 1, 77);
    fake.event(fake.line(), nullptr, LINE_NEWCALL, 0, 0);
    settle();
    EXPECT_EQ(breaches(), 9u);
    EXPECT_EQ(app->events.events.size(), before + 2);  // the ring's notification and state
}

TEST_F(CallTest, IllegalMovesAreBreachesAndIgnored) {
    auto call = connected(*app);
    fake.state(fake.lastCall(), LINECALLSTATE_OFFERING);
    fake.state(fake.lastCall(), LINECALLSTATE_DIALTONE);
    settle();
    EXPECT_EQ(breaches(), 2u);
    EXPECT_EQ(call->lineState(), S::Connected);
}

TEST_F(CallTest, AForcedCloseEndsTheCallsAndTheLine) {
    auto call = connected(*app);
    auto& driverCall = fake.lastCall();
    fake.event(fake.line(), nullptr, LINE_CLOSE);
    settle();
    EXPECT_EQ(app->events.states(), (std::vector{S::Connected, S::Disconnected, S::Idle}));
    EXPECT_EQ(static_cast<tapi::DisconnectMode>(app->events.all<tapi::CallStateEvent>()[1].mode),
              tapi::DisconnectMode::Unknown);
    EXPECT_EQ(driverCall.closed, 1u);
    EXPECT_EQ(fake.line().closed, 1u);
    EXPECT_EQ(app->address()->state(), tapi::AddressState::OutOfService);
    fake.state(driverCall, LINECALLSTATE_IDLE);
    settle();
    EXPECT_EQ(breaches(), 1u);
}

TEST_F(CallTest, TheCallerIsReadWhenItIsReported) {
    app->watch();
    auto& incoming = fake.ring(fake.line());
    settle();
    incoming.info.callerId.flags = LINECALLPARTYID_ADDRESS | LINECALLPARTYID_BLOCKED;
    std::strcpy(incoming.info.callerId.number, "5551234");
    incoming.info.networkMonth = 7;
    incoming.info.networkDay = 4;
    incoming.info.networkHour = 9;
    fake.event(fake.line(), incoming.handle, LINE_CALLINFO,
               LINECALLINFOSTATE_CALLERID | LINECALLINFOSTATE_CALLEDID | LINECALLINFOSTATE_OTHER);
    settle();
    const auto events = app->events.all<tapi::CallInfoChangeEvent>();
    ASSERT_EQ(events.size(), 3u);
    EXPECT_EQ(events[0].item, tapi::CallInfoChangeEvent::Item::Caller);
    EXPECT_EQ(events[2].item, tapi::CallInfoChangeEvent::Item::Other);
    const auto info = events[0].call->info();
    EXPECT_EQ(info.caller.number, "5551234");
    EXPECT_EQ(info.caller.numberStatus, tapi::PartyStatus::Ok);
    EXPECT_EQ(info.caller.nameStatus, tapi::PartyStatus::Blocked);
    EXPECT_EQ(info.networkTime, (tapi::NetworkTime{7, 4, 9, 0}));
}

TEST_F(CallTest, GenerationEndsOnceEach) {
    auto call = connected(*app);
    ASSERT_TRUE(call->generateDigits("12#"));
    const auto first = fake.lastCall().endToEndId;
    ASSERT_TRUE(call->generateTone(1000, 200ms));
    fake.event(fake.line(), fake.lastCall().handle, LINE_GENERATE, LINEGENERATETERM_CANCEL, first);
    settle();
    fake.state(fake.lastCall(), LINECALLSTATE_IDLE);
    settle();
    const auto events = app->events.all<tapi::GenerateEvent>();
    ASSERT_EQ(events.size(), 2u);
    EXPECT_TRUE(events[0].cancelled);
    EXPECT_TRUE(events[1].cancelled);
    EXPECT_EQ(call->generateDigits("1").error().code, ErrorCode::InvalCallState);
}

TEST_F(CallTest, BadDigitsAndTonesAreRefused) {
    auto call = connected(*app);
    EXPECT_EQ(call->generateDigits("1\r2").error().code, ErrorCode::InvalDigits);
    EXPECT_EQ(call->generateTone(4000, 1s).error().code, ErrorCode::InvalTone);
    EXPECT_EQ(call->generateTone(440, -1s).error().code, ErrorCode::InvalTone);
}

TEST_F(CallTest, DigitsAreHeardByThoseWhoAsked) {
    auto call = connected(*app);
    fake.event(fake.line(), fake.lastCall().handle, LINE_MONITORDIGITS, '5', LINEDIGITMODE_DTMF);
    settle();
    EXPECT_TRUE(app->events.all<tapi::DigitEvent>().empty());
    ASSERT_TRUE(call->monitorDigits(tapi::DigitMode::Dtmf));
    EXPECT_EQ(fake.lastCall().digitModes, LINEDIGITMODE_DTMF);
    fake.event(fake.line(), fake.lastCall().handle, LINE_MONITORDIGITS, '#', LINEDIGITMODE_DTMF, 9);
    fake.event(fake.line(), fake.lastCall().handle, LINE_MONITORDIGITS, '#', LINEDIGITMODE_DTMFEND);
    settle();
    const auto digits = app->events.all<tapi::DigitEvent>();
    ASSERT_EQ(digits.size(), 1u);
    EXPECT_EQ(digits[0].digit, '#');
    EXPECT_EQ(digits[0].tick, 9ms);
    ASSERT_TRUE(call->monitorDigits({}));
    EXPECT_EQ(fake.lastCall().digitModes, 0u);
}

/// Whatever comes, each call ends in idle once, and nothing follows.
TEST_F(CallTest, RandomEventStreamsEndInIdleOnce) {
    app->watch();
    std::mt19937 random(20260101);
    for (int round = 0; round < 300; ++round) {
        app->events.events.clear();
        auto& call = fake.newCall(fake.line());
        const auto length = static_cast<unsigned>(random() % 12);
        for (unsigned i = 0; i < length; ++i) {
            fake.state(call, 1U << (random() % 17), random() % 4);
            if (random() % 3 == 0) {
                loop.advance(std::chrono::milliseconds(random() % 4000));
            }
        }
        settle();
        if (call.closed == 0) {  // it lives: unplug it or let the far end hang up
            fake.state(call, LINECALLSTATE_DISCONNECTED);
            loop.advance(11s);
        }
        if (call.closed == 0) {
            fake.state(call, LINECALLSTATE_IDLE);
            settle();
        }
        const auto states = app->events.states();
        EXPECT_EQ(call.closed, 1u) << round;
        EXPECT_EQ(std::count(states.begin(), states.end(), S::Idle), states.empty() ? 0 : 1);
        EXPECT_TRUE(states.empty() || states.back() == S::Idle) << round;
    }
}

}  // namespace
}  // namespace tipring::test

// SPDX-License-Identifier: Apache-2.0
#include <random>
#include <set>

#include "tapi_core/manager_fixture.h"

namespace tipring::test {
namespace {

using How = Behaviour::How;

class RequestTest : public ManagerFixture {
protected:
    void SetUp() override { start(); }
    void behave(Behaviour behaviour) {
        fake.behave = [behaviour](const std::string&) { return behaviour; };
    }
    tapi::Result<tapi::RequestId> ask(Answer& answer) {
        return app->address()->devSpecific("I3", answer.reply());
    }
    std::unique_ptr<Application> app;
    void begin() { app = std::make_unique<Application>(*manager, "app"); }
    void TearDown() override { app.reset(); }
};

TEST_F(RequestTest, CompletedInsideIsRepliedAfterTheCallReturned) {
    begin();
    Answer answer;
    const auto id = ask(answer);
    ASSERT_TRUE(id);
    EXPECT_GT(*id, 0u);
    EXPECT_EQ(answer.count, 0);
    settle();
    EXPECT_EQ(answer.count, 1);
    EXPECT_TRUE(*answer.result);
}

TEST_F(RequestTest, RefusedGetsNoReplyAndTheProvidersWords) {
    begin();
    behave({How::Refuse, LINEERR_INUSE, "the port is busy", {}});
    Answer answer;
    const auto id = ask(answer);
    ASSERT_FALSE(id);
    EXPECT_EQ(id.error().code, ErrorCode::InUse);
    EXPECT_EQ(id.error().cause, "the port is busy");
    settle();
    EXPECT_EQ(answer.count, 0);
    EXPECT_EQ(breaches(), 0u);
}

TEST_F(RequestTest, SoManyMayBePendingAndNotOneMore) {
    constexpr int kMost = 4096;
    begin();
    behave({How::Never, 0, "", {}});
    Answer answer;
    for (int i = 0; i < kMost; ++i) {
        ASSERT_TRUE(ask(answer)) << i;
    }
    EXPECT_EQ(ask(answer).error().code, ErrorCode::RequestOverrun);
    loop.advance(60s);  // all run out of time
    EXPECT_EQ(answer.count, kMost);
    EXPECT_TRUE(ask(answer));
}

TEST_F(RequestTest, FailureLaterCarriesCodeAndCause) {
    begin();
    behave({How::Later, LINEERR_NODEVICE, "unplugged", 5s});
    Answer answer;
    ASSERT_TRUE(ask(answer));
    loop.advance(4s);
    EXPECT_EQ(answer.count, 0);
    loop.advance(2s);
    ASSERT_EQ(answer.count, 1);
    EXPECT_EQ(answer.result->error().code, ErrorCode::NoDevice);
    EXPECT_EQ(answer.result->error().cause, "unplugged");
}

TEST_F(RequestTest, NeverCompletedTimesOutAndALateCompletionIsHarmless) {
    begin();
    behave({How::Later, 0, "", 40s});
    Answer answer;
    ASSERT_TRUE(ask(answer));
    loop.advance(29s);
    EXPECT_EQ(answer.count, 0);
    loop.advance(2s);
    ASSERT_EQ(answer.count, 1);
    EXPECT_EQ(answer.result->error().code, ErrorCode::Timeout);
    EXPECT_NE(answer.result->error().cause.find("lineDevSpecific"), std::string::npos);
    loop.advance(20s);
    EXPECT_EQ(answer.count, 1);
    EXPECT_EQ(breaches(), 1u);  // the missing completion; the late one is no other
}

TEST_F(RequestTest, CompletedTwiceIsABreachAndOneReply) {
    begin();
    behave({How::Twice, 0, "", {}});
    Answer answer;
    ASSERT_TRUE(ask(answer));
    settle();
    EXPECT_EQ(answer.count, 1);
    EXPECT_EQ(logged("completed twice"), 1u);
}

TEST_F(RequestTest, AWrongIdIsABreachAndTheRequestTimesOut) {
    begin();
    behave({How::WrongId, 0, "", {}});
    Answer answer;
    ASSERT_TRUE(ask(answer));
    settle();
    EXPECT_EQ(answer.count, 0);
    EXPECT_EQ(logged("does not exist"), 1u);
    loop.advance(31s);
    EXPECT_EQ(answer.count, 1);
}

TEST_F(RequestTest, AWrongPositiveCodeIsABreachAndAFailure) {
    begin();
    behave({How::WrongCode, 0, "", {}});
    Answer answer;
    const auto id = ask(answer);
    ASSERT_FALSE(id);
    EXPECT_EQ(id.error().code, ErrorCode::OperationFailed);
    EXPECT_EQ(breaches(), 1u);
    loop.advance(200s);
    EXPECT_EQ(answer.count, 0);
}

TEST_F(RequestTest, CompletedFromAThreadIsRepliedOnTheLoop) {
    begin();
    behave({How::Thread, 0, "", {}});
    Answer answer;
    ASSERT_TRUE(ask(answer));
    while (answer.count == 0) {
        loop.settle();
        std::this_thread::yield();
    }
    EXPECT_EQ(answer.count, 1);
}

TEST_F(RequestTest, AMissingFunctionIsUnavailable) {
    manager.reset();
    fake.table.lineDevSpecific = nullptr;
    start();
    begin();
    Answer answer;
    const auto id = ask(answer);
    ASSERT_FALSE(id);
    EXPECT_EQ(id.error().code, ErrorCode::OperationUnavail);
    EXPECT_NE(id.error().cause.find("lineDevSpecific"), std::string::npos);
    EXPECT_EQ(fake.line().opened, fake.line().closed);
}

TEST_F(RequestTest, MakeCallHasTwoMinutes) {
    begin();
    behave({How::Never, 0, "", {}});
    Answer answer;
    auto call = app->address()->createCall("12", tapi::MediaMode::AutomatedVoice).value();
    ASSERT_TRUE(call->connect(answer.reply()));
    loop.advance(119s);
    EXPECT_EQ(answer.count, 0);
    loop.advance(2s);
    EXPECT_EQ(answer.result->error().code, ErrorCode::Timeout);
    EXPECT_EQ(app->events.states(), (std::vector{LineCallState::Idle}));
    EXPECT_EQ(fake.lastCall().closed, 1u);
}

TEST_F(RequestTest, TheReplyComesBeforeEventsThatCameEarly) {
    begin();
    fake.behave = [](const std::string&) { return Behaviour{How::Later, 0, "", 1s}; };
    fake.inside = [&](const std::string& function) {
        if (function == "lineMakeCall") {
            fake.state(fake.lastCall(), LINECALLSTATE_DIALTONE);
            fake.state(fake.lastCall(), LINECALLSTATE_DIALING);
        }
    };
    bool replied = false;
    bool early = false;
    app->events.then = [&](const tapi::Event&) { early = early || !replied; };
    auto call = app->address()->createCall("12", tapi::MediaMode::AutomatedVoice).value();
    ASSERT_TRUE(call->connect([&](const tapi::Result<void>&) { replied = true; }));
    loop.advance(2s);
    EXPECT_TRUE(replied);
    EXPECT_FALSE(early);
    EXPECT_EQ(app->events.states(), (std::vector{LineCallState::DialTone, LineCallState::Dialing}));
}

TEST_F(RequestTest, ClosingTheCallEndsItsRequestsWithOneReply) {
    begin();
    auto call = connected(*app);
    behave({How::Never, 0, "", {}});
    Answer answer;
    ASSERT_TRUE(call->dial("5", answer.reply()));
    fake.state(fake.lastCall(), LINECALLSTATE_IDLE);
    settle();
    ASSERT_EQ(answer.count, 1);
    EXPECT_EQ(answer.result->error().code, ErrorCode::OperationFailed);
    EXPECT_EQ(logged("left without completion"), 1u);
    loop.advance(60s);
    EXPECT_EQ(answer.count, 1);
}

/// Requests of many kinds, with every behaviour, in calls that come and go.
TEST_F(RequestTest, TenThousandRequestsAreRepliedOnceEach) {
    begin();
    std::mt19937 random(4711);
    const auto pick = [&](unsigned below) { return random() % below; };
    fake.behave = [&](const std::string&) {
        constexpr How kHows[] = {How::Inside, How::Later,  How::Never,
                                 How::Refuse, How::Thread, How::Later};
        Behaviour behaviour;
        behaviour.how = kHows[pick(6)];
        const bool fails = behaviour.how == How::Refuse || pick(4) == 0;
        behaviour.result = fails ? LINEERR_OPERATIONFAILED : 0;
        behaviour.delay = std::chrono::milliseconds(pick(50'000));
        return behaviour;
    };
    std::uint64_t accepted = 0;
    std::uint64_t replies = 0;
    std::set<tapi::RequestId> pending;
    const auto count = [&](auto&& request) {
        auto id = std::make_shared<tapi::RequestId>(0);
        const auto asked = request([&, id](const tapi::Result<void>&) {
            ++replies;
            EXPECT_EQ(pending.erase(*id), 1u);
        });
        if (asked) {
            ++accepted;
            *id = *asked;
            EXPECT_TRUE(pending.insert(*id).second);
        }
    };
    std::vector<std::shared_ptr<tapi::Call>> calls;
    while (accepted < 10'000) {
        switch (pick(6)) {
        case 0:
            calls.push_back(
                app->address()->createCall("1", tapi::MediaMode::AutomatedVoice).value());
            count([&](auto reply) { return calls.back()->connect(std::move(reply)); });
            break;
        case 1:
        case 2:
            if (!calls.empty()) {
                auto& call = calls[pick(unsigned(calls.size()))];
                count([&](auto reply) { return call->dial("5", std::move(reply)); });
            }
            break;
        case 3:
            if (!calls.empty()) {
                auto& call = calls[pick(unsigned(calls.size()))];
                count([&](auto reply) { return call->disconnect(std::move(reply)); });
            }
            break;
        case 4: count([&](auto reply) { return app->address()->devSpecific("x", reply); }); break;
        case 5:
            if (fake.callCount() > 0 && fake.lastCall().closed == 0 && pick(4) == 0) {
                fake.state(fake.lastCall(), LINECALLSTATE_IDLE);
            }
            loop.advance(std::chrono::milliseconds(pick(3000)));
            break;
        }
        if (calls.size() > 20) {
            calls.erase(calls.begin());
        }
    }
    loop.advance(300s);
    while (!pending.empty() && loop.now().time_since_epoch() < 24h) {
        loop.advance(1s);
        std::this_thread::yield();
    }
    EXPECT_EQ(replies, accepted);
    EXPECT_TRUE(pending.empty());
    fake.behave = nullptr;
}

}  // namespace
}  // namespace tipring::test

// SPDX-License-Identifier: Apache-2.0
// A host that is killed, hangs or sends rubbish while its line does something: the calls end once,
// the requests are answered once, the other provider's call goes on, and the line comes back.
#include <csignal>

#include "process_fixture.h"

namespace tipring::test {
namespace {

using tapi::LineCallState;

enum class At { NoCall, Offering, Answered, Dialled, Connected, RequestPending };
enum class Way { Killed, Crashes, CrashesInTask, Rubbish };

struct Death {
    const char* name;
    At at;
    Way way;
    const char* cause;  ///< what the log says
};

class HostDeathTest : public ProcessFixture, public testing::WithParamInterface<Death> {
protected:
    void bringTo(At at) {
        if (at == At::Offering || at == At::Answered) {
            tell("ring");
            ASSERT_TRUE(until([&] { return reached(LineCallState::Offering); }));
        }
        if (at == At::Answered) {
            call = lineOf("villain")->calls().at(0);
            ASSERT_TRUE(call->answer({}));
            ASSERT_TRUE(until([&] { return reached(LineCallState::Connected); }));
        }
        if (at == At::Dialled || at == At::Connected) {
            call = *lineOf("villain")->createCall("12", tapi::MediaMode::AutomatedVoice);
            ASSERT_TRUE(call->connect({}));
            const auto wanted =
                at == At::Dialled ? LineCallState::Proceeding : LineCallState::Connected;
            ASSERT_TRUE(until([&] { return reached(wanted); }));
        }
        if (at == At::RequestPending) {
            tell("never", pending.reply());
        }
    }
    void kill(Way way) {
        switch (way) {
        case Way::Killed: ASSERT_EQ(::kill(isolated->status().processId, SIGKILL), 0); break;
        case Way::Crashes: tell("crash", last.reply()); break;
        case Way::CrashesInTask: tell("crash-later"); break;
        case Way::Rubbish: tell("write", last.reply()); break;
        }
    }
    std::shared_ptr<tapi::Call> call;
    Answer pending, last;
};

constexpr const char* kKilled = "was killed by signal 9";
constexpr const char* kAborted = "was killed by signal 6";
constexpr const char* kRubbish = "sent rubbish";
INSTANTIATE_TEST_SUITE_P(
    Deaths, HostDeathTest,
    testing::Values(Death{"KilledWithoutCall", At::NoCall, Way::Killed, kKilled},
                    Death{"KilledOffering", At::Offering, Way::Killed, kKilled},
                    Death{"KilledAnswered", At::Answered, Way::Killed, kKilled},
                    Death{"KilledDialled", At::Dialled, Way::Killed, kKilled},
                    Death{"KilledConnected", At::Connected, Way::Killed, kKilled},
                    Death{"KilledWithRequest", At::RequestPending, Way::Killed, kKilled},
                    Death{"CrashesAnswered", At::Answered, Way::Crashes, kAborted},
                    Death{"CrashesInTaskOffering", At::Offering, Way::CrashesInTask, kAborted},
                    Death{"RubbishDialled", At::Dialled, Way::Rubbish, kRubbish},
                    Death{"RubbishWithRequest", At::RequestPending, Way::Rubbish, kRubbish}),
    [](const auto& each) { return std::string(each.param.name); });

TEST_P(HostDeathTest, EndsItsCallsOnceAndComesBack) {
    start();
    ASSERT_TRUE(registered);
    auto other = *lineOf("fake")->createCall("7", tapi::MediaMode::AutomatedVoice);
    ASSERT_TRUE(other->connect({}));
    ASSERT_TRUE(until([&] { return fake.callCount() == 1; }));
    fake.state(fake.lastCall(), LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
    ASSERT_TRUE(until([&] { return reached(LineCallState::Connected); }));
    application->events.events.clear();
    const auto id = lineOf("villain")->id();

    bringTo(GetParam().at);
    kill(GetParam().way);
    ASSERT_TRUE(until([&] { return isolated->status().deaths == 1; }));
    ASSERT_TRUE(until([&] { return isolated->status().lines == 1 && inService(); }));

    const bool hadCall = GetParam().at != At::NoCall && GetParam().at != At::RequestPending;
    EXPECT_EQ(idles(), hadCall ? 1u : 0u);
    EXPECT_EQ(pending.count, GetParam().at == At::RequestPending ? 1 : 0);
    EXPECT_TRUE(pending.count == 0 ||
                (*pending.result).error().cause.find(GetParam().cause) != std::string::npos);
    EXPECT_TRUE(last.count == 0 || !*last.result);
    EXPECT_TRUE(logged(GetParam().cause)) << isolated->status().lastCause;
    EXPECT_EQ(lineOf("villain")->id(), id);
    EXPECT_EQ(other->lineState(), LineCallState::Connected);
    EXPECT_EQ(breachesButTime(), 0u);

    application->events.events.clear();
    tell("ring");  // and works again
    EXPECT_TRUE(until([&] { return reached(LineCallState::Offering); }));
}

TEST_F(HostDeathTest, ThatHangsIsFoundByTheNextCallIntoIt) {
    options.restart.callLimit = 100ms;
    start();
    ASSERT_EQ(::kill(isolated->status().processId, SIGSTOP), 0);
    Answer answer;
    tell("ring", answer.reply());
    EXPECT_EQ(isolated->status().deaths, 1u);
    EXPECT_TRUE(logged("kept the core waiting"));
    options.restart.callLimit = 20s;
    EXPECT_TRUE(until([&] { return inService() && isolated->status().lines == 1; }));
}

TEST_F(HostDeathTest, ThatHangsIsFoundByItsSilence) {
    options.restart.pingEvery = 10ms;
    options.restart.pingLimit = 100ms;
    start();
    tell("ring");
    ASSERT_TRUE(until([&] { return reached(LineCallState::Offering); }));
    ASSERT_EQ(::kill(isolated->status().processId, SIGSTOP), 0);
    ASSERT_TRUE(until([&] { return isolated->status().deaths >= 1; }));
    EXPECT_TRUE(until([&] { return idles() == 1; }));
    EXPECT_TRUE(logged("did not answer in time"));
}

}  // namespace
}  // namespace tipring::test

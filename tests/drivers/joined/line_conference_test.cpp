// SPDX-License-Identifier: Apache-2.0
// A conference of lines of an exchange and a telephone by the core's own mixer, over models of the
// adapters: what each hears, and what becomes of the rest when one goes.
#include "joined_rig.h"

namespace tipring::joined {
namespace {

class LineConference : public JoinedRig {
protected:
    /// Anna, Bert and perhaps Carl on lines, and the telephone.
    void confer(std::size_t onLines = 2) {
        // Of no call's own: setting one up from a call on these lines is the exchange's business.
        conference = ok(telephone->setupConference(0, {}, reply())).conference;
        ASSERT_NE(conference, nullptr);
        calls = {talking(0, Anna)};
        ok(conference->addToConference(calls[0], reply()));
        for (std::size_t line = 1; line < onLines; ++line) {
            calls.push_back(talking(line, static_cast<Who>(Anna + line)));
            ok(conference->addToConference(calls.back(), reply()));
        }
        calls.push_back(dialled("5551234"));
        ok(conference->addToConference(calls.back(), reply()));
        expectStates(State::Conferenced);
        EXPECT_EQ(conference->lineState(), State::Connected);
    }
    void expectStates(State wanted) {
        for (const Call& call : calls) {
            EXPECT_EQ(call->lineState(), wanted) << call->address()->name();
        }
    }
    void expectAllIdle() {
        for (const Call& call : calls) {
            reaches(call, State::Idle);
        }
        reaches(conference, State::Idle);
        loop.advance(5s);
        expectOnHook();
        EXPECT_TRUE(app->callHubs().empty());
    }
};

TEST_F(LineConference, ThreeHearEachOther) {
    confer();
    talk({Phone, Anna, Bert});
    expectAllHearAll({Phone, Anna, Bert});
    ASSERT_TRUE(conference->hub());
    EXPECT_EQ(conference->hub()->calls().size(), 4U);
}

TEST_F(LineConference, FourHearEachOther) {
    confer(3);
    talk({Phone, Anna, Bert, Carl});
    expectAllHearAll({Phone, Anna, Bert, Carl});
}

TEST_F(LineConference, AMemberHangsUpAndTwoGoOn) {
    confer();
    far[Bert]->hangUp();
    ASSERT_TRUE(reaches(calls[1], State::Idle));
    EXPECT_EQ(calls[0]->lineState(), State::Conferenced);
    EXPECT_EQ(calls[2]->lineState(), State::Conferenced);
    EXPECT_EQ(conference->lineState(), State::Connected);
    talk({Phone, Anna});
    expectAllHearAll({Phone, Anna});
    phone.hangUp();
    ASSERT_TRUE(reaches(conference, State::Idle));
    EXPECT_EQ(calls[0]->lineState(), State::Connected) << "a plain call again";
    ok(calls[0]->disconnect(reply()));
    expectAllIdle();
}

TEST_F(LineConference, DroppingItDropsEverybody) {
    confer();
    ok(conference->disconnect(reply()));
    phone.hangUp();
    expectAllIdle();
    EXPECT_EQ(far[Anna]->state(), sim::FarEnd::State::Idle);
    EXPECT_EQ(far[Bert]->state(), sim::FarEnd::State::Idle);
}

TEST_F(LineConference, AnAdapterThatIsUnpluggedTakesItsMembers) {
    confer(3);
    boardThatDialled(kNumbers[Anna]).unplug();
    ASSERT_TRUE(reaches(calls[0], State::Idle, 5s));
    fxs.unplug();
    ASSERT_TRUE(reaches(calls[3], State::Idle, 5s));
    EXPECT_EQ(calls[1]->lineState(), State::Conferenced);
    EXPECT_EQ(calls[2]->lineState(), State::Conferenced);
    talk({Bert, Carl});
    expectAllHearAll({Bert, Carl});
    ok(conference->disconnect(reply()));
    for (const Call& call : calls) {
        ASSERT_TRUE(reaches(call, State::Idle));
        EXPECT_EQ(sink.idles[call->id()], 1);
    }
    EXPECT_TRUE(reaches(conference, State::Idle));
    loop.advance(5s);
    EXPECT_EQ(far[Bert]->state(), sim::FarEnd::State::Idle);
    EXPECT_EQ(far[Carl]->state(), sim::FarEnd::State::Idle);
}

TEST_F(LineConference, OneWhoIsCalledIsBusyAndItGoesOn) {
    confer();
    const Call third = outgoing(2, kBusy);
    ok(conference->conference(third, reply()));
    EXPECT_EQ(conference->lineState(), State::OnHoldPendConf);
    ASSERT_TRUE(reaches(third, State::Idle));
    EXPECT_EQ(conference->lineState(), State::Connected);
    expectStates(State::Conferenced);
}

TEST_F(LineConference, OneWhoIsCalledDoesNotAnswerAndTheyTalkMeanwhile) {
    confer();
    const Call third = outgoing(2, kNobody);
    ok(conference->conference(third, reply()));
    ASSERT_TRUE(reaches(third, State::Ringback));
    talk({Phone, Anna, Bert});
    expectAllHearAll({Phone, Anna, Bert});
    ok(third->disconnect(reply()));
    ASSERT_TRUE(reaches(third, State::Idle));
    EXPECT_EQ(conference->lineState(), State::Connected);
    expectStates(State::Conferenced);
}

TEST_F(LineConference, AnAdapterIsUnpluggedWhileAThirdIsCalled) {
    confer();
    const Call third = outgoing(2, kNobody);
    ok(conference->conference(third, reply()));
    ASSERT_TRUE(reaches(third, State::Ringback));
    boardThatDialled(kNobody).unplug();
    ASSERT_TRUE(reaches(third, State::Idle, 5s));
    EXPECT_EQ(conference->lineState(), State::Connected);
    expectStates(State::Conferenced);
}

TEST_F(LineConference, AnOwnerThatLeavesHangsUpAllLines) {
    confer(3);
    talk({Phone, Anna});
    calls.clear();
    conference.reset();
    sink.calls.clear();
    lines = {};
    telephone.reset();
    app.reset();
    loop.advance(30s);
    expectOnHook();
    EXPECT_EQ(far[Carl]->state(), sim::FarEnd::State::Idle);
}

}  // namespace
}  // namespace tipring::joined

// SPDX-License-Identifier: Apache-2.0
// A telephone on an FXS adapter calls out on an FXO adapter's line: what both ends hear, and what
// ends when one of them goes.
#include "joined_rig.h"

namespace tipring::joined {
namespace {

using tapi::FinishMode;

class Joined : public JoinedRig {
protected:
    void join(const char* number, FinishMode mode = FinishMode::AsConference) {
        const Call call = dialled(number);
        calls = {call, outgoing(0, call->info().called.number)};
        ok(tapi::join(calls[0], calls[1], mode, reply()));
    }
    /// It answers, and is heard: until then the line's device has no sound for the mix.
    bool farEndTalks(Who who = Anna) {
        const bool there = loop.advanceUntil(
            [&] { return far[who]->state() == sim::FarEnd::State::Connected; }, 60s);
        far[who]->say(tone(who, 8000));
        loop.advance(4s);
        return there;
    }
    void expectOver() {
        for (const Call& call : calls) {
            reaches(call, State::Idle);
        }
        loop.advance(5s);
        expectOnHook();
        EXPECT_TRUE(app->callHubs().empty());
        EXPECT_TRUE(lines[0]->calls().empty());
    }
};

TEST_F(Joined, BothHearEachOtherAndNothingOfThemselves) {
    join(kNumbers[Anna]);
    EXPECT_EQ(calls[0]->lineState(), State::Conferenced);
    EXPECT_EQ(calls[1]->lineState(), State::Conferenced);
    ASSERT_NE(calls[0]->hub(), nullptr);
    EXPECT_EQ(calls[0]->hub()->calls().size(), 3U) << "both legs, and the conference";
    EXPECT_EQ(calls[0]->hub(), calls[1]->hub());
    ASSERT_TRUE(farEndTalks());
    talk({Phone, Anna});
    expectAllHearAll({Phone, Anna});
}

TEST_F(Joined, TheFarEndHangsUp) {
    join(kNumbers[Anna]);
    ASSERT_TRUE(farEndTalks());
    talk({Phone, Anna});
    far[Anna]->hangUp();
    ASSERT_TRUE(reaches(calls[1], State::Idle));
    EXPECT_EQ(calls[0]->lineState(), State::Connected) << "the telephone is off hook still";
    ok(calls[0]->disconnect(reply()));
    phone.hangUp();
    expectOver();
}

TEST_F(Joined, TheTelephoneHangsUp) {
    join(kNumbers[Anna]);
    ASSERT_TRUE(farEndTalks());
    talk({Phone, Anna});
    phone.hangUp();
    ASSERT_TRUE(reaches(calls[0], State::Idle));
    EXPECT_NE(calls[1]->lineState(), State::Idle) << "two that shrink to one are released";
    ok(calls[1]->disconnect(reply()));
    expectOver();
    EXPECT_EQ(far[Anna]->state(), sim::FarEnd::State::Idle);
}

TEST_F(Joined, ATransferIsCarriedUntilOneEndGoes) {
    for (const bool phoneFirst : {true, false}) {
        join(kNumbers[Anna], FinishMode::AsTransfer);
        EXPECT_EQ(calls[0]->lineState(), State::Idle) << "over for the program";
        EXPECT_EQ(calls[1]->lineState(), State::Idle);
        ASSERT_TRUE(farEndTalks());
        talk({Phone, Anna});
        expectAllHearAll({Phone, Anna});
        phoneFirst ? phone.hangUp() : far[Anna]->hangUp();
        loop.advance(30s);
        expectOnHook();
        EXPECT_EQ(far[Anna]->state(), sim::FarEnd::State::Idle);
        phone.hangUp();
        sink.calls.clear();
        calls.clear();
        loop.advance(5s);
        EXPECT_TRUE(lines[0]->calls().empty());
        EXPECT_TRUE(telephone->calls().empty());
    }
}

TEST_F(Joined, TheThirdPartyIsBusy) {
    join(kBusy);
    ASSERT_TRUE(reaches(calls[1], State::Idle));
    EXPECT_EQ(calls[0]->lineState(), State::Connected);
    calls.push_back(outgoing(0, kNumbers[Bert]));
    ok(tapi::join(calls[0], calls[2], FinishMode::AsConference, reply()));
    ASSERT_TRUE(farEndTalks(Bert));
    talk({Phone, Bert});
    expectAllHearAll({Phone, Bert});
    phone.hangUp();
    ASSERT_TRUE(reaches(calls[0], State::Idle));
    ok(calls[2]->disconnect(reply()));
    expectOver();
}

TEST_F(Joined, TheLineIsUnplugged) {
    join(kNumbers[Anna]);
    ASSERT_TRUE(farEndTalks());
    talk({Phone, Anna});
    boardThatDialled(kNumbers[Anna]).unplug();
    ASSERT_TRUE(reaches(calls[1], State::Idle, 5s));
    EXPECT_EQ(calls[0]->lineState(), State::Connected);
    EXPECT_EQ(sink.idles[calls[1]->id()], 1);
    phone.hangUp();
    ASSERT_TRUE(reaches(calls[0], State::Idle));
    EXPECT_TRUE(app->callHubs().empty());
}

TEST_F(Joined, TheTelephonesAdapterIsUnplugged) {
    join(kNumbers[Anna]);
    ASSERT_TRUE(farEndTalks());
    talk({Phone, Anna});
    fxs.unplug();
    ASSERT_TRUE(reaches(calls[0], State::Idle, 5s));
    EXPECT_NE(calls[1]->lineState(), State::Idle);
    ok(calls[1]->disconnect(reply()));
    expectOver();
}

TEST_F(Joined, EitherAdapterIsUnpluggedUnderATransfer) {
    join(kNumbers[Anna], FinishMode::AsTransfer);
    ASSERT_TRUE(farEndTalks());
    talk({Phone, Anna});
    fxs.unplug();
    loop.advance(30s);
    expectOnHook();
    EXPECT_EQ(far[Anna]->state(), sim::FarEnd::State::Idle);
}

}  // namespace
}  // namespace tipring::joined

// SPDX-License-Identifier: Apache-2.0
// Conference and transfer by the core's own mixer, on lines whose provider has neither and across
// lines: after each step the state of every call, as TAPI's tables have it.
#include "tapi_core/bridge_fixture.h"
#include "tipring/tapi_core/api/join.h"

namespace tipring::test {
namespace {

using tapi::FinishMode;
using How = Behaviour::How;

class BridgeTest : public BridgeFixture {
protected:
    using Ask = tapi::Result<tapi::RequestId> (tapi::Call::*)(const Call&, tapi::Reply);

    void expectStates(std::initializer_list<S> wanted, const char* step) {
        std::size_t index = 0;
        for (const S state : wanted) {
            const Call& call = index < calls.size() ? calls[index] : conference;
            EXPECT_EQ(call->lineState(), state)
                << step << ", call " << index << ": " << tapi::name(call->lineState());
            ++index;
        }
    }
    /// The first call connected; a consultation on another line, for `ask`.
    void consult(Ask ask, tapi::CallParams params = {}) {
        calls = {connected(0), made(1, "34", params)};
        ok((calls[0].get()->*ask)(calls[1], reply()));
        EXPECT_EQ(on(1).number, "34");
    }
    /// The conference that a call belongs to, by its hub.
    Call conferenceOf(const Call& call) {
        for (const Call& each : call->hub() ? call->hub()->calls() : std::vector<Call>{}) {
            if (each->info().origin == tapi::CallOrigin::Conference) {
                return each;
            }
        }
        return nullptr;
    }
};

TEST_F(BridgeTest, TheCapabilitiesSaySo) {
    const auto& caps = app->address(0)->capabilities();
    EXPECT_EQ(caps.maxConference, tapi::kMostMembers);
    EXPECT_NE(caps.callFeatures & LINECALLFEATURE_SETUPCONF, 0u);
    EXPECT_NE(caps.addressCapFlags & LINEADDRCAPFLAGS_CONFDROP, 0u);
    const Call call = connected(0);
    EXPECT_TRUE(call->status().features.has(tapi::CallFeature::SetupConference));
    EXPECT_FALSE(call->status().features.has(tapi::CallFeature::Hold));
}

TEST_F(BridgeTest, AConferenceGrowsMemberByMember) {
    calls = {connected(0)};
    const auto both = ok(calls[0]->setupConference(3, {}, reply()));
    conference = both.conference;
    EXPECT_EQ(both.consultation, nullptr);
    expectStates({S::Conferenced, S::OnHoldPendConf}, "set up");
    EXPECT_EQ(conference->privilege(), tapi::CallPrivilege::Owner);
    EXPECT_EQ(conference->info().origin, tapi::CallOrigin::Conference);
    calls.push_back(connected(1));
    ok(conference->addToConference(calls[1], reply()));
    expectStates({S::Conferenced, S::Conferenced, S::Connected}, "added");
    EXPECT_EQ(conference->prepareAddToConference({}, {}).error().code, ErrorCode::CallUnavail);
    calls.push_back(begun(2));
    state(2, LINECALLSTATE_PROCEEDING);
    ok(conference->addToConference(calls[2], reply()));
    expectStates({S::Conferenced, S::Conferenced, S::Conferenced, S::Connected}, "while it rings");
    state(2, LINECALLSTATE_RINGBACK);
    expectStates({S::Conferenced, S::Conferenced, S::Conferenced, S::Connected}, "still");
    EXPECT_FALSE(mediaOn(2) && (mediaOn(2)->running & TSPI_MEDIA_PLAY) != 0);
    state(2, LINECALLSTATE_CONNECTED);
    ASSERT_TRUE(mediaOn(2));
    EXPECT_NE(mediaOn(2)->running & TSPI_MEDIA_PLAY, 0u) << "its sound has begun";
    const Call fourth = connected(3);
    EXPECT_EQ(conference->addToConference(fourth, {}).error().code, ErrorCode::ConferenceFull);
    EXPECT_EQ(conference->hub()->calls().size(), 4u);
    ok(calls[1]->removeFromConference(reply()));
    expectStates({S::Conferenced, S::Connected, S::Conferenced, S::Connected}, "removed");
    EXPECT_EQ(calls[1]->hub(), nullptr);
    ok(calls[2]->removeFromConference(reply()));
    expectStates({S::Connected, S::Connected, S::Connected, S::Idle}, "dissolved");
}

TEST_F(BridgeTest, AConferenceMayBeginWithNobody) {
    const auto both = ok(app->address(1)->setupConference(0, {}, reply()));
    conference = both.conference;
    EXPECT_EQ(conference->lineState(), S::OnHoldPendConf);
    calls = {connected(0), connected(1)};
    ok(conference->addToConference(calls[0], reply()));
    ok(conference->addToConference(calls[1], reply()));
    expectStates({S::Conferenced, S::Conferenced, S::Connected}, "two");
    hangUp(0);
    expectStates({S::Idle, S::Connected, S::Idle}, "one is left");
}

TEST_F(BridgeTest, TapiThreesWordsMakeAConference) {
    consult(&tapi::Call::conference);
    conference = conferenceOf(calls[0]);
    ASSERT_TRUE(conference);
    expectStates({S::Conferenced, S::Unknown, S::OnHoldPendConf}, "asked");
    EXPECT_EQ(calls[1]->hub(), nullptr) << "finish() adds it";
    state(1, LINECALLSTATE_DIALING);
    state(1, LINECALLSTATE_CONNECTED);
    expectStates({S::Conferenced, S::Connected, S::OnHoldPendConf}, "answered");
    ok(calls[1]->finish(FinishMode::AsConference, reply()));
    expectStates({S::Conferenced, S::Conferenced, S::Connected}, "finished");
    EXPECT_EQ(calls[1]->hub(), calls[0]->hub());
    // A further one, asked of a member.
    const Call third = made(2, "56");
    ok(calls[1]->conference(third, reply()));
    expectStates({S::Conferenced, S::Conferenced, S::OnHoldPendConf}, "a third is asked");
    state(2, LINECALLSTATE_CONNECTED);
    ok(third->finish(FinishMode::AsConference, reply()));
    EXPECT_EQ(third->lineState(), S::Conferenced);
    expectStates({S::Conferenced, S::Conferenced, S::Connected}, "a third");
    EXPECT_EQ(calls[1]->finish(FinishMode::AsConference, {}).error().code,
              ErrorCode::InvalCallState);
}

TEST_F(BridgeTest, AConsultationThatFailsGivesTheFirstCallBack) {
    struct Row {
        const char* what;
        std::uint32_t state;
        Ask ask;
    };
    const Row rows[] = {{"busy", LINECALLSTATE_BUSY, &tapi::Call::conference},
                        {"busy", LINECALLSTATE_BUSY, &tapi::Call::transfer},
                        {"no answer", LINECALLSTATE_DISCONNECTED, &tapi::Call::conference},
                        {"no answer", LINECALLSTATE_DISCONNECTED, &tapi::Call::transfer}};
    for (const Row& row : rows) {
        consult(row.ask);
        const S waits = row.ask == &tapi::Call::transfer ? S::OnHoldPendTransfer : S::Conferenced;
        EXPECT_EQ(calls[0]->lineState(), waits) << row.what;
        state(1, LINECALLSTATE_PROCEEDING);
        state(1, row.state,
              row.state == LINECALLSTATE_DISCONNECTED ? LINEDISCONNECTMODE_NOANSWER : 0);
        state(1, LINECALLSTATE_IDLE);
        expectStates({S::Connected, S::Idle}, row.what);
        hangUp(0);
    }
}

TEST_F(BridgeTest, TheFirstCallMayBeTakenBack) {
    consult(&tapi::Call::transfer);
    state(1, LINECALLSTATE_PROCEEDING);
    ok(calls[0]->unhold(reply()));
    EXPECT_EQ(calls[0]->lineState(), S::Connected);
    EXPECT_EQ(drops(1), 1u);
    hangUp(0);
    state(1, LINECALLSTATE_IDLE);

    consult(&tapi::Call::conference);
    conference = conferenceOf(calls[0]);
    ok(conference->unhold(reply()));
    expectStates({S::Connected, S::Unknown, S::Idle}, "the conference was taken back");
    EXPECT_EQ(drops(1), 1u);
}

TEST_F(BridgeTest, ATransferAcrossLinesGoesOnWithoutTheApplication) {
    consult(&tapi::Call::transfer);
    expectStates({S::OnHoldPendTransfer, S::Unknown}, "asked");
    state(1, LINECALLSTATE_RINGBACK);
    ok(calls[1]->finish(FinishMode::AsTransfer, reply()));
    expectStates({S::Idle, S::Idle}, "complete");
    EXPECT_EQ(drops(0) + drops(1), 0u);
    state(1, LINECALLSTATE_CONNECTED);
    ASSERT_TRUE(mediaOn(0) && mediaOn(1));
    EXPECT_EQ(mediaOn(1)->running, TSPI_MEDIA_PLAY | TSPI_MEDIA_RECORD);
    EXPECT_TRUE(app->address(0)->calls().empty()) << "this application did not register";
    EXPECT_TRUE(app->address(0)->status().inUse);
    Application late(*manager, "late");
    const auto cookie = late.watch({.owner = false, .monitor = true});
    const auto leg = late.address(0)->calls().at(0);
    EXPECT_EQ(leg->lineState(), S::Connected);
    EXPECT_NE(leg->id(), calls[0]->id());
    EXPECT_EQ(leg->hub()->numberOfCalls(), 2u);
    hangUp(0);
    EXPECT_EQ(leg->lineState(), S::Idle);
    EXPECT_EQ(drops(1), 1u);
    state(1, LINECALLSTATE_IDLE);
    ASSERT_TRUE(late.tapi->unregisterNotifications(cookie));
}

TEST_F(BridgeTest, ATransferSetUpMayBecomeAConference) {
    consult(&tapi::Call::transfer);
    state(1, LINECALLSTATE_CONNECTED);
    conference = ok(calls[0]->completeAsConference(calls[1], reply()));
    expectStates({S::Conferenced, S::Conferenced, S::Connected}, "complete");
    ok(conference->disconnect(reply()));
    EXPECT_EQ(conference->lineState(), S::Idle);
    EXPECT_EQ(drops(0), 1u);
    EXPECT_EQ(drops(1), 1u);
    hangUp(0);
    hangUp(1);
}

TEST_F(BridgeTest, AJoinIsOneRequest) {
    calls = {connected(0), made(1, "34")};
    ok(tapi::join(calls[0], calls[1], FinishMode::AsTransfer, reply()));
    expectStates({S::Idle, S::Idle}, "joined before anything was dialled");
    EXPECT_EQ(on(1).number, "34");
    state(1, LINECALLSTATE_DIALING);
    state(1, LINECALLSTATE_CONNECTED);
    EXPECT_EQ(mediaOn(1)->running, TSPI_MEDIA_PLAY | TSPI_MEDIA_RECORD);
    hangUp(0);
    EXPECT_EQ(drops(1), 1u);
    state(1, LINECALLSTATE_IDLE);

    calls = {connected(0), made(1, "34")};
    ok(tapi::join(calls[0], calls[1], FinishMode::AsConference, reply()));
    conference = conferenceOf(calls[0]);
    expectStates({S::Conferenced, S::Conferenced, S::Connected}, "joined, and still ours");
    state(1, LINECALLSTATE_BUSY);
    state(1, LINECALLSTATE_IDLE);
    expectStates({S::Connected, S::Idle, S::Idle}, "busy");
    hangUp(0);

    calls = {connected(0), made(1, "34")};
    fake.behave = [](const std::string& function) {
        return function == "lineMakeCall" ? Behaviour{How::Inside, LINEERR_CALLUNAVAIL, {}, {}}
                                          : Behaviour{};
    };
    Answer refused;
    ASSERT_TRUE(tapi::join(calls[0], calls[1], FinishMode::AsTransfer, refused.reply()));
    settle();
    EXPECT_EQ(refused.count, 1);
    EXPECT_EQ(refused.result->error().code, ErrorCode::CallUnavail);
    expectStates({S::Connected, S::Idle}, "not even dialled");
    fake.behave = {};
}

TEST_F(BridgeTest, NobodyIsHeldForASupervisor) {
    tapi::CallParams silent;
    silent.flags = tapi::CallParamFlag::NoHoldConference;
    consult(&tapi::Call::conference, silent);
    EXPECT_EQ(on(1).params.flags, 0u) << "no provider has to know of it";
    conference = conferenceOf(calls[0]);
    expectStates({S::Connected, S::Unknown, S::Connected}, "asked");
    state(1, LINECALLSTATE_BUSY);
    state(1, LINECALLSTATE_IDLE);
    expectStates({S::Connected, S::Idle, S::Idle}, "busy: nothing has happened");
    for (const auto& event : app->events.all<tapi::CallStateEvent>()) {
        EXPECT_FALSE(event.call == calls[0] && event.lineState == S::Conferenced);
    }
    calls[1] = made(1, "34", silent);
    ok(calls[0]->conference(calls[1], reply()));
    conference = conferenceOf(calls[0]);
    state(1, LINECALLSTATE_CONNECTED);
    expectStates({S::Conferenced, S::Conferenced, S::Connected}, "answered: it has joined");
    EXPECT_TRUE(calls[1]->memberStatus()->settings.muted);
    EXPECT_FALSE(calls[0]->memberStatus()->settings.muted);
    const Call second = made(2, "56", silent);
    ok(conference->conference(second, reply()));
    EXPECT_EQ(conference->lineState(), S::Connected) << "a conference goes on, too";
    state(2, LINECALLSTATE_CONNECTED);
    EXPECT_EQ(second->lineState(), S::Conferenced);
    EXPECT_TRUE(second->setMember({.muted = false}));
    EXPECT_FALSE(second->memberStatus()->settings.muted);
}

TEST_F(BridgeTest, WhoeverHangsUpWhenEndsTheRightCalls) {
    struct Row {
        const char* what;
        std::size_t members, gone;
        std::vector<S> after;  // the members, then the conference
    };
    const Row rows[] = {
        {"the first of three", 3, 0, {S::Idle, S::Conferenced, S::Conferenced, S::Connected}},
        {"the last of three", 3, 2, {S::Conferenced, S::Conferenced, S::Idle, S::Connected}},
        {"the first of two", 2, 0, {S::Idle, S::Connected, S::Idle}},
        {"the second of two", 2, 1, {S::Connected, S::Idle, S::Idle}},
    };
    for (const Row& row : rows) {
        confer(row.members);
        hangUp(row.gone);
        for (std::size_t i = 0; i < row.members; ++i) {
            EXPECT_EQ(calls[i]->lineState(), row.after[i]) << row.what << " " << i;
        }
        EXPECT_EQ(conference->lineState(), row.after.back()) << row.what;
        for (std::size_t i = 0; i < row.members; ++i) {
            if (i != row.gone) {
                hangUp(i);
            }
        }
        EXPECT_EQ(conference->lineState(), S::Idle);
    }
}

TEST_F(BridgeTest, TheFirstCallHangsUpWhileAnotherIsAsked) {
    consult(&tapi::Call::conference);
    conference = conferenceOf(calls[0]);
    hangUp(0);
    expectStates({S::Idle, S::Unknown, S::Idle}, "nobody is left to be in it");
    state(1, LINECALLSTATE_CONNECTED);
    EXPECT_EQ(calls[1]->finish(FinishMode::AsConference, {}).error().code,
              ErrorCode::InvalConsultCallHandle);
    EXPECT_EQ(calls[1]->lineState(), S::Connected) << "an ordinary call";
    hangUp(1);
    consult(&tapi::Call::transfer);
    hangUp(0);
    state(1, LINECALLSTATE_CONNECTED);
    EXPECT_EQ(calls[1]->finish(FinishMode::AsTransfer, {}).error().code,
              ErrorCode::InvalConsultCallHandle);
}

TEST_F(BridgeTest, AMemberThatIsUnpluggedGoesAlone) {
    confer(3);
    const auto here = conference;
    fake.remove(fake.line(0));  // the line that the conference stands on
    settle();
    expectStates({S::Idle, S::Conferenced, S::Conferenced, S::Connected}, "unplugged");
    hangUp(1);
    expectStates({S::Idle, S::Idle, S::Connected, S::Idle}, "one is left");
    hangUp(2);
    fake.arrive("one");
    settle();
}

TEST_F(BridgeTest, AMemberThatIsBusyAfterAllGoesAlone) {
    confer(2);
    calls.push_back(begun(2));
    state(2, LINECALLSTATE_PROCEEDING);
    ok(conference->addToConference(calls[2], reply()));
    state(2, LINECALLSTATE_BUSY);
    EXPECT_EQ(calls[2]->lineState(), S::Disconnected);
    EXPECT_EQ(drops(2), 1u);
    state(2, LINECALLSTATE_IDLE);
    expectStates({S::Conferenced, S::Conferenced, S::Idle, S::Connected}, "busy");
}

TEST_F(BridgeTest, TheOwnerEndsAndAllEnds) {
    Application other(*manager, "other");
    std::vector<Call> theirs;
    for (std::size_t line = 0; line < 2; ++line) {
        auto call = other.address(line)->createCall("1", tapi::MediaMode::InteractiveVoice);
        ASSERT_TRUE((*call)->connect({}));
        settle();
        state(line, LINECALLSTATE_CONNECTED);
        theirs.push_back(*call);
    }
    ASSERT_TRUE(theirs[0]->conference(theirs[1], {}));
    settle();
    ASSERT_TRUE(theirs[1]->finish(FinishMode::AsConference, {}));
    settle();
    EXPECT_EQ(theirs[1]->lineState(), S::Conferenced);
    other.tapi.reset();
    settle();
    EXPECT_EQ(drops(0), 1u);
    EXPECT_EQ(drops(1), 1u);
    hangUp(0);
    hangUp(1);
}

TEST_F(BridgeTest, ADeviceThatHasNoSoundJoinsNothing) {
    calls = {connected(0)};
    conference = ok(calls[0]->setupConference(0, {}, reply())).conference;
    calls.push_back(connected(1));
    fake.behave = [](const std::string& function) {
        return function == "mediaStart" ? Behaviour{How::Inside, LINEERR_RESOURCEUNAVAIL}
                                        : Behaviour{};
    };
    Answer refused;
    if (conference->addToConference(calls[1], refused.reply())) {
        settle();
        ASSERT_EQ(refused.count, 1);
        EXPECT_EQ(refused.result->error().code, ErrorCode::ResourceUnavail);
    }
    expectStates({S::Conferenced, S::Connected, S::OnHoldPendConf}, "refused");
    fake.behave = {};
    ok(conference->addToConference(calls[1], reply()));
    expectStates({S::Conferenced, S::Conferenced, S::Connected}, "again");
}

TEST_F(BridgeTest, AMemberThatTheDeviceCannotDropIsOverAllTheSame) {
    confer(3);
    fake.behave = [](const std::string& function) {
        return function == "lineDrop" ? Behaviour{How::Refuse, LINEERR_OPERATIONFAILED, {}, {}}
                                      : Behaviour{};
    };
    idles.erase(calls[0]->id());  // nobody is told of a call that was given back
    ASSERT_TRUE(calls[0]->deallocate());
    settle();
    EXPECT_EQ(on(0).closed, 1u);
    calls.erase(calls.begin());
    expectStates({S::Conferenced, S::Conferenced, S::Connected}, "one is over");
    ASSERT_TRUE(conference->disconnect({}));
    settle();
    expectStates({S::Idle, S::Idle, S::Idle}, "all of them");
}

TEST_F(BridgeTest, ACallOnItsWayInIsDoneNothingElseWith) {
    fake.behave = [](const std::string& function) {
        return function == "mediaStart" ? Behaviour{How::Later, 0, {}, 500ms} : Behaviour{};
    };
    calls = {connected(0)};
    conference = calls[0]->setupConference(0, {}, reply())->conference;
    ++asked;
    EXPECT_EQ(calls[0]->setupTransfer({}, {}).error().code, ErrorCode::InvalCallState);
    EXPECT_EQ(calls[0]->setupConference(0, {}, {}).error().code, ErrorCode::InvalCallState);
    EXPECT_FALSE(calls[0]->status().features.has(tapi::CallFeature::SetupTransfer));
    loop.advance(2s);
    expectStates({S::Conferenced, S::OnHoldPendConf}, "it is in");
}

TEST_F(BridgeTest, WhatDoesNotFitIsRefused) {
    confer(2);
    const auto code = [](const auto& result) {
        return result ? std::optional<ErrorCode>{} : result.error().code;
    };
    const Call free = connected(2);
    EXPECT_EQ(code(conference->addToConference(nullptr, {})), ErrorCode::InvalConsultCallHandle);
    EXPECT_EQ(code(conference->addToConference(conference, {})), ErrorCode::InvalConsultCallHandle);
    EXPECT_EQ(code(conference->addToConference(calls[0], {})), ErrorCode::InvalCallState);
    EXPECT_EQ(code(free->addToConference(free, {})), ErrorCode::InvalCallState);
    EXPECT_EQ(code(conference->setupConference(0, {}, {})), ErrorCode::InvalCallHandle);
    EXPECT_EQ(code(conference->transfer(free, {})), ErrorCode::InvalCallHandle);
    EXPECT_EQ(code(free->conference(conference, {})), ErrorCode::InvalConsultCallHandle);
    EXPECT_EQ(code(free->conference(calls[1], {})), ErrorCode::InvalCallState);
    EXPECT_EQ(code(free->conference(free, {})), ErrorCode::InvalConsultCallHandle);
    EXPECT_EQ(code(free->finish(FinishMode::AsTransfer, {})), ErrorCode::InvalConsultCallHandle);
    EXPECT_EQ(code(free->removeFromConference({})), ErrorCode::InvalCallState);
    EXPECT_EQ(code(free->setMember({})), ErrorCode::InvalCallState);
    EXPECT_EQ(code(calls[0]->setMember({.gain = 99})), ErrorCode::InvalParam);
    EXPECT_EQ(code(free->setupConference(1, {}, {})), ErrorCode::InvalParam);
    EXPECT_EQ(code(free->setupConference(1000, {}, {})), ErrorCode::InvalParam);
    EXPECT_EQ(code(conference->hold({})), ErrorCode::OperationUnavail);
    EXPECT_EQ(code(conference->dial("1", {})), ErrorCode::OperationUnavail);
    EXPECT_EQ(code(conference->generateDigits("1")), ErrorCode::OperationUnavail);
    // A second conference does not get the member of the first.
    const auto second = ok(free->setupConference(0, {}, reply())).conference;
    EXPECT_EQ(code(second->addToConference(calls[0], {})), ErrorCode::InvalCallState);
    EXPECT_EQ(code(second->addToConference(conference, {})), ErrorCode::InvalConsultCallHandle);
    expectStates({S::Conferenced, S::Conferenced, S::Connected}, "nothing has changed");
}

TEST_F(BridgeTest, AMonitorMayNot) {
    Application monitor(*manager, "monitor");
    const auto cookie = monitor.watch({.owner = false, .monitor = true});
    confer(2);
    const Call seen = monitor.address()->calls().at(0);
    EXPECT_EQ(seen->lineState(), S::Conferenced);
    EXPECT_EQ(seen->removeFromConference({}).error().code, ErrorCode::NotOwner);
    EXPECT_EQ(seen->setMember({}).error().code, ErrorCode::NotOwner);
    EXPECT_EQ(monitor.address()->calls().size(), 2u) << "the member and the conference";
    ASSERT_TRUE(monitor.tapi->unregisterNotifications(cookie));
}

}  // namespace
}  // namespace tipring::test

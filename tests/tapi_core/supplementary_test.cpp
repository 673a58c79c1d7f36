// SPDX-License-Identifier: Apache-2.0
// Holding, transfer and conference on a line whose exchange does them: after each step the state of
// every call, as TAPI's tables have it, for the owner and for a monitor.
#include <cstring>

#include "tapi_core/manager_fixture.h"

namespace tipring::test {
namespace {

using How = Behaviour::How;
using S = LineCallState;
using Call = std::shared_ptr<tapi::Call>;

/// The exchange behind the fake: what TAPI says that a switch does.
struct Switch {
    static FakeProvider::Call& of(HDRVCALL call) {
        return *reinterpret_cast<FakeProvider::Call*>(call);
    }
    static HDRVCALL handleOf(FakeProvider::Call& call) { return reinterpret_cast<HDRVCALL>(&call); }
    static void say(HDRVCALL call, std::uint32_t state, std::uint32_t mode = 0) {
        of(call).line->provider->state(of(call), state, mode);
    }
    /// States follow the completion: the core holds what comes for a call that is not valid yet.
    template <class States>
    static TSPI_RESULT done(HDRVCALL call, DRV_REQUESTID id, States&& states) {
        FakeProvider& self = *of(call).line->provider;
        if (self.behave && self.behave("switch").how == How::Refuse) {
            return self.behave("switch").result;
        }
        states(self, *of(call).line);
        self.init().completion(self.init().context, id, 0, nullptr);
        return static_cast<TSPI_RESULT>(id);
    }
    static TSPI_RESULT hold(DRV_REQUESTID id, HDRVCALL call) {
        return done(call, id, [&](auto&, auto&) { say(call, LINECALLSTATE_ONHOLD); });
    }
    static TSPI_RESULT unhold(DRV_REQUESTID id, HDRVCALL call) {
        return done(call, id, [&](auto&, auto&) { say(call, LINECALLSTATE_CONNECTED); });
    }
    static TSPI_RESULT swap(DRV_REQUESTID id, HDRVCALL active, HDRVCALL held) {
        return done(active, id, [&](auto&, auto&) {
            say(active, LINECALLSTATE_ONHOLD);
            say(held, LINECALLSTATE_CONNECTED);
        });
    }
    static TSPI_RESULT blind(DRV_REQUESTID id, HDRVCALL call, const char* address) {
        of(call).dialled.emplace_back(address);
        return done(call, id, [&](auto&, auto&) { say(call, LINECALLSTATE_IDLE); });
    }
    static TSPI_RESULT setupTransfer(DRV_REQUESTID id, HDRVCALL call, HTAPICALL htConsult,
                                     HDRVCALL* consult, const TspiCallParams* params) {
        return done(call, id, [&](auto& self, auto& line) {
            FakeProvider::Call& made = self.addCall(line, htConsult);
            made.params = *params;
            *consult = handleOf(made);
            say(call, LINECALLSTATE_ONHOLDPENDTRANSFER);
            say(*consult, LINECALLSTATE_DIALTONE);
        });
    }
    static TSPI_RESULT completeTransfer(DRV_REQUESTID id, HDRVCALL call, HDRVCALL consult,
                                        HTAPICALL htConference, HDRVCALL* conference,
                                        std::uint32_t mode) {
        return done(call, id, [&](auto& self, auto& line) {
            if (mode == LINETRANSFERMODE_TRANSFER) {
                say(call, LINECALLSTATE_IDLE);
                say(consult, LINECALLSTATE_IDLE);
                return;
            }
            *conference = handleOf(self.addCall(line, htConference));
            say(call, LINECALLSTATE_CONFERENCED);
            say(consult, LINECALLSTATE_CONFERENCED);
            say(*conference, LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
        });
    }
    static TSPI_RESULT setupConference(DRV_REQUESTID id, HDRVCALL call, HDRVLINE,
                                       HTAPICALL htConference, HDRVCALL* conference,
                                       HTAPICALL htConsult, HDRVCALL* consult, std::uint32_t,
                                       const TspiCallParams*) {
        return done(call, id, [&](auto& self, auto& line) {
            *conference = handleOf(self.addCall(line, htConference));
            *consult = handleOf(self.addCall(line, htConsult));
            say(call, LINECALLSTATE_CONFERENCED);
            say(*conference, LINECALLSTATE_ONHOLDPENDCONF);
            say(*consult, LINECALLSTATE_DIALTONE);
        });
    }
    static TSPI_RESULT prepareAdd(DRV_REQUESTID id, HDRVCALL conference, HTAPICALL htConsult,
                                  HDRVCALL* consult, const TspiCallParams*) {
        return done(conference, id, [&](auto& self, auto& line) {
            *consult = handleOf(self.addCall(line, htConsult));
            say(conference, LINECALLSTATE_ONHOLDPENDCONF);
            say(*consult, LINECALLSTATE_DIALTONE);
        });
    }
    static TSPI_RESULT add(DRV_REQUESTID id, HDRVCALL conference, HDRVCALL consult) {
        return done(conference, id, [&](auto&, auto&) {
            say(consult, LINECALLSTATE_CONFERENCED);
            say(conference, LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
        });
    }
    static TSPI_RESULT remove(DRV_REQUESTID id, HDRVCALL member) {
        return done(member, id, [&](auto&, auto&) { say(member, LINECALLSTATE_IDLE); });
    }
    static void addTo(TspiProvider& table) {
        table.lineHold = &hold;
        table.lineUnhold = &unhold;
        table.lineSwapHold = &swap;
        table.lineBlindTransfer = &blind;
        table.lineSetupTransfer = &setupTransfer;
        table.lineCompleteTransfer = &completeTransfer;
        table.lineSetupConference = &setupConference;
        table.linePrepareAddToConference = &prepareAdd;
        table.lineAddToConference = &add;
        table.lineRemoveFromConference = &remove;
    }
};

class SupplementaryTest : public ManagerFixture {
protected:
    void SetUp() override {
        Switch::addTo(fake.table);
        start();
        app = std::make_unique<Application>(*manager, "app");
        monitor = std::make_unique<Application>(*manager, "monitor");
        monitor->watch({.owner = false, .monitor = true});
        address = app->address();
        original = connected(*app);
    }
    /// Every call is idle once, for everybody; what was asked was answered.
    void TearDown() override {
        for (std::size_t i = 0; i < fake.callCount(); ++i) {
            if (fake.call(i).closed == 0) {
                fake.state(fake.call(i), LINECALLSTATE_IDLE);
            }
        }
        settle();
        for (const Application* each : {app.get(), monitor.get()}) {
            std::map<std::uint64_t, int> idles;
            for (const auto& event : each->events.all<tapi::CallStateEvent>()) {
                idles[event.call->id()] += event.lineState == S::Idle ? 1 : 0;
            }
            EXPECT_EQ(idles.size(), fake.callCount());
            for (const auto& [id, count] : idles) {
                EXPECT_EQ(count, 1) << "call " << id;
            }
        }
        EXPECT_EQ(answer.count, asked);
        EXPECT_EQ(breaches(), 0u) << (logLines.empty() ? "" : logLines.back());
        EXPECT_TRUE(address->calls().empty());
        monitor.reset();
        app.reset();
    }
    template <class Result>
    auto ok(Result result) {
        EXPECT_TRUE(result) << result.error().text();
        ++asked;
        settle();
        return std::move(*result);
    }
    /// Dials a consultation call until it is there.
    void reach(const Call& call, std::uint32_t state = LINECALLSTATE_CONNECTED) {
        ok(call->dial("56", answer.reply()));
        FakeProvider::Call& dialled = fake.lastCall();
        EXPECT_EQ(dialled.dialled, std::vector<std::string>{"56"});
        fake.state(dialled, LINECALLSTATE_DIALING);
        fake.state(dialled, LINECALLSTATE_PROCEEDING);
        fake.state(dialled, state, state == LINECALLSTATE_CONNECTED ? LINECONNECTEDMODE_ACTIVE : 0);
        settle();
    }
    tapi::Reply reply() { return answer.reply(); }
    void expectStates(S first, S second, const char* step) {
        EXPECT_EQ(original->lineState(), first) << step;
        EXPECT_EQ(consultation->lineState(), second) << step;
    }
    void expectStates(S first, S second, S whole, const char* step) {
        expectStates(first, second, step);
        EXPECT_EQ(conference->lineState(), whole) << step;
    }

    Answer answer;
    int asked = 0;
    std::unique_ptr<Application> app, monitor;
    std::shared_ptr<tapi::Address> address;
    Call original, consultation, conference;
};

TEST_F(SupplementaryTest, HoldAndUnhold) {
    ok(original->hold(reply()));
    EXPECT_EQ(original->lineState(), S::OnHold);
    EXPECT_EQ(original->state(), tapi::CallState::Hold);
    EXPECT_EQ(original->hold(reply()).error().code, ErrorCode::InvalCallState);
    ok(original->unhold(reply()));
    EXPECT_EQ(original->lineState(), S::Connected);
}

TEST_F(SupplementaryTest, AConsultationBecomesATransfer) {
    consultation = ok(original->setupTransfer({}, reply()));
    expectStates(S::OnHoldPendTransfer, S::DialTone, "set up");
    EXPECT_EQ(consultation->privilege(), tapi::CallPrivilege::Owner);
    EXPECT_EQ(consultation->info().relatedCallId, original->id());
    reach(consultation, LINECALLSTATE_RINGBACK);
    expectStates(S::OnHoldPendTransfer, S::Ringback, "dialled");
    ok(original->completeTransfer(consultation, reply()));
    expectStates(S::Idle, S::Idle, "complete");
}

TEST_F(SupplementaryTest, AConsultationBecomesAConference) {
    consultation = ok(original->setupTransfer({}, reply()));
    reach(consultation);
    conference = ok(original->completeAsConference(consultation, reply()));
    expectStates(S::Conferenced, S::Conferenced, S::Connected, "complete");
    EXPECT_EQ(conference->info().origin, tapi::CallOrigin::Conference);
    // A member that hangs up: the others stay.
    fake.state(fake.call(1), LINECALLSTATE_DISCONNECTED, LINEDISCONNECTMODE_NORMAL);
    fake.state(fake.call(1), LINECALLSTATE_IDLE);
    settle();
    expectStates(S::Conferenced, S::Idle, S::Connected, "a member is gone");
    // Two are left: the exchange dissolves the conference into an ordinary call.
    fake.state(fake.call(2), LINECALLSTATE_IDLE);
    fake.state(fake.call(0), LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
    settle();
    expectStates(S::Connected, S::Idle, S::Idle, "dissolved");
}

TEST_F(SupplementaryTest, ADroppedConsultationGivesTheFirstCallBack) {
    consultation = ok(original->setupTransfer({}, reply()));
    reach(consultation, LINECALLSTATE_BUSY);
    expectStates(S::OnHoldPendTransfer, S::Busy, "busy");
    ok(consultation->disconnect(reply()));
    fake.state(fake.call(1), LINECALLSTATE_IDLE);
    fake.state(fake.call(0), LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
    settle();
    expectStates(S::Connected, S::Idle, "dropped");
}

TEST_F(SupplementaryTest, TheFirstCallMayBeTakenBackBeforeTheConsultation) {
    consultation = ok(original->setupTransfer({}, reply()));
    reach(consultation);
    EXPECT_EQ(original->swapHold(consultation, {}).error().code, ErrorCode::InvalCallState)
        << "it is the held one";
    ok(consultation->swapHold(original, reply()));
    expectStates(S::Connected, S::OnHold, "swapped");
    ok(original->swapHold(consultation, reply()));
    expectStates(S::OnHold, S::Connected, "swapped back");
}

TEST_F(SupplementaryTest, ABlindTransferEndsTheCall) {
    EXPECT_EQ(original->blindTransfer("", reply()).error().code, ErrorCode::InvalAddress);
    EXPECT_EQ(original->blindTransfer(std::string(65536, '1'), reply()).error().code,
              ErrorCode::InvalAddress);
    ok(original->blindTransfer("7-8", reply()));
    EXPECT_EQ(original->lineState(), S::Idle);
    EXPECT_EQ(fake.call(0).dialled, std::vector<std::string>{"78"});
}

TEST_F(SupplementaryTest, AConferenceGrowsMemberByMember) {
    const auto both = ok(original->setupConference(0, {}, reply()));
    conference = both.conference;
    consultation = both.consultation;
    expectStates(S::Conferenced, S::DialTone, S::OnHoldPendConf, "set up");
    reach(consultation);
    expectStates(S::Conferenced, S::Connected, S::OnHoldPendConf, "dialled");
    ok(conference->addToConference(consultation, reply()));
    expectStates(S::Conferenced, S::Conferenced, S::Connected, "added");

    const Call third = ok(conference->prepareAddToConference({}, reply()));
    EXPECT_EQ(third->lineState(), S::DialTone);
    expectStates(S::Conferenced, S::Conferenced, S::OnHoldPendConf, "prepared");
    reach(third);
    ok(conference->addToConference(third, reply()));
    EXPECT_EQ(third->lineState(), S::Conferenced);
    expectStates(S::Conferenced, S::Conferenced, S::Connected, "a third");

    ok(third->removeFromConference(reply()));
    EXPECT_EQ(third->lineState(), S::Idle);
    expectStates(S::Conferenced, S::Conferenced, S::Connected, "removed");
    ok(conference->disconnect(reply()));
    fake.state(fake.call(1), LINECALLSTATE_IDLE);
    settle();
    EXPECT_EQ(conference->lineState(), S::Idle);
}

TEST_F(SupplementaryTest, AMemberMayBeAddedBeforeItAnswers) {
    const auto both = ok(original->setupConference(3, {}, reply()));
    conference = both.conference;
    consultation = both.consultation;
    reach(consultation, LINECALLSTATE_PROCEEDING);
    ok(conference->addToConference(consultation, reply()));
    expectStates(S::Conferenced, S::Conferenced, S::Connected, "added while it rings");
}

TEST_F(SupplementaryTest, TheOtherCallMustFit) {
    consultation = ok(original->setupTransfer({}, reply()));
    const auto code = [](const auto& result) { return result.error().code; };
    EXPECT_EQ(code(original->completeTransfer(nullptr, {})), ErrorCode::InvalConsultCallHandle);
    EXPECT_EQ(code(original->completeTransfer(original, {})), ErrorCode::InvalConsultCallHandle);
    EXPECT_EQ(code(original->completeTransfer(consultation, {})), ErrorCode::InvalCallState)
        << "it only has dial tone";
    const auto seen = monitor->address()->calls().back();
    EXPECT_EQ(code(original->completeTransfer(seen, {})), ErrorCode::InvalConsultCallHandle)
        << "of another application";
    EXPECT_EQ(code(seen->hold({})), ErrorCode::NotOwner);
    reach(consultation);
    EXPECT_EQ(code(consultation->addToConference(original, {})), ErrorCode::InvalCallState);
    EXPECT_EQ(code(consultation->prepareAddToConference({}, {})), ErrorCode::InvalConfCallHandle);
    EXPECT_EQ(code(consultation->removeFromConference({})), ErrorCode::InvalCallState);
}

TEST_F(SupplementaryTest, WhatTheProviderRefusesLeavesAllAsItWas) {
    fake.behave = [](const std::string& function) {
        return function == "switch" ? Behaviour{How::Refuse, LINEERR_CALLUNAVAIL} : Behaviour{};
    };
    const auto code = [](const auto& result) { return result.error().code; };
    EXPECT_EQ(code(original->setupTransfer({}, {})), ErrorCode::CallUnavail);
    EXPECT_EQ(code(original->setupConference(0, {}, {})), ErrorCode::CallUnavail);
    EXPECT_EQ(code(original->hold({})), ErrorCode::CallUnavail);
    EXPECT_EQ(original->lineState(), S::Connected);
    EXPECT_EQ(app->address()->calls().size(), 1u);
    settle();
}

TEST_F(SupplementaryTest, AnUnpluggedLineEndsAllOfThem) {
    const auto both = ok(original->setupConference(0, {}, reply()));
    fake.remove(fake.line());
    settle();
    for (const Call& call : {original, both.conference, both.consultation}) {
        EXPECT_EQ(call->lineState(), S::Idle);
    }
}

TEST_F(SupplementaryTest, TheStatusOffersWhatTheStateAllows) {
    const auto offers = [](const Call& call, tapi::CallFeature feature) {
        return call->status().features.has(feature);
    };
    EXPECT_TRUE(offers(original, tapi::CallFeature::Hold));
    EXPECT_TRUE(offers(original, tapi::CallFeature::SetupConference));
    EXPECT_FALSE(offers(original, tapi::CallFeature::CompleteTransfer));
    consultation = ok(original->setupTransfer({}, reply()));
    EXPECT_TRUE(offers(original, tapi::CallFeature::CompleteTransfer));
    EXPECT_FALSE(offers(original, tapi::CallFeature::Hold));
}

}  // namespace
}  // namespace tipring::test

// SPDX-License-Identifier: Apache-2.0
// Holding, transfer and conference by hook flash: application, manager, driver, simulated device
// and exchange, and what the far ends hear.
#include "flash_rig.h"

namespace tipring::drivers {
namespace {

using Flash = sim::ExchangeHabits::Flash;
using hal::ErrorCode;
using std::chrono::seconds;
using tapi::CallFeature;

struct Kind {
    const char* name;
    Flash exchange;
    bool transferOnHangUp;
};
constexpr Kind kAmerican{"american", Flash::NorthAmerican, false};
constexpr Kind kAmericanTransfer{"american-transfer", Flash::NorthAmerican, true};
constexpr Kind kEuropean{"european", Flash::European, false};
constexpr Kind kPbx{"pbx", Flash::Pbx, false};

void PrintTo(const Kind& kind, std::ostream* out) {
    *out << kind.name;
}

using Case = std::tuple<const FlashDevice*, Kind>;

class FlashTest : public FlashRig, public testing::WithParamInterface<Case> {
protected:
    static const FlashDevice& under() { return *std::get<0>(GetParam()); }
    static const Kind& kind() { return std::get<1>(GetParam()); }
    void talking() {
        FlashRig::talking(under(), kind().name, kind().exchange, kind().transferOnHangUp);
    }
    template <class T>
    static ErrorCode code(const hal::Result<T>& result) {
        return result ? ErrorCode{} : result.error().code;
    }
    static bool offers(const Call& call, CallFeature feature) {
        return call->status().features.has(feature);
    }
    void conferenced() {
        const auto both = ok(original->setupConference(0, {}, reply()));
        conference = both.conference;
        consultation = both.consultation;
        ASSERT_NE(consultation, nullptr);
        expectStates(State::Conferenced, State::DialTone, State::OnHoldPendConf, "set up");
        dial();
        expectStates(State::Conferenced, State::Connected, State::OnHoldPendConf, "dialled");
        ok(conference->addToConference(consultation, reply()));
        expectStates(State::Conferenced, State::Conferenced, State::Connected, "added");
    }
};

class EveryFlash : public FlashTest {};
class Joining : public FlashTest {};
class Transferring : public FlashTest {};
class Swapping : public FlashTest {};

TEST_P(EveryFlash, HoldsAndTakesBack) {
    talking();
    EXPECT_EQ(paths(original), "LA AL ");
    ok(original->hold(reply()));
    EXPECT_EQ(original->lineState(), State::OnHold);
    EXPECT_TRUE(wire().hasHeldCall());
    EXPECT_FALSE(offers(original, CallFeature::Hold));
    EXPECT_TRUE(offers(original, CallFeature::Unhold));
    loop.advance(seconds{10});  // the dial tone is no sign of a hang-up
    ok(original->unhold(reply()));
    EXPECT_EQ(original->lineState(), State::Connected);
    EXPECT_EQ(paths(original), "LA AL ");
}

/// What the modem itself does not hear the core does, after a flash as before.
TEST_P(EveryFlash, TheCoreHearsAgainWhenTheCallIsBack) {
    talking();
    const tapi::MonitoredTone tone{7, std::chrono::milliseconds{200}, {1400, 0, 0}};
    ASSERT_TRUE(original->monitorTones({&tone, 1}));
    const auto records = [this] { return original->mediaStatus().record.running; };
    loop.advance(seconds{2});
    ASSERT_TRUE(records());
    ok(original->hold(reply()));
    EXPECT_FALSE(records());
    loop.advance(seconds{5});
    ok(original->unhold(reply()));
    loop.advance(seconds{2});
    EXPECT_TRUE(records());
    anna().say(sine(1400));
    loop.advance(seconds{3});
    EXPECT_EQ(sink.tones, 1);
    consult();
    EXPECT_FALSE(records());
    if (!offers(original, CallFeature::Unhold)) {
        return;  // an exchange that cannot end one of two calls
    }
    ok(original->unhold(reply()));
    ASSERT_TRUE(reaches(original, State::Connected));
    loop.advance(seconds{2});
    EXPECT_TRUE(records());
    anna().say(sine(1400));
    loop.advance(seconds{3});
    EXPECT_EQ(sink.tones, 2);
}

TEST_P(EveryFlash, AHeldCallIsDroppedForGood) {
    talking();
    ok(original->hold(reply()));
    ok(original->disconnect(reply()));
    EXPECT_EQ(original->lineState(), State::Idle);
    EXPECT_EQ(anna().state(), sim::FarEnd::State::Idle);
    EXPECT_EQ(wire().state(), sim::Line::State::Idle);
}

TEST_P(EveryFlash, ConsultsWhileTheFirstOneWaits) {
    talking();
    consult();
    expectStates(State::OnHoldPendTransfer, State::Connected, "dialled");
    EXPECT_EQ(consultation->info().relatedCallId, original->id());
    EXPECT_EQ(paths(consultation), "LB BL ");
    bert->hangUp();
    ASSERT_TRUE(reaches(consultation, State::Idle));
    EXPECT_EQ(original->lineState(), State::Connected);
    EXPECT_EQ(paths(original), "LA AL ");
}

TEST_P(EveryFlash, TellsRingingOfTheSecondParty) {
    talking();
    consultation = ok(original->setupTransfer({}, reply()));
    ok(consultation->dial(kNobody, reply()));
    ASSERT_TRUE(reaches(consultation, State::Ringback));
    loop.advance(seconds{20});
    expectStates(State::OnHoldPendTransfer, State::Ringback, "it rings on");
    ok(original->unhold(reply()));
    expectStates(State::Connected, State::Idle, "taken back");
    EXPECT_EQ(paths(original), "LA AL ");
}

TEST_P(EveryFlash, NobodyAnswersAndTheFirstOneIsBack) {
    talking();
    consult(kNobody, State::Ringback);
    ASSERT_TRUE(reaches(consultation, State::Idle));
    ASSERT_EQ(original->lineState(), State::Connected);
    EXPECT_EQ(paths(original), "LA AL ");
}

TEST_P(EveryFlash, ABusyPartyIsDroppedAndTheFirstOneIsBack) {
    talking();
    consult(kBusy, State::Busy);
    loop.advance(seconds{20});
    expectStates(State::OnHoldPendTransfer, State::Busy, "busy");
    ok(consultation->disconnect(reply()));
    expectStates(State::Connected, State::Idle, "dropped");
    EXPECT_EQ(paths(original), "LA AL ");
}

TEST_P(EveryFlash, AConsultationIsGivenUpBeforeTheNumber) {
    talking();
    consultation = ok(original->setupTransfer({}, reply()));
    ok(consultation->disconnect(reply()));
    expectStates(State::Connected, State::Idle, "dropped");
    EXPECT_EQ(paths(original), "LA AL ");
}

TEST_P(EveryFlash, AnExchangeThatIgnoresItLeavesTheCallAlone) {
    FlashRig::talking(under(), kind().name, Flash::None);
    if (under().listens) {
        ASSERT_TRUE(original->setupTransfer({}, reply()));
        ASSERT_TRUE(loop.advanceUntil([&] { return outcome.has_value(); }, kLimit));
        EXPECT_FALSE(*outcome) << "no dial tone came";
        EXPECT_EQ(original->lineState(), State::Connected);
    } else {
        consultation = ok(original->setupTransfer({}, reply()));
        ok(consultation->disconnect(reply()));
        expectStates(State::Connected, State::Idle, "dropped");
    }
    EXPECT_EQ(paths(original), "LA AL ");
    ok(original->disconnect(reply()));
    EXPECT_EQ(original->lineState(), State::Idle);
    EXPECT_EQ(anna().state(), sim::FarEnd::State::Idle);
}

TEST_P(EveryFlash, ALineThatIsGoneEndsAllCalls) {
    talking();
    consult();
    unplug();
    ASSERT_TRUE(reaches(original, State::Idle));
    expectStates(State::Idle, State::Idle, "unplugged");
    EXPECT_EQ(sink.idles[original->id()], 1);
    EXPECT_EQ(sink.idles[consultation->id()], 1);
}

TEST_P(EveryFlash, AnOwnerThatLeavesPutsTheLineDown) {
    talking();
    consult();
    forgetCalls();
    line.reset();
    app.reset();
    loop.advance(seconds{30});
    EXPECT_FALSE(wire().isOffHook());
}

TEST_P(EveryFlash, SaysWhatItCan) {
    talking();
    const bool joins = kind().exchange != Flash::Pbx;
    const bool swaps = kind().exchange != Flash::NorthAmerican;
    EXPECT_TRUE(offers(original, CallFeature::Hold));
    EXPECT_TRUE(offers(original, CallFeature::SetupTransfer));
    // Where the exchange does not, the core joins calls whose sound goes both ways at once.
    EXPECT_EQ(offers(original, CallFeature::SetupConference), joins || under().listens);
    if (!joins && under().listens) {
        conference = ok(original->setupConference(0, {}, reply())).conference;
        EXPECT_EQ(code(original->setupTransfer({}, {})), ErrorCode::InvalCallState);
        ok(conference->disconnect(reply()));
        ASSERT_TRUE(reaches(original, State::Idle));
        return;
    }
    if (!joins) {
        EXPECT_EQ(code(original->setupConference(0, {}, {})), ErrorCode::OperationUnavail);
    }
    consult();
    EXPECT_EQ(offers(consultation, CallFeature::SwapHold), swaps);
    if (!swaps) {
        // Ports swap with a call that waited, if not with this one.
        EXPECT_EQ(code(consultation->swapHold(original, {})),
                  under().listens ? ErrorCode::InvalCallState : ErrorCode::OperationUnavail);
    }
}

/// And nothing else is done with a call that is on its way into it.
TEST_P(EveryFlash, AConferenceOfTheCoresOwnIsLeftInTheSameMoment) {
    talking();
    if (kind().exchange != Flash::Pbx || !under().listens) {
        return;  // the exchange joins, or nobody can
    }
    conference = original->setupConference(0, {}, {})->conference;
    EXPECT_EQ(code(original->setupTransfer({}, {})), ErrorCode::InvalCallState);
    loop.advance(std::chrono::milliseconds{20});
    EXPECT_EQ(original->lineState(), State::Conferenced);
}

/// The core joins where the exchange does not; whoever made the conference may leave it behind.
TEST_P(EveryFlash, AConferenceOfTheCoresOwnIsLeftBehind) {
    talking();
    if (kind().exchange != Flash::Pbx || !under().listens) {
        return;  // the exchange joins, or nobody can
    }
    conference = ok(original->setupConference(0, {}, reply())).conference;
    ASSERT_NE(conference, nullptr);
    EXPECT_EQ(original->lineState(), State::Conferenced);
    EXPECT_EQ(conference->lineState(), State::OnHoldPendConf);
    forgetCalls();
    line.reset();
    app.reset();
    loop.advance(seconds{30});
    EXPECT_FALSE(wire().isOffHook());
    EXPECT_EQ(anna().state(), sim::FarEnd::State::Idle);
}

TEST_P(EveryFlash, ALineThatIsGoneWhileAFlashIsSentFailsIt) {
    talking();
    ASSERT_TRUE(original->hold(reply()));
    loop.advance(std::chrono::milliseconds{500});
    EXPECT_FALSE(outcome);
    unplug();
    ASSERT_TRUE(reaches(original, State::Idle));
    ASSERT_TRUE(outcome);
    EXPECT_FALSE(*outcome);
}

TEST_P(EveryFlash, AConsultationIsDroppedWhileItsNumberIsSent) {
    talking();
    consultation = ok(original->setupTransfer({}, reply()));
    ASSERT_TRUE(consultation->dial(kBert, {}));
    loop.advance(seconds{2});
    ok(consultation->disconnect(reply()));
    expectStates(State::Connected, State::Idle, "dropped");
    EXPECT_FALSE(wire().hasHeldCall());
}

TEST_P(EveryFlash, AConsultationThatIsGivenBackLeavesTheFirstCall) {
    talking();
    consult(kBusy, State::Busy);
    ASSERT_TRUE(consultation->deallocate());
    ASSERT_TRUE(reaches(original, State::Connected));
    EXPECT_EQ(paths(original), "LA AL ");
}

TEST_P(EveryFlash, TakesOneRequestAtATime) {
    talking();
    ASSERT_TRUE(original->hold(reply()));
    EXPECT_NE(code(original->hold({})), ErrorCode{});
    EXPECT_NE(code(original->setupTransfer({}, {})), ErrorCode{});
    ASSERT_TRUE(reaches(original, State::OnHold));
    EXPECT_TRUE(outcome && *outcome);
}

TEST_P(Joining, AConsultationBecomesAConferenceOfAllThree) {
    talking();
    consult();
    conference = ok(original->completeAsConference(consultation, reply()));
    expectStates(State::Conferenced, State::Conferenced, State::Connected, "complete");
    EXPECT_TRUE(wire().inConference());
    EXPECT_EQ(paths(conference), "LA LB AB BA AL BL ");
}

TEST_P(Joining, AConferenceIsSetUpAndEndsForAll) {
    talking();
    conferenced();
    EXPECT_EQ(paths(conference), "LA LB AB BA AL BL ");
    EXPECT_EQ(code(conference->prepareAddToConference({}, {})), ErrorCode::OperationUnavail);
    ok(conference->disconnect(reply()));
    expectStates(State::Idle, State::Idle, State::Idle, "dropped");
    EXPECT_EQ(wire().state(), sim::Line::State::Idle);
}

TEST_P(Joining, TheLastMemberIsRemoved) {
    talking();
    conferenced();
    ok(consultation->removeFromConference(reply()));
    expectStates(State::Connected, State::Idle, State::Idle, "removed");
    EXPECT_EQ(bert->state(), sim::FarEnd::State::Idle);
    EXPECT_EQ(paths(original), "LA AL ");
}

TEST_P(Joining, TheFirstMemberIsRemovedWhereTheExchangeCan) {
    talking();
    conferenced();
    if (kind().exchange == Flash::NorthAmerican) {
        EXPECT_NE(code(original->removeFromConference({})), ErrorCode{});
        expectStates(State::Conferenced, State::Conferenced, State::Connected, "refused");
        return;
    }
    ok(original->removeFromConference(reply()));
    expectStates(State::Idle, State::Connected, State::Idle, "removed");
    EXPECT_EQ(anna().state(), sim::FarEnd::State::Idle);
    EXPECT_EQ(paths(consultation), "LB BL ");
}

TEST_P(Joining, AConferenceIsGivenUpBeforeItBegins) {
    talking();
    const auto both = ok(original->setupConference(0, {}, reply()));
    conference = both.conference;
    consultation = both.consultation;
    dial(kBusy, State::Busy);
    ok(conference->unhold(reply()));
    expectStates(State::Connected, State::Idle, State::Idle, "taken back");
    EXPECT_EQ(paths(original), "LA AL ");
}

TEST_P(Joining, ATalkingConsultationIsDropped) {
    talking();
    consult();
    ok(consultation->disconnect(reply()));
    expectStates(State::Connected, State::Idle, "dropped");
    EXPECT_EQ(bert->state(), sim::FarEnd::State::Idle);
    EXPECT_EQ(paths(original), "LA AL ");
}

TEST_P(Joining, AMemberThatLeavesIsNotHeardAndTheLastOneEndsAll) {
    talking();
    conferenced();
    anna().hangUp();
    EXPECT_EQ(paths(conference), "LB BL ");
    bert->hangUp();
    ASSERT_TRUE(reaches(conference, State::Idle));
    expectStates(State::Idle, State::Idle, State::Idle, "all are gone");
    EXPECT_EQ(sink.idles[original->id()], 1);
    EXPECT_EQ(sink.idles[consultation->id()], 1);
    EXPECT_EQ(sink.idles[conference->id()], 1);
    EXPECT_FALSE(wire().isOffHook());
}

TEST_P(Joining, ALineThatIsGoneEndsAllCalls) {
    talking();
    conferenced();
    unplug();
    ASSERT_TRUE(reaches(conference, State::Idle));
    expectStates(State::Idle, State::Idle, State::Idle, "unplugged");
    EXPECT_EQ(sink.idles[original->id()], 1);
    EXPECT_EQ(sink.idles[conference->id()], 1);
}

TEST_P(Transferring, ConnectsTheTwoOthers) {
    talking();
    consult();
    ok(original->completeTransfer(consultation, reply()));
    expectStates(State::Idle, State::Idle, "complete");
    EXPECT_FALSE(wire().isOffHook());
    EXPECT_EQ(paths({}), "AB BA ");
}

TEST_P(Transferring, BlindlyWhereThePartyMayRingStill) {
    talking();
    if (kind().exchange == Flash::European) {
        EXPECT_EQ(code(original->blindTransfer(kBert, {})), ErrorCode::OperationUnavail);
        return;
    }
    ok(original->blindTransfer(kBert, reply()));
    EXPECT_EQ(original->lineState(), State::Idle);
    EXPECT_FALSE(wire().isOffHook());
    loop.advance(seconds{10});
    EXPECT_EQ(paths({}), "AB BA ");
}

TEST_P(Transferring, BlindlyToABusyPartyFailsAndTheCallIsBack) {
    talking();
    if (kind().exchange == Flash::European) {
        return;
    }
    ASSERT_TRUE(original->blindTransfer(kBusy, reply()));
    ASSERT_TRUE(loop.advanceUntil([&] { return outcome.has_value(); }, kLimit));
    ASSERT_FALSE(*outcome);
    EXPECT_EQ(outcome->error().code, ErrorCode::CallUnavail);
    loop.advance(seconds{5});
    EXPECT_EQ(original->lineState(), State::Connected);
    EXPECT_EQ(paths(original), "LA AL ");
}

TEST_P(Swapping, GoesToAndFro) {
    talking();
    consult();
    ok(consultation->swapHold(original, reply()));
    expectStates(State::Connected, State::OnHold, "swapped");
    EXPECT_EQ(paths(original), "LA AL ");
    ok(original->swapHold(consultation, reply()));
    expectStates(State::OnHoldPendTransfer, State::Connected, "swapped back");
    EXPECT_EQ(paths(consultation), "LB BL ");
    ok(original->completeTransfer(consultation, reply()));
    expectStates(State::Idle, State::Idle, "complete");
}

TEST_P(Swapping, TheFirstOneHangsUpAndTheSecondIsBack) {
    talking();
    consult();
    ok(consultation->swapHold(original, reply()));
    anna().hangUp();
    ASSERT_TRUE(reaches(original, State::Idle));
    EXPECT_EQ(consultation->lineState(), State::Connected);
    EXPECT_EQ(paths(consultation), "LB BL ");
}

constexpr const FlashDevice* kDevices[] = {&kModemV253, &kFxoPort, &kSangomaU100};

std::string nameOf(const testing::TestParamInfo<Case>& info) {
    std::string name =
        std::string(std::get<0>(info.param)->name) + "_" + std::get<1>(info.param).name;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Line, EveryFlash,
                         testing::Combine(testing::ValuesIn(kDevices),
                                          testing::Values(kAmerican, kAmericanTransfer, kEuropean,
                                                          kPbx)),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(Line, Joining,
                         testing::Combine(testing::ValuesIn(kDevices),
                                          testing::Values(kAmerican, kAmericanTransfer, kEuropean)),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(Line, Transferring,
                         testing::Combine(testing::ValuesIn(kDevices),
                                          testing::Values(kAmericanTransfer, kEuropean, kPbx)),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(Line, Swapping,
                         testing::Combine(testing::ValuesIn(kDevices),
                                          testing::Values(kEuropean, kPbx)),
                         nameOf);

class EveryModem : public FlashRig, public testing::WithParamInterface<const char*> {};

TEST_P(EveryModem, ConsultsJoinsAndComesBack) {
    FlashDevice modem = kModemV253;
    modem.modem = GetParam();
    talking(modem, "european", Flash::European);
    consult();
    ok(consultation->swapHold(original, reply()));
    ok(original->swapHold(consultation, reply()));
    conference = ok(original->completeAsConference(consultation, reply()));
    EXPECT_TRUE(wire().inConference());
    EXPECT_EQ(paths({}), "AB BA ");
    ok(consultation->removeFromConference(reply()));
    EXPECT_EQ(bert->state(), sim::FarEnd::State::Idle);
    consult(kBusy, State::Busy);
    ok(consultation->disconnect(reply()));
    expectStates(State::Connected, State::Idle, "dropped");
    ok(original->disconnect(reply()));
    EXPECT_EQ(anna().state(), sim::FarEnd::State::Idle);
}

INSTANTIATE_TEST_SUITE_P(Modem, EveryModem,
                         testing::Values("v253", "rockwell", "conexant", "usr", "si24xx",
                                         "lucent"));

class EveryDevice : public FlashRig, public testing::WithParamInterface<const FlashDevice*> {};

/// A line of which nothing is known.
TEST_P(EveryDevice, WithoutTheServiceNothingIsOffered) {
    talking(*GetParam(), "none", Flash::NorthAmerican);
    EXPECT_FALSE(original->status().features.has(CallFeature::Hold));
    const auto refused = original->hold({});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::OperationUnavail);
    const auto transfer = original->setupTransfer({}, {});
    ASSERT_FALSE(transfer);
    if (!GetParam()->listens) {  // for ports the core looks for another line
        EXPECT_EQ(transfer.error().code, ErrorCode::OperationUnavail);
    }
}

INSTANTIATE_TEST_SUITE_P(Line, EveryDevice, testing::ValuesIn(kDevices),
                         [](const auto& device) { return std::string(device.param->name); });

}  // namespace
}  // namespace tipring::drivers

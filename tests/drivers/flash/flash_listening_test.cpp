// SPDX-License-Identifier: Apache-2.0
// What lines that listen know better than by presuming: dial tone after a flash, ringback, busy.
#include "flash_rig.h"

namespace tipring::drivers {
namespace {

using Flash = sim::ExchangeHabits::Flash;
using hal::ErrorCode;
using std::chrono::seconds;

class ListeningFlash : public FlashRig, public testing::WithParamInterface<const FlashDevice*> {
protected:
    void talking(const char* kind, Flash exchange, bool transferOnHangUp = false) {
        FlashRig::talking(*GetParam(), kind, exchange, transferOnHangUp);
    }
    hal::Duration timeOf(const std::function<bool()>& done) {
        const hal::TimePoint began = loop.now();
        EXPECT_TRUE(loop.advanceUntil(done, kLimit));
        return loop.now() - began;
    }
};

TEST_P(ListeningFlash, HearsTheDialToneOfAConsultation) {
    talking("european", Flash::European);
    consultation = ok(original->setupTransfer({}, reply()));
    EXPECT_NE(consultation->status().mode, LINEDIALTONEMODE_UNKNOWN);
    EXPECT_EQ(consultation->status().cause, "dial tone is heard");
}

TEST_P(ListeningFlash, AHoldThatTheExchangeIgnoresFailsAndTheCallStays) {
    talking("american", Flash::None);
    ASSERT_TRUE(original->hold(reply()));
    ASSERT_TRUE(loop.advanceUntil([&] { return outcome.has_value(); }, kLimit));
    ASSERT_FALSE(*outcome);
    EXPECT_EQ(outcome->error().code, ErrorCode::OperationFailed);
    EXPECT_NE(outcome->error().cause.find("no dial tone"), std::string::npos);
    EXPECT_EQ(original->lineState(), State::Connected);
    EXPECT_EQ(paths(original), "LA AL ");
    EXPECT_TRUE(original->status().features.has(tapi::CallFeature::Hold))
        << "it may be tried again";
}

TEST_P(ListeningFlash, ABlindTransferThatIsIgnoredFailsAndDialsNothing) {
    talking("american-transfer", Flash::None);
    ASSERT_TRUE(original->blindTransfer(kBert, reply()));
    ASSERT_TRUE(loop.advanceUntil([&] { return outcome.has_value(); }, kLimit));
    EXPECT_FALSE(*outcome);
    EXPECT_EQ(original->lineState(), State::Connected);
    EXPECT_EQ(anna().heardKeys(), "") << "the caller hears no digits";
    EXPECT_EQ(paths(original), "LA AL ");
}

TEST_P(ListeningFlash, ABlindTransferIsDoneWhenThePartyRings) {
    talking("pbx", Flash::Pbx);
    ASSERT_TRUE(original->blindTransfer(kNobody, reply()));
    ASSERT_TRUE(loop.advanceUntil([&] { return outcome.has_value(); }, kLimit));
    EXPECT_TRUE(*outcome) << outcome->error().text();
    loop.advance(seconds{2});
    EXPECT_EQ(original->lineState(), State::Idle);
    EXPECT_FALSE(wire().isOffHook());
}

TEST_P(ListeningFlash, TheSecondPartyIsConnectedAtItsFirstWord) {
    talking("european", Flash::European);
    consultation = ok(original->setupTransfer({}, reply()));
    ok(consultation->dial(kBert, reply()));
    ASSERT_TRUE(reaches(consultation, State::Ringback));
    ASSERT_TRUE(
        loop.advanceUntil([&] { return bert->state() == sim::FarEnd::State::Connected; }, kLimit));
    bert->say(sine(600));
    EXPECT_LT(timeOf([&] { return consultation->lineState() == State::Connected; }), seconds{3});
}

TEST_P(ListeningFlash, AnAnswerByReversalIsConfirmed) {
    device.reset();
    FlashRig::talking(*GetParam(), "european", Flash::European);
    sim::LineSettings settings = wire().settings();
    settings.reversesOnAnswer = true;
    wire().setSettings(settings);
    consult();
    EXPECT_TRUE(consultation->connectionConfirmed());
    EXPECT_EQ(original->lineState(), State::OnHoldPendTransfer);
}

TEST_P(ListeningFlash, BusyToneLeavesTheHeldCallAlone) {
    talking("american", Flash::NorthAmerican);
    consult(kBusy, State::Busy);
    loop.advance(seconds{30});  // the tone goes on, and the line stays
    expectStates(State::OnHoldPendTransfer, State::Busy, "busy");
    EXPECT_TRUE(wire().hasHeldCall());
    ok(original->unhold(reply()));
    EXPECT_EQ(paths(original), "LA AL ");
}

TEST_P(ListeningFlash, TheHeldPartyLeavesAndTheConsultationGoesOn) {
    talking("american", Flash::NorthAmerican);
    consult();
    anna().hangUp();
    loop.advance(seconds{5});
    EXPECT_EQ(consultation->lineState(), State::Connected);
    EXPECT_EQ(paths(consultation), "LB BL ");
    bert->hangUp();
    ASSERT_TRUE(reaches(consultation, State::Idle));
    ASSERT_TRUE(reaches(original, State::Idle));
    EXPECT_FALSE(wire().isOffHook());
}

TEST_P(ListeningFlash, TwoCallsThatAreGivenBackDoNotRingBack) {
    talking("european", Flash::European);
    consult();
    ASSERT_TRUE(original->deallocate());
    ASSERT_TRUE(consultation->deallocate());
    forgetCalls();
    loop.advance(seconds{40});
    EXPECT_TRUE(sink.calls.empty()) << "the exchange rang for the party that was held";
    EXPECT_FALSE(wire().isOffHook());
}

TEST_P(ListeningFlash, TheLineIsOpenForTheNextCallAfterATransfer) {
    talking("pbx", Flash::Pbx);
    consult();
    ok(original->completeTransfer(consultation, reply()));
    anna().hangUp();
    loop.advance(seconds{10});
    sink.calls.clear();
    ASSERT_TRUE(anna().call(device->number(), {}));
    EXPECT_TRUE(loop.advanceUntil([&] { return !sink.calls.empty(); }, seconds{30}));
}

INSTANTIATE_TEST_SUITE_P(Line, ListeningFlash, testing::Values(&kFxoPort, &kSangomaU100),
                         [](const auto& device) { return std::string(device.param->name); });

}  // namespace
}  // namespace tipring::drivers

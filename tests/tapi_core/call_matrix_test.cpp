// SPDX-License-Identifier: Apache-2.0
// Every state, every operation, both privileges: what the operation answers, and that the call's
// status says the same.
#include "call_features.h"
#include "call_record.h"
#include "tapi_core/manager_fixture.h"

namespace tipring::test {
namespace {

using core::Operation;
using tapi::CallPrivilege;
using S = LineCallState;
using Outcome = std::optional<ErrorCode>;

constexpr S kStates[] = {S::Idle,           S::Offering,           S::Accepted,     S::DialTone,
                         S::Dialing,        S::Ringback,           S::Busy,         S::SpecialInfo,
                         S::Connected,      S::Proceeding,         S::OnHold,       S::Conferenced,
                         S::OnHoldPendConf, S::OnHoldPendTransfer, S::Disconnected, S::Unknown};

template <class T>
Outcome outcomeOf(const tapi::Result<T>& result) {
    return result ? Outcome{} : result.error().code;
}

/// How an application asks for it; null where the contract has no such request yet.
using Ask = Outcome (*)(tapi::Call& call);

struct Row {
    Operation operation;
    bool owner;  // needs an owner
    /// By state, in the order above: A allowed, - INVALCALLSTATE, U OPERATIONUNAVAIL.
    const char* answers;
    std::uint32_t feature;
    Ask ask;
};
constexpr tapi::GeneratedTone kTone{440};
constexpr tapi::MonitoredTone kHeard{1, 100ms, {1100, 0, 0}};

const Row kTable[] = {
    {Operation::Connect, true, "----------------", 0,
     [](tapi::Call& call) { return outcomeOf(call.connect({})); }},
    {Operation::Accept, true, "-A--------------", LINECALLFEATURE_ACCEPT,
     [](tapi::Call& call) { return outcomeOf(call.accept({})); }},
    {Operation::Answer, true, "-AA-------------", LINECALLFEATURE_ANSWER,
     [](tapi::Call& call) { return outcomeOf(call.answer({})); }},
    {Operation::Drop, true, "-AAAAAAAAAAAAAAA", LINECALLFEATURE_DROP,
     [](tapi::Call& call) { return outcomeOf(call.disconnect({})); }},
    {Operation::Dial, true, "-AAAAAAAAAAAAA-A", LINECALLFEATURE_DIAL,
     [](tapi::Call& call) { return outcomeOf(call.dial("1", {})); }},
    {Operation::Secure, true, "-AAAAAAAAAAAAAAA", LINECALLFEATURE_SECURECALL,
     [](tapi::Call& call) { return outcomeOf(call.secure({})); }},
    {Operation::SetMediaMode, true, "-AAAAAAAAAAAAAAA", 0,
     [](tapi::Call& call) {
         return outcomeOf(call.setMediaMode(tapi::MediaMode::InteractiveVoice));
     }},
    {Operation::SetCallParams, true, "-AAAAAAAAAAAAA-A", LINECALLFEATURE_SETCALLPARAMS,
     [](tapi::Call& call) {
         return outcomeOf(call.setCallParams(tapi::BearerMode::Voice, 0, 0, {}, {}));
     }},
    {Operation::SetCallData, true, "-AAAAAAAAAAAAAAA", LINECALLFEATURE_SETCALLDATA,
     [](tapi::Call& call) { return outcomeOf(call.setCallData({}, {})); }},
    {Operation::SetAppSpecific, true, "-AAAAAAAAAAAAAAA", 0,
     [](tapi::Call& call) { return outcomeOf(call.setAppSpecific(1)); }},
    {Operation::TakeDescriptor, true, "-UU-----U-------", 0,
     [](tapi::Call& call) { return outcomeOf(call.takeDescriptor("comm")); }},
    {Operation::Handoff, true, "-AAAAAAAAAAAAAAA", 0,
     [](tapi::Call& call) { return outcomeOf(call.handoff("taker")); }},
    {Operation::Handoff, true, "-AAAAAAAAAAAAAAA", 0,
     [](tapi::Call& call) { return outcomeOf(call.handoff(tapi::MediaMode::G3Fax)); }},
    {Operation::GenerateDigits, true, "-AAAAAAAAAAAAAAA", LINECALLFEATURE_GENERATEDIGITS,
     [](tapi::Call& call) { return outcomeOf(call.generateDigits("1")); }},
    {Operation::GenerateTone, true, "-AAAAAAAAAAAAAAA", LINECALLFEATURE_GENERATETONE,
     [](tapi::Call& call) {
         return outcomeOf(call.generateTones(tapi::ToneMode::Custom, {&kTone, 1}, 1s));
     }},
    {Operation::MonitorDigits, false, "-AAAAAAAAAAAAA-A", LINECALLFEATURE_MONITORDIGITS,
     [](tapi::Call& call) { return outcomeOf(call.monitorDigits(tapi::DigitMode::Dtmf)); }},
    {Operation::MonitorTones, false, "-AAAAAAAAAAAAAAA", LINECALLFEATURE_MONITORTONES,
     [](tapi::Call& call) {
         return outcomeOf(call.monitorTones({&kHeard, 1}));
     }},
    {Operation::MonitorMedia, false, "-AAAAAAAAAAAAAAA", LINECALLFEATURE_MONITORMEDIA,
     [](tapi::Call& call) { return outcomeOf(call.monitorMedia(tapi::MediaMode::G3Fax)); }},
    {Operation::GatherDigits, true, "-AAAAAAAAAAAAAAA", LINECALLFEATURE_GATHERDIGITS,
     [](tapi::Call& call) { return outcomeOf(call.gatherDigits({.count = 4})); }},
    {Operation::Play, true, "--------A-------", 0, nullptr},
    {Operation::Record, true, "--------A-------", 0, nullptr},
    {Operation::DevSpecific, false, "-AAAAAAAAAAAAAAA", 0,
     [](tapi::Call& call) { return outcomeOf(call.devSpecific("own", {})); }},
    {Operation::SetTreatment, true, "--------U-UUUU--", LINECALLFEATURE_SETTREATMENT, nullptr},
    {Operation::Hold, true, "--------U-------", LINECALLFEATURE_HOLD, nullptr},
    {Operation::Unhold, true, "----------U-UU--", LINECALLFEATURE_UNHOLD, nullptr},
    {Operation::SwapHold, true, "--------U-------", LINECALLFEATURE_SWAPHOLD, nullptr},
    {Operation::SetupTransfer, true, "--------U-------", LINECALLFEATURE_SETUPTRANSFER, nullptr},
    {Operation::CompleteTransfer, true, "-------------U--", LINECALLFEATURE_COMPLETETRANSF,
     nullptr},
    {Operation::BlindTransfer, true, "--------U-------", LINECALLFEATURE_BLINDTRANSFER, nullptr},
    {Operation::SetupConference, true, "--------U-------", LINECALLFEATURE_SETUPCONF, nullptr},
    {Operation::PrepareAddToConference, true, "--------U-------", LINECALLFEATURE_PREPAREADDCONF,
     nullptr},
    {Operation::AddToConference, true, "----------U-U---", LINECALLFEATURE_ADDTOCONF, nullptr},
    {Operation::RemoveFromConference, true, "-----------U----", LINECALLFEATURE_REMOVEFROMCONF,
     nullptr},
};

Outcome expectedOf(char answer) {
    switch (answer) {
    case 'A': return {};
    case 'U': return ErrorCode::OperationUnavail;
    default: return ErrorCode::InvalCallState;
    }
}
Outcome expectedOf(const Row& row, std::size_t state, CallPrivilege privilege) {
    const bool refused = row.owner && privilege != CallPrivilege::Owner;
    return refused ? ErrorCode::NotOwner : expectedOf(row.answers[state]);
}

std::string where(const Row& row, S state, CallPrivilege privilege) {
    return std::string(core::name(row.operation)) + " by " + std::string(tapi::name(privilege)) +
           " when " + std::string(tapi::name(state));
}

class CallMatrixTest : public ManagerFixture {
protected:
    void SetUp() override {
        fake.caps.mediaModes |= LINEMEDIAMODE_G3FAX;
        fake.caps.monitorToneMaxEntries = 4;
        fake.caps.monitorToneMaxFrequencies = 1;
    }
    void begin() {
        start();
        app = std::make_unique<Application>(*manager, "app");
        taker = std::make_unique<Application>(*manager, "taker");
        app->watch();
        taker->watch({.owner = true, .mediaModes = tapi::MediaMode::G3Fax});
    }
    void TearDown() override {
        taker.reset();
        app.reset();
    }
    /// A call of `app` in that state, with that privilege.
    std::shared_ptr<tapi::Call> callIn(S state, CallPrivilege privilege) {
        auto& driverCall = fake.newCall(fake.line());
        driverCall.info.mediaMode = LINEMEDIAMODE_INTERACTIVEVOICE;
        // Held calls and parties of conferences were connected once.
        fake.state(driverCall, LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_ACTIVE);
        if (state != S::Connected) {
            fake.state(driverCall, LINECALLSTATE_UNKNOWN);
            settle();
        }
        settle();
        const auto call = app->address()->calls().back();
        if (privilege == CallPrivilege::Monitor) {
            EXPECT_TRUE(call->handoff("taker"));
            EXPECT_TRUE(call->setPrivilege(CallPrivilege::Monitor));
        }
        if (state != S::Connected && state != S::Unknown) {
            fake.state(driverCall, static_cast<std::uint32_t>(state));
        }
        settle();
        EXPECT_EQ(call->lineState(), state);
        EXPECT_EQ(call->privilege(), privilege);
        return call;
    }
    void end() {
        if (fake.lastCall().closed == 0) {
            fake.state(fake.lastCall(), LINECALLSTATE_IDLE);
        }
        settle();
    }
    static Outcome checked(tapi::Call& call, Operation operation) {
        return outcomeOf(core::checkOperation(dynamic_cast<core::CallView&>(call), operation));
    }
    std::unique_ptr<Application> app, taker;
};

TEST_F(CallMatrixTest, TheTableNamesEveryOperation) {
    std::vector<bool> named(core::kOperations);
    for (const Row& row : kTable) {
        named.at(static_cast<std::size_t>(row.operation)) = true;
        EXPECT_EQ(std::string_view(row.answers).size(), std::size(kStates));
        EXPECT_EQ(core::featureOf(row.operation), row.feature) << core::name(row.operation);
    }
    EXPECT_EQ(std::count(named.begin(), named.end(), false), 0);
}

TEST_F(CallMatrixTest, EveryCellAnswersAndTheStatusAgrees) {
    begin();
    for (std::size_t state = 0; state < std::size(kStates); ++state) {
        for (const auto privilege : {CallPrivilege::Owner, CallPrivilege::Monitor}) {
            for (const Row& row : kTable) {
                const auto call = callIn(kStates[state], privilege);
                const auto expected = expectedOf(row, state, privilege);
                const auto text = where(row, kStates[state], privilege);
                const auto status = call->status();
                EXPECT_EQ((status.features.bits() & row.feature) != 0,
                          row.feature != 0 && !expected)
                    << text;
                EXPECT_EQ(status.state, kStates[state]);
                EXPECT_EQ(status.privilege, privilege);
                EXPECT_EQ(checked(*call, row.operation), expected) << text;
                if (row.ask != nullptr) {
                    EXPECT_EQ(row.ask(*call), expected) << text;
                }
                end();
            }
        }
    }
    EXPECT_EQ(breaches(), 0u) << logLines.back();
}

TEST_F(CallMatrixTest, ACallThatWasNotBegunCanOnlyBeConnected) {
    begin();
    for (const Row& row : kTable) {
        const auto call = app->address()->createCall("1", tapi::MediaMode::AutomatedVoice).value();
        const bool connects = row.operation == Operation::Connect;
        const auto expected = connects ? Outcome{} : ErrorCode::InvalCallState;
        EXPECT_EQ(call->status().features.bits(), 0u);
        EXPECT_EQ(checked(*call, row.operation), expected) << core::name(row.operation);
        if (row.ask != nullptr) {
            EXPECT_EQ(row.ask(*call), expected) << core::name(row.operation);
        }
        settle();
        if (connects) {
            end();
        }
    }
}

/// Until lineMakeCall is completed there is not much that the provider may be asked.
TEST_F(CallMatrixTest, ACallThatIsNotYetValidCanBeDroppedAndDescribed) {
    begin();
    fake.behave = [](const std::string& function) {
        return function == "lineMakeCall" ? Behaviour{Behaviour::How::Never} : Behaviour{};
    };
    for (const Row& row : kTable) {
        Answer answer;
        const auto call = dialled(*app, answer);
        const bool early =
            row.operation == Operation::Drop || row.operation == Operation::SetMediaMode ||
            row.operation == Operation::SetCallData || row.operation == Operation::SetAppSpecific ||
            row.operation == Operation::Handoff;
        const auto expected = early ? Outcome{} : ErrorCode::InvalCallState;
        EXPECT_EQ(checked(*call, row.operation), expected) << core::name(row.operation);
        EXPECT_EQ((call->status().features.bits() & row.feature) != 0, early && row.feature != 0);
        if (row.ask != nullptr) {
            EXPECT_EQ(row.ask(*call), expected) << core::name(row.operation);
        }
        loop.advance(200s);  // its time is over
        EXPECT_EQ(call->lineState(), S::Idle);
    }
}

TEST_F(CallMatrixTest, ACallThatWasGivenBackIsNoHandleAnyMore) {
    begin();
    for (const Row& row : kTable) {
        const auto call = callIn(S::Connected, CallPrivilege::Owner);
        ASSERT_TRUE(call->deallocate());
        EXPECT_EQ(checked(*call, row.operation), ErrorCode::InvalCallHandle);
        EXPECT_EQ(call->status().features.bits(), 0u);
        if (row.ask != nullptr) {
            EXPECT_EQ(row.ask(*call), ErrorCode::InvalCallHandle) << core::name(row.operation);
        }
        EXPECT_EQ(call->deallocate().error().code, ErrorCode::InvalCallHandle);
        EXPECT_EQ(call->setPrivilege(CallPrivilege::Owner).error().code,
                  ErrorCode::InvalCallHandle);
        end();
    }
}

TEST_F(CallMatrixTest, AnsweringJoinsACallOfAnotherTelephone) {
    begin();
    auto& driverCall = fake.ring(fake.line());
    fake.state(driverCall, LINECALLSTATE_CONNECTED, LINECONNECTEDMODE_INACTIVE);
    settle();
    const auto call = app->address()->calls().at(0);
    EXPECT_TRUE(call->status().features.has(tapi::CallFeature::Answer));
    EXPECT_TRUE(call->answer({}));
}

/// A function that the provider lacks, or an ability that its line lacks.
struct Lack {
    Operation operation;
    void (*take)(FakeProvider& fake);
};
const Lack kLacks[] = {
    {Operation::Accept, [](FakeProvider& fake) { fake.table.lineAccept = nullptr; }},
    {Operation::Answer, [](FakeProvider& fake) { fake.table.lineAnswer = nullptr; }},
    {Operation::Drop, [](FakeProvider& fake) { fake.table.lineDrop = nullptr; }},
    {Operation::Dial, [](FakeProvider& fake) { fake.table.lineDial = nullptr; }},
    {Operation::Secure, [](FakeProvider& fake) { fake.table.lineSecureCall = nullptr; }},
    {Operation::SetCallParams, [](FakeProvider& fake) { fake.table.lineSetCallParams = nullptr; }},
    {Operation::GenerateDigits,
     [](FakeProvider& fake) { fake.table.lineGenerateDigits = nullptr; }},
    {Operation::GenerateDigits, [](FakeProvider& fake) { fake.caps.generateDigitModes = 0; }},
    {Operation::GenerateTone, [](FakeProvider& fake) { fake.table.lineGenerateTone = nullptr; }},
    {Operation::GenerateTone, [](FakeProvider& fake) { fake.caps.generateToneModes = 0; }},
    {Operation::MonitorDigits, [](FakeProvider& fake) { fake.table.lineMonitorDigits = nullptr; }},
    {Operation::MonitorDigits,
     [](FakeProvider& fake) {
         fake.caps.monitorDigitModes = 0;
         fake.caps.media.directions = TSPI_MEDIA_PLAY;  // else the core hears them
     }},
    {Operation::GatherDigits,
     [](FakeProvider& fake) {
         fake.caps.monitorDigitModes = 0;
         fake.caps.media.directions = TSPI_MEDIA_PLAY;
     }},
    {Operation::MonitorTones, [](FakeProvider& fake) { fake.table.lineMonitorTones = nullptr; }},
    {Operation::MonitorTones,
     [](FakeProvider& fake) {
         fake.caps.monitorToneMaxEntries = 0;
         fake.caps.media.directions = TSPI_MEDIA_PLAY;
     }},
    {Operation::MonitorMedia, [](FakeProvider& fake) { fake.table.lineMonitorMedia = nullptr; }},
};
class CallLackTest : public CallMatrixTest, public testing::WithParamInterface<Lack> {};
INSTANTIATE_TEST_SUITE_P(Lacks, CallLackTest, testing::ValuesIn(kLacks));

TEST_P(CallLackTest, IsUnavailableAndNotAmongTheFeatures) {
    GetParam().take(fake);
    begin();
    fake.ring(fake.line());
    settle();
    const auto call = app->address()->calls().at(0);
    EXPECT_EQ(checked(*call, GetParam().operation), ErrorCode::OperationUnavail);
    EXPECT_EQ(call->status().features.bits() & core::featureOf(GetParam().operation), 0u);
    for (const Row& row : kTable) {
        if (row.operation == GetParam().operation && row.ask != nullptr) {
            EXPECT_EQ(row.ask(*call), ErrorCode::OperationUnavail);
        }
    }
}

TEST_F(CallMatrixTest, WhatTheProviderSaysOfTheMomentCounts) {
    begin();
    fake.ring(fake.line());
    settle();
    fake.lastCall().status.features = LINECALLFEATURE_ACCEPT;
    const auto call = app->address()->calls().at(0);
    const auto features = call->status().features;
    EXPECT_TRUE(features.has(tapi::CallFeature::Accept));
    EXPECT_FALSE(features.has(tapi::CallFeature::Answer));
    EXPECT_TRUE(features.has(tapi::CallFeature::Drop));         // every call can be ended
    EXPECT_TRUE(features.has(tapi::CallFeature::SetCallData));  // the core's own
    EXPECT_TRUE(call->accept({}));
    EXPECT_EQ(call->answer({}).error().code, ErrorCode::InvalCallState);
    EXPECT_EQ(call->generateDigits("1").error().code, ErrorCode::InvalCallState);
    EXPECT_TRUE(call->disconnect({}));
}

TEST_F(CallMatrixTest, WhatTheAddressNeverHasIsUnavailable) {
    fake.table.lineGetAddressCaps = [](HPROVIDER, std::uint32_t, std::uint32_t,
                                       TspiAddressCaps* caps) {
        caps->callFeatures = LINECALLFEATURE_DROP | LINECALLFEATURE_ANSWER;
        return TSPI_RESULT{0};
    };
    begin();
    fake.ring(fake.line());
    settle();
    const auto call = app->address()->calls().at(0);
    EXPECT_EQ(call->accept({}).error().code, ErrorCode::OperationUnavail);
    EXPECT_TRUE(call->status().features.has(tapi::CallFeature::Answer));
    EXPECT_FALSE(call->status().features.has(tapi::CallFeature::Accept));
}

/// Modes of states: which are the state's own, and what stands for one that is not.
struct ModeRow {
    S state;
    std::uint32_t known, unknown;
};
constexpr ModeRow kModes[] = {
    {S::Offering, 0x3, LINEOFFERINGMODE_ACTIVE},
    {S::DialTone, 0x3F, LINEDIALTONEMODE_UNKNOWN},
    {S::Busy, 0xF, LINEBUSYMODE_UNKNOWN},
    {S::SpecialInfo, 0x1F, LINESPECIALINFO_UNKNOWN},
    {S::Connected, 0x1F, LINECONNECTEDMODE_ACTIVE},
    {S::Disconnected, 0xFFFFF, LINEDISCONNECTMODE_UNKNOWN},
};

class CallModeTest : public CallMatrixTest, public testing::WithParamInterface<ModeRow> {};
INSTANTIATE_TEST_SUITE_P(States, CallModeTest, testing::ValuesIn(kModes));

TEST_P(CallModeTest, AModeIsOneOfTheStatesOwn) {
    const ModeRow& row = GetParam();
    begin();
    for (std::uint32_t bit = 0; bit < 32; ++bit) {
        for (const std::uint32_t mode : {1U << bit, 1U << bit | 1U}) {
            const bool one = mode == 1U << bit;
            // Connected may be confirmed and active at once.
            const bool confirmed = row.state == S::Connected && mode == 0x11;
            const bool good = (one && (mode & row.known) != 0) || mode == 1 || confirmed;
            const std::size_t before = breaches();
            auto& driverCall = fake.newCall(fake.line());
            fake.state(driverCall, static_cast<std::uint32_t>(row.state), mode);
            settle();
            const auto status = app->address()->calls().back()->status();
            EXPECT_EQ(breaches() - before, good ? 0u : 1u) << tapi::name(row.state) << " " << mode;
            EXPECT_EQ(status.mode, good ? mode : row.unknown);
            end();
        }
    }
}

TEST_F(CallMatrixTest, TheStatusTellsSinceWhenAndWhy) {
    begin();
    loop.advance(10s);
    auto& driverCall = fake.ring(fake.line());
    settle();
    const auto call = app->address()->calls().at(0);
    EXPECT_EQ(call->status().stateEntryTime, loop.wallNow());
    loop.advance(5s);
    std::strcpy(driverCall.status.cause, "NO CARRIER");
    fake.state(driverCall, LINECALLSTATE_DISCONNECTED, LINEDISCONNECTMODE_NORMAL);
    settle();
    const auto then = loop.wallNow();
    loop.advance(2s);
    EXPECT_EQ(call->status().stateEntryTime, then);
    EXPECT_EQ(call->status().cause, "NO CARRIER");
    EXPECT_EQ(tapi::modeName(call->status().state, call->status().mode), "normal");
    const auto unbegun = app->address()->createCall("1", tapi::MediaMode::AutomatedVoice).value();
    EXPECT_EQ(unbegun->status().stateEntryTime, hal::WallTime{});
}

}  // namespace
}  // namespace tipring::test

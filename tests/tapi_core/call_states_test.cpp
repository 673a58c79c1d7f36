// SPDX-License-Identifier: Apache-2.0
#include "call_states.h"

#include <gtest/gtest.h>

#include <bit>

#include "tapi_core/manager_fixture.h"

namespace tipring::test {
namespace {

using core::Operation;
using tapi::CallPrivilege;
using S = LineCallState;

constexpr S kStates[] = {S::Idle,           S::Offering,           S::Accepted,     S::DialTone,
                         S::Dialing,        S::Ringback,           S::Busy,         S::SpecialInfo,
                         S::Connected,      S::Proceeding,         S::OnHold,       S::Conferenced,
                         S::OnHoldPendConf, S::OnHoldPendTransfer, S::Disconnected, S::Unknown};

TEST(CallStatesTest, IdleIsNeverLeft) {
    for (const S to : kStates) {
        EXPECT_FALSE(core::legalMove(S::Idle, to, true)) << tapi::name(to);
    }
}

TEST(CallStatesTest, DisconnectedOnlyBecomesIdle) {
    for (const S to : kStates) {
        EXPECT_EQ(core::legalMove(S::Disconnected, to, true),
                  to == S::Idle || to == S::Disconnected)
            << tapi::name(to);
    }
}

TEST(CallStatesTest, EveryStateMayEnd) {
    for (const S from : kStates) {
        if (from != S::Idle) {
            EXPECT_TRUE(core::legalMove(from, S::Idle, true)) << tapi::name(from);
            EXPECT_TRUE(core::legalMove(from, S::Disconnected, false)) << tapi::name(from);
        }
    }
}

TEST(CallStatesTest, OutgoingCallsAreNotOffered) {
    EXPECT_FALSE(core::legalMove(std::nullopt, S::Offering, false));
    EXPECT_TRUE(core::legalMove(std::nullopt, S::Offering, true));
    EXPECT_TRUE(core::legalMove(std::nullopt, S::Connected, false));
    EXPECT_FALSE(core::legalMove(std::nullopt, S::OnHold, true));
    EXPECT_FALSE(core::legalMove(S::Connected, S::Offering, true));
    EXPECT_FALSE(core::legalMove(S::Connected, S::Dialing, false));
}

TEST(CallStatesTest, OnlySingleBitsAreStates) {
    EXPECT_FALSE(core::isCallState(0));
    EXPECT_FALSE(core::isCallState(3));
    EXPECT_FALSE(core::isCallState(0x10000));
    EXPECT_TRUE(core::isCallState(0x8000));
}

/// State by operation, as TAPI's reference lists them. A: allowed, -: INVALCALLSTATE.
struct Row {
    S state;
    const char* answers;  // connect answer drop dial digits tone monitor play record
};
constexpr Row kTable[] = {
    {S::Idle, "---------"},           {S::Offering, "-AAAAAA--"},
    {S::Accepted, "-AAAAAA--"},       {S::DialTone, "--AAAAA--"},
    {S::Dialing, "--AAAAA--"},        {S::Ringback, "--AAAAA--"},
    {S::Busy, "--AAAAA--"},           {S::SpecialInfo, "--AAAAA--"},
    {S::Connected, "--AAAAAAA"},      {S::Proceeding, "--AAAAA--"},
    {S::OnHold, "--AAAAA--"},         {S::Conferenced, "--AAAAA--"},
    {S::OnHoldPendConf, "--AAAAA--"}, {S::OnHoldPendTransfer, "--AAAAA--"},
    {S::Disconnected, "--A-AA---"},   {S::Unknown, "--AAAAA--"},
};
constexpr Operation kOperations[] = {
    Operation::Connect,       Operation::Answer,         Operation::Drop,
    Operation::Dial,          Operation::GenerateDigits, Operation::GenerateTone,
    Operation::MonitorDigits, Operation::Play,           Operation::Record};

TEST(CallStatesTest, EveryOperationInEveryState) {
    for (const Row& row : kTable) {
        for (std::size_t i = 0; i < std::size(kOperations); ++i) {
            const auto result = core::checkState(kOperations[i], row.state);
            EXPECT_EQ(bool(result), row.answers[i] == 'A')
                << core::name(kOperations[i]) << " when " << tapi::name(row.state);
            if (!result) {
                EXPECT_EQ(result.error().code, ErrorCode::InvalCallState);
                EXPECT_NE(result.error().cause.find(tapi::name(row.state)), std::string::npos);
            }
        }
    }
}

TEST(CallStatesTest, ACallThatWasNotBegunCanOnlyBeConnected) {
    for (const Operation operation : kOperations) {
        EXPECT_EQ(bool(core::checkState(operation, std::nullopt)), operation == Operation::Connect);
    }
}

TEST(CallStatesTest, MonitorsMayOnlyMonitor) {
    for (const Operation operation : kOperations) {
        EXPECT_TRUE(core::checkPrivilege(operation, CallPrivilege::Owner));
        EXPECT_EQ(bool(core::checkPrivilege(operation, CallPrivilege::Monitor)),
                  operation == Operation::MonitorDigits);
    }
}

TEST(CallStatesTest, TheSevenStatesFoldTheSixteen) {
    EXPECT_EQ(tapi::fold(S::Accepted), tapi::CallState::Offering);
    EXPECT_EQ(tapi::fold(S::Ringback), tapi::CallState::InProgress);
    EXPECT_EQ(tapi::fold(S::Busy), tapi::CallState::Disconnected);
    EXPECT_EQ(tapi::fold(S::OnHoldPendConf), tapi::CallState::Hold);
    EXPECT_EQ(tapi::name(tapi::CallState::InProgress), "in progress");
    EXPECT_EQ(tapi::name(tapi::DisconnectMode::NoAnswer), "no answer");
    EXPECT_EQ(tapi::name(tapi::PartyStatus::OutOfArea), "out of area");
}

/// The same table through the application's contract, for the operations that reach a provider.
class CallOperationTest : public ManagerFixture {};

TEST_F(CallOperationTest, TheManagerHoldsTheTable) {
    start();
    Application app(*manager, "app");
    for (const Row& row : kTable) {
        if (row.state == S::Idle || row.state == S::OnHold || row.state == S::Conferenced ||
            row.state == S::OnHoldPendConf || row.state == S::OnHoldPendTransfer) {
            continue;  // not a first state
        }
        app.watch();
        auto& driverCall = fake.newCall(fake.line());
        fake.state(driverCall, static_cast<std::uint32_t>(row.state));
        settle();
        const auto call = app.address()->calls().back();
        const auto code = [](const auto& result) {
            return result ? ErrorCode{} : result.error().code;
        };
        const auto expected = [&](int column) {
            return row.answers[column] == 'A' ? ErrorCode{} : ErrorCode::InvalCallState;
        };
        EXPECT_EQ(code(call->connect({})), expected(0)) << tapi::name(row.state);
        EXPECT_EQ(code(call->answer({})), expected(1)) << tapi::name(row.state);
        EXPECT_EQ(code(call->dial("1", {})), expected(3)) << tapi::name(row.state);
        EXPECT_EQ(code(call->generateDigits("1")), expected(4)) << tapi::name(row.state);
        EXPECT_EQ(code(call->monitorDigits(tapi::DigitMode::Dtmf)), expected(6))
            << tapi::name(row.state);
        EXPECT_EQ(code(call->play("/no/such.wav", {})),
                  row.answers[7] == 'A' ? ErrorCode::NoDevice : ErrorCode::InvalCallState);
        EXPECT_EQ(code(call->disconnect({})), expected(2)) << tapi::name(row.state);
        settle();
        fake.state(driverCall, LINECALLSTATE_IDLE);
        settle();
    }
}

}  // namespace
}  // namespace tipring::test

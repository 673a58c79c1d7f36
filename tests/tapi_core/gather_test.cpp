// SPDX-License-Identifier: Apache-2.0
#include "tapi_core/manager_fixture.h"

namespace tipring::test {
namespace {

using tapi::DigitMode;
using tapi::GatherDigits;
using tapi::GatherEnd;

/// A connected call whose digits are gathered.
class GatherFixture : public ManagerFixture {
protected:
    void SetUp() override {
        fake.caps.monitorDigitModes =
            LINEDIGITMODE_DTMF | LINEDIGITMODE_PULSE | LINEDIGITMODE_DTMFEND;
        start();
        app.emplace(*manager, "app");
        call = connected(*app);
        driver = &fake.lastCall();
    }
    void press(char digit, std::uint32_t mode = LINEDIGITMODE_DTMF) {
        fake.event(fake.line(), driver->handle, LINE_MONITORDIGITS,
                   static_cast<std::uintptr_t>(digit), mode);
        settle();
    }
    /// A digit presses a key, `.` waits a second.
    void type(const std::string& script) {
        for (const char c : script) {
            c == '.' ? loop.advance(1s) : press(c);
        }
        settle();
    }
    [[nodiscard]] std::string heard(const Application& by) const {
        std::string out;
        for (const auto& event : by.events.all<tapi::GatherDigitsEvent>()) {
            out += event.digits + "/" + std::string(tapi::name(event.end)) + " ";
        }
        return out;
    }
    std::optional<Application> app;
    std::shared_ptr<tapi::Call> call;
    FakeProvider::Call* driver = nullptr;
};

struct Row {
    const char* script;
    GatherDigits wanted;
    const char* result;
};
class GatherTest : public GatherFixture, public testing::WithParamInterface<Row> {};
INSTANTIATE_TEST_SUITE_P(
    Ends, GatherTest,
    testing::Values(Row{"123", {.count = 3}, "123/buffer full "},
                    Row{"1234", {.count = 3}, "123/buffer full "},
                    Row{"1", {.count = 1}, "1/buffer full "}, Row{"12", {.count = 3}, ""},
                    Row{"12#", {.count = 9, .terminators = "#*"}, "12#/termination digit "},
                    Row{"12*", {.count = 9, .terminators = "#*"}, "12*/termination digit "},
                    Row{"12B", {.count = 9, .terminators = "b"}, "12B/termination digit "},
                    Row{"12#", {.count = 3, .terminators = "#"}, "12#/termination digit "},
                    Row{"#", {.count = 3, .terminators = "#"}, "#/termination digit "},
                    Row{"....", {.count = 3, .firstDigitTimeout = 4s}, "/first digit time-out "},
                    Row{"...", {.count = 3, .firstDigitTimeout = 4s}, ""},
                    Row{"....", {.count = 3, .interDigitTimeout = 1s}, ""},
                    Row{"...1....", {.count = 3, .firstDigitTimeout = 4s}, ""},
                    Row{"1..", {.count = 3, .interDigitTimeout = 2s}, "1/inter-digit time-out "},
                    Row{"1.2.3.", {.count = 4, .interDigitTimeout = 2s}, ""},
                    Row{"...1.2..",
                        {.count = 4, .firstDigitTimeout = 4s, .interDigitTimeout = 2s},
                        "12/inter-digit time-out "}));
TEST_P(GatherTest, EndsForTheReasonOfTheTable) {
    ASSERT_TRUE(call->gatherDigits(GetParam().wanted));
    EXPECT_EQ(driver->digitModes, unsigned{LINEDIGITMODE_DTMF});
    type(GetParam().script);
    EXPECT_EQ(heard(*app), GetParam().result);
    EXPECT_EQ(driver->digitModes, *GetParam().result == '\0' ? unsigned{LINEDIGITMODE_DTMF} : 0u);
    // What has not ended ends with the call, and nothing ends twice.
    fake.state(*driver, LINECALLSTATE_IDLE);
    loop.advance(10s);
    EXPECT_EQ(app->events.all<tapi::GatherDigitsEvent>().size(), 1u);
    EXPECT_EQ(app->events.all<tapi::DigitEvent>().size(), 0u);
    EXPECT_EQ(breaches(), 0u);
}

TEST_F(GatherFixture, TheEndOfTheCallCancelsBeforeIdleIsTold) {
    ASSERT_TRUE(call->gatherDigits({.count = 5}));
    type("12");
    fake.state(*driver, LINECALLSTATE_DISCONNECTED);
    settle();
    EXPECT_EQ(heard(*app), "");
    fake.state(*driver, LINECALLSTATE_IDLE);
    settle();
    EXPECT_EQ(heard(*app), "12/cancelled ");
    EXPECT_TRUE(std::holds_alternative<tapi::CallStateEvent>(app->events.events.back()));
}

struct Refused {
    const char* why;
    GatherDigits wanted;
    ErrorCode code;
    std::uint32_t modes = LINEDIGITMODE_DTMF | LINEDIGITMODE_PULSE;
    std::uint32_t least = 0, most = 0;
};
class GatherRefusedTest : public GatherFixture, public testing::WithParamInterface<Refused> {};
INSTANTIATE_TEST_SUITE_P(
    Arguments, GatherRefusedTest,
    testing::Values(
        Refused{"no mode", {.modes = tapi::DigitModes{}, .count = 1}, ErrorCode::InvalDigitMode},
        Refused{
            "key releases", {.modes = DigitMode::DtmfEnd, .count = 1}, ErrorCode::InvalDigitMode},
        Refused{"no such mode",
                {.modes = tapi::DigitModes::fromBits(8), .count = 1},
                ErrorCode::InvalDigitMode},
        Refused{"a mode that the line lacks",
                {.modes = DigitMode::Pulse, .count = 1},
                ErrorCode::InvalDigitMode,
                LINEDIGITMODE_DTMF},
        Refused{"a letter", {.count = 1, .terminators = "#x"}, ErrorCode::InvalDigitList},
        Refused{"a pause", {.count = 1, .terminators = ","}, ErrorCode::InvalDigitList},
        Refused{"a zero byte",
                {.count = 1, .terminators = std::string(1, '\0')},
                ErrorCode::InvalDigitList},
        Refused{"64 KB",
                {.count = 1, .terminators = std::string(65536, '1')},
                ErrorCode::InvalDigitList},
        Refused{"a key among pulses",
                {.modes = DigitMode::Pulse, .count = 1, .terminators = "#"},
                ErrorCode::InvalDigitList},
        Refused{"too many", {.count = tapi::kMaxGatheredDigits + 1}, ErrorCode::InvalParam},
        Refused{"below zero", {.count = 1, .firstDigitTimeout = -1ms}, ErrorCode::InvalTimeout},
        Refused{"below zero", {.count = 1, .interDigitTimeout = -1ms}, ErrorCode::InvalTimeout},
        Refused{
            "over an hour", {.count = 1, .interDigitTimeout = 3600001ms}, ErrorCode::InvalTimeout},
        Refused{"under the line's limit",
                {.count = 1, .firstDigitTimeout = 99ms},
                ErrorCode::InvalTimeout,
                LINEDIGITMODE_DTMF,
                100,
                5000},
        Refused{"over the line's limit",
                {.count = 1, .interDigitTimeout = 5001ms},
                ErrorCode::InvalTimeout,
                LINEDIGITMODE_DTMF,
                100,
                5000}));
TEST_P(GatherRefusedTest, AnOlderOneGoesOn) {
    ASSERT_TRUE(call->gatherDigits({.count = 2}));
    fake.caps.monitorDigitModes = GetParam().modes;
    fake.caps.gatherDigitsMinTimeout = GetParam().least;
    fake.caps.gatherDigitsMaxTimeout = GetParam().most;
    fake.event(fake.line(), nullptr, LINE_LINEDEVSTATE, LINEDEVSTATE_CAPSCHANGE);
    settle();
    const auto refused = call->gatherDigits(GetParam().wanted);
    ASSERT_FALSE(refused) << GetParam().why;
    EXPECT_EQ(refused.error().code, GetParam().code) << GetParam().why;
    EXPECT_FALSE(refused.error().cause.empty());
    type("12");
    EXPECT_EQ(heard(*app), "12/buffer full ");
}

TEST_F(GatherFixture, LimitsOfTheLineAreWithin) {
    fake.caps.gatherDigitsMinTimeout = 100;
    fake.caps.gatherDigitsMaxTimeout = 5000;
    fake.event(fake.line(), nullptr, LINE_LINEDEVSTATE, LINEDEVSTATE_CAPSCHANGE);
    settle();
    EXPECT_TRUE(call->gatherDigits(
        {.count = tapi::kMaxGatheredDigits, .firstDigitTimeout = 100ms, .interDigitTimeout = 5s}));
}

TEST_F(GatherFixture, ANewOneCancelsTheOldFirst) {
    ASSERT_TRUE(call->gatherDigits({.count = 3}));
    type("12");
    ASSERT_TRUE(call->gatherDigits({.count = 1}));
    type("3");
    EXPECT_EQ(heard(*app), "12/cancelled 3/buffer full ");
}

TEST_F(GatherFixture, CountZeroOnlyCancels) {
    ASSERT_TRUE(call->gatherDigits({.count = 0}));
    settle();
    EXPECT_EQ(heard(*app), "");
    ASSERT_TRUE(call->gatherDigits({.count = 3, .firstDigitTimeout = 2s}));
    ASSERT_TRUE(call->gatherDigits({.count = 0}));
    loop.advance(5s);
    EXPECT_EQ(heard(*app), "/cancelled ");
    EXPECT_EQ(driver->digitModes, 0u);
}

TEST_F(GatherFixture, PulsesAreGatheredOnlyWhereAskedFor) {
    ASSERT_TRUE(call->gatherDigits({.modes = DigitMode::Pulse, .count = 2}));
    EXPECT_EQ(driver->digitModes, unsigned{LINEDIGITMODE_PULSE});
    press('1');
    press('2', LINEDIGITMODE_PULSE);
    press('3', LINEDIGITMODE_DTMFEND);
    press('4', LINEDIGITMODE_PULSE);
    EXPECT_EQ(heard(*app), "24/buffer full ");
}

TEST_F(GatherFixture, OnlyTheRequesterHearsIt) {
    Application other(*manager, "other");
    other.watch({.monitor = true});
    auto& ring = fake.ring(fake.line());
    settle();
    ASSERT_EQ(other.address()->calls().size(), 2u);
    ASSERT_TRUE(call->gatherDigits({.count = 1}));
    type("1");
    EXPECT_EQ(heard(*app), "1/buffer full ");
    EXPECT_EQ(heard(other), "");
    const auto monitor = other.address()->calls()[0];
    EXPECT_EQ(monitor->gatherDigits({.count = 1}).error().code, ErrorCode::NotOwner);
    fake.state(ring, LINECALLSTATE_IDLE);
}

TEST_F(GatherFixture, TwoApplicationsGatherAtTheSameTime) {
    Application other(*manager, "other");
    other.watch();
    ASSERT_TRUE(call->handoff("other"));
    settle();
    const auto theirs = other.address()->calls().at(0);
    ASSERT_TRUE(call->gatherDigits({.count = 2}));
    ASSERT_TRUE(theirs->gatherDigits({.count = 3}));
    type("123");
    EXPECT_EQ(heard(*app), "12/buffer full ");
    EXPECT_EQ(heard(other), "123/buffer full ");
    EXPECT_EQ(driver->digitModes, 0u);
}

TEST_F(GatherFixture, WhoGivesTheCallBackGathersNoMore) {
    Application other(*manager, "other");
    other.watch();
    ASSERT_TRUE(call->handoff("other"));
    ASSERT_TRUE(call->gatherDigits({.count = 2, .firstDigitTimeout = 1s}));
    ASSERT_TRUE(call->deallocate());
    EXPECT_EQ(driver->digitModes, 0u);
    loop.advance(2s);
    EXPECT_EQ(heard(*app), "");
    app.reset();
    type("12");
}

TEST_F(GatherFixture, AnApplicationThatDiesGathersNoMore) {
    ASSERT_TRUE(call->gatherDigits({.count = 2, .firstDigitTimeout = 1s}));
    app.reset();
    loop.advance(60s);
    EXPECT_EQ(driver->closed, 1u);
}

TEST_F(GatherFixture, AProviderThatCannotListenSaysSo) {
    fake.monitorResult = LINEERR_RESOURCEUNAVAIL;
    EXPECT_EQ(call->gatherDigits({.count = 2}).error().code, ErrorCode::ResourceUnavail);
    fake.monitorResult = 0;
    ASSERT_TRUE(call->gatherDigits({.count = 2}));
    type("12");
    EXPECT_EQ(heard(*app), "12/buffer full ");
}

/// The provider gathers by itself.
class ProviderGatherTest : public GatherFixture {
protected:
    void SetUp() override {
        GatherFixture::SetUp();
        fake.gatherResult = 0;
    }
    void gathered(std::uint32_t id, std::uint32_t end, const char* digits) {
        fake.event(fake.line(), driver->handle, LINE_GATHERDIGITS, end, id,
                   reinterpret_cast<std::uintptr_t>(digits));
        settle();
    }
};

TEST_F(ProviderGatherTest, GetsTheWholeRequestAndGivesEachEnd) {
    constexpr GatherEnd kEnds[] = {GatherEnd::BufferFull, GatherEnd::TerminationDigit,
                                   GatherEnd::FirstTimeout, GatherEnd::InterTimeout,
                                   GatherEnd::Cancel};
    std::string expected;
    for (const GatherEnd end : kEnds) {
        ASSERT_TRUE(call->gatherDigits({.modes = DigitMode::Dtmf | DigitMode::Pulse,
                                        .count = 7,
                                        .terminators = "#",
                                        .firstDigitTimeout = 5s,
                                        .interDigitTimeout = 2s}));
        const auto& asked = driver->gathers.back();
        EXPECT_EQ(asked.modes, unsigned{LINEDIGITMODE_DTMF | LINEDIGITMODE_PULSE});
        EXPECT_EQ(asked.maxDigits, 7u);
        EXPECT_EQ(asked.terminators, "#");
        EXPECT_EQ(asked.first, 5000u);
        EXPECT_EQ(asked.inter, 2000u);
        EXPECT_EQ(driver->digitModes, 0u);
        std::string digits = "12#";  // gone when the routine has returned
        fake.event(fake.line(), driver->handle, LINE_GATHERDIGITS, static_cast<std::uint32_t>(end),
                   asked.id, reinterpret_cast<std::uintptr_t>(digits.c_str()));
        digits.assign("XXX");
        settle();
        expected += "12#/" + std::string(tapi::name(end)) + " ";
    }
    EXPECT_EQ(heard(*app), expected);
    EXPECT_EQ(breaches(), 0u);
}

TEST_F(ProviderGatherTest, ItsCancelOfTheOldOneIsNotToldTwice) {
    ASSERT_TRUE(call->gatherDigits({.count = 7}));
    const std::uint32_t old = driver->gathers.back().id;
    ASSERT_TRUE(call->gatherDigits({.count = 7}));
    gathered(old, LINEGATHERTERM_CANCEL, "1");
    gathered(driver->gathers.back().id, LINEGATHERTERM_BUFFERFULL, "2");
    EXPECT_EQ(heard(*app), "/cancelled 2/buffer full ");
    EXPECT_EQ(breaches(), 0u);
    gathered(old, LINEGATHERTERM_CANCEL, "1");
    EXPECT_EQ(breaches(), 1u);
}

TEST_F(ProviderGatherTest, CountZeroCancelsThere) {
    ASSERT_TRUE(call->gatherDigits({.count = 7}));
    ASSERT_TRUE(call->gatherDigits({.count = 0}));
    settle();
    EXPECT_EQ(driver->gathers.back().maxDigits, 0u);
    EXPECT_EQ(heard(*app), "/cancelled ");
}

TEST_F(ProviderGatherTest, ASecondApplicationIsServedByTheCore) {
    Application other(*manager, "other");
    other.watch();
    ASSERT_TRUE(call->handoff("other"));
    settle();
    ASSERT_TRUE(call->gatherDigits({.count = 1}));
    ASSERT_TRUE(other.address()->calls().at(0)->gatherDigits({.count = 1}));
    EXPECT_EQ(driver->gathers.size(), 1u);
    type("5");
    EXPECT_EQ(heard(other), "5/buffer full ");
    EXPECT_EQ(heard(*app), "");
}

TEST_F(ProviderGatherTest, WhatItRefusesIsRefused) {
    fake.gatherResult = LINEERR_INVALTIMEOUT;
    EXPECT_EQ(call->gatherDigits({.count = 1}).error().code, ErrorCode::InvalTimeout);
}

TEST_F(ProviderGatherTest, NonsenseIsABreachAndStillOneEnd) {
    ASSERT_TRUE(call->gatherDigits({.count = 2}));
    gathered(999, LINEGATHERTERM_BUFFERFULL, "1");
    EXPECT_EQ(breaches(), 1u);
    gathered(driver->gathers.back().id, 77, "12");
    ASSERT_TRUE(call->gatherDigits({.count = 2}));
    const std::string flood(70000, '1');
    gathered(driver->gathers.back().id, LINEGATHERTERM_BUFFERFULL, flood.c_str());
    ASSERT_TRUE(call->gatherDigits({.count = 2}));
    gathered(driver->gathers.back().id, LINEGATHERTERM_BUFFERFULL, nullptr);
    EXPECT_EQ(heard(*app), "12/cancelled /buffer full /buffer full ");
    EXPECT_EQ(breaches(), 3u);
}

}  // namespace
}  // namespace tipring::test

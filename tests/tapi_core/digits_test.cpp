// SPDX-License-Identifier: Apache-2.0
// Digits, tones and media that are heard, and digits and tones that are sent.
#include <functional>

#include "tapi_core/manager_fixture.h"

namespace tipring::test {
namespace {

using tapi::DigitMode;
using tapi::MediaMode;
using tapi::MonitoredTone;

/// A call that two applications own.
class DigitsTest : public ManagerFixture {
protected:
    void SetUp() override {
        fake.caps.monitorDigitModes =
            LINEDIGITMODE_DTMF | LINEDIGITMODE_PULSE | LINEDIGITMODE_DTMFEND;
        fake.caps.generateDigitModes = LINEDIGITMODE_DTMF | LINEDIGITMODE_PULSE;
        fake.caps.monitorToneMaxEntries = 3;
        fake.caps.monitorToneMaxFrequencies = 2;
        start();
        app.emplace(*manager, "app");
        other.emplace(*manager, "other");
        other->watch();
        call = connected(*app);
        ASSERT_TRUE(call->handoff("other"));
        settle();
        theirs = other->address()->calls().at(0);
        driver = &fake.lastCall();
    }
    void report(std::uint32_t message, std::uintptr_t p1, std::uintptr_t p2 = 0,
                std::uintptr_t p3 = 0) {
        fake.event(fake.line(), driver->handle, message, p1, p2, p3);
        settle();
    }
    [[nodiscard]] static std::string digitsOf(const Application& by) {
        std::string out;
        for (const auto& event : by.events.all<tapi::DigitEvent>()) {
            out += event.mode == DigitMode::Dtmf ? "d" : event.mode == DigitMode::Pulse ? "p" : "e";
            out += event.digit;
        }
        return out;
    }
    [[nodiscard]] static std::vector<std::uint32_t> tagsOf(const Application& by) {
        std::vector<std::uint32_t> out;
        for (const auto& event : by.events.all<tapi::ToneEvent>()) {
            out.push_back(event.tag);
        }
        return out;
    }
    std::optional<Application> app, other;
    std::shared_ptr<tapi::Call> call, theirs;
    FakeProvider::Call* driver = nullptr;
};

TEST_F(DigitsTest, EachHearsTheModesThatItAskedFor) {
    constexpr std::uint32_t kModes[] = {LINEDIGITMODE_PULSE, LINEDIGITMODE_DTMF,
                                        LINEDIGITMODE_DTMFEND};
    for (std::uint32_t mine = 0; mine < 8; ++mine) {
        for (std::uint32_t others = 0; others < 8; ++others) {
            ASSERT_TRUE(call->monitorDigits(tapi::DigitModes::fromBits(mine)));
            ASSERT_TRUE(theirs->monitorDigits(tapi::DigitModes::fromBits(others)));
            EXPECT_EQ(driver->digitModes, mine | others);
            app->events.events.clear();
            other->events.events.clear();
            for (const std::uint32_t mode : kModes) {
                report(LINE_MONITORDIGITS, '7', mode);
            }
            const auto expected = [](std::uint32_t modes) {
                return std::string((modes & LINEDIGITMODE_PULSE) != 0 ? "p7" : "") +
                       ((modes & LINEDIGITMODE_DTMF) != 0 ? "d7" : "") +
                       ((modes & LINEDIGITMODE_DTMFEND) != 0 ? "e7" : "");
            };
            EXPECT_EQ(digitsOf(*app), expected(mine));
            EXPECT_EQ(digitsOf(*other), expected(others));
        }
    }
}

TEST_F(DigitsTest, ModesThatTheLineLacksAreRefused) {
    EXPECT_EQ(call->monitorDigits(tapi::DigitModes::fromBits(8)).error().code,
              ErrorCode::InvalDigitMode);
    fake.caps.monitorDigitModes = LINEDIGITMODE_DTMF;
    fake.event(fake.line(), nullptr, LINE_LINEDEVSTATE, LINEDEVSTATE_CAPSCHANGE);
    settle();
    EXPECT_EQ(call->monitorDigits(DigitMode::DtmfEnd).error().code, ErrorCode::InvalDigitMode);
    EXPECT_TRUE(call->monitorDigits(DigitMode::Dtmf));
}

TEST_F(DigitsTest, AProviderThatRefusesLeavesThingsAsTheyWere) {
    ASSERT_TRUE(call->monitorDigits(DigitMode::Dtmf));
    fake.monitorResult = LINEERR_OPERATIONFAILED;
    EXPECT_FALSE(call->monitorDigits(DigitMode::Pulse));
    EXPECT_FALSE(call->monitorMedia(MediaMode::G3Fax));
    fake.monitorResult = 0;
    report(LINE_MONITORDIGITS, '1', LINEDIGITMODE_DTMF);
    report(LINE_MONITORDIGITS, '2', LINEDIGITMODE_PULSE);
    report(LINE_MONITORMEDIA, LINEMEDIAMODE_G3FAX);
    EXPECT_EQ(digitsOf(*app), "d1");
    EXPECT_TRUE(app->events.all<tapi::CallMediaEvent>().empty());
}

TEST_F(DigitsTest, WhoGivesTheCallBackIsNotListenedFor) {
    ASSERT_TRUE(call->monitorDigits(DigitMode::Dtmf));
    ASSERT_TRUE(theirs->monitorDigits(DigitMode::Pulse));
    ASSERT_TRUE(theirs->monitorMedia(MediaMode::G3Fax));
    other.reset();
    EXPECT_EQ(driver->digitModes, unsigned{LINEDIGITMODE_DTMF});
    EXPECT_EQ(driver->mediaModes, 0u);
}

TEST_F(DigitsTest, NonsenseIsABreach) {
    ASSERT_TRUE(call->monitorDigits(DigitMode::Dtmf));
    const std::pair<std::uintptr_t, std::uintptr_t> bad[] = {
        {'x', LINEDIGITMODE_DTMF},
        {0x100 + '1', LINEDIGITMODE_DTMF},
        {'1', 0},
        {'1', 8},
        {'1', LINEDIGITMODE_DTMF | LINEDIGITMODE_PULSE}};
    for (const auto& [digit, mode] : bad) {
        report(LINE_MONITORDIGITS, digit, mode);
    }
    report(LINE_MONITORMEDIA, 0);
    report(LINE_MONITORMEDIA, 0x10000);
    report(LINE_MONITORTONE, 0);
    report(LINE_MONITORTONE, 1);
    EXPECT_EQ(breaches(), 9u);
    EXPECT_EQ(digitsOf(*app), "");
}

TEST_F(DigitsTest, MediaIsHeardByWhoAsked) {
    report(LINE_MONITORMEDIA, LINEMEDIAMODE_G3FAX);
    ASSERT_TRUE(call->monitorMedia(MediaMode::G3Fax | MediaMode::DataModem));
    ASSERT_TRUE(theirs->monitorMedia(MediaMode::DataModem));
    EXPECT_EQ(driver->mediaModes, unsigned{LINEMEDIAMODE_G3FAX | LINEMEDIAMODE_DATAMODEM});
    report(LINE_MONITORMEDIA, LINEMEDIAMODE_G3FAX);
    report(LINE_MONITORMEDIA, LINEMEDIAMODE_G3FAX | LINEMEDIAMODE_DATAMODEM);
    const auto mine = app->events.all<tapi::CallMediaEvent>();
    ASSERT_EQ(mine.size(), 2u);
    EXPECT_EQ(mine[1].mediaHeard, unsigned{LINEMEDIAMODE_G3FAX | LINEMEDIAMODE_DATAMODEM});
    ASSERT_EQ(other->events.all<tapi::CallMediaEvent>().size(), 1u);
    ASSERT_TRUE(call->monitorMedia({}));
    EXPECT_EQ(driver->mediaModes, unsigned{LINEMEDIAMODE_DATAMODEM});
    EXPECT_EQ(call->monitorMedia(tapi::MediaModes::fromBits(1)).error().code,
              ErrorCode::InvalMediaMode);
}

TEST_F(DigitsTest, TonesKeepTheTagsOfEachApplication) {
    const MonitoredTone mine[] = {{1, 100ms, {440, 480, 0}}, {2, 50ms, {1100, 0, 0}}};
    const MonitoredTone their[] = {{1, 50ms, {1100, 0, 0}}, {9, 2s, {0, 0, 0}}};
    ASSERT_TRUE(call->monitorTones(mine));
    ASSERT_TRUE(theirs->monitorTones(their));
    ASSERT_EQ(driver->tones.size(), 3u) << "the same sound is listened for once";
    for (const TspiMonitorTone& tone : driver->tones) {
        report(LINE_MONITORTONE, tone.appSpecific, 0, 5);
    }
    EXPECT_EQ(tagsOf(*app), (std::vector<std::uint32_t>{1, 2}));
    EXPECT_EQ(tagsOf(*other), (std::vector<std::uint32_t>{1, 9}));
    EXPECT_EQ(app->events.all<tapi::ToneEvent>()[0].tick, 5ms);
    ASSERT_TRUE(theirs->monitorTones({}));
    EXPECT_EQ(driver->tones.size(), 2u);
    EXPECT_EQ(breaches(), 0u);
}

TEST_F(DigitsTest, AToneOfAListThatWasReplacedIsNoNews) {
    const MonitoredTone first[] = {{1, 100ms, {440, 0, 0}}, {2, 100ms, {500, 0, 0}}};
    const MonitoredTone second[] = {{3, 100ms, {500, 0, 0}}, {4, 100ms, {600, 0, 0}}};
    ASSERT_TRUE(call->monitorTones(first));
    const auto old = driver->tones;
    ASSERT_TRUE(call->monitorTones(second));
    report(LINE_MONITORTONE, old[0].appSpecific);
    report(LINE_MONITORTONE, old[1].appSpecific);
    EXPECT_EQ(tagsOf(*app), (std::vector<std::uint32_t>{3}));
    EXPECT_EQ(breaches(), 0u);
}

struct BadTones {
    std::vector<MonitoredTone> tones;
    ErrorCode code;
};
class BadTonesTest : public DigitsTest, public testing::WithParamInterface<BadTones> {};
INSTANTIATE_TEST_SUITE_P(
    Lists, BadTonesTest,
    testing::Values(BadTones{{{}, {}, {}, {}}, ErrorCode::InvalToneList},
                    BadTones{{{1, 1ms, {4000, 0, 0}}}, ErrorCode::InvalTone},
                    BadTones{{{1, 1ms, {300, 400, 500}}}, ErrorCode::InvalTone},
                    BadTones{{{1, -1ms, {300, 0, 0}}}, ErrorCode::InvalTone},
                    BadTones{{{1, 600001ms, {300, 0, 0}}}, ErrorCode::InvalTone},
                    BadTones{{{1, 1ms, {300, 0, 0}}, {2, 1ms, {301, 0, 0}}},
                             ErrorCode::ResourceUnavail}));
TEST_P(BadTonesTest, AreRefusedAndTheOldListStands) {
    const MonitoredTone good[] = {{5, 1ms, {700, 0, 0}}};
    const MonitoredTone their[] = {{1, 1ms, {800, 0, 0}}, {2, 1ms, {900, 0, 0}}};
    ASSERT_TRUE(call->monitorTones(good));
    ASSERT_TRUE(theirs->monitorTones(their));
    const auto refused = call->monitorTones(GetParam().tones);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, GetParam().code);
    ASSERT_EQ(driver->tones.size(), 3u);
    report(LINE_MONITORTONE, driver->tones[0].appSpecific);
    EXPECT_EQ(tagsOf(*app), (std::vector<std::uint32_t>{5}));
}

TEST_F(DigitsTest, AMissingFunctionIsUnavailable) {
    manager.reset();
    fake.table.lineMonitorMedia = nullptr;
    fake.table.lineMonitorTones = nullptr;
    fake.table.lineMonitorDigits = nullptr;
    fake.table.lineGatherDigits = nullptr;
    start();
    Application late(*manager, "late");
    const auto mine = connected(late);
    EXPECT_EQ(mine->monitorMedia(MediaMode::G3Fax).error().code, ErrorCode::OperationUnavail);
    EXPECT_EQ(mine->monitorTones({}).error().code, ErrorCode::OperationUnavail);
    EXPECT_EQ(mine->monitorDigits(DigitMode::Dtmf).error().code, ErrorCode::OperationUnavail);
    EXPECT_EQ(mine->gatherDigits({.count = 1}).error().code, ErrorCode::OperationUnavail);
}

/// One generation per call, of all its owners.
class GenerationTest : public DigitsTest {
protected:
    void SetUp() override {
        DigitsTest::SetUp();
        const auto note = [this](char who) {
            return [this, who](const tapi::Event& event) {
                if (const auto* end = std::get_if<tapi::GenerateEvent>(&event)) {
                    trace += std::string(1, who) + (end->cancelled ? "cancelled " : "done ");
                }
            };
        };
        app->events.then = note('a');
        other->events.then = note('o');
    }
    void generated(std::uint32_t id, std::uint32_t how) { report(LINE_GENERATE, how, id); }
    std::string trace;
};

TEST_F(GenerationTest, ANewOneCancelsTheOldOfAnyOwnerFirst) {
    const auto sendDigits = [](tapi::Call& on) { return on.generateDigits("12"); };
    const auto sendTone = [](tapi::Call& on) { return on.generateTone(440, 1s); };
    const std::function<tapi::Result<void>(tapi::Call&)> ways[] = {sendDigits, sendTone};
    for (const auto& first : ways) {
        for (const auto& second : ways) {
            for (const bool tells : {false, true}) {
                trace.clear();
                ASSERT_TRUE(first(*call));
                const std::uint32_t old = driver->endToEndId;
                ASSERT_TRUE(second(*theirs));
                const std::uint32_t fresh = driver->endToEndId;
                if (tells) {
                    generated(old, LINEGENERATETERM_CANCEL);
                }
                generated(fresh, LINEGENERATETERM_DONE);
                EXPECT_EQ(trace, "acancelled odone ");
            }
        }
    }
    EXPECT_EQ(breaches(), 0u);
}

TEST_F(GenerationTest, ARefusedOneCancelsNothing) {
    ASSERT_TRUE(call->generateDigits("12"));
    const std::uint32_t id = driver->endToEndId;
    EXPECT_EQ(theirs->generateDigits("x").error().code, ErrorCode::InvalDigits);
    EXPECT_EQ(theirs->generateDigits("1", DigitMode::DtmfEnd).error().code,
              ErrorCode::InvalDigitMode);
    EXPECT_EQ(theirs->generateDigits("1", DigitMode::Dtmf, 61s).error().code,
              ErrorCode::InvalParam);
    EXPECT_EQ(theirs->generateTones(tapi::ToneMode::Busy, {}, 1s).error().code,
              ErrorCode::OperationUnavail);
    EXPECT_EQ(theirs->generateTones(static_cast<tapi::ToneMode>(3), {}, 1s).error().code,
              ErrorCode::InvalToneMode);
    generated(id, LINEGENERATETERM_DONE);
    EXPECT_EQ(trace, "adone ");
}

TEST_F(GenerationTest, NoDigitsOnlyCancel) {
    ASSERT_TRUE(call->generateDigits(""));
    settle();
    EXPECT_EQ(trace, "");
    ASSERT_TRUE(call->generateDigits("12"));
    const std::uint32_t id = driver->endToEndId;
    ASSERT_TRUE(theirs->generateDigits(""));
    EXPECT_EQ(driver->endToEndId, 0u) << "the provider was told to cancel";
    generated(id, LINEGENERATETERM_CANCEL);
    EXPECT_EQ(trace, "acancelled ");
    EXPECT_EQ(breaches(), 0u);
}

TEST_F(GenerationTest, TheEndOfTheCallCancelsOnce) {
    ASSERT_TRUE(theirs->generateDigits("12"));
    const std::uint32_t id = driver->endToEndId;
    fake.state(*driver, LINECALLSTATE_IDLE);
    fake.event(fake.line(), driver->handle, LINE_GENERATE, LINEGENERATETERM_CANCEL, id);
    settle();
    EXPECT_EQ(trace, "ocancelled ");
}

TEST_F(GenerationTest, EndsThatNobodyAwaitsAreBreaches) {
    generated(7, LINEGENERATETERM_DONE);
    ASSERT_TRUE(call->generateDigits("1"));
    generated(driver->endToEndId, LINEGENERATETERM_DONE);
    generated(driver->endToEndId, LINEGENERATETERM_DONE);
    EXPECT_EQ(breaches(), 2u);
    EXPECT_EQ(trace, "adone ");
}

}  // namespace
}  // namespace tipring::test

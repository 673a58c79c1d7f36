// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/analog/fxs_line.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "scripted_fxs_port.h"
#include "tipring/hal/dsp/call_progress.h"
#include "tipring/hal/dsp/caller_id_receiver.h"
#include "tipring/hal/dsp/dtmf_detector.h"
#include "tipring/hal/dsp/tone.h"

namespace tipring::analog {
namespace {

using namespace std::chrono_literals;
using Kind = FxsEvent::Kind;
using dsp::ToneKind;

struct Heard final : FxsObserver {
    void onFxs(const FxsEvent& event) override {
        kinds.push_back(event.kind);
        if (event.kind == Kind::Digit) {
            digits.push_back(event.key);
            pulse = event.pulse;
        }
        if (event.kind == Kind::Dialled || event.kind == Kind::Invalid) {
            number = event.number;
        }
        if (event.kind == Kind::Fault) {
            fault = event.on;
        }
    }
    void onFxsSound(std::uint64_t, std::span<const std::int16_t>,
                    std::span<std::int16_t>) override {
        ++blocks;
    }
    [[nodiscard]] std::size_t count(Kind kind) const {
        return static_cast<std::size_t>(std::count(kinds.begin(), kinds.end(), kind));
    }
    std::vector<Kind> kinds;
    std::string digits, number;
    bool pulse = false, fault = false;
    std::size_t blocks = 0;
};

class FxsLineTest : public testing::Test {
protected:
    void open(const char* country = "US", const char* plan = "") {
        profile = lineProfile(country);
        FxsSettings settings;
        settings.plan = *DialPlan::parse(plan);
        line.emplace(loop, port, *profile, heard, settings);
    }
    void lift() {
        port.hook(true);
        loop.advance(100ms);
    }
    void dialTones(std::string_view keys) {
        std::vector<std::int16_t> samples(keys.size() * 1600 + 800);
        dsp::DtmfGenerator generator(800, 800, -12);
        ASSERT_TRUE(generator.push(keys));
        generator.mix(samples);
        port.say(samples);
        loop.advance(std::chrono::milliseconds{samples.size() / 8 + 100});
    }
    /// Which tones of the network the telephone heard in the next seconds.
    std::vector<ToneKind> tonesIn(std::chrono::milliseconds time) {
        port.heard.clear();
        loop.advance(time);
        std::vector<ToneKind> tones;
        dsp::CallProgressDetector detector(*dsp::builtinTones().find(profile->code));
        detector.process(port.heard, [&](const dsp::ProgressEvent& event) {
            if (event.kind == dsp::ProgressEvent::Kind::Heard) {
                tones.push_back(event.tone);
            }
        });
        return tones;
    }
    [[nodiscard]] bool quiet() const {
        return std::all_of(port.heard.begin(), port.heard.end(), [](auto s) { return s == 0; });
    }
    /// Ring bursts as the port saw them, in ms from the first one: start and length.
    std::vector<std::pair<std::int64_t, std::int64_t>> bursts() const {
        std::vector<std::pair<std::int64_t, std::int64_t>> all;
        hal::TimePoint first{}, began{};
        bool rings = false;
        for (const auto& move : port.feeds) {
            if (move.feed == FxsFeed::Ringing && !rings) {
                began = move.at;
                first = all.empty() ? move.at : first;
            } else if (move.feed != FxsFeed::Ringing && rings) {
                all.emplace_back((began - first) / hal::Duration{1ms},
                                 (move.at - began) / hal::Duration{1ms});
            }
            rings = move.feed == FxsFeed::Ringing;
        }
        return all;
    }

    hal::VirtualLoop loop;
    ScriptedFxsPort port{loop};
    Heard heard;
    const LineProfile* profile = nullptr;
    std::optional<FxsLine> line;
};

// ---- hook

TEST_F(FxsLineTest, BouncesAreNoLift) {
    open();
    for (int i = 0; i < 8; ++i) {
        port.hook(i % 2 == 0);
        loop.advance(20ms);
    }
    loop.advance(1s);
    EXPECT_TRUE(heard.kinds.empty());
    port.hook(true);
    loop.advance(39ms);
    EXPECT_TRUE(heard.kinds.empty());
    loop.advance(1ms);
    EXPECT_EQ(heard.kinds, (std::vector<Kind>{Kind::Lifted}));
}

struct Break {
    const char* country;
    std::chrono::milliseconds time;
    std::vector<Kind> kinds;
};
class BreakTest : public FxsLineTest, public testing::WithParamInterface<Break> {};

TEST_P(BreakTest, IsAFlashAHangUpOrNothing) {
    open(GetParam().country);
    ASSERT_TRUE(line->ring(1, nullptr));
    loop.advance(500ms);
    lift();
    heard.kinds.clear();
    port.breakFor(GetParam().time);
    loop.advance(30ms);
    EXPECT_EQ(heard.kinds, GetParam().kinds);
}
INSTANTIATE_TEST_SUITE_P(
    Lengths, BreakTest,
    testing::Values(Break{"US", 5ms, {}}, Break{"US", 100ms, {}}, Break{"US", 249ms, {}},
                    Break{"US", 250ms, {Kind::Flash}}, Break{"US", 600ms, {Kind::Flash}},
                    Break{"US", 1100ms, {Kind::Flash}}, Break{"US", 1115ms, {Kind::PutDown}},
                    Break{"DE", 40ms, {}}, Break{"DE", 100ms, {Kind::Flash}},
                    Break{"DE", 300ms, {Kind::Flash}}, Break{"DE", 400ms, {Kind::PutDown}}));

TEST_F(FxsLineTest, ATelephoneThatIsLiftedAtTheBeginningIsSeen) {
    port.hook(true);
    open();
    loop.advance(100ms);
    EXPECT_EQ(heard.kinds, (std::vector<Kind>{Kind::Lifted}));
}

// ---- dialling

TEST_F(FxsLineTest, DialTonePlaysUntilTheFirstDigit) {
    open("US", "xxx");
    lift();
    EXPECT_EQ(tonesIn(2s), (std::vector<ToneKind>{ToneKind::Dial}));
    dialTones("4");
    EXPECT_EQ(line->state(), FxsState::Dialing);
    port.heard.clear();
    loop.advance(1s);
    EXPECT_TRUE(quiet());
    dialTones("56");
    EXPECT_EQ(heard.digits, "456");
    EXPECT_FALSE(heard.pulse);
    EXPECT_EQ(heard.number, "456");
    EXPECT_EQ(heard.count(Kind::Dialled), 1U);
    EXPECT_EQ(line->state(), FxsState::Dialled);
}

class PulseSchemeTest : public FxsLineTest, public testing::WithParamInterface<const char*> {};

TEST_P(PulseSchemeTest, PulsesAreDigits) {
    open(GetParam(), "xxxxxxxxxx");
    lift();
    for (char key : std::string_view("1234567890")) {
        port.pulses(pulsesOf(key, profile->pulses));
    }
    EXPECT_EQ(heard.number, "1234567890");
    EXPECT_TRUE(heard.pulse);
}
INSTANTIATE_TEST_SUITE_P(Countries, PulseSchemeTest, testing::Values("US", "DE", "NZ", "SE"));

TEST_F(FxsLineTest, DigitsOfThePortAreTakenWhereItHearsThemItself) {
    port.able.digits = true;
    open("US", "xx");
    lift();
    dialTones("9");  // not heard twice
    port.digit('4');
    port.digit('2');
    EXPECT_EQ(heard.digits, "42");
    EXPECT_EQ(heard.number, "42");
}

TEST_F(FxsLineTest, TimeOrHashEndsANumberThatCouldBeLonger) {
    open();
    lift();
    dialTones("55");
    EXPECT_EQ(heard.count(Kind::Dialled), 0U);
    loop.advance(5s);
    EXPECT_EQ(heard.number, "55");
    port.hook(false);
    loop.advance(2s);
    lift();
    dialTones("77#");
    EXPECT_EQ(heard.number, "77");
    EXPECT_EQ(heard.count(Kind::Dialled), 2U);
}

TEST_F(FxsLineTest, ANumberThatThePlanLacksIsRefused) {
    open("US", "911|2xx");
    lift();
    dialTones("3");
    EXPECT_EQ(heard.count(Kind::Invalid), 1U);
    EXPECT_EQ(tonesIn(4s), (std::vector<ToneKind>{ToneKind::Congestion}));
    port.hook(false);
    loop.advance(2s);
    lift();
    dialTones("21");
    loop.advance(5s);  // it stays too short
    EXPECT_EQ(heard.count(Kind::Invalid), 2U);
    EXPECT_EQ(heard.number, "21");
}

TEST_F(FxsLineTest, AFlashWhileDiallingBringsANewDialTone) {
    open("US", "xxxx");
    lift();
    dialTones("12");
    port.breakFor(500ms);
    loop.advance(100ms);
    EXPECT_EQ(line->state(), FxsState::DialTone);
    dialTones("3456");
    EXPECT_EQ(heard.number, "3456");
}

TEST_F(FxsLineTest, LeftOffHookItHearsCongestionThenTheHowlerThenNothing) {
    open();
    lift();
    loop.advance(15s);
    EXPECT_EQ(heard.count(Kind::OffHookTooLong), 1U);
    EXPECT_EQ(line->state(), FxsState::Refused);
    loop.advance(8s);
    EXPECT_EQ(line->state(), FxsState::Howling);
    EXPECT_EQ(tonesIn(4s), (std::vector<ToneKind>{ToneKind::Howler}));
    loop.advance(30s);
    EXPECT_EQ(line->state(), FxsState::Silent);
    port.heard.clear();
    loop.advance(2s);
    EXPECT_TRUE(quiet());
    port.hook(false);
    loop.advance(2s);
    EXPECT_EQ(heard.kinds.back(), Kind::PutDown);
    EXPECT_EQ(line->state(), FxsState::Idle);
    EXPECT_FALSE(port.sounding());
}

TEST_F(FxsLineTest, TheNumberIsRoutedByItsUser) {
    open("GB", "xxx");
    lift();
    EXPECT_FALSE(line->connect());
    dialTones("123");
    ASSERT_TRUE(line->playRingback());
    EXPECT_EQ(tonesIn(5s), (std::vector<ToneKind>{ToneKind::Ringback}));
    ASSERT_TRUE(line->connect());
    port.heard.clear();
    heard.blocks = 0;
    loop.advance(1s);
    EXPECT_TRUE(quiet());
    EXPECT_EQ(heard.blocks, 50U);
    line->release();
    EXPECT_EQ(line->state(), FxsState::Refused);
}

TEST_F(FxsLineTest, BusyIsHeard) {
    open("DE", "xxx");
    lift();
    dialTones("123");
    ASSERT_TRUE(line->refuse(false));
    EXPECT_EQ(tonesIn(5s), (std::vector<ToneKind>{ToneKind::Busy}));
}

// ---- ringing

TEST_F(FxsLineTest, RingsWithTheCountrysCadenceToTheMillisecond) {
    open("GB");
    ASSERT_TRUE(line->ring(1, nullptr, 2));
    loop.advance(10s);
    const std::vector<std::pair<std::int64_t, std::int64_t>> wanted{
        {0, 400}, {600, 400}, {3000, 400}, {3600, 400}};
    EXPECT_EQ(bursts(), wanted);
    EXPECT_EQ(heard.count(Kind::Ring), 2U);
    EXPECT_EQ(heard.kinds.back(), Kind::RungOut);
    EXPECT_EQ(line->state(), FxsState::Idle);
    EXPECT_EQ(port.feed, FxsFeed::Forward);
}

TEST_F(FxsLineTest, DistinctiveRing) {
    open("US");
    ASSERT_TRUE(line->ring(3, nullptr, 1));
    loop.advance(10s);
    const std::vector<std::pair<std::int64_t, std::int64_t>> wanted{
        {0, 400}, {600, 400}, {1200, 800}};
    EXPECT_EQ(bursts(), wanted);
}

struct CallerIdOrder {
    const char* country;
    const char* standard;
    bool before;  ///< the first ring
};
class FxsCallerIdTest : public FxsLineTest, public testing::WithParamInterface<CallerIdOrder> {};

TEST_P(FxsCallerIdTest, ReachesTheTelephoneOnHook) {
    open(GetParam().country);
    dsp::CallerId id;
    id.number = "5551234567";
    id.numberStatus = dsp::CallerIdStatus::Present;
    ASSERT_TRUE(line->ring(1, &id, 3));
    loop.advance(30s);
    std::optional<dsp::CallerIdEvent> got;
    dsp::CallerIdReceiver receiver(*dsp::callerIdStandard(GetParam().standard));
    receiver.process(port.heard, [&](const dsp::CallerIdEvent& event) { got = event; });
    ASSERT_TRUE(got);
    EXPECT_EQ(got->id.number.view(), "5551234567");
    EXPECT_EQ(heard.count(Kind::Ring), 3U);
    // No ring voltage while it is sent: the feed was on-hook transmission.
    const auto began = hal::Duration{std::chrono::milliseconds{got->began / 8}};
    const auto at = std::find_if(port.feeds.rbegin(), port.feeds.rend(), [&](const auto& move) {
        return move.at.time_since_epoch() <= began;
    });
    ASSERT_NE(at, port.feeds.rend());
    EXPECT_TRUE(at->feed == FxsFeed::OnHook || at->feed == FxsFeed::OnHookReverse);
    const bool rang = std::any_of(port.feeds.begin(), port.feeds.end(), [&](const auto& move) {
        return move.feed == FxsFeed::Ringing && move.at.time_since_epoch() < began;
    });
    EXPECT_EQ(rang, !GetParam().before);
}
INSTANTIATE_TEST_SUITE_P(Orders, FxsCallerIdTest,
                         testing::Values(CallerIdOrder{"US", "bell", false},
                                         CallerIdOrder{"NZ", "bell", false},
                                         CallerIdOrder{"DE", "etsi-ring", false},
                                         CallerIdOrder{"GB", "bt", true},
                                         CallerIdOrder{"FR", "etsi-dtas", true},
                                         CallerIdOrder{"IE", "etsi-lr-dtas", true},
                                         CallerIdOrder{"DK", "dtmf-parts", true},
                                         CallerIdOrder{"TW", "dtmf-d-to-c", true}));

TEST_F(FxsLineTest, LiftingAnswersAndStopsTheRing) {
    open();
    dsp::CallerId id;
    id.number = "1";
    id.numberStatus = dsp::CallerIdStatus::Present;
    ASSERT_TRUE(line->ring(1, &id));
    loop.advance(2700ms);  // in the message
    lift();
    EXPECT_EQ(heard.kinds.back(), Kind::Answered);
    EXPECT_EQ(line->state(), FxsState::Talking);
    EXPECT_EQ(port.feed, FxsFeed::Forward);
    port.feeds.clear();
    port.heard.clear();
    loop.advance(10s);
    EXPECT_TRUE(port.feeds.empty());
    EXPECT_TRUE(quiet());
    port.hook(false);
    loop.advance(2s);
    EXPECT_EQ(heard.kinds.back(), Kind::PutDown);
}

TEST_F(FxsLineTest, ATelephoneInUseDoesNotRing) {
    open();
    lift();
    const auto refused = line->ring(1, nullptr);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, hal::ErrorCode::InUse);
}

// ---- messages, power, faults

TEST_F(FxsLineTest, AWaitingMessageShowsInEveryWay) {
    port.able.neon = true;
    open("US");
    line->setMessageWaiting(true);
    EXPECT_TRUE(port.neon);
    loop.advance(5s);
    EXPECT_EQ(heard.count(Kind::MessageSent), 1U);
    std::optional<bool> lamp;
    dsp::CallerIdReceiver receiver(*dsp::callerIdStandard("bell"));
    receiver.process(port.heard,
                     [&](const dsp::CallerIdEvent& event) { lamp = event.id.messageWaiting; });
    EXPECT_EQ(lamp, true);
    EXPECT_FALSE(port.sounding());
    lift();
    EXPECT_EQ(tonesIn(4s).at(0), ToneKind::SpecialDial);
    line->setMessageWaiting(false);
    EXPECT_FALSE(port.neon);
    port.hook(false);
    loop.advance(5s);
    EXPECT_EQ(heard.count(Kind::MessageSent), 2U);
}

TEST_F(FxsLineTest, CallWaitingToneSoundsInACall) {
    open();
    EXPECT_FALSE(line->signalCallWaiting());
    ASSERT_TRUE(line->ring(1, nullptr));
    loop.advance(500ms);
    lift();
    ASSERT_TRUE(line->signalCallWaiting());
    port.heard.clear();
    loop.advance(2s);
    EXPECT_FALSE(quiet());
}

TEST_F(FxsLineTest, SendsKeysToTheTelephone) {
    open();
    ASSERT_TRUE(line->ring(1, nullptr));
    loop.advance(500ms);
    lift();
    port.heard.clear();
    ASSERT_TRUE(line->sendKeys("159D"));
    loop.advance(3s);
    std::string keys;
    dsp::DtmfDetector detector;
    detector.process(port.heard, [&](const dsp::DtmfEvent& event) {
        if (event.kind == dsp::DtmfEvent::Kind::Start) {
            keys.push_back(event.key);
        }
    });
    EXPECT_EQ(keys, "159D");
    EXPECT_EQ(heard.count(Kind::KeysSent), 1U);
}

TEST_F(FxsLineTest, WithoutLinePowerNothingRings) {
    open();
    line->setLinePower(false);
    EXPECT_EQ(port.feed, FxsFeed::Open);
    EXPECT_TRUE(heard.fault);
    const auto refused = line->ring(1, nullptr);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, hal::ErrorCode::InvalLineState);
    line->setLinePower(true);
    EXPECT_EQ(port.feed, FxsFeed::Forward);
    EXPECT_TRUE(line->ring(1, nullptr));
}

TEST_F(FxsLineTest, AFaultEndsWhatGoesOnAndALiftedTelephoneIsSeenAgain) {
    open();
    lift();
    const hal::Error why{hal::ErrorCode::OperationFailed, "over-current"};
    port.fault(&why);
    EXPECT_EQ(line->state(), FxsState::Dead);
    loop.advance(60s);
    EXPECT_EQ(heard.kinds.back(), Kind::Fault);
    port.fault(nullptr);
    loop.advance(1s);
    EXPECT_EQ(heard.kinds.back(), Kind::Lifted);
}

/// Anything in any order, the same for a seed: what is lifted is put down, and rest is rest.
class FxsAnyOrderTest : public FxsLineTest, public testing::WithParamInterface<unsigned> {};

TEST_P(FxsAnyOrderTest, ComesToRestWhenItIsPutDown) {
    open("DE", "xx|1xxx");
    std::uint32_t seed = GetParam() * 2654435761U + 1;
    dsp::CallerId id;
    id.number = "12";
    id.numberStatus = dsp::CallerIdStatus::Present;
    const hal::Error why{hal::ErrorCode::OperationFailed, "over-current"};
    for (int i = 0; i < 300; ++i) {
        seed = seed * 1664525U + 1013904223U;
        const unsigned what = seed >> 12;
        switch (what % 11) {
        case 0: port.hook(what % 3 != 0); break;
        case 1:
            static_cast<void>(line->ring(what % 5, what % 2 == 0 ? &id : nullptr, what % 4));
            break;
        case 2: line->stopRinging(); break;
        case 3: static_cast<void>(line->connect()); break;
        case 4: static_cast<void>(line->refuse(what % 2 == 0)); break;
        case 5: line->setMessageWaiting(what % 2 == 0); break;
        case 6: port.fault(what % 2 == 0 ? &why : nullptr); break;
        case 7: static_cast<void>(line->sendKeys("1")); break;
        case 8: line->release(); break;
        case 9:
            if (line->offHook()) {
                dialTones("1");
            }
            break;
        default: static_cast<void>(line->playRingback()); break;
        }
        loop.advance(std::chrono::milliseconds{seed >> 8 & 0x3FF});
    }
    port.fault(nullptr);
    line->stopRinging();
    port.hook(false);
    loop.advance(10s);
    EXPECT_EQ(line->state(), FxsState::Idle);
    EXPECT_EQ(port.feed, FxsFeed::Forward);
    EXPECT_FALSE(port.sounding());
    EXPECT_FALSE(line->offHook());
    EXPECT_LE(heard.count(Kind::PutDown), heard.count(Kind::Lifted) + heard.count(Kind::Answered));
}
INSTANTIATE_TEST_SUITE_P(Seeds, FxsAnyOrderTest, testing::Range(0U, 40U));

class FxsUnplugTest : public FxsLineTest, public testing::WithParamInterface<FxsState> {};

TEST_P(FxsUnplugTest, IsTheLastThatIsHeard) {
    open("US", "xx");
    switch (GetParam()) {
    case FxsState::Ringing: ASSERT_TRUE(line->ring(1, nullptr)); break;
    case FxsState::DialTone: lift(); break;
    case FxsState::Dialing:
        lift();
        dialTones("1");
        break;
    case FxsState::Dialled:
        lift();
        dialTones("12");
        break;
    case FxsState::Talking:
        lift();
        dialTones("12");
        ASSERT_TRUE(line->connect());
        break;
    case FxsState::Howling:
        lift();
        loop.advance(25s);
        break;
    default: break;
    }
    ASSERT_EQ(line->state(), GetParam());
    port.unplug();
    loop.advance(120s);
    EXPECT_EQ(heard.count(Kind::Gone), 1U);
    EXPECT_EQ(heard.kinds.back(), Kind::Gone);
    EXPECT_EQ(line->state(), FxsState::Gone);
    EXPECT_FALSE(line->ring(1, nullptr));
    line->release();
    line->setMessageWaiting(true);
}
INSTANTIATE_TEST_SUITE_P(States, FxsUnplugTest,
                         testing::Values(FxsState::Idle, FxsState::Ringing, FxsState::DialTone,
                                         FxsState::Dialing, FxsState::Dialled, FxsState::Talking,
                                         FxsState::Howling));

}  // namespace
}  // namespace tipring::analog

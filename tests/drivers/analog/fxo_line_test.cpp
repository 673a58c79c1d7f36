// SPDX-License-Identifier: Apache-2.0
#include "tipring/drivers/analog/fxo_line.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "scripted_fxo_port.h"
#include "tipring/hal/dsp/dtmf_detector.h"

namespace tipring::analog {
namespace {

using namespace std::chrono_literals;
using Kind = FxoEvent::Kind;
using dsp::ToneKind;

struct Heard final : FxoObserver {
    void onFxo(const FxoEvent& event) override {
        kinds.push_back(event.kind);
        if (event.kind == Kind::Ended) {
            end = event.end;
            cause = event.cause;
        }
        if (event.kind == Kind::CallerId) {
            id = *event.callerId;
        }
        if (event.kind == Kind::Connected) {
            confirmed = event.confirmed;
        }
        if (event.kind == Kind::Ring) {
            modes.push_back(event.mode);
            counts.push_back(event.count);
        }
        if (event.kind == Kind::MessageWaiting || event.kind == Kind::InService ||
            event.kind == Kind::Extension) {
            on = event.on;
        }
        if (event.kind == Kind::Tone) {
            tone = event.tone;
        }
    }
    void onFxoSound(std::uint64_t, std::span<const std::int16_t>,
                    std::span<std::int16_t>) override {
        ++blocks;
    }
    [[nodiscard]] std::size_t count(Kind kind) const {
        return static_cast<std::size_t>(std::count(kinds.begin(), kinds.end(), kind));
    }
    std::vector<Kind> kinds;
    std::vector<unsigned> modes, counts;
    FxoEnd end = FxoEnd::None;
    std::string cause;
    dsp::CallerId id;
    ToneKind tone{};
    bool confirmed = false, on = false;
    std::size_t blocks = 0;
};

class FxoLineTest : public testing::Test {
protected:
    void open(const char* country = "US", const FxoSettings& settings = {}) {
        profile = lineProfile(country);
        ASSERT_NE(profile, nullptr);
        line.emplace(loop, port, *profile, heard, settings);
    }
    bool until(Kind kind, hal::Duration limit = 20s) {
        return loop.advanceUntil([&] { return heard.count(kind) > 0; }, limit);
    }
    void ringOnce(std::chrono::milliseconds on = 2000ms, std::chrono::milliseconds off = 4000ms) {
        port.ringFor(on);
        loop.advance(off);
    }
    void answerCall() {
        port.ringFor(1000ms);
        ASSERT_TRUE(line->answer());
        loop.advance(1500ms);
        ASSERT_EQ(line->state(), FxoState::Talking);
    }
    void dialAndWait(const char* keys = "5551234") {
        ASSERT_TRUE(line->dial(keys));
        port.hearTone(std::string(profile->code).c_str(), ToneKind::Dial, 3000ms);
        ASSERT_TRUE(until(Kind::Dialing));
        port.stopSound();
        ASSERT_TRUE(until(Kind::Dialled));
        ASSERT_EQ(line->state(), FxoState::Waiting);
    }
    void expectOverOnce(FxoEnd end) {
        loop.advance(3s);
        EXPECT_EQ(heard.count(Kind::Ended), 1U);
        EXPECT_EQ(heard.count(Kind::Over), 1U);
        EXPECT_EQ(heard.end, end) << heard.cause;
        EXPECT_FALSE(heard.cause.empty());
        EXPECT_FALSE(port.offHook());
        EXPECT_FALSE(line->busy());
    }
    std::string keysSpoken() {
        std::string keys;
        dsp::DtmfDetector detector;
        detector.process(port.spoken, [&](const dsp::DtmfEvent& event) {
            if (event.kind == dsp::DtmfEvent::Kind::Start) {
                keys.push_back(event.key);
            }
        });
        return keys;
    }
    static std::vector<std::int16_t> voice(std::chrono::milliseconds time) {
        std::vector<std::int16_t> samples(static_cast<std::size_t>(time.count()) * 8);
        std::uint32_t seed = 7;
        double low = 0;
        for (std::size_t i = 0; i < samples.size(); ++i) {
            seed = seed * 1664525U + 1013904223U;
            const double noise = static_cast<double>(seed >> 16) / 32768.0 - 1.0;
            low += 0.25 * (noise - low);
            const double syllable = (i / 1200) % 3 == 2 ? 0.1 : 1.0;
            const double buzz = i % 61 < 12 ? 1.0 : -0.25;  // a larynx at 131 Hz
            samples[i] = static_cast<std::int16_t>(syllable * (6000 * buzz + 5000 * low));
        }
        return samples;
    }

    hal::VirtualLoop loop;
    ScriptedFxoPort port{loop};
    Heard heard;
    const LineProfile* profile = nullptr;
    std::optional<FxoLine> line;
};

// ---- rings

TEST_F(FxoLineTest, RingsAreCountedAndTheCallEndsWhenTheyStop) {
    open();
    ringOnce();
    ringOnce();
    ringOnce();
    EXPECT_EQ(heard.counts, (std::vector<unsigned>{0, 1, 2}));
    EXPECT_EQ(heard.modes, (std::vector<unsigned>{1, 1, 1}));
    EXPECT_EQ(heard.count(Kind::Offered), 1U);
    loop.advance(3s);
    EXPECT_EQ(heard.count(Kind::Over), 0U);  // one and a half cycles have not passed
    loop.advance(10s);
    expectOverOnce(FxoEnd::GaveUp);
    EXPECT_EQ(line->state(), FxoState::Idle);
}

TEST_F(FxoLineTest, HalfWavesOfARingAreOneRing) {
    open();
    port.toggleFor(2000ms);
    loop.advance(4s);
    port.toggleFor(2000ms);
    EXPECT_EQ(heard.counts, (std::vector<unsigned>{0, 1}));
}

TEST_F(FxoLineTest, AClickOrABurstThatIsTooShortIsNoRing) {
    open();
    for (const auto length : {2ms, 40ms, 100ms, 200ms}) {
        port.ringFor(length);
        loop.advance(2s);
    }
    loop.advance(20s);
    EXPECT_TRUE(heard.kinds.empty());
    EXPECT_EQ(line->state(), FxoState::Idle);
}

struct Distinctive {
    const char* country;
    std::vector<std::chrono::milliseconds> cycle;
    unsigned mode;
};
class DistinctiveRingTest : public FxoLineTest, public testing::WithParamInterface<Distinctive> {};

TEST_P(DistinctiveRingTest, IsToldFromTheSecondRingOn) {
    open(GetParam().country);
    for (int ring = 0; ring < 3; ++ring) {
        for (std::size_t i = 0; i < GetParam().cycle.size(); i += 2) {
            port.ringFor(GetParam().cycle[i]);
            loop.advance(GetParam().cycle[i + 1]);
        }
    }
    const unsigned mode = GetParam().mode;
    EXPECT_EQ(heard.modes, (std::vector<unsigned>{1, mode, mode}));
    EXPECT_EQ(heard.counts, (std::vector<unsigned>{0, 1, 2}));
}
INSTANTIATE_TEST_SUITE_P(
    Cadences, DistinctiveRingTest,
    testing::Values(Distinctive{"US", {2000ms, 4000ms}, 1},
                    Distinctive{"US", {800ms, 400ms, 800ms, 4000ms}, 2},
                    Distinctive{"US", {400ms, 200ms, 400ms, 200ms, 800ms, 4000ms}, 3},
                    Distinctive{"US", {300ms, 200ms, 1000ms, 200ms, 300ms, 4000ms}, 4},
                    Distinctive{"US", {1500ms, 500ms, 500ms, 3500ms}, 5},
                    Distinctive{"GB", {400ms, 200ms, 400ms, 2000ms}, 1},
                    Distinctive{"GB", {1000ms, 4000ms}, 1},
                    Distinctive{"FR", {1500ms, 3500ms}, 1}));

// ---- caller ID in every order

struct CallerIdOrder {
    const char* country;
    const char* standard;
};
class FxoCallerIdTest : public FxoLineTest, public testing::WithParamInterface<CallerIdOrder> {};

TEST_P(FxoCallerIdTest, IsHeardAndTheCallOfferedOnce) {
    open(GetParam().country);
    loop.advance(500ms);
    dsp::CallerId id;
    id.number = "5551234567";
    id.numberStatus = dsp::CallerIdStatus::Present;
    id.time = dsp::CallerIdTime{7, 4, 12, 30};
    const auto& standard = *dsp::callerIdStandard(GetParam().standard);
    id.type = standard.framing == dsp::FskFraming::Ntt ? dsp::CallerIdType::NttCallSetup : id.type;
    port.sendCallerId(standard, id);
    ringOnce(1500ms, 3000ms);
    ringOnce(1500ms, 3000ms);
    EXPECT_EQ(heard.id.number.view(), "5551234567");
    EXPECT_EQ(heard.count(Kind::CallerId), 1U);
    EXPECT_EQ(heard.count(Kind::Offered), 1U);
    EXPECT_GE(heard.count(Kind::Ring), 2U);
    EXPECT_FALSE(port.offHook());
    loop.advance(12s);
    expectOverOnce(FxoEnd::GaveUp);
}
INSTANTIATE_TEST_SUITE_P(
    Orders, FxoCallerIdTest,
    testing::Values(CallerIdOrder{"US", "bell"}, CallerIdOrder{"GB", "bt"},
                    CallerIdOrder{"FR", "etsi-dtas"}, CallerIdOrder{"DE", "etsi-rpas"},
                    CallerIdOrder{"IE", "etsi-lr-dtas"}, CallerIdOrder{"DE", "etsi-ring"},
                    CallerIdOrder{"JP", "ntt"}, CallerIdOrder{"DK", "dtmf-parts"},
                    CallerIdOrder{"BR", "dtmf-parts-only"}, CallerIdOrder{"TW", "dtmf-d-to-c"}));

TEST_F(FxoLineTest, AMessageBeforeAnyRingOffersTheCallAndEndsItWhenNoneFollows) {
    open("GB");
    dsp::CallerId id;
    id.number = "02079460000";
    id.numberStatus = dsp::CallerIdStatus::Present;
    port.sendCallerId(*dsp::callerIdStandard("bt"), id);
    EXPECT_EQ(line->state(), FxoState::Ringing);
    loop.advance(12s);
    expectOverOnce(FxoEnd::GaveUp);
}

TEST_F(FxoLineTest, TheLampsMessageIsNoCall) {
    open();
    dsp::CallerId id;
    id.type = dsp::CallerIdType::MessageWaiting;
    id.messageWaiting = true;
    std::vector<std::int16_t> samples(16000);
    std::array<std::uint8_t, dsp::kMaxCallerIdFrame> bytes{};
    const std::size_t size = dsp::encodeCallerId(id, bytes);
    dsp::FskSender sender;
    ASSERT_TRUE(sender.start(std::span(bytes).first(size)));
    sender.mix(samples);
    port.hear(samples);
    loop.advance(4s);
    EXPECT_EQ(heard.kinds, (std::vector<Kind>{Kind::MessageWaiting}));
    EXPECT_TRUE(heard.on);
}

// ---- answering, and how calls end

TEST_F(FxoLineTest, AnsweringClosesTheLoopAndSoundFlows) {
    open();
    answerCall();
    EXPECT_TRUE(port.offHook());
    EXPECT_EQ(heard.count(Kind::Connected), 1U);
    EXPECT_GT(heard.blocks, 50U);
    line->hangUp();
    expectOverOnce(FxoEnd::HungUp);
}

TEST_F(FxoLineTest, ARefusedCallRingsOnUnheard) {
    open();
    port.ringFor(2000ms);
    line->hangUp();
    EXPECT_EQ(heard.end, FxoEnd::Refused);
    loop.advance(4s);
    ringOnce();
    EXPECT_FALSE(line->dial("1"));
    EXPECT_EQ(heard.count(Kind::Offered), 1U);
    loop.advance(12s);
    ringOnce();  // the next call
    EXPECT_EQ(heard.count(Kind::Offered), 2U);
    EXPECT_EQ(heard.count(Kind::Over), 1U);
}

TEST_F(FxoLineTest, AParallelTelephoneTakesTheCall) {
    open();
    port.ringFor(2000ms);
    port.setExtension(true);
    loop.advance(1s);
    EXPECT_EQ(line->state(), FxoState::InUse);
    expectOverOnce(FxoEnd::PickedUp);
    const auto refused = line->dial("1");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, hal::ErrorCode::InUse);
    port.setExtension(false);
    loop.advance(1s);
    EXPECT_EQ(line->state(), FxoState::Idle);
}

TEST_F(FxoLineTest, AParallelTelephoneShowsOnAnIdleLineAndInACall) {
    open();
    loop.advance(1s);
    port.setExtension(true);
    loop.advance(150ms);
    EXPECT_EQ(line->state(), FxoState::Idle);  // not sure yet
    loop.advance(100ms);
    EXPECT_EQ(line->state(), FxoState::InUse);
    port.setExtension(false);
    loop.advance(1s);
    answerCall();
    heard.kinds.clear();
    port.setExtension(true);
    loop.advance(1s);
    EXPECT_EQ(heard.kinds, (std::vector<Kind>{Kind::Extension}));
    EXPECT_TRUE(heard.on);
    port.setExtension(false);
    loop.advance(1s);
    EXPECT_FALSE(heard.on);
    EXPECT_EQ(line->state(), FxoState::Talking);
}

TEST_F(FxoLineTest, ABreakOfTheLoopIsAHangUp) {
    open();
    answerCall();
    port.set(false, false);
    loop.advance(250ms);
    port.set(true, false);
    expectOverOnce(FxoEnd::FarHungUp);
}

TEST_F(FxoLineTest, AShortDropOfTheCurrentIsNone) {
    open();
    answerCall();
    port.set(false, false);
    loop.advance(100ms);
    port.set(true, false);
    loop.advance(3s);
    EXPECT_EQ(line->state(), FxoState::Talking);
}

struct HangUpTone {
    const char* country;
    ToneKind tone;
};
class FxoToneHangUpTest : public FxoLineTest, public testing::WithParamInterface<HangUpTone> {};

TEST_P(FxoToneHangUpTest, EndsACallThatNothingElseEnds) {
    open(GetParam().country);
    answerCall();
    port.hear(voice(4000ms));
    loop.advance(4s);
    ASSERT_EQ(line->state(), FxoState::Talking);
    port.hearTone(GetParam().country, GetParam().tone, 12000ms);
    EXPECT_TRUE(until(Kind::Ended, 12s));
    expectOverOnce(FxoEnd::FarHungUp);
}
INSTANTIATE_TEST_SUITE_P(
    Tones, FxoToneHangUpTest,
    testing::Values(HangUpTone{"US", ToneKind::Busy}, HangUpTone{"US", ToneKind::Congestion},
                    HangUpTone{"US", ToneKind::Dial}, HangUpTone{"DE", ToneKind::Busy},
                    HangUpTone{"GB", ToneKind::Busy}, HangUpTone{"FR", ToneKind::Busy},
                    HangUpTone{"JP", ToneKind::Busy}));

TEST_F(FxoLineTest, ReversalEndsAnIncomingCallWhereTheCountryDoesSo) {
    open("DE");
    answerCall();
    port.set(true, true);
    expectOverOnce(FxoEnd::FarHungUp);
}

TEST_F(FxoLineTest, AReversalRightAfterTheAnswerIsTheExchangeTidyingUp) {
    open("DE");
    port.set(true, true);
    loop.advance(1s);
    port.ringFor(1000ms);
    ASSERT_TRUE(line->answer());
    loop.advance(300ms);
    port.set(true, false);
    loop.advance(5s);
    EXPECT_EQ(line->state(), FxoState::Talking);
    port.set(true, true);
    expectOverOnce(FxoEnd::FarHungUp);
}

// ---- outgoing calls

TEST_F(FxoLineTest, DialsTonesAfterTheDialTone) {
    open();
    dialAndWait("18005550*#");
    EXPECT_EQ(keysSpoken(), "18005550*#");
}

TEST_F(FxoLineTest, DialsPulsesToTheMillisecond) {
    FxoSettings settings;
    settings.pulse = true;
    open("DE", settings);
    dialAndWait("30");
    std::vector<std::pair<bool, std::int64_t>> moves;
    for (std::size_t i = 1; i < port.hooks.size(); ++i) {
        moves.emplace_back(port.hooks[i].offHook,
                           (port.hooks[i].at - port.hooks[i - 1].at) / hal::Duration{1ms});
    }
    ASSERT_EQ(moves.size(), 26U);  // 3 and 10 pulses
    for (std::size_t i = 1; i < moves.size(); ++i) {
        const bool make = i % 2 == 0;
        EXPECT_EQ(moves[i].second, !make ? 60 : i == 6 ? 800 : 40) << i;
        EXPECT_EQ(moves[i].first, !make);
    }
}

TEST_F(FxoLineTest, FlashPauseAndASecondDialToneInTheNumber) {
    open();
    ASSERT_TRUE(line->dial("9W,4"));
    port.hearTone("US", ToneKind::Dial, 2500ms);
    ASSERT_TRUE(until(Kind::Dialing));
    port.stopSound();
    loop.advance(2s);
    EXPECT_EQ(keysSpoken(), "9");
    port.hearTone("US", ToneKind::Dial, 2500ms);
    loop.advance(2s);
    port.stopSound();
    EXPECT_EQ(line->state(), FxoState::Dialing);
    ASSERT_TRUE(until(Kind::Dialled));
    EXPECT_EQ(keysSpoken(), "94");
}

TEST_F(FxoLineTest, NoDialToneEndsTheCall) {
    open();
    ASSERT_TRUE(line->dial("1"));
    EXPECT_TRUE(until(Kind::Ended));
    expectOverOnce(FxoEnd::NoDialTone);
}

TEST_F(FxoLineTest, DialsBlindlyWhereToldSo) {
    FxoSettings settings;
    settings.waitForDialTone = false;
    open("US", settings);
    ASSERT_TRUE(line->dial("12"));
    ASSERT_TRUE(until(Kind::Dialled, 4s));
    EXPECT_EQ(keysSpoken(), "12");
}

TEST_F(FxoLineTest, ADeadLineIsNotDialled) {
    open();
    port.set(false, false);
    loop.advance(1200ms);
    EXPECT_EQ(line->state(), FxoState::NoBattery);
    EXPECT_FALSE(heard.on);
    const auto refused = line->dial("1");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, hal::ErrorCode::InvalLineState);
    port.set(true, false);
    loop.advance(1s);
    EXPECT_EQ(line->state(), FxoState::Idle);
    EXPECT_TRUE(heard.on);
}

TEST_F(FxoLineTest, ALineThatDiesWhenItIsSeizedEndsTheCall) {
    open();
    ASSERT_TRUE(line->dial("1"));
    port.set(false, false);
    expectOverOnce(FxoEnd::NoLoop);
}

TEST_F(FxoLineTest, RingingWhileTheLineIsSeizedIsGlare) {
    open();
    ASSERT_TRUE(line->dial("1"));
    port.ringFor(120ms);
    expectOverOnce(FxoEnd::Glare);
}

TEST_F(FxoLineTest, ARingThatIsNotSureYetKeepsTheLineFromBeingSeized) {
    open();
    port.ring(true);
    loop.advance(10ms);
    const auto refused = line->dial("1");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, hal::ErrorCode::InUse);
}

struct Refusal {
    const char* country;
    ToneKind tone;
    FxoEnd end;
};
class FxoRefusalTest : public FxoLineTest, public testing::WithParamInterface<Refusal> {};

TEST_P(FxoRefusalTest, TheToneEndsTheCall) {
    open(GetParam().country);
    dialAndWait();
    port.hearTone(GetParam().country, GetParam().tone, 10000ms);
    ASSERT_TRUE(until(Kind::Ended));
    EXPECT_EQ(heard.count(Kind::Tone), 1U);
    expectOverOnce(GetParam().end);
}
INSTANTIATE_TEST_SUITE_P(Tones, FxoRefusalTest,
                         testing::Values(Refusal{"US", ToneKind::Busy, FxoEnd::Busy},
                                         Refusal{"US", ToneKind::Congestion, FxoEnd::Congestion},
                                         Refusal{"US", ToneKind::SitVacantCode,
                                                 FxoEnd::SpecialInfo},
                                         Refusal{"DE", ToneKind::Information, FxoEnd::SpecialInfo},
                                         Refusal{"GB", ToneKind::Busy, FxoEnd::Busy},
                                         Refusal{"DE", ToneKind::Congestion, FxoEnd::Congestion}));

TEST_F(FxoLineTest, RingbackThenAVoiceIsAnAnswerThatIsPresumed) {
    open();
    dialAndWait();
    port.hearTone("US", ToneKind::Ringback, 7000ms);
    ASSERT_TRUE(until(Kind::Ringback, 8s));
    EXPECT_EQ(line->state(), FxoState::Alerting);
    port.stopSound();
    port.hear(voice(3000ms));
    ASSERT_TRUE(until(Kind::Connected, 5s));
    EXPECT_FALSE(heard.confirmed);
}

TEST_F(FxoLineTest, ASilentAnswerIsPresumedWhenRingbackStops) {
    open();
    dialAndWait();
    port.hearTone("US", ToneKind::Ringback, 8000ms);
    ASSERT_TRUE(until(Kind::Ringback, 8s));
    ASSERT_TRUE(until(Kind::Connected, 25s));
    EXPECT_FALSE(heard.confirmed);
}

TEST_F(FxoLineTest, ReversalConfirmsTheAnswerAndItsReturnIsTheHangUp) {
    open();
    dialAndWait();
    port.hearTone("US", ToneKind::Ringback, 5000ms);
    loop.advance(4s);
    port.set(true, true);
    loop.advance(100ms);
    EXPECT_EQ(heard.count(Kind::Connected), 1U);
    EXPECT_TRUE(heard.confirmed);
    port.stopSound();
    loop.advance(5s);
    port.set(true, false);
    expectOverOnce(FxoEnd::FarHungUp);
}

TEST_F(FxoLineTest, AnAnswerThatWasPresumedIsConfirmedLater) {
    open("DE");
    dialAndWait();
    port.hear(voice(2000ms));
    ASSERT_TRUE(until(Kind::Connected));
    EXPECT_FALSE(heard.confirmed);
    port.set(true, true);
    loop.advance(1s);
    EXPECT_TRUE(heard.confirmed);
    EXPECT_EQ(line->state(), FxoState::Talking);
}

TEST_F(FxoLineTest, NobodyAnswers) {
    open();
    dialAndWait();
    loop.advance(59s);
    EXPECT_EQ(heard.count(Kind::Ended), 0U);
    loop.advance(2s);
    expectOverOnce(FxoEnd::NoAnswer);
}

TEST_F(FxoLineTest, DigitsOneAfterTheOther) {
    open();
    ASSERT_TRUE(line->dial(""));
    port.hearTone("US", ToneKind::Dial, 2000ms);
    ASSERT_TRUE(until(Kind::DialTone));
    port.stopSound();
    ASSERT_TRUE(line->dialMore("55", true));
    EXPECT_FALSE(line->dialMore("1", true));  // one after the other
    loop.advance(1s);
    ASSERT_TRUE(line->dialMore("51", false));
    ASSERT_TRUE(until(Kind::Dialled));
    EXPECT_EQ(keysSpoken(), "5551");
}

TEST_F(FxoLineTest, SendsKeysAndAFlashInACall) {
    open("DE");
    answerCall();
    port.spoken.clear();
    port.hooks.clear();
    ASSERT_TRUE(line->sendKeys("7!#"));
    ASSERT_TRUE(until(Kind::KeysSent));
    EXPECT_EQ(keysSpoken(), "7#");
    ASSERT_EQ(port.hooks.size(), 2U);
    EXPECT_EQ(port.hooks[1].at - port.hooks[0].at, hal::Duration{100ms});
    loop.advance(1s);
    EXPECT_EQ(line->state(), FxoState::Talking);  // its own break is no hang-up
}

// ---- unplug in each state

using Reach = void (*)(FxoLineTest&);
class FxoUnplugTest : public FxoLineTest, public testing::WithParamInterface<FxoState> {
protected:
    void reach(FxoState state) {
        switch (state) {
        case FxoState::NoBattery:
            port.set(false, false);
            loop.advance(2s);
            break;
        case FxoState::InUse:
            port.setExtension(true);
            loop.advance(1s);
            break;
        case FxoState::Ringing: port.ringFor(1000ms); break;
        case FxoState::FetchingId:
            port.ringFor(500ms);
            loop.advance(120ms);
            break;
        case FxoState::Seizing: ASSERT_TRUE(line->dial("1")); break;
        case FxoState::Dialing:
            ASSERT_TRUE(line->dial("1234567890"));
            port.hearTone("JP", ToneKind::Dial, 3000ms);
            until(Kind::Dialing);
            break;
        case FxoState::Waiting: dialAndWait(); break;
        case FxoState::Alerting:
            dialAndWait();
            port.hearTone("JP", ToneKind::Ringback, 8000ms);
            until(Kind::Ringback);
            break;
        case FxoState::Talking: answerCall(); break;
        case FxoState::Releasing:
            answerCall();
            line->hangUp();
            break;
        default: break;
        }
        ASSERT_EQ(line->state(), state);
    }
};

TEST_P(FxoUnplugTest, EndsTheCallOnceIfThereIsOne) {
    open("JP");
    loop.advance(100ms);
    reach(GetParam());
    const std::size_t calls = line->busy() ? 1 : 0;
    port.unplug();
    loop.advance(60s);
    EXPECT_EQ(heard.count(Kind::Over), calls);
    EXPECT_EQ(heard.count(Kind::Gone), 1U);
    EXPECT_EQ(heard.kinds.back(), Kind::Gone);
    EXPECT_EQ(line->state(), FxoState::Gone);
    EXPECT_FALSE(line->dial("1"));
    EXPECT_FALSE(line->answer());
    line->hangUp();
}
INSTANTIATE_TEST_SUITE_P(States, FxoUnplugTest,
                         testing::Values(FxoState::NoBattery, FxoState::Idle, FxoState::InUse,
                                         FxoState::Ringing, FxoState::FetchingId, FxoState::Seizing,
                                         FxoState::Dialing, FxoState::Waiting, FxoState::Alerting,
                                         FxoState::Talking, FxoState::Releasing));

/// Anything in any order, the same for a seed: each call that began ends once.
class FxoAnyOrderTest : public FxoLineTest, public testing::WithParamInterface<unsigned> {
protected:
    void anything(unsigned what) {
        static constexpr const char* kDigits[] = {"1", "", "P12", "9W2", "!5", "W"};
        switch (what % 14) {
        case 0: port.ring(true); break;
        case 1: port.ring(false); break;
        case 2: port.setExtension(what % 3 == 0); break;
        case 3: port.set(what % 5 != 0, port.now.reversed); break;
        case 4: port.set(port.now.battery, !port.now.reversed); break;
        case 5: static_cast<void>(line->answer()); break;
        case 6: dials += line->dial(kDigits[what / 14 % 6], what % 4 == 0) ? 1U : 0U; break;
        case 7: static_cast<void>(line->dialMore("34", what % 2 == 0)); break;
        case 8: static_cast<void>(line->sendKeys(what % 3 == 0 ? "" : "1!2")); break;
        case 9:
            if (what % 3 == 0) {
                line->hangUp();
            }
            break;
        case 10:
            port.hearTone("DE", what % 2 == 0 ? ToneKind::Dial : ToneKind::Ringback, 2000ms);
            break;
        case 11:
            port.hearTone("DE", what % 2 == 0 ? ToneKind::Busy : ToneKind::Congestion, 3000ms);
            break;
        case 12: port.hear(voice(800ms)); break;
        default: port.stopSound(); break;
        }
    }
    unsigned dials = 0;
};

TEST_P(FxoAnyOrderTest, EveryCallIsOverOnce) {
    open(GetParam() % 2 == 0 ? "DE" : "JP");
    std::uint32_t seed = GetParam() * 2654435761U + 1;
    for (int i = 0; i < 400; ++i) {
        seed = seed * 1664525U + 1013904223U;
        anything(seed >> 12);
        loop.advance(std::chrono::milliseconds{seed >> 8 & 0x3FF});
        ASSERT_EQ(line->busy(), heard.count(Kind::Offered) + dials > heard.count(Kind::Over));
        ASSERT_LE(heard.count(Kind::Over), heard.count(Kind::Ended));
    }
    port.unplug();
    loop.advance(100s);
    EXPECT_GT(heard.count(Kind::Over), 0U);
    EXPECT_EQ(heard.count(Kind::Over), heard.count(Kind::Offered) + dials);
    EXPECT_EQ(heard.count(Kind::Over), heard.count(Kind::Ended));
}
INSTANTIATE_TEST_SUITE_P(Seeds, FxoAnyOrderTest, testing::Range(0U, 40U));

TEST_F(FxoLineTest, DyingOffHookGivesTheLineBack) {
    open();
    answerCall();
    line.reset();
    EXPECT_FALSE(port.offHook());
}

}  // namespace
}  // namespace tipring::analog

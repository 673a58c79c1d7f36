// SPDX-License-Identifier: Apache-2.0
// The core tests of ITU-T G.168 with hybrids in the shape of its models; the numbers in names are
// its.
#include "tipring/hal/dsp/echo_canceller.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "hal/base/allocation_count.h"
#include "hybrid.h"

namespace tipring::dsp {
namespace {

using test::addNoise;
using test::append;
using test::compositeSignal;
using test::echoOf;
using test::HybridShape;
using test::levelOf;
using test::Sound;

constexpr std::size_t kSecond = 8000;

constexpr HybridShape kHybrids[] = {{10, 64, 6, 1},   {40, 90, 10, 2},  {0, 128, 12, 3},
                                    {100, 150, 8, 4}, {20, 100, 20, 5}, {60, 190, 6, 6}};

Sound part(const Sound& sound, std::size_t from, std::size_t count) {
    return {sound.begin() + std::ptrdiff_t(from), sound.begin() + std::ptrdiff_t(from + count)};
}

Sound sum(const Sound& a, const Sound& b) {
    Sound both(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        const int value = a[i] + (i < b.size() ? b[i] : 0);
        both[i] = static_cast<std::int16_t>(std::clamp(value, -32768, 32767));
    }
    return both;
}

Sound difference(const Sound& a, const Sound& b) {
    Sound rest(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        rest[i] = static_cast<std::int16_t>(std::clamp(a[i] - b[i], -32768, 32767));
    }
    return rest;
}

class Hybrid : public ::testing::TestWithParam<HybridShape> {
protected:
    /// Through the canceller; the line adds its noise.
    Sound cancel(EchoCanceller& canceller, const Sound& sent, const Sound& near = {},
                 double noise = -65) {
        Sound all = past_;  // the echo of what was sent before is still on the line
        append(all, sent);
        const Sound echoes = echoOf(all, response_);
        past_ = part(all, all.size() - std::min<std::size_t>(all.size(), 400),
                     std::min<std::size_t>(all.size(), 400));
        echo_ = part(echoes, echoes.size() - sent.size(), sent.size());
        Sound received = sum(echo_, near);
        addNoise(received, noise, ++seed_);
        Sound clean(sent.size());
        canceller.process(sent, received, clean);
        return clean;
    }
    /// By how much the second half of a composite signal's echo is weaker afterwards, dB.
    double enhancement(EchoCanceller& canceller, double seconds = 1, double level = -15) {
        const Sound sent = compositeSignal(seconds, level, 77);
        const Sound clean = cancel(canceller, sent);
        const std::size_t half = sent.size() / 2;
        return levelOf(part(echo_, half, half)) - levelOf(part(clean, half, half));
    }
    std::vector<double> response_ = test::hybridResponse(GetParam());
    Sound past_, echo_;  ///< the last of what was sent; the echo of the last part
    unsigned seed_ = 0;
};
INSTANTIATE_TEST_SUITE_P(G168, Hybrid, ::testing::ValuesIn(kHybrids));

TEST_P(Hybrid, Test2ConvergesWithinASecondAtEveryLevel) {
    for (const double level : {-6.0, -15.0, -25.0, -32.0}) {
        EchoCanceller canceller;
        const Sound sent = compositeSignal(2, level, 1);
        const Sound clean = cancel(canceller, sent);
        const double echo = levelOf(part(echo_, kSecond, kSecond));
        const double left = levelOf(part(clean, kSecond, kSecond));
        // 25 dB, or down to the noise of the line
        EXPECT_LT(left, std::max(echo - 25, -62.0)) << level;
        EXPECT_GT(canceller.returnLossEnhancement(), level > -20 ? 20 : 8) << level;
    }
}

TEST_P(Hybrid, Test2ConvergesOnSpeech) {
    EchoCanceller canceller;
    const Sound sent = test::speak(
        "We are open from nine to five, Monday to Friday. For sales press one, for service two.");
    const Sound clean = cancel(canceller, sent);
    const std::size_t from = 2 * kSecond;
    const std::size_t count = sent.size() - from;
    EXPECT_GT(levelOf(part(echo_, from, count)) - levelOf(part(clean, from, count)),
              GetParam().lossDb > 15 ? 12 : 20);
}

TEST_P(Hybrid, Test3DoubleTalkNeitherHidesTheNearEndNorUndoesWhatWasLearnt) {
    EchoCanceller canceller;
    const double before = enhancement(canceller, 3);
    const Sound sent = compositeSignal(3, -15, 5);
    for (const double level : {-20.0, -10.0}) {
        Sound near = test::speak("Hello, I am talking too, and I will not stop just for you.", "de",
                                 150, level);
        near.resize(sent.size());
        const Sound clean = cancel(canceller, sent, near);
        const double echo = levelOf(echo_);
        EXPECT_LT(levelOf(difference(clean, near)), std::max(echo - 10, -58.0)) << level;
    }
    const Sound after = compositeSignal(0.35, -15, 6);
    const Sound clean = cancel(canceller, after);
    EXPECT_GT(levelOf(echo_) - levelOf(clean), before - 10);
}

TEST_P(Hybrid, TellsDoubleTalk) {
    EchoCanceller canceller;
    enhancement(canceller, 3);
    EXPECT_FALSE(canceller.doubleTalk());
    const Sound sent = compositeSignal(0.04, -15, 5);  // sounding all the time
    cancel(canceller, sent, test::tone(700, 0, -12, sent.size()));
    EXPECT_TRUE(canceller.doubleTalk());
}

TEST_P(Hybrid, Test5ALineWithoutEchoIsLeftAlone) {
    EchoCanceller canceller;
    enhancement(canceller, 2);
    const Sound sent = compositeSignal(2, -15, 3);
    Sound received(sent.size());
    addNoise(received, -60, 9);
    Sound clean(sent.size());
    canceller.process(sent, received, clean);
    EXPECT_LT(levelOf(part(clean, kSecond, kSecond)), -55);
}

TEST_P(Hybrid, Test6TonesDoNotLeadItAstray) {
    EchoCanceller canceller;
    const double before = enhancement(canceller, 3);
    for (const auto& [first, second] :
         {std::pair{697.0, 1209.0}, {941.0, 1633.0}, {350.0, 440.0}, {425.0, 0.0}, {1000.0, 0.0}}) {
        const Sound tone = test::tone(first, second, -12, 4 * kSecond);
        const Sound clean = cancel(canceller, tone);
        EXPECT_LT(levelOf(part(clean, 3 * kSecond, kSecond)), levelOf(echo_) - 20) << first;
    }
    const Sound after = compositeSignal(0.35, -15, 6);
    const Sound clean = cancel(canceller, after);
    EXPECT_GT(levelOf(echo_) - levelOf(clean), before - 10);
}

TEST_P(Hybrid, ANewPathIsLearntWithinASecond) {
    EchoCanceller canceller;
    enhancement(canceller, 3);
    response_ = test::hybridResponse({70, 80, 7, 99});
    EXPECT_GT(enhancement(canceller, 2), 20);
}

TEST_P(Hybrid, TheNearEndAlonePasses) {
    for (const bool suppressor : {false, true}) {
        EchoCanceller canceller{{.suppressor = suppressor}};
        enhancement(canceller, 2);
        const Sound near = test::speak("Hello, can you hear me?");
        cancel(canceller, test::silence(kSecond), {}, -70);
        const Sound clean = cancel(canceller, test::silence(near.size()), near, -70);
        EXPECT_LT(levelOf(difference(clean, near)), levelOf(near) - 40) << suppressor;
    }
}

TEST_P(Hybrid, TheSuppressorLeavesNothingButNoise) {
    EchoCanceller canceller{{.suppressor = true}};
    cancel(canceller, compositeSignal(3, -15, 1), {}, -60);
    const Sound clean = cancel(canceller, compositeSignal(2, -15, 2), {}, -60);
    EXPECT_LT(levelOf(clean), -56);
    EXPECT_GT(levelOf(clean), -75);  // not dead
}

TEST(EchoCanceller, HasShortAndLongTails) {
    for (const std::size_t tail : {128U, 256U, 100U}) {
        EchoCanceller canceller{{.tail = tail}};
        EXPECT_EQ(canceller.tail(), tail == 100 ? 112U : tail);
        const auto response = test::hybridResponse({8, tail - 28, 10, 4});
        const Sound sent = compositeSignal(3, -15, 1);
        const Sound echo = echoOf(sent, response);
        Sound clean(sent.size());
        canceller.process(sent, echo, clean);
        EXPECT_GT(
            levelOf(part(echo, 2 * kSecond, kSecond)) - levelOf(part(clean, 2 * kSecond, kSecond)),
            25)
            << tail;
    }
}

TEST(EchoCanceller, DoesNotDependOnBlockSizesNorAllocate) {
    const Sound sent = compositeSignal(1, -10, 1);
    Sound received = echoOf(sent, test::hybridResponse(kHybrids[1]));
    append(received, {});
    EchoCanceller whole{{.suppressor = true}};
    Sound expected(sent.size());
    const auto before = test::allocationCount();
    whole.process(sent, received, expected);
    EXPECT_EQ(test::allocationCount(), before);
    for (const std::size_t step : {1U, 3U, 160U, 333U}) {
        EchoCanceller cut{{.suppressor = true}};
        Sound clean(sent.size());
        for (std::size_t at = 0; at < sent.size(); at += step) {
            const std::size_t count = std::min(step, sent.size() - at);
            cut.process(std::span{sent}.subspan(at, count), std::span{received}.subspan(at, count),
                        std::span{clean}.subspan(at, count));
        }
        EXPECT_EQ(clean, expected) << step;
    }
    whole.reset();
    Sound again(sent.size());
    whole.process(sent, received, again);
    EXPECT_EQ(again, expected);
}

TEST(EchoCanceller, SurvivesOddInput) {
    EchoCanceller canceller{{.suppressor = true}};
    canceller.process({}, {}, {});
    for (const auto& [sent, received] :
         {std::pair{-32768, 32767}, {32767, 32767}, {0, -32768}, {12345, 0}}) {
        const Sound out(kSecond, static_cast<std::int16_t>(sent));
        const Sound in(kSecond, static_cast<std::int16_t>(received));
        Sound clean(kSecond);
        canceller.process(out, in, clean);
    }
    Sound sent = test::silence(kSecond);
    addNoise(sent, 3, 4);
    Sound clean(2 * kSecond);
    append(sent, sent);
    canceller.process(sent, sent, clean);  // as loud as what was sent
    EXPECT_LE(levelOf(part(clean, kSecond, kSecond)), levelOf(sent) + 0.5);
}

}  // namespace
}  // namespace tipring::dsp

// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/sim/copper.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

#include "tipring/hal/dsp/tone.h"

namespace tipring::sim {
namespace {

using Samples = std::vector<std::int16_t>;

Samples sine(double hertz, double dbm0, std::size_t count = 16000) {
    Samples samples(count);
    dsp::ToneGenerator tone;
    tone.start(hertz, 0, dbm0);
    tone.mix(samples);
    return samples;
}
/// dBm0 of the whole, without the first 50 ms.
double levelOf(const Samples& samples) {
    double power = 0;
    for (std::size_t i = 400; i < samples.size(); ++i) {
        power += static_cast<double>(samples[i]) * samples[i];
    }
    power /= static_cast<double>(samples.size() - 400);
    const double full = 32767.0 / std::numbers::sqrt2;
    return power == 0 ? -200 : 3.14 + 10 * std::log10(power / (full * full));
}
Samples carried(const CopperSettings& settings, Samples samples, std::uint32_t seed = 1) {
    Copper copper(seed);
    copper.set(settings);
    copper.carry(samples);
    return samples;
}

TEST(Copper, DoesNothingWhenNothingIsWrong) {
    const Samples before = sine(1000, -10);
    EXPECT_EQ(carried({}, before), before);
}

TEST(Copper, WeakensOrStrengthensByDecibels) {
    for (const float loss : {6.0F, 20.0F, 40.0F, -6.0F}) {
        EXPECT_NEAR(levelOf(carried({.attenuation = loss}, sine(1000, -10))),
                    -10 - static_cast<double>(loss), 0.2);
    }
}

TEST(Copper, ALongCableTakesMoreOfTheHighFrequencies) {
    for (const float slope : {1.0F, 3.0F, 6.0F, 10.0F, 15.0F}) {
        const double low = levelOf(carried({.slope = slope}, sine(300, -10)));
        const double high = levelOf(carried({.slope = slope}, sine(3400, -10)));
        EXPECT_NEAR(low - high, static_cast<double>(slope), 0.3);
    }
}

TEST(Copper, HasNoiseOfTheLevelAskedFor) {
    for (const float level : {-20.0F, -40.0F, -60.0F}) {
        EXPECT_NEAR(levelOf(carried({.whiteNoise = level}, Samples(80000))),
                    static_cast<double>(level), 0.3);
    }
}

TEST(Copper, HumsWithTheMains) {
    const Samples heard = carried({.hum = -30.0F, .humHertz = 50}, Samples(16000));
    EXPECT_NEAR(levelOf(heard), -30 + 10 * std::log10(1 + 0.09 + 0.0225), 0.3);
    for (std::size_t i = 800; i < 8000; ++i) {  // whole periods of 50 Hz
        ASSERT_NEAR(heard[i], heard[i - 160], 2);
    }
}

TEST(Copper, ClicksAtTheRateAndHeightAskedFor) {
    const Samples heard = carried({.impulses = -6.0F, .impulseRate = 10}, Samples(80000));
    const auto peak = static_cast<std::int16_t>(dsp::amplitudeOf(-6));
    std::size_t clicks = 0;
    for (const std::int16_t sample : heard) {
        clicks += std::abs(sample) >= peak - 1 ? 1 : 0;
        ASSERT_LE(std::abs(sample), peak + 1);
    }
    EXPECT_GT(clicks, 70U);
    EXPECT_LT(clicks, 130U);
}

TEST(Copper, EchoesWhatIsSentLaterAndWeaker) {
    Copper copper;
    copper.set({.echoLoss = 12.0F, .echoDelay = 10});
    Samples sent = sine(1000, -10, 4000), heard(4000);
    copper.carry(heard, sent);
    EXPECT_TRUE(std::all_of(heard.begin(), heard.begin() + 80, [](auto s) { return s == 0; }));
    EXPECT_NEAR(levelOf(heard), -22, 0.2);
    for (std::size_t i = 80; i < 400; ++i) {
        ASSERT_NEAR(heard[i], sent[i - 80] * 0.2512, 1.0);
    }
}

TEST(Copper, ClipsTheLoud) {
    const Samples heard = carried({.clipping = -10.0F}, sine(1000, 0));
    const auto most = static_cast<std::int16_t>(std::lround(dsp::amplitudeOf(-10)));
    EXPECT_EQ(*std::max_element(heard.begin(), heard.end()), most);
    EXPECT_EQ(*std::min_element(heard.begin(), heard.end()), -most);
    EXPECT_EQ(carried({.clipping = 0.0F}, sine(1000, -10)), sine(1000, -10));
}

TEST(Copper, BreaksNowAndThen) {
    const Samples heard = carried({.dropoutRate = 2, .dropoutLength = 50}, Samples(80000, 1000));
    const auto silent = std::count(heard.begin(), heard.end(), 0);
    EXPECT_EQ(silent % 400, 0);  // whole breaks
    EXPECT_GT(silent, 10 * 400);
    EXPECT_LT(silent, 30 * 400);
}

TEST(Copper, CutLetsNothingThrough) {
    const Samples heard =
        carried({.whiteNoise = -10.0F, .hum = -10.0F, .cut = true}, sine(1000, 0));
    EXPECT_TRUE(std::all_of(heard.begin(), heard.end(), [](auto s) { return s == 0; }));
}

TEST(Copper, MayChangeDuringACall) {
    Copper copper;
    Samples first = sine(1000, -10), second = first;
    copper.carry(first);
    copper.set({.attenuation = 10});
    copper.carry(second);
    EXPECT_NEAR(levelOf(second) - levelOf(first), -10, 0.2);
}

TEST(Copper, TakesTheNearestOfWhatIsOutOfRange) {
    Copper copper;
    copper.set({.attenuation = 1e9F,
                .slope = -1,
                .impulses = 0.0F,
                .impulseRate = 0,
                .hum = 10.0F,
                .humHertz = -5,
                .echoLoss = -3.0F,
                .echoDelay = 1e6F,
                .clipping = 90.0F,
                .dropoutRate = -1,
                .dropoutLength = 0});
    Samples samples = sine(1000, 3), sent = sine(500, 3);
    copper.carry(samples, sent);
    copper.carry({});
    EXPECT_LE(copper.settings().echoDelay, 100);
    EXPECT_LE(copper.settings().attenuation, 60);
}

TEST(Copper, IsTheSameForTheSameSeedHoweverItIsCut) {
    const CopperSettings all{.attenuation = 3,
                             .slope = 4,
                             .whiteNoise = -30.0F,
                             .impulses = -10.0F,
                             .impulseRate = 20,
                             .hum = -30.0F,
                             .echoLoss = 10.0F,
                             .dropoutRate = 3};
    const Samples far = sine(700, -12), near = sine(1500, -12);
    const auto run = [&](std::uint32_t seed, std::size_t block) {
        Copper copper(seed);
        copper.set(all);
        Samples out = far;
        for (std::size_t at = 0; at < out.size(); at += block) {
            const std::size_t size = std::min(block, out.size() - at);
            copper.carry(std::span(out).subspan(at, size), std::span(near).subspan(at, size));
        }
        return out;
    };
    const Samples once = run(7, 16000);
    EXPECT_EQ(run(7, 1), once);
    EXPECT_EQ(run(7, 160), once);
    EXPECT_EQ(run(7, 977), once);
    EXPECT_NE(run(8, 16000), once);
}

}  // namespace
}  // namespace tipring::sim

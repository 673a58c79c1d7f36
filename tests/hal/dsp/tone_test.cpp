// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/tone.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

namespace tipring::dsp {
namespace {

double levelAt(std::span<const std::int16_t> samples, double hertz) {
    double real = 0, imaginary = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const double angle = 2 * std::numbers::pi * hertz * double(i) / kSampleRate;
        real += samples[i] * std::cos(angle);
        imaginary += samples[i] * std::sin(angle);
    }
    return 2 * std::hypot(real, imaginary) / double(samples.size());
}

TEST(Oscillator, HoldsItsLevelForAnHour) {
    Oscillator oscillator{1000, 10000};
    double peak = 0;
    for (int i = 0; i < 8000 * 3600; ++i) {
        peak = std::max(peak, oscillator.next());
    }
    EXPECT_NEAR(peak, 10000, 0.01);
}

TEST(AmplitudeOf, IsFullScaleAtTheOverloadPoint) {
    EXPECT_NEAR(amplitudeOf(3.14), 32767, 1);
    EXPECT_NEAR(amplitudeOf(-6.02 + 3.14), 16384, 10);
}

TEST(ToneGenerator, PlaysItsTimeAndNoMore) {
    ToneGenerator tone;
    tone.start(440, 480, -10, 250);
    std::vector<std::int16_t> block(160);
    EXPECT_EQ(tone.mix(block), 160U);
    EXPECT_EQ(tone.mix(block), 90U);
    EXPECT_FALSE(tone.active());
    EXPECT_EQ(tone.mix(block), 0U);
}

TEST(ToneGenerator, DoesNotOverflowWhenMixed) {
    ToneGenerator tone;
    tone.start(400, 450, 3, 0);
    std::vector<std::int16_t> block(8000, 30000);
    tone.mix(block);
    EXPECT_EQ(*std::max_element(block.begin(), block.end()), 32767);
}

TEST(DtmfPair, KnowsTheSixteenKeys) {
    EXPECT_EQ(dtmfPair('1')->low, 697);
    EXPECT_EQ(dtmfPair('#')->low, 941);
    EXPECT_EQ(dtmfPair('#')->high, 1477);
    EXPECT_EQ(dtmfPair('d')->high, 1633);
    EXPECT_FALSE(dtmfPair('x').has_value());
}

TEST(DtmfGenerator, PlaysKeysWithPauses) {
    DtmfGenerator dtmf{800, 400};
    ASSERT_TRUE(dtmf.push("5#"));
    std::vector<std::int16_t> sound(3000);
    for (std::size_t at = 0; at < sound.size(); at += 100) {
        dtmf.mix(std::span{sound}.subspan(at, 100));
    }
    const std::span<const std::int16_t> all{sound};
    EXPECT_NEAR(levelAt(all.first(800), 770), amplitudeOf(-10), 150);
    EXPECT_NEAR(levelAt(all.first(800), 1336), amplitudeOf(-10), 150);
    EXPECT_TRUE(
        std::all_of(sound.begin() + 800, sound.begin() + 1200, [](int s) { return s == 0; }));
    EXPECT_NEAR(levelAt(all.subspan(1200, 800), 1477), amplitudeOf(-10), 150);
    EXPECT_FALSE(dtmf.active());
}

TEST(DtmfGenerator, RefusesWhatIsNoKeyAndTooMany) {
    DtmfGenerator dtmf;
    EXPECT_FALSE(dtmf.push("12x"));
    EXPECT_FALSE(dtmf.active());
    EXPECT_FALSE(dtmf.push(std::string(65, '1')));
    EXPECT_TRUE(dtmf.push(std::string(64, '1')));
    EXPECT_FALSE(dtmf.push("1"));
}

}  // namespace
}  // namespace tipring::dsp

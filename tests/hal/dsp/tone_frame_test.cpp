// SPDX-License-Identifier: Apache-2.0
#include "tone_frame.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>

#include "hal/dsp/tone_signals.h"
#include "tipring/hal/dsp/tone.h"

namespace tipring::dsp {
namespace {

constexpr std::array<double, 10> kHertz{350, 440, 697, 941, 1209, 1477, 1633, 2100, 2068.5, 2750};

class ToneFrame : public testing::TestWithParam<std::size_t> {
protected:
    FrameTable table_{GetParam(), kHertz};
};

TEST_P(ToneFrame, IsTheSameOnEveryProcessor) {
    test::Random random;
    for (int round = 0; round < 50; ++round) {
        std::vector<std::int16_t> samples(2 * GetParam());
        for (std::int16_t& sample : samples) {
            const double loud = round == 0 ? -32768 : round == 1 ? 32767 : 12000 * random.normal();
            sample = test::clipped(loud);
        }
        const std::int16_t* now = samples.data() + GetParam();
        FrameSums plain;
        ASSERT_TRUE(oneFrame(frameFunctions().front(), table_, samples.data(), now, 0, plain));
        for (const FrameFunction function : frameFunctions()) {
            FrameSums sums;
            ASSERT_TRUE(oneFrame(function, table_, samples.data(), now, 0, sums));
            EXPECT_NEAR(sums.meanSquare, plain.meanSquare, plain.meanSquare * 1e-5F);
            for (std::size_t f = 0; f < kHertz.size(); ++f) {
                EXPECT_EQ(sums.phasor[f / 8].value[f % 8 * 2],
                          plain.phasor[f / 8].value[f % 8 * 2]);
                EXPECT_EQ(sums.phasor[f / 8].value[f % 8 * 2 + 1],
                          plain.phasor[f / 8].value[f % 8 * 2 + 1]);
                EXPECT_EQ(sums.power[f], plain.power[f]);
            }
            EXPECT_FALSE(oneFrame(function, table_, samples.data(), now, 2e9F, sums));
        }
    }
}

TEST_P(ToneFrame, IsTheSameBesideOthers) {
    constexpr std::size_t kMost = 19;
    test::Random random;
    std::vector<std::vector<std::int16_t>> lines(kMost);
    for (std::size_t i = 0; i < kMost; ++i) {
        for (std::size_t n = 0; n < 2 * GetParam(); ++n) {
            lines[i].push_back(test::clipped((i % 3 == 0 ? 20 : 3000) * random.normal()));
        }
    }
    for (const FrameFunction function : frameFunctions()) {
        for (std::size_t count = 0; count <= kMost; ++count) {
            std::vector<FrameSums> sums(count);
            std::vector<FrameJob> jobs;
            for (std::size_t i = 0; i < count; ++i) {
                jobs.push_back({lines[i].data(), lines[i].data() + GetParam(), &sums[i], false});
            }
            function(table_, jobs, 1e5F);
            for (std::size_t i = 0; i < count; ++i) {
                FrameSums alone;
                EXPECT_EQ(jobs[i].loud, oneFrame(function, table_, lines[i].data(),
                                                 lines[i].data() + GetParam(), 1e5F, alone));
                EXPECT_EQ(jobs[i].loud, i % 3 != 0);
                EXPECT_EQ(sums[i].meanSquare, alone.meanSquare);
                for (std::size_t f = 0; jobs[i].loud && f < kHertz.size(); ++f) {
                    EXPECT_EQ(sums[i].power[f], alone.power[f]) << count << ' ' << i << ' ' << f;
                }
            }
        }
    }
}

TEST_P(ToneFrame, MeasuresASine) {
    for (std::size_t f = 0; f < kHertz.size(); ++f) {
        std::vector<std::int16_t> samples(2 * GetParam());
        const auto middle = static_cast<double>(GetParam()) - 0.5;
        for (std::size_t n = 0; n < samples.size(); ++n) {
            const double angle =
                2 * std::numbers::pi * kHertz[f] * (double(n) - middle) / kSampleRate;
            samples[n] = test::clipped(8000 * std::cos(angle + 0.7));
        }
        FrameSums sums;
        ASSERT_TRUE(oneFrame(frameFunction(), table_, samples.data(), samples.data() + GetParam(),
                             0, sums));
        EXPECT_NEAR(std::sqrt(sums.power[f]), 8000, 80) << kHertz[f];
        EXPECT_NEAR(sums.meanSquare, 8000.0 * 8000 / 2, 8000.0 * 8000 / 50) << kHertz[f];
        const float* phasor = sums.phasor[f / 8].value + f % 8 * 2;
        EXPECT_NEAR(std::atan2(phasor[1], phasor[0]), 0.7, 0.02) << kHertz[f];
    }
}

INSTANTIATE_TEST_SUITE_P(Hops, ToneFrame, testing::Values(64, 96, 160));

}  // namespace
}  // namespace tipring::dsp

// SPDX-License-Identifier: Apache-2.0
#include "tipring/hal/dsp/resampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

namespace tipring::dsp {
namespace {

std::vector<std::int16_t> sine(std::size_t count, double hertz, double rate, double shift = 0) {
    std::vector<std::int16_t> samples(count);
    for (std::size_t i = 0; i < count; ++i) {
        samples[i] = static_cast<std::int16_t>(std::lrint(
            10000 * std::sin(2 * std::numbers::pi * hertz * (double(i) - shift) / rate)));
    }
    return samples;
}

std::vector<std::int16_t> run(Resampler& resampler, std::span<const std::int16_t> input,
                              std::size_t inStep, std::size_t outStep) {
    std::vector<std::int16_t> all;
    std::vector<std::int16_t> piece(outStep);
    while (true) {
        const auto done = resampler.process(input.first(std::min(inStep, input.size())), piece);
        all.insert(all.end(), piece.begin(), piece.begin() + std::ptrdiff_t(done.produced));
        input = input.subspan(done.consumed);
        if (done.consumed == 0 && done.produced == 0) {
            return all;
        }
    }
}

class EveryRatio : public ::testing::TestWithParam<std::pair<std::uint32_t, std::uint32_t>> {};

TEST_P(EveryRatio, DoesNotDependOnBlockSizes) {
    const auto [from, to] = GetParam();
    const auto input = sine(from / 4, 700, from);
    Resampler whole{from, to};
    const auto expected = run(whole, input, input.size(), 2 * to);
    for (const auto& [in, out] : {std::pair{1, 1}, {160, 160}, {7, 3}, {441, 1000}}) {
        Resampler cut{from, to};
        EXPECT_EQ(run(cut, input, std::size_t(in), std::size_t(out)), expected) << in << ' ' << out;
    }
}

TEST_P(EveryRatio, GivesTheRightNumberOfSamples) {
    const auto [from, to] = GetParam();
    Resampler resampler{from, to};
    const auto output = run(resampler, sine(from, 500, from), 160, 500);
    EXPECT_NEAR(double(output.size()), double(to), 1);
    EXPECT_GE(resampler.outputBound(from), output.size());
}

TEST_P(EveryRatio, KeepsATone) {
    const auto [from, to] = GetParam();
    Resampler resampler{from, to};
    const auto output = run(resampler, sine(2 * from, 1000, from), 160, 500);
    double real = 0, imaginary = 0, power = 0;
    const std::size_t skip = to / 2;
    const std::size_t count = to;  // a whole number of periods
    for (std::size_t i = 0; i < count; ++i) {
        const double angle = 2 * std::numbers::pi * 1000 * double(i) / to;
        real += output[skip + i] * std::cos(angle);
        imaginary += output[skip + i] * std::sin(angle);
        power += double(output[skip + i]) * output[skip + i];
    }
    const double n = double(count);
    const double amplitude = 2 * std::hypot(real, imaginary) / n;
    EXPECT_NEAR(amplitude, 10000, 60);
    const double rest = power / n - amplitude * amplitude / 2;  // all that is not the tone
    EXPECT_GT(10 * std::log10(amplitude * amplitude / 2 / std::max(rest, 0.1)), 55);
}

INSTANTIATE_TEST_SUITE_P(Resampler, EveryRatio,
                         ::testing::Values(std::pair{7200U, 8000U}, std::pair{8000U, 7200U},
                                           std::pair{8000U, 11025U}, std::pair{11025U, 8000U},
                                           std::pair{44100U, 8000U}, std::pair{48000U, 8000U},
                                           std::pair{16000U, 8000U}, std::pair{8000U, 8000U}));

TEST(Resampler, TakesAwayWhatTheLowerRateCannotCarry) {
    Resampler resampler{44100, 8000};
    const auto output = run(resampler, sine(44100, 6000, 44100), 160, 500);
    double power = 0;
    for (std::size_t i = 1000; i < 7000; ++i) {
        power += double(output[i]) * output[i];
    }
    EXPECT_LT(std::sqrt(power / 6000), 7071 * 0.001);
}

TEST(Resampler, TellsItsDelay) {
    Resampler resampler{8000, 7200};
    std::vector<std::int16_t> impulse(400);
    impulse[0] = 30000;
    const auto output = run(resampler, impulse, 400, 400);
    const auto peak = std::max_element(output.begin(), output.end()) - output.begin();
    EXPECT_NEAR(double(peak), double(resampler.delay()), 1);
}

TEST(Resampler, ForgetsOnReset) {
    Resampler resampler{7200, 8000};
    const auto input = sine(500, 300, 7200);
    const auto first = run(resampler, input, 100, 1000);
    resampler.reset();
    EXPECT_EQ(run(resampler, input, 100, 1000), first);
}

}  // namespace
}  // namespace tipring::dsp
